//! What opens a chip, as it was typed or scanned.

use std::fmt;
use std::io::{self, Read};

use mibun_chip::lds::mrz::{Mrz, MrzError};
use mibun_chip::password::{CardAccessNumber, MrzPassword, PasswordError};
use serde::{Serialize, Serializer};
use thiserror::Error;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// Characters of whole zones: three lines of 30, two of 36, two of 44.
const ZONES: [usize; 3] = [90, 72, 88];

/// Bytes of a file that holds a zone, with all the blanks that somebody may have left in it.
const LONGEST_FILE: usize = 1_024;

/// Why a text opens no chip. Nothing of the value is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum TypedError {
    /// A field that cannot be what it should.
    #[error(transparent)]
    Field(#[from] PasswordError),
    /// A zone that is none.
    #[error(transparent)]
    Zone(#[from] MrzError),
    /// Neither `YYMMDD` nor `YYYY-MM-DD`, or no day of the calendar.
    #[error("this is no date")]
    Date,
}

/// What opens a chip. Personal data: `Debug` tells only the kind; wiped on drop.
#[derive(Clone, ZeroizeOnDrop)]
pub enum ChipPassword {
    /// The number printed on the front.
    Can(String),
    /// Three fields of the machine-readable zone, dates `YYMMDD`.
    Zone {
        /// Document number, without fillers.
        document_number: String,
        /// Day of birth; unknown parts are `<`.
        birth_date: String,
        /// Last day of validity.
        expiry_date: String,
    },
}

impl ChipPassword {
    /// The card access number.
    ///
    /// # Errors
    /// [`PasswordError::CardAccessNumber`].
    pub fn can(typed: &str) -> Result<Self, TypedError> {
        let digits = Zeroizing::new(squeezed(typed));
        CardAccessNumber::new(&digits)?;
        Ok(Self::Can(digits.to_string()))
    }

    /// The three fields, typed; dates as in the zone (`YYMMDD`) or as `YYYY-MM-DD`.
    ///
    /// # Errors
    /// [`TypedError`].
    pub fn fields(document_number: &str, birth_date: &str, expiry_date: &str) -> Result<Self, TypedError> {
        let number = Zeroizing::new(squeezed(document_number));
        let (birth, expiry) = (date(birth_date)?, date(expiry_date)?);
        MrzPassword::new(&number, &birth, &expiry)?;
        Ok(Self::Zone {
            document_number: number.trim_end_matches('<').to_owned(),
            birth_date: birth.to_string(),
            expiry_date: expiry.to_string(),
        })
    }

    /// A whole machine-readable zone, in as many lines as it was scanned; every check digit must fit.
    ///
    /// # Errors
    /// [`TypedError::Zone`].
    pub fn zone(scanned: &str) -> Result<Self, TypedError> {
        let zone = Zeroizing::new(squeezed(scanned));
        let mut read = Mrz::parse(zone.as_bytes())?;
        let expiry = Zeroizing::new(read.expiry.to_string().replace('-', ""));
        let password = Self::fields(&read.document_number, &read.birth, &expiry[2..]);
        let [first, second] = &mut read.optional;
        let text = [&mut read.text, &mut read.document_number, &mut read.birth, &mut read.primary, &mut read.secondary];
        text.into_iter().chain([first, second]).for_each(Zeroize::zeroize);
        password
    }

    /// The machine-readable zone that a file holds, whatever its lines end with.
    ///
    /// # Errors
    /// [`ZoneFileError`].
    pub fn zone_of(source: impl Read) -> Result<Self, ZoneFileError> {
        let mut text = Zeroizing::new(String::with_capacity(LONGEST_FILE));
        source.take(LONGEST_FILE as u64).read_to_string(&mut text)?;
        Ok(Self::zone(&text)?)
    }
}

/// Why a file opens no chip.
#[derive(Debug, Error)]
pub enum ZoneFileError {
    /// It cannot be read.
    #[error(transparent)]
    File(#[from] io::Error),
    /// It holds no zone.
    #[error(transparent)]
    Zone(#[from] TypedError),
}

/// Lines that a zone beginning with this one has; none for a line that begins no zone.
pub fn lines_of_zone(first: &str) -> Option<usize> {
    match squeezed(first).len() {
        30 => Some(3),
        36 | 44 => Some(2),
        whole if ZONES.contains(&whole) => Some(1),
        _ => None,
    }
}

/// Without white space, in capitals; readers that type what they scan end lines as they like.
fn squeezed(typed: &str) -> String {
    typed.chars().filter(|letter| !letter.is_whitespace()).map(|letter| letter.to_ascii_uppercase()).collect()
}

/// `YYMMDD`, from that or from `YYYY-MM-DD`. A birth date that is not wholly known keeps its fillers.
fn date(typed: &str) -> Result<Zeroizing<String>, TypedError> {
    let typed = Zeroizing::new(squeezed(typed));
    let bytes = typed.as_bytes();
    let short = match bytes {
        [_, _, _, _, b'-', _, _, b'-', _, _] => Zeroizing::new(typed.replace('-', "").split_off(2)),
        _ => typed,
    };
    let part = |range: std::ops::Range<usize>, most: u8| match short.get(range) {
        Some("<<") => true,
        Some(digits) => {
            digits.bytes().all(|b| b.is_ascii_digit()) && digits.parse().is_ok_and(|n| (1..=most).contains(&n))
        }
        None => false,
    };
    let year = short.get(..2).is_some_and(|year| year == "<<" || year.bytes().all(|b| b.is_ascii_digit()));
    let good = short.len() == 6 && year && part(2..4, 12) && part(4..6, 31);
    if good { Ok(short) } else { Err(TypedError::Date) }
}

impl Serialize for ChipPassword {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        #[serde(untagged)]
        enum Sent<'a> {
            Can { can: &'a str },
            Zone { document_number: &'a str, birth_date: &'a str, expiry_date: &'a str },
        }
        match self {
            Self::Can(can) => Sent::Can { can },
            Self::Zone { document_number, birth_date, expiry_date } => {
                Sent::Zone { document_number, birth_date, expiry_date }
            }
        }
        .serialize(serializer)
    }
}

impl fmt::Debug for ChipPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Can(_) => "Can([redacted])",
            Self::Zone { .. } => "Zone([redacted])",
        })
    }
}

#[cfg(test)]
mod tests;
