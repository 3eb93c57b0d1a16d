//! The ID password: which eight digits will do, and how often somebody may guess them.
//!
//! The server never sees a password (see [`mibun_crypto::opaque`]), so the rules run where it is chosen: in a wallet. The
//! web wallet has the same rules; both are tested with the cases of `tests/id-passwords.json`.

mod guard;

use std::fmt;

use mibun_crypto::time::Date;
use thiserror::Error;
use zeroize::ZeroizeOnDrop;

pub use guard::{Guard, GuardPolicy, GuardPolicyError, GuardRefusal, Try, Wait};

/// Digits of an ID password.
pub const DIGITS: usize = 8;
/// From this many digits in a row on, a password must not share them with its holder's number.
pub const OWN_RUN: usize = 6;
/// A password of fewer different digits is too easily seen over a shoulder, and tried early.
pub const LEAST_DIFFERENT: usize = 4;
/// The first year of which dates are refused.
const FIRST_YEAR: u16 = 1900;

/// An ID password. Wiped on drop.
#[derive(Clone, ZeroizeOnDrop)]
pub struct IdPassword([u8; DIGITS]);

/// Why eight digits will not do; the first reason in this order is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum IdPasswordError {
    /// Not eight digits 0 to 9.
    #[error("an ID password has exactly eight digits")]
    Form,
    /// Fewer than four different digits, one half twice (12341234), mirrored halves (12344321), or four pairs
    /// (11223344).
    #[error("the digits repeat themselves")]
    Repetition,
    /// Every digit is the one before plus the same number, 9 being followed by 0: 12345678, 54321098, 13579135.
    #[error("the digits count up or down")]
    Sequence,
    /// A day between 1900 and the end of this year, written year, month, day; day, month, year; or month, day, year.
    #[error("the digits are a date")]
    Date,
    /// Six digits in a row stand in the holder's number too.
    #[error("the digits are part of the holder's number")]
    OwnNumber,
}

impl IdPassword {
    /// A password as it is entered to be proven. Whether it would be accepted today is not asked.
    ///
    /// # Errors
    /// [`IdPasswordError::Form`].
    pub fn enter(text: &str) -> Result<Self, IdPasswordError> {
        let digits: [u8; DIGITS] = text.as_bytes().try_into().map_err(|_| IdPasswordError::Form)?;
        if digits.iter().all(u8::is_ascii_digit) { Ok(Self(digits)) } else { Err(IdPasswordError::Form) }
    }

    /// A password as it is chosen by the holder of `number`, of which only the digits count.
    ///
    /// # Errors
    /// [`IdPasswordError`].
    pub fn choose(text: &str, number: &str, today: Date) -> Result<Self, IdPasswordError> {
        let password = Self::enter(text)?;
        let digits = &password.0;
        if repeats(digits) {
            return Err(IdPasswordError::Repetition);
        }
        if counts(digits) {
            return Err(IdPasswordError::Sequence);
        }
        if is_date(digits, today) {
            return Err(IdPasswordError::Date);
        }
        if shares_run(digits, number) {
            return Err(IdPasswordError::OwnNumber);
        }
        Ok(password)
    }

    /// The digits, for the password protocol.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for IdPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdPassword([redacted])")
    }
}

fn repeats(digits: &[u8; DIGITS]) -> bool {
    let different = (b'0'..=b'9').filter(|digit| digits.contains(digit)).count();
    let (first, second) = digits.split_at(DIGITS / 2);
    let mirrored = first.iter().eq(second.iter().rev());
    let pairs = digits.chunks_exact(2).all(|pair| pair[0] == pair[1]);
    different < LEAST_DIFFERENT || first == second || mirrored || pairs
}

fn counts(digits: &[u8; DIGITS]) -> bool {
    let step = |pair: &[u8]| (pair[1] + 10 - pair[0]) % 10;
    let first = step(&digits[..2]);
    digits.windows(2).all(|pair| step(pair) == first)
}

fn is_date(digits: &[u8; DIGITS], today: Date) -> bool {
    let number =
        |from: usize, to: usize| digits[from..to].iter().fold(0_u16, |n, digit| n * 10 + u16::from(digit - b'0'));
    let readings = [
        (number(0, 4), number(4, 6), number(6, 8)),
        (number(4, 8), number(2, 4), number(0, 2)),
        (number(4, 8), number(0, 2), number(2, 4)),
    ];
    // Two digits always fit into eight bits.
    let exists = |(year, month, day): (u16, u16, u16)| Date::new(year, month as u8, day as u8).is_ok();
    readings.into_iter().any(|date| (FIRST_YEAR..=today.year()).contains(&date.0) && exists(date))
}

fn shares_run(digits: &[u8; DIGITS], number: &str) -> bool {
    let number: Vec<u8> = number.bytes().filter(u8::is_ascii_digit).collect();
    digits.windows(OWN_RUN).any(|run| number.windows(OWN_RUN).any(|own| own == run))
}

#[cfg(test)]
mod tests;
