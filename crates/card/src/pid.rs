//! What a card says about a person, under the names of the EUDI PID Rulebook 1.7 for SD-JWT VC.
//!
//! Two claims are ours, for which the rulebook has no name: `family_name_native` and `given_name_native`, the name in the
//! person's own script. `family_name` and `given_name` are in Latin script.

use std::fmt;

use mibun_crypto::base64url;
use mibun_crypto::time::Date;
use serde_json::{Map, Value, json};

/// Longest text of a claim, in characters (PID Rulebook 1.7).
pub const MAX_CHARACTERS: usize = 150;
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
    /// Date of birth.
    pub birthdate: Date,
    /// ISO/IEC 5218: 0 not known, 1 male, 2 female, 9 not applicable. (The rulebook adds 3 to 6.)
    pub sex: Option<u8>,
    /// ISO 3166-1 alpha-2 codes, at least one.
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

/// Why a person cannot be put on a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PersonalDataError {
    /// Empty, longer than [`MAX_CHARACTERS`], or with control characters.
    #[error("{0}: 1 to {MAX_CHARACTERS} characters without control characters")]
    Text(&'static str),
    /// Not two capital letters, or no nationality at all.
    #[error("{0}: two capital letters (ISO 3166-1)")]
    Country(&'static str),
    /// Not a value of the rulebook.
    #[error("sex: 0 to 6 or 9")]
    Sex,
    /// The card would end before it begins.
    #[error("date_of_expiry: before date_of_issuance")]
    Dates,
    /// Not a JPEG file.
    #[error("picture: not a JPEG file")]
    Portrait,
}

impl PersonalData {
    /// The claims of the card.
    ///
    /// # Errors
    /// [`PersonalDataError`] for the first value that the rulebook does not allow.
    pub fn to_claims(&self) -> Result<Map<String, Value>, PersonalDataError> {
        self.check()?;
        let mut claims = Map::new();
        let mut put = |name: &str, value: Option<Value>| {
            if let Some(value) = value {
                claims.insert(name.to_owned(), value);
            }
        };
        for (name, text) in self.texts() {
            put(name, text.map(Value::from));
        }
        put("birthdate", Some(json!(self.birthdate)));
        put("sex", self.sex.map(Value::from));
        put("nationalities", Some(json!(self.nationalities)));
        put("place_of_birth", self.place_of_birth.as_ref().map(Place::to_value));
        put("address", self.address.as_ref().map(Address::to_value));
        put("date_of_issuance", Some(json!(self.date_of_issuance)));
        put("date_of_expiry", Some(json!(self.date_of_expiry)));
        put("age_equal_or_over", Some(self.ages()));
        put("picture", self.portrait.as_deref().map(picture));
        Ok(claims)
    }

    /// Whether the person has reached each of [`AGES`] on the day of issuance.
    fn ages(&self) -> Value {
        let age = self.birthdate.age_on(self.date_of_issuance);
        let reached = AGES.iter().map(|years| (years.to_string(), Value::from(age >= *years)));
        Value::Object(reached.collect())
    }

    fn texts(&self) -> [(&'static str, Option<&str>); 8] {
        [
            ("family_name", Some(&self.family_name)),
            ("given_name", Some(&self.given_name)),
            ("family_name_native", self.family_name_native.as_deref()),
            ("given_name_native", self.given_name_native.as_deref()),
            ("personal_administrative_number", Some(&self.personal_administrative_number)),
            ("document_number", self.document_number.as_deref()),
            ("issuing_authority", Some(&self.issuing_authority)),
            ("issuing_country", Some(&self.issuing_country)),
        ]
    }

    fn check(&self) -> Result<(), PersonalDataError> {
        let inner =
            self.place_of_birth.iter().flat_map(Place::members).chain(self.address.iter().flat_map(Address::members));
        for (name, text) in self.texts().into_iter().chain(inner) {
            check_text(name, text)?;
        }
        check_country("issuing_country", &self.issuing_country)?;
        if self.nationalities.is_empty() {
            return Err(PersonalDataError::Country("nationalities"));
        }
        self.nationalities.iter().try_for_each(|code| check_country("nationalities", code))?;
        if self.sex.is_some_and(|sex| sex > 6 && sex != 9) {
            return Err(PersonalDataError::Sex);
        }
        if self.date_of_expiry < self.date_of_issuance {
            return Err(PersonalDataError::Dates);
        }
        let is_jpeg = self.portrait.as_ref().is_none_or(|file| file.starts_with(&[0xff, 0xd8, 0xff]));
        if is_jpeg { Ok(()) } else { Err(PersonalDataError::Portrait) }
    }
}

fn check_text(name: &'static str, text: Option<&str>) -> Result<(), PersonalDataError> {
    let Some(text) = text else { return Ok(()) };
    let length = text.chars().count();
    let fits = (1..=MAX_CHARACTERS).contains(&length) && !text.chars().any(char::is_control);
    if fits { Ok(()) } else { Err(PersonalDataError::Text(name)) }
}

fn check_country(name: &'static str, code: &str) -> Result<(), PersonalDataError> {
    let fits = code.len() == 2 && code.bytes().all(|letter| letter.is_ascii_uppercase());
    if fits { Ok(()) } else { Err(PersonalDataError::Country(name)) }
}

/// A JPEG file as a data URL (RFC 2397), the form of the claim `picture`.
fn picture(jpeg: &[u8]) -> Value {
    format!("data:image/jpeg;base64,{}", base64url::encode_standard(jpeg)).into()
}

impl Place {
    fn members(&self) -> [(&'static str, Option<&str>); 3] {
        [
            ("country", self.country.as_deref()),
            ("region", self.region.as_deref()),
            ("locality", self.locality.as_deref()),
        ]
    }

    fn to_value(&self) -> Value {
        object(&self.members())
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

    fn to_value(&self) -> Value {
        object(&self.members())
    }
}

fn object(members: &[(&'static str, Option<&str>)]) -> Value {
    let present = members.iter().filter_map(|(name, text)| text.map(|text| ((*name).to_owned(), Value::from(text))));
    Value::Object(present.collect())
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
