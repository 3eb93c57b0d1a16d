//! From the claims of a card back to the person.

use mibun_crypto::base64url;
use mibun_crypto::time::Date;
use serde_json::{Map, Value};

use super::write::PICTURE_PREFIX;
use super::{Address, PersonalData, PersonalDataError, Place};

impl PersonalData {
    /// Reads a whole card: every mandatory claim must be shown. Claims that are not a person's are passed over, and so is
    /// `age_equal_or_over`, which follows from the dates.
    ///
    /// # Errors
    /// [`PersonalDataError`] for the first claim that is missing or not as the rulebook says.
    pub fn from_claims(claims: &Map<String, Value>) -> Result<Self, PersonalDataError> {
        let claims = Claims(claims);
        let person = Self {
            family_name: claims.text("family_name")?,
            given_name: claims.text("given_name")?,
            family_name_native: claims.optional_text("family_name_native")?,
            given_name_native: claims.optional_text("given_name_native")?,
            birth_family_name: claims.optional_text("birth_family_name")?,
            birthdate: claims.date("birthdate")?,
            sex: claims.optional("sex", |value| value.as_u64().and_then(|sex| u8::try_from(sex).ok()))?,
            nationalities: claims.required("nationalities", texts)?,
            place_of_birth: claims.object("place_of_birth")?.map(Place::read).transpose()?,
            address: claims.object("address")?.map(Address::read).transpose()?,
            personal_administrative_number: claims.text("personal_administrative_number")?,
            document_number: claims.optional_text("document_number")?,
            date_of_issuance: claims.date("date_of_issuance")?,
            date_of_expiry: claims.date("date_of_expiry")?,
            issuing_authority: claims.text("issuing_authority")?,
            issuing_country: claims.text("issuing_country")?,
            portrait: claims.optional("picture", jpeg)?,
        };
        person.check()?;
        Ok(person)
    }
}

impl Place {
    fn read(claims: Claims<'_>) -> Result<Self, PersonalDataError> {
        Ok(Self {
            country: claims.optional_text("country")?,
            region: claims.optional_text("region")?,
            locality: claims.optional_text("locality")?,
        })
    }
}

impl Address {
    fn read(claims: Claims<'_>) -> Result<Self, PersonalDataError> {
        Ok(Self {
            formatted: claims.optional_text("formatted")?,
            country: claims.optional_text("country")?,
            region: claims.optional_text("region")?,
            locality: claims.optional_text("locality")?,
            postal_code: claims.optional_text("postal_code")?,
            street_address: claims.optional_text("street_address")?,
            house_number: claims.optional_text("house_number")?,
        })
    }
}

/// Claims by name; whatever is wrong with one is reported under its name.
#[derive(Clone, Copy)]
struct Claims<'a>(&'a Map<String, Value>);

impl<'a> Claims<'a> {
    fn optional<T>(
        self,
        name: &'static str,
        read: impl Fn(&'a Value) -> Option<T>,
    ) -> Result<Option<T>, PersonalDataError> {
        self.0.get(name).map(|value| read(value).ok_or(PersonalDataError::Member(name))).transpose()
    }

    fn required<T>(self, name: &'static str, read: impl Fn(&'a Value) -> Option<T>) -> Result<T, PersonalDataError> {
        self.optional(name, read)?.ok_or(PersonalDataError::Member(name))
    }

    fn optional_text(self, name: &'static str) -> Result<Option<String>, PersonalDataError> {
        self.optional(name, |value| value.as_str().map(str::to_owned))
    }

    fn text(self, name: &'static str) -> Result<String, PersonalDataError> {
        self.required(name, |value| value.as_str().map(str::to_owned))
    }

    fn date(self, name: &'static str) -> Result<Date, PersonalDataError> {
        self.required(name, |value| value.as_str()?.parse().ok())
    }

    fn object(self, name: &'static str) -> Result<Option<Self>, PersonalDataError> {
        self.optional(name, |value| value.as_object().map(Self))
    }
}

fn texts(value: &Value) -> Option<Vec<String>> {
    value.as_array()?.iter().map(|item| item.as_str().map(str::to_owned)).collect()
}

fn jpeg(value: &Value) -> Option<Vec<u8>> {
    base64url::decode_standard(value.as_str()?.strip_prefix(PICTURE_PREFIX)?).ok()
}
