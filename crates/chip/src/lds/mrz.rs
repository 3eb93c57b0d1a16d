//! The machine-readable zone as DG1 stores it: lines without breaks, every check digit verified (Doc 9303-3 to 9303-6).
//!
//! Nothing is guessed or repaired: a chip has no reading errors. Zones seen by a camera are read elsewhere.

use std::fmt;

use mibun_crypto::time::Date;
use thiserror::Error;

/// Shape of the zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MrzFormat {
    /// Three lines of 30: cards (Doc 9303-5).
    Td1,
    /// Two lines of 36 (Doc 9303-6).
    Td2,
    /// Two lines of 44: passports (Doc 9303-4).
    Td3,
}

/// A part of the zone with a check digit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MrzField {
    /// Document number.
    DocumentNumber,
    /// Date of birth.
    BirthDate,
    /// Date of expiry.
    ExpiryDate,
    /// Optional data of a passport.
    OptionalData,
    /// All of them together.
    Composite,
}

/// Why a zone is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum MrzError {
    /// Neither 90, 72 nor 88 characters.
    #[error("the zone has {found} characters, not 90, 72 or 88")]
    Length {
        /// How many there are.
        found: usize,
    },
    /// Something else than `A` to `Z`, `0` to `9` and `<`.
    #[error("character {place} is not one of a machine-readable zone")]
    Character {
        /// Where, counted from 1.
        place: usize,
    },
    /// A check digit does not fit.
    #[error("the check digit of {0:?} does not fit")]
    CheckDigit(MrzField),
    /// A document number that goes on in the optional data has no end there.
    #[error("the long document number is malformed")]
    LongNumber,
    /// A date is not one.
    #[error("the date of {0:?} is malformed")]
    Date(MrzField),
    /// The sex is neither `M`, `F`, `X` nor `<`.
    #[error("the sex is malformed")]
    Sex,
    /// The name is empty, or has more than one border between surname and given names.
    #[error("the name is malformed")]
    Name,
}

/// The sex as the document states it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sex {
    /// `M`.
    Male,
    /// `F`.
    Female,
    /// `<` or `X`.
    Unspecified,
}

/// A machine-readable zone whose check digits all fit.
#[derive(Clone, PartialEq, Eq)]
pub struct Mrz {
    /// Shape of the zone.
    pub format: MrzFormat,
    /// The zone as it is on the chip, lines without breaks.
    pub text: String,
    /// One or two letters: `P`, `ID`.
    pub document_code: String,
    /// Issuing state or organisation: one to three letters.
    pub issuing_state: String,
    /// Document number, without filling.
    pub document_number: String,
    /// Nationality: one to three letters.
    pub nationality: String,
    /// Date of birth, `YYMMDD`; unknown parts are `<<`.
    pub birth: String,
    /// Sex.
    pub sex: Sex,
    /// Date of expiry.
    pub expiry: Date,
    /// Surname; empty when there is none.
    pub primary: String,
    /// Given names; empty when there are none.
    pub secondary: String,
    /// Optional data, both fields of a TD1 one after another.
    pub optional: [String; 2],
}

/// Where the fields lie, as (start, length) in the zone.
struct Layout {
    format: MrzFormat,
    number: (usize, usize),
    birth: (usize, usize),
    sex: usize,
    expiry: (usize, usize),
    nationality: usize,
    name: (usize, usize),
    optional: [(usize, usize); 2],
    /// Where the check digit of the optional data is.
    optional_check: Option<usize>,
    composite: (usize, &'static [(usize, usize)]),
}

const TD1: Layout = Layout {
    format: MrzFormat::Td1,
    number: (5, 9),
    birth: (30, 6),
    sex: 37,
    expiry: (38, 6),
    nationality: 45,
    name: (60, 30),
    optional: [(15, 15), (48, 11)],
    optional_check: None,
    composite: (59, &[(5, 25), (30, 7), (38, 7), (48, 11)]),
};

const TD2: Layout = Layout {
    format: MrzFormat::Td2,
    number: (36, 9),
    birth: (49, 6),
    sex: 56,
    expiry: (57, 6),
    nationality: 46,
    name: (5, 31),
    optional: [(64, 7), (0, 0)],
    optional_check: None,
    composite: (71, &[(36, 10), (49, 7), (57, 14)]),
};

const TD3: Layout = Layout {
    format: MrzFormat::Td3,
    number: (44, 9),
    birth: (57, 6),
    sex: 64,
    expiry: (65, 6),
    nationality: 54,
    name: (5, 39),
    optional: [(72, 14), (0, 0)],
    optional_check: Some(86),
    composite: (87, &[(44, 10), (57, 7), (65, 22)]),
};

impl Mrz {
    /// Reads a zone of 90, 72 or 88 characters.
    pub fn parse(zone: &[u8]) -> Result<Self, MrzError> {
        let layout = match zone.len() {
            90 => TD1,
            72 => TD2,
            88 => TD3,
            found => return Err(MrzError::Length { found }),
        };
        if let Some(at) = zone.iter().position(|byte| value(*byte).is_none()) {
            return Err(MrzError::Character { place: at + 1 });
        }
        let text = std::str::from_utf8(zone).map_err(|_| MrzError::Character { place: 1 })?;
        let part = |(start, length): (usize, usize)| &text[start..start + length];
        let (document_number, rest) = document_number(text, &layout)?;
        check(part(layout.birth), zone[layout.birth.0 + 6], MrzField::BirthDate)?;
        check(part(layout.expiry), zone[layout.expiry.0 + 6], MrzField::ExpiryDate)?;
        if let Some(at) = layout.optional_check {
            let empty = part(layout.optional[0]).bytes().all(|byte| byte == b'<');
            if !(empty && zone[at] == b'<') {
                check(part(layout.optional[0]), zone[at], MrzField::OptionalData)?;
            }
        }
        let composite: String = layout.composite.1.iter().map(|range| part(*range)).collect();
        check(&composite, zone[layout.composite.0], MrzField::Composite)?;
        let (primary, secondary) = names(part(layout.name))?;
        Ok(Self {
            format: layout.format,
            document_code: trimmed(&text[..2]),
            issuing_state: trimmed(&text[2..5]),
            document_number,
            nationality: trimmed(part((layout.nationality, 3))),
            birth: birth(part(layout.birth))?,
            sex: sex(zone[layout.sex])?,
            expiry: expiry(part(layout.expiry))?,
            primary,
            secondary,
            optional: [rest, trimmed(part(layout.optional[1]))],
            text: text.to_owned(),
        })
    }

    /// The day of birth when all of it is known: the last one with these two digits of the year that is not after `today`.
    pub fn birth_date(&self, today: Date) -> Option<Date> {
        let number = |range: std::ops::Range<usize>| self.birth.get(range)?.parse::<u8>().ok();
        let (year, month, day) = (number(0..2)?, number(2..4)?, number(4..6)?);
        let century = today.year() / 100 * 100;
        [century, century.saturating_sub(100)]
            .into_iter()
            .filter_map(|century| Date::new(century + u16::from(year), month, day).ok())
            .find(|date| *date <= today)
    }
}

/// The check digit of `text` (Doc 9303-3 section 4.9), or nothing for characters without a value.
pub fn check_digit(text: &str) -> Option<u8> {
    let weights = [7, 3, 1].into_iter().cycle();
    let sum = text.bytes().zip(weights).try_fold(0, |sum, (byte, weight)| Some(sum + value(byte)? * weight))?;
    Some(b'0' + (sum % 10) as u8)
}

fn value(byte: u8) -> Option<u32> {
    match byte {
        b'<' => Some(0),
        b'0'..=b'9' => Some(u32::from(byte - b'0')),
        b'A'..=b'Z' => Some(u32::from(byte - b'A') + 10),
        _ => None,
    }
}

fn check(text: &str, digit: u8, field: MrzField) -> Result<(), MrzError> {
    if check_digit(text) == Some(digit) { Ok(()) } else { Err(MrzError::CheckDigit(field)) }
}

/// The document number, and the optional data without what of it belongs to the number (Doc 9303-5 section 4.2.2 note j):
/// a `<` instead of the check digit says that number and check digit go on there.
fn document_number(text: &str, layout: &Layout) -> Result<(String, String), MrzError> {
    let (start, length) = layout.number;
    let number = &text[start..start + length];
    let digit = text.as_bytes()[start + length];
    let (optional_start, optional_length) = layout.optional[0];
    let optional = &text[optional_start..optional_start + optional_length];
    if digit != b'<' || layout.format == MrzFormat::Td3 {
        check(number, digit, MrzField::DocumentNumber)?;
        return Ok((trimmed(number), trimmed(optional)));
    }
    let (rest, after) = optional.split_once('<').ok_or(MrzError::LongNumber)?;
    if rest.len() < 2 {
        return Err(MrzError::LongNumber);
    }
    let (rest, digit) = rest.split_at(rest.len() - 1);
    let digit = digit.as_bytes()[0];
    // Belgium has counted the `<` in between as a character of the number for years.
    if check_digit(&format!("{number}<{rest}")) != Some(digit) {
        check(&format!("{number}{rest}"), digit, MrzField::DocumentNumber)?;
    }
    Ok((format!("{number}{rest}"), trimmed(after)))
}

fn names(field: &str) -> Result<(String, String), MrzError> {
    let field = field.trim_end_matches('<');
    let (primary, secondary) = field.split_once("<<").unwrap_or((field, ""));
    if field.is_empty() || secondary.contains("<<") {
        return Err(MrzError::Name);
    }
    let words = |part: &str| part.replace('<', " ").trim().to_owned();
    Ok((words(primary), words(secondary)))
}

fn birth(field: &str) -> Result<String, MrzError> {
    let range =
        |part: &str, most: u8| part == "<<" || part.parse::<u8>().is_ok_and(|number| (1..=most).contains(&number));
    let year = &field[..2] == "<<" || field[..2].parse::<u8>().is_ok();
    if year && range(&field[2..4], 12) && range(&field[4..], 31) {
        Ok(field.to_owned())
    } else {
        Err(MrzError::Date(MrzField::BirthDate))
    }
}

/// The year of expiry within the hundred years from 1970.
fn expiry(field: &str) -> Result<Date, MrzError> {
    let wrong = MrzError::Date(MrzField::ExpiryDate);
    let number = |part: &str| part.parse::<u8>().map_err(|_| wrong);
    let (year, month, day) = (number(&field[..2])?, number(&field[2..4])?, number(&field[4..])?);
    let century = if year < 70 { 2000 } else { 1900 };
    Date::new(century + u16::from(year), month, day).map_err(|_| wrong)
}

fn sex(byte: u8) -> Result<Sex, MrzError> {
    match byte {
        b'M' => Ok(Sex::Male),
        b'F' => Ok(Sex::Female),
        b'<' | b'X' => Ok(Sex::Unspecified),
        _ => Err(MrzError::Sex),
    }
}

fn trimmed(field: &str) -> String {
    field.trim_end_matches('<').to_owned()
}

impl fmt::Debug for Mrz {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Mrz({:?}, [redacted])", self.format)
    }
}

#[cfg(test)]
mod tests;
