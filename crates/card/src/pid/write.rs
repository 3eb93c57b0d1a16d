//! From a person to claims, after checking every value against the rulebook.

use mibun_crypto::base64url;
use serde_json::{Map, Value, json};

use super::{AGES, MAX_CHARACTERS, MAX_NATIONALITIES, MAX_PORTRAIT_BYTES, PersonalData, PersonalDataError};

/// How the claim `picture` begins (RFC 2397).
pub(crate) const PICTURE_PREFIX: &str = "data:image/jpeg;base64,";

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
        put("place_of_birth", self.place_of_birth.as_ref().map(|place| object(&place.members())));
        put("address", self.address.as_ref().map(|address| object(&address.members())));
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

    fn texts(&self) -> [(&'static str, Option<&str>); 9] {
        [
            ("family_name", Some(&self.family_name)),
            ("given_name", Some(&self.given_name)),
            ("family_name_native", self.family_name_native.as_deref()),
            ("given_name_native", self.given_name_native.as_deref()),
            ("birth_family_name", self.birth_family_name.as_deref()),
            ("personal_administrative_number", Some(&self.personal_administrative_number)),
            ("document_number", self.document_number.as_deref()),
            ("issuing_authority", Some(&self.issuing_authority)),
            ("issuing_country", Some(&self.issuing_country)),
        ]
    }

    pub(super) fn check(&self) -> Result<(), PersonalDataError> {
        self.texts().into_iter().try_for_each(|(name, text)| check_text(name, text))?;
        self.place_of_birth.iter().try_for_each(|place| check_members("place_of_birth", &place.members()))?;
        self.address.iter().try_for_each(|address| check_members("address", &address.members()))?;
        check_country("issuing_country", &self.issuing_country)?;
        self.check_nationalities()?;
        if self.sex.is_some_and(|sex| sex > 6 && sex != 9) {
            return Err(PersonalDataError::Sex);
        }
        if self.birthdate > self.date_of_issuance {
            return Err(PersonalDataError::Birthdate);
        }
        if self.date_of_expiry < self.date_of_issuance {
            return Err(PersonalDataError::Dates);
        }
        let is_portrait = |file: &Vec<u8>| file.starts_with(&[0xff, 0xd8, 0xff]) && file.len() <= MAX_PORTRAIT_BYTES;
        if self.portrait.as_ref().is_none_or(is_portrait) { Ok(()) } else { Err(PersonalDataError::Portrait) }
    }

    fn check_nationalities(&self) -> Result<(), PersonalDataError> {
        let codes = &self.nationalities;
        let is_repeated = (1..codes.len()).any(|at| codes[..at].contains(&codes[at]));
        if codes.is_empty() || codes.len() > MAX_NATIONALITIES || is_repeated {
            return Err(PersonalDataError::Nationalities);
        }
        codes.iter().try_for_each(|code| check_country("nationalities", code))
    }
}

fn check_members(name: &'static str, members: &[(&'static str, Option<&str>)]) -> Result<(), PersonalDataError> {
    if members.iter().all(|(_, text)| text.is_none()) {
        return Err(PersonalDataError::Empty(name));
    }
    for (name, text) in members {
        match (*name, *text) {
            ("country", Some(code)) => check_country(name, code)?,
            (name, text) => check_text(name, text)?,
        }
    }
    Ok(())
}

fn check_text(name: &'static str, text: Option<&str>) -> Result<(), PersonalDataError> {
    let Some(text) = text else { return Ok(()) };
    let length = text.chars().count();
    let fits = (1..=MAX_CHARACTERS).contains(&length) && !text.chars().any(is_unseen);
    if fits { Ok(()) } else { Err(PersonalDataError::Text(name)) }
}

/// Control characters, and those that turn the direction of writing so that a name reads as another.
fn is_unseen(letter: char) -> bool {
    let turns = matches!(letter, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    letter.is_control() || turns
}

fn check_country(name: &'static str, code: &str) -> Result<(), PersonalDataError> {
    let fits = code.len() == 2 && code.bytes().all(|letter| letter.is_ascii_uppercase());
    if fits { Ok(()) } else { Err(PersonalDataError::Country(name)) }
}

fn picture(jpeg: &[u8]) -> Value {
    format!("{PICTURE_PREFIX}{}", base64url::encode_standard(jpeg)).into()
}

fn object(members: &[(&'static str, Option<&str>)]) -> Value {
    let present = members.iter().filter_map(|(name, text)| text.map(|text| ((*name).to_owned(), Value::from(text))));
    Value::Object(present.collect())
}
