//! Resident numbers: how an authority numbers its people, and what a number says by itself.

mod free;
mod gb11643;

use std::fmt;

use mibun_crypto::time::Date;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

pub use free::{FreeScheme, Pattern, PatternError};

/// How an authority numbers its people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Scheme {
    /// GB 11643-1999: region, birth date, sequence and an ISO 7064 MOD 11-2 check character, 18 in all.
    Gb11643,
    /// A scheme of the authority's own, without a check character.
    Free(FreeScheme),
}

/// What is wrong with a number; each fault stands for one thing a person can look at again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum NumberFault {
    /// Too few or too many characters.
    #[error("the number has {found} characters")]
    Length {
        /// How many there are.
        found: usize,
    },
    /// The form of 1989, with 15 digits: [`Scheme::read`] converts it.
    #[error("the number has the 15-digit form of 1989")]
    OldForm,
    /// A character that may not stand there.
    #[error("the character in place {place} may not stand there")]
    Character {
        /// Its place, from 1.
        place: usize,
    },
    /// No province has this code.
    #[error("the region code is not in use")]
    Region,
    /// No such day.
    #[error("the birth date does not exist")]
    Date,
    /// A day still to come.
    #[error("the birth date lies in the future")]
    FutureDate,
    /// The sequence starts at 001.
    #[error("the sequence number is not in use")]
    Sequence,
    /// The check character does not belong to the rest: most often a mistyped digit.
    #[error("the check character does not fit")]
    CheckCharacter,
    /// The number does not have the form of the authority's scheme.
    #[error("the number does not have the expected form")]
    Form,
}

/// The sex that a number states.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sex {
    /// Odd sequence.
    Male,
    /// Even sequence.
    Female,
}

impl Sex {
    /// The code of ISO/IEC 5218, as cards carry it.
    pub fn iso_5218(self) -> u8 {
        match self {
            Self::Male => 1,
            Self::Female => 2,
        }
    }
}

/// A number in its canonical form, with what it says by itself. Personal data: `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct ResidentNumber {
    text: Zeroizing<String>,
    facts: Option<Facts>,
}

/// What a GB 11643 number says about the person.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Facts {
    birth_date: Date,
    sex: Sex,
}

impl ResidentNumber {
    /// The canonical form: what records are compared by.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The birth date, where the scheme states one.
    pub fn birth_date(&self) -> Option<Date> {
        self.facts.map(|facts| facts.birth_date)
    }

    /// The sex, where the scheme states one.
    pub fn sex(&self) -> Option<Sex> {
        self.facts.map(|facts| facts.sex)
    }

    /// The six-digit code of the region that first registered the person, where the scheme states one.
    pub fn region(&self) -> Option<&str> {
        self.facts.and(self.text.get(..6))
    }
}

impl fmt::Debug for ResidentNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ResidentNumber([redacted])")
    }
}

impl Scheme {
    /// Reads what a person typed: normalises it, converts the old form, then parses. `today` bounds birth dates.
    pub fn read(&self, typed: &str, today: Date) -> Result<ResidentNumber, NumberFault> {
        match self {
            Self::Gb11643 => {
                let number = gb11643::normalise(typed);
                match gb11643::parse(&number, today) {
                    Err(NumberFault::OldForm) => gb11643::parse_old_form(&number, today),
                    parsed => parsed,
                }
            }
            Self::Free(scheme) => self.parse(&scheme.normalise(typed), today),
        }
    }

    /// Parses a number that must be in its canonical form already, as in an import file.
    pub fn parse(&self, canonical: &str, today: Date) -> Result<ResidentNumber, NumberFault> {
        match self {
            Self::Gb11643 => gb11643::parse(canonical, today),
            Self::Free(scheme) if scheme.matches(canonical) => {
                Ok(ResidentNumber { text: Zeroizing::new(canonical.to_owned()), facts: None })
            }
            Self::Free(_) => Err(NumberFault::Form),
        }
    }
}

/// Whether a text has the form of a GB 11643 number and its check character fits. Whether such a number can have been
/// given to anybody (region, birth date) is for [`Scheme::parse`] to say.
pub fn has_check_character(number: &str) -> bool {
    gb11643::has_check_character(number)
}

/// Digits and letters of the full-width block, which East Asian keyboards produce, as ASCII; spaces of any kind left
/// out, for people type numbers in groups.
fn halfwidth(typed: &str) -> Zeroizing<String> {
    let narrow = |letter: char| match letter {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(letter) - 0xfee0).unwrap_or(letter),
        other => other,
    };
    Zeroizing::new(typed.chars().filter(|letter| !letter.is_whitespace()).map(narrow).collect())
}

#[cfg(test)]
mod tests;
