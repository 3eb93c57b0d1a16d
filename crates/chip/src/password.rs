//! What a reader must know before a chip talks: lines of the MRZ, or the card access number.

mod kdf;

use std::fmt;

use mibun_crypto::digest;
use thiserror::Error;
use zeroize::Zeroizing;

pub use kdf::{KeyUse, derive};

/// Largest document number, in characters: TD1 carries longer ones in its optional data (ICAO Doc 9303 part 5).
const MAX_DOCUMENT_NUMBER: usize = 22;
/// Characters that a document number is filled up to.
const DOCUMENT_NUMBER_FIELD: usize = 9;
/// Digits of a date, `YYMMDD`.
const DATE: usize = 6;
/// Longest card access number that we take; six digits are the rule (ICAO Doc 9303 part 11, section 9.7.3).
const MAX_CAN: usize = 10;

/// Why something is no password of a chip. Nothing of the value is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Error)]
pub enum PasswordError {
    /// The document number is empty, too long, or has characters that no MRZ has.
    #[error("the document number cannot stand in a machine-readable zone")]
    DocumentNumber,
    /// The birth date is not six digits or fillers.
    #[error("the birth date cannot stand in a machine-readable zone")]
    BirthDate,
    /// The expiry date is not six digits.
    #[error("the expiry date cannot stand in a machine-readable zone")]
    ExpiryDate,
    /// The card access number is not six to ten digits.
    #[error("the card access number is not six digits")]
    CardAccessNumber,
}

/// A password for the chip. Personal data: `Debug` tells only the kind; wiped on drop.
#[derive(Clone)]
pub enum Password {
    /// From the machine-readable zone; opens BAC and PACE.
    Mrz(MrzPassword),
    /// Printed on the front; opens PACE alone.
    Can(CardAccessNumber),
}

/// The MRZ information: document number, birth date and expiry date, each with its check digit.
#[derive(Clone)]
pub struct MrzPassword(Zeroizing<String>);

/// The card access number.
#[derive(Clone)]
pub struct CardAccessNumber(Zeroizing<String>);

impl MrzPassword {
    /// Builds the MRZ information of its fields (ICAO Doc 9303 part 11, section 4.3.2 and appendix D.2). The document
    /// number may come with or without fillers; dates are `YYMMDD`, unknown parts of a birth date are `<`.
    ///
    /// # Errors
    /// [`PasswordError`].
    pub fn new(document_number: &str, birth_date: &str, expiry_date: &str) -> Result<Self, PasswordError> {
        let number = document_number.trim_end_matches('<');
        let spelled = number.bytes().all(|letter| check_value(letter).is_some());
        if number.is_empty() || number.len() > MAX_DOCUMENT_NUMBER || !spelled {
            return Err(PasswordError::DocumentNumber);
        }
        if birth_date.len() != DATE || !birth_date.bytes().all(|letter| letter.is_ascii_digit() || letter == b'<') {
            return Err(PasswordError::BirthDate);
        }
        if expiry_date.len() != DATE || !expiry_date.bytes().all(|letter| letter.is_ascii_digit()) {
            return Err(PasswordError::ExpiryDate);
        }
        let number = Zeroizing::new(format!("{number:<<DOCUMENT_NUMBER_FIELD$}"));
        let mut information = Zeroizing::new(String::with_capacity(MAX_DOCUMENT_NUMBER + 2 * DATE + 3));
        for field in [&number, birth_date, expiry_date] {
            information.push_str(field);
            information.push(check_digit(field));
        }
        Ok(Self(information))
    }

    /// The MRZ information itself.
    pub fn information(&self) -> &str {
        &self.0
    }

    /// K_seed of BAC: the first 16 bytes of its SHA-1 (ICAO Doc 9303 part 11, section 9.7.2).
    pub fn seed(&self) -> Zeroizing<[u8; 16]> {
        let hash = Zeroizing::new(digest::sha1(self.0.as_bytes()));
        Zeroizing::new(*hash.first_chunk().expect("SHA-1 has 20 bytes"))
    }
}

impl CardAccessNumber {
    /// The number as printed.
    ///
    /// # Errors
    /// [`PasswordError::CardAccessNumber`].
    pub fn new(digits: &str) -> Result<Self, PasswordError> {
        let spelled = digits.bytes().all(|digit| digit.is_ascii_digit());
        if !(6..=MAX_CAN).contains(&digits.len()) || !spelled {
            return Err(PasswordError::CardAccessNumber);
        }
        Ok(Self(Zeroizing::new(digits.to_owned())))
    }
}

impl Password {
    /// What K_pi is derived from: the whole SHA-1 of the MRZ information, or the digits of the card access number
    /// (ICAO Doc 9303 part 11, section 9.7.3).
    pub fn pace_secret(&self) -> Zeroizing<Vec<u8>> {
        match self {
            Self::Mrz(mrz) => Zeroizing::new(digest::sha1(mrz.0.as_bytes()).to_vec()),
            Self::Can(can) => Zeroizing::new(can.0.as_bytes().to_vec()),
        }
    }

    /// How MSE:Set AT calls it (ICAO Doc 9303 part 11, section 4.4.4.1).
    pub fn reference(&self) -> u8 {
        match self {
            Self::Mrz(_) => 0x01,
            Self::Can(_) => 0x02,
        }
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Mrz(_) => "Password::Mrz([redacted])",
            Self::Can(_) => "Password::Can([redacted])",
        })
    }
}

impl fmt::Debug for MrzPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MrzPassword([redacted])")
    }
}

impl fmt::Debug for CardAccessNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CardAccessNumber([redacted])")
    }
}

/// The check digit of a field: weights 7, 3, 1, modulo 10 (ICAO Doc 9303 part 3, section 4.9).
fn check_digit(field: &str) -> char {
    let values = field.bytes().map(|letter| check_value(letter).unwrap_or(0));
    let sum: u32 = values.zip([7, 3, 1].into_iter().cycle()).map(|(value, weight)| value * weight).sum();
    char::from(b'0' + (sum % 10) as u8)
}

/// What a character counts in a check digit; `None` for one that no MRZ has.
fn check_value(letter: u8) -> Option<u32> {
    match letter {
        b'<' => Some(0),
        b'0'..=b'9' => Some(u32::from(letter - b'0')),
        b'A'..=b'Z' => Some(u32::from(letter - b'A') + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
