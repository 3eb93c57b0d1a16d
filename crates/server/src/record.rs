//! One person as the register knows them.

mod latin;

use std::fmt;

use mibun_crypto::time::Date;
use serde::{Deserialize, Serialize};

/// The register's data about one person; sealed before it reaches the database, never printed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonRecord {
    /// The resident number, in the scheme's normal form.
    pub number: String,
    /// Family name in Latin script.
    pub family_name: String,
    /// Given name in Latin script.
    pub given_name: String,
    /// Family name in the person's own script.
    pub family_name_native: Option<String>,
    /// Given name in the person's own script.
    pub given_name_native: Option<String>,
    /// Date of birth.
    pub birthdate: Date,
    /// ISO/IEC 5218: 0 not known, 1 male, 2 female, 9 not applicable.
    pub sex: u8,
    /// ISO 3166-1 alpha-2 codes.
    pub nationalities: Vec<String>,
    /// Place of birth, free text.
    pub place_of_birth: Option<String>,
    /// Address in one line, as it is written on letters.
    pub address: Option<String>,
    /// Number of the physical document.
    pub document_number: Option<String>,
    /// Last day on which the physical document is valid.
    pub document_valid_until: Date,
}

impl fmt::Debug for PersonRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonRecord([redacted])")
    }
}

/// Longest text of one field, in characters (PID rulebook 1.7, section 2).
pub const LONGEST_TEXT: usize = 150;

/// Nobody on record has lived longer than 122 years.
const OLDEST_YEARS: u16 = 150;

/// Why a record was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// The number does not follow the authority's scheme.
    #[error("number: {0}")]
    Number(#[from] mibun_document::resident_number::NumberFault),
    /// A name, address or other text is empty, too long or holds control characters.
    #[error("{0}: must be 1 to {LONGEST_TEXT} characters without control characters")]
    Text(&'static str),
    /// A name that is not in Latin script where one has to be.
    #[error("{0}: must be in Latin script: letters, spaces, hyphens and apostrophes")]
    Script(&'static str),
    /// Born in the future or more than 150 years ago.
    #[error("birthdate: not a possible date of birth")]
    Birthdate,
    /// The number carries another date of birth.
    #[error("birthdate: the number says another date")]
    BirthdateOfNumber,
    /// Not one of 0, 1, 2, 9.
    #[error("sex: must be 0, 1, 2 or 9 (ISO/IEC 5218)")]
    Sex,
    /// Not two capital letters.
    #[error("nationality: must be two capital letters (ISO 3166-1)")]
    Nationality,
}

impl PersonRecord {
    /// Checks everything that can be checked without the register; `today` bounds the date of birth.
    ///
    /// # Errors
    /// The first [`RecordError`].
    pub fn check(&self, today: Date) -> Result<(), RecordError> {
        self.check_texts()?;
        if self.birthdate > today || self.birthdate.age_on(today) > OLDEST_YEARS {
            return Err(RecordError::Birthdate);
        }
        if ![0, 1, 2, 9].contains(&self.sex) {
            return Err(RecordError::Sex);
        }
        let is_code = |code: &String| code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase());
        if self.nationalities.is_empty() || !self.nationalities.iter().all(is_code) {
            return Err(RecordError::Nationality);
        }
        Ok(())
    }

    fn check_texts(&self) -> Result<(), RecordError> {
        let required = [("family_name", &self.family_name), ("given_name", &self.given_name)];
        let optional = [
            ("family_name_native", &self.family_name_native),
            ("given_name_native", &self.given_name_native),
            ("place_of_birth", &self.place_of_birth),
            ("address", &self.address),
            ("document_number", &self.document_number),
        ];
        let present = optional.iter().filter_map(|(name, text)| text.as_ref().map(|text| (*name, text)));
        for (name, text) in required.into_iter().chain(present) {
            let length = text.chars().count();
            if length == 0 || length > LONGEST_TEXT || text.trim() != text || text.chars().any(char::is_control) {
                return Err(RecordError::Text(name));
            }
        }
        match required.iter().find(|(_, text)| !latin::is_name(text)) {
            Some((name, _)) => Err(RecordError::Script(name)),
            None => Ok(()),
        }
    }

    /// The spellings under which a person may type their name, each normalised.
    pub fn spellings(&self) -> Vec<String> {
        let mut spellings = both_orders(&self.family_name, &self.given_name);
        if let (Some(family), Some(given)) = (&self.family_name_native, &self.given_name_native) {
            spellings.extend(both_orders(family, given));
        }
        spellings.sort();
        spellings.dedup();
        spellings
    }

    /// Whether `typed` is one of the person's names in either order and script, spaces and case aside.
    pub fn is_named(&self, typed: &str) -> bool {
        let typed = normal_name(typed);
        !typed.is_empty() && self.spellings().contains(&typed)
    }

    /// The name for display: native where there is one.
    pub fn display_name(&self) -> String {
        match (&self.family_name_native, &self.given_name_native) {
            (Some(family), Some(given)) => format!("{family} {given}"),
            _ => format!("{} {}", self.given_name, self.family_name),
        }
    }
}

fn both_orders(family: &str, given: &str) -> Vec<String> {
    vec![normal_name(&format!("{family}{given}")), normal_name(&format!("{given}{family}"))]
}

/// A name as it is compared: compatibility forms folded, letters lower-cased, everything but letters dropped.
pub fn normal_name(name: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    name.nfkc().flat_map(char::to_lowercase).filter(|character| character.is_alphanumeric()).collect()
}

#[cfg(test)]
mod tests;
