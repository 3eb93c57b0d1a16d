//! What a card says about a person, under the names of the EUDI PID Rulebook 1.7 for SD-JWT VC.
//!
//! Two claims are ours, for which the rulebook has no name: `family_name_native` and `given_name_native`, the name in the
//! person's own script; `family_name` and `given_name` are in Latin script. The names nearest to them mean something
//! else: `family_name_national_character` (ISO/IEC 18013-5) is of mdoc alone, `family_name_unicode` (ISO/IEC 23220-2) is
//! the main name in whatever script, and `family_name#ja-Hani-JP` (OpenID Connect Core 5.2) wants a language that the
//! register does not know.

mod read;
mod write;

use std::fmt;

use mibun_crypto::time::Date;

pub(crate) use write::PICTURE_PREFIX;

/// Longest text of a claim, in characters (PID Rulebook 1.7).
pub const MAX_CHARACTERS: usize = 150;
/// Largest portrait, in bytes of the JPEG file: several times what 240 by 320 pixels take.
pub const MAX_PORTRAIT_BYTES: usize = 128 * 1024;
/// Most nationalities of one person.
pub const MAX_NATIONALITIES: usize = 8;
/// Ages for which a card says whether the person has reached them.
pub const AGES: [u16; 6] = [14, 16, 18, 20, 21, 65];

/// A person, as a card describes them.
#[derive(Clone, PartialEq, Eq)]
pub struct PersonalData {
    /// Family name in Latin script.
    pub family_name: String,
    /// Given name in Latin script.
    pub given_name: String,
    /// Family name in the person's own script.
    pub family_name_native: Option<String>,
    /// Given name in the person's own script.
    pub given_name_native: Option<String>,
    /// Family name at birth.
    pub birth_family_name: Option<String>,
    /// Date of birth.
    pub birthdate: Date,
    /// ISO/IEC 5218: 0 not known, 1 male, 2 female, 9 not applicable. (The rulebook adds 3 to 6.)
    pub sex: Option<u8>,
    /// ISO 3166-1 alpha-2 codes, at least one and none twice.
    pub nationalities: Vec<String>,
    /// Place of birth.
    pub place_of_birth: Option<Place>,
    /// Address.
    pub address: Option<Address>,
    /// The resident number.
    pub personal_administrative_number: String,
    /// Number of the physical document.
    pub document_number: Option<String>,
    /// First day of the card.
    pub date_of_issuance: Date,
    /// Last day of the document behind the card.
    pub date_of_expiry: Date,
    /// Who issued the card.
    pub issuing_authority: String,
    /// ISO 3166-1 alpha-2 code.
    pub issuing_country: String,
    /// The portrait, as a JPEG file.
    pub portrait: Option<Vec<u8>>,
}

/// Where somebody was born; at least one member.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Place {
    /// ISO 3166-1 alpha-2 code.
    pub country: Option<String>,
    /// State, province or prefecture.
    pub region: Option<String>,
    /// Town.
    pub locality: Option<String>,
}

/// Where somebody lives; at least one member.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Address {
    /// All of it, as it is written on letters.
    pub formatted: Option<String>,
    /// ISO 3166-1 alpha-2 code.
    pub country: Option<String>,
    /// State, province or prefecture.
    pub region: Option<String>,
    /// Town.
    pub locality: Option<String>,
    /// Postal code.
    pub postal_code: Option<String>,
    /// Street.
    pub street_address: Option<String>,
    /// House number.
    pub house_number: Option<String>,
}

/// Why claims are not those of a person, or a person cannot be put on a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PersonalDataError {
    /// A claim is missing, of the wrong kind, or not spelt as the rulebook says.
    #[error("{0}: missing or malformed")]
    Member(&'static str),
    /// Empty, longer than [`MAX_CHARACTERS`], or with characters that cannot be seen.
    #[error("{0}: 1 to {MAX_CHARACTERS} characters, none of them for control or the direction of writing")]
    Text(&'static str),
    /// Not two capital letters.
    #[error("{0}: two capital letters (ISO 3166-1)")]
    Country(&'static str),
    /// None, one of them twice, or more than [`MAX_NATIONALITIES`].
    #[error("nationalities: 1 to {MAX_NATIONALITIES}, each once")]
    Nationalities,
    /// An object without members, which says nothing.
    #[error("{0}: at least one member")]
    Empty(&'static str),
    /// Not a value of the rulebook.
    #[error("sex: 0 to 6 or 9")]
    Sex,
    /// Born after the card was issued.
    #[error("birthdate: after date_of_issuance")]
    Birthdate,
    /// The card would end before it begins.
    #[error("date_of_expiry: before date_of_issuance")]
    Dates,
    /// Not a JPEG file, or larger than [`MAX_PORTRAIT_BYTES`].
    #[error("picture: a JPEG file of at most {MAX_PORTRAIT_BYTES} bytes")]
    Portrait,
}

impl Place {
    fn members(&self) -> [(&'static str, Option<&str>); 3] {
        [
            ("country", self.country.as_deref()),
            ("region", self.region.as_deref()),
            ("locality", self.locality.as_deref()),
        ]
    }
}

impl Address {
    fn members(&self) -> [(&'static str, Option<&str>); 7] {
        [
            ("formatted", self.formatted.as_deref()),
            ("country", self.country.as_deref()),
            ("region", self.region.as_deref()),
            ("locality", self.locality.as_deref()),
            ("postal_code", self.postal_code.as_deref()),
            ("street_address", self.street_address.as_deref()),
            ("house_number", self.house_number.as_deref()),
        ]
    }
}

macro_rules! redacted {
    ($($name:ident),*) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "([redacted])"))
            }
        }
    )*};
}

redacted!(PersonalData, Place, Address);

#[cfg(test)]
mod tests;
