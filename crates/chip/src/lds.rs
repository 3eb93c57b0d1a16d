//! What the files of a chip say: the logical data structure of ICAO Doc 9303-10.
//!
//! Reading a file proves nothing about it; see [`crate::passive`]. All of it is personal data: no type here prints what it
//! holds.

pub mod com;
pub mod face;
pub mod mrz;
pub mod name;
pub mod optional;

use mibun_crypto::signature::{KeyError, VerifyingKey};
use mibun_crypto::time::Date;
use thiserror::Error;

use crate::tlv::{Reader, Tag, Tlv, TlvError};
use mrz::{Mrz, MrzError};

/// Longest data group without a picture that is looked at, in bytes.
const MAX_BYTES: usize = 32 * 1024;

/// Highest number of a data group.
pub const LAST_GROUP: u8 = 16;

/// The tags of the data groups 1 to 16, in order.
const TAGS: [u8; 16] = [0x61, 0x75, 0x63, 0x76, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x6b, 0x6c, 0x6d, 0x6e, 0x6f, 0x70];

/// Why a file does not say what it should.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum LdsError {
    /// Longer than is looked at.
    #[error("the file is too long")]
    TooLong,
    /// Its data objects are malformed or missing.
    #[error(transparent)]
    Tlv(#[from] TlvError),
    /// A version is not digits.
    #[error("the version is not decimal digits")]
    Version,
    /// The list of data groups names one that does not exist.
    #[error("the list names an unknown data group: {0:#04x}")]
    UnknownGroup(u8),
    /// The machine-readable zone is refused.
    #[error("the machine-readable zone is refused: {0}")]
    Mrz(#[from] MrzError),
    /// A date is no digits.
    #[error("a date is malformed")]
    Date,
    /// There is no face image.
    #[error("there is no face image")]
    NoPicture,
    /// The record of the face ends early or announces lengths that do not fit.
    #[error("the record of the face is malformed")]
    FaceRecord,
    /// The face image is neither JPEG nor JPEG 2000.
    #[error("the face image is neither JPEG nor JPEG 2000")]
    PictureKind,
    /// The key is refused.
    #[error("the key is refused: {0}")]
    Key(#[from] KeyError),
}

/// The tag of a data group's file, for the numbers 1 to 16.
pub fn tag_of(group: u8) -> Option<u8> {
    TAGS.get(usize::from(group.checked_sub(1)?)).copied()
}

/// The number of the data group with this tag.
pub fn group_of(tag: u8) -> Option<u8> {
    (1..=LAST_GROUP).find(|group| tag_of(*group) == Some(tag))
}

/// The machine-readable zone in DG1 (Doc 9303-10 section 4.7.1), every check digit verified.
pub fn read_dg1(file: &[u8]) -> Result<Mrz, LdsError> {
    const MRZ: Tag = 0x5f1f;
    let mut content = Reader::new(outer(file, 1, MAX_BYTES)?);
    let text = content.expect(MRZ)?.value;
    content.finish()?;
    Ok(Mrz::parse(text)?)
}

/// The chip's key for active authentication in DG15 (Doc 9303-10 section 4.7.15).
pub fn read_dg15(file: &[u8]) -> Result<VerifyingKey, LdsError> {
    Ok(VerifyingKey::from_spki_der(outer(file, 15, MAX_BYTES)?)?)
}

/// The content of a data group's file.
fn outer(file: &[u8], group: u8, most: usize) -> Result<&[u8], LdsError> {
    if file.len() > most {
        return Err(LdsError::TooLong);
    }
    let tag = tag_of(group).expect("called with numbers of data groups");
    Ok(Tlv::parse_tagged(file, Tag::from(tag))?)
}

/// Text as states write it: UTF-8 by the book, Latin-1 by habit.
fn text(value: &[u8]) -> String {
    String::from_utf8(value.to_vec()).unwrap_or_else(|_| value.iter().map(|byte| char::from(*byte)).collect())
}

/// A date as four bytes of packed digits or eight characters. `None` when part of it is unknown: `19750000`.
fn date(value: &[u8]) -> Result<Option<Date>, LdsError> {
    let digits: Vec<u8> = match value.len() {
        4 => value.iter().flat_map(|byte| [byte >> 4, byte & 0x0f]).collect(),
        8 => value.iter().map(|byte| byte.wrapping_sub(b'0')).collect(),
        _ => return Err(LdsError::Date),
    };
    if digits.iter().any(|digit| *digit > 9) {
        return Err(LdsError::Date);
    }
    let number = |part: &[u8]| part.iter().fold(0_u16, |number, digit| number * 10 + u16::from(*digit));
    let day = |part: &[u8]| part.iter().fold(0_u8, |number, digit| number * 10 + digit);
    Ok(Date::new(number(&digits[..4]), day(&digits[4..6]), day(&digits[6..])).ok())
}

#[cfg(test)]
mod tests;
