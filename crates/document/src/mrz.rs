//! Machine-readable zones of ICAO Doc 9303, parts 3 to 6: TD1, TD2 and TD3.
//!
//! [`parse`] takes a zone as it must be and refuses it for the first thing that is wrong. [`read`] takes what a text
//! recogniser made of a zone: it puts right what position and check digits prove, and says of every field whether a check
//! digit stands behind it. A check digit is one of ten: it catches misreadings, not forgeries.

mod check;
mod layout;
mod names;
mod parse;
mod repair;
mod short_date;
mod transliterate;

use zeroize::Zeroizing;

pub use layout::Format;
pub use parse::parse;
pub use repair::read;
pub use short_date::ShortDate;
pub use transliterate::transliterate;

use crate::field::{Field, Proof};

/// What a zone says. Personal data: `Debug` shows the format only.
#[derive(Clone, PartialEq, Eq)]
pub struct Mrz {
    /// Its format.
    pub format: Format,
    /// One or two letters; `P` for passports, `I`, `A` or `C` for cards.
    pub document_code: Field<String>,
    /// Who issued it: one to three letters of Doc 9303-3 section 5.
    pub issuing_state: Field<String>,
    /// The whole number, also where it overflows into the optional data.
    pub document_number: Field<Zeroizing<String>>,
    /// Nationality, coded like the issuing state.
    pub nationality: Field<String>,
    /// Birth date, as far as it is known.
    pub birth_date: Field<ShortDate>,
    /// What the zone states of the sex.
    pub sex: Field<MrzSex>,
    /// Last day of validity.
    pub expiry_date: Field<ShortDate>,
    /// Optional data of TD2 and TD3 (there the personal number), and of TD1's first line without an overflowing number.
    pub optional: Field<Zeroizing<String>>,
    /// Optional data of TD1's second line; empty elsewhere.
    pub optional_second: Field<Zeroizing<String>>,
    /// Primary identifier; empty for people with one name that is given here as secondary.
    pub surname: Field<Zeroizing<String>>,
    /// Secondary identifier.
    pub given_names: Field<Zeroizing<String>>,
    /// The names fill their field, so that they may be cut off.
    pub names_may_be_cut_off: bool,
    /// The lines themselves, one after the other without a separator.
    zone: Zeroizing<String>,
}

/// The sex that a zone states.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MrzSex {
    /// `M`.
    Male,
    /// `F`.
    Female,
    /// `<`: not stated.
    Unspecified,
}

/// A part of a zone that an error can name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Part {
    /// Document code.
    DocumentCode,
    /// Issuing state.
    IssuingState,
    /// Document number.
    DocumentNumber,
    /// Nationality.
    Nationality,
    /// Birth date.
    BirthDate,
    /// Sex.
    Sex,
    /// Date of expiry.
    ExpiryDate,
    /// Optional data.
    Optional,
    /// Names.
    Names,
    /// The zone as a whole, as its composite check digit covers it.
    Composite,
}

/// Why a text is no machine-readable zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum MrzError {
    /// Neither two nor three lines.
    #[error("a machine-readable zone has two or three lines, not {found}")]
    Lines {
        /// How many there are.
        found: usize,
    },
    /// A line that is too short or too long for every format with as many lines.
    #[error("line {line} has {found} characters")]
    Length {
        /// Its number, from 1.
        line: usize,
        /// How many characters it has.
        found: usize,
    },
    /// A character outside A to Z, 0 to 9 and `<`.
    #[error("the character in line {line}, place {place} may not stand there")]
    Character {
        /// The line, from 1.
        line: usize,
        /// The place, from 1.
        place: usize,
    },
    /// A part that does not have its form.
    #[error("{0:?} does not have its form")]
    Form(Part),
    /// A check digit that does not belong to its part.
    #[error("the check digit of {0:?} does not fit")]
    CheckDigit(Part),
}

impl Mrz {
    /// Whether every check digit of the zone fits.
    pub fn is_proven(&self) -> bool {
        let zone = self.zone.as_bytes();
        check::first_fault(zone, self.format.layout()).is_none()
    }

    /// The lines as the document shows them, with what was put right.
    pub fn lines(&self) -> Vec<&str> {
        let width = self.format.width();
        (0..self.format.lines()).filter_map(|line| self.zone.get(line * width..(line + 1) * width)).collect()
    }

    /// Number, birth date and expiry date with their check digits: what the access keys of the chip are derived from
    /// (Doc 9303-11 section 4.3, "MRZ information"). None unless all three are proven.
    pub fn information(&self) -> Option<Zeroizing<String>> {
        let proven = [self.document_number.proof, self.birth_date.proof, self.expiry_date.proof];
        if proven.contains(&Proof::None) {
            return None;
        }
        let layout = self.format.layout();
        let zone = self.zone.as_bytes();
        let mut bytes = Zeroizing::new(check::number_with_digit(zone, layout)?);
        for (part, digit) in [(&layout.birth_date, layout.birth_digit), (&layout.expiry_date, layout.expiry_digit)] {
            bytes.extend_from_slice(&zone[part.clone()]);
            bytes.push(zone[digit]);
        }
        std::str::from_utf8(&bytes).ok().map(|text| Zeroizing::new(text.to_owned()))
    }
}

impl std::fmt::Debug for Mrz {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Mrz({:?}, [redacted])", self.format)
    }
}

#[cfg(test)]
mod tests;
