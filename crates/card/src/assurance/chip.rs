//! The chip of a physical document (ICAO Doc 9303) as evidence.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::AssuranceError;
use super::evidence::{Compared, check};

/// What reading a chip has shown. That its data was signed by its country (passive authentication) is part of every
/// check: without it there is no evidence.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ChipCheck {
    /// The kind of document.
    pub document: DocumentType,
    /// Who issued it.
    pub country: Country,
    /// How the chip has shown that it is no copy; `None` if it cannot.
    pub clone_protection: Option<CloneProtection>,
    /// Who compared the live face with the portrait in the chip.
    pub compared: Compared,
}

/// A kind of document, by its name in the list that the schema of OpenID Identity Assurance refers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentType {
    /// A passport.
    Passport,
    /// A national identity card.
    #[serde(rename = "idcard")]
    IdCard,
    /// A residence permit.
    ResidencePermit,
    /// A driving permit.
    DrivingPermit,
}

/// How a chip shows that it is no copy (ICAO Doc 9303 part 11, section 6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CloneProtection {
    /// It signed a challenge.
    ActiveAuthentication,
    /// It agreed on keys with its static key.
    ChipAuthentication,
    /// The same within PACE.
    PaceChipAuthenticationMapping,
}

/// A country by its three letters (ISO 3166-1 alpha-3, or ICAO Doc 9303 part 3 section 5 for those that have none).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Country([u8; 3]);

/// Not a country's three letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a country is three letters A to Z")]
pub struct NotACountry;

/// The existence and validity of a digital signature in the document were checked.
const CRYPTOGRAPHY: &str = "vcrypt";
/// Our own member of `check_details`, for which the schema has no name.
const CLONE_PROTECTION: &str = "clone_protection";

impl ChipCheck {
    pub(super) const TYPE: &str = "document";

    /// The chip as an element of the claim `evidence`.
    pub(super) fn to_value(self, source: &str, time: &str) -> Value {
        let mut chip = check(CRYPTOGRAPHY, source, time);
        if let Some(protection) = self.clone_protection {
            chip[CLONE_PROTECTION] = protection.as_str().into();
        }
        json!({
            "type": Self::TYPE,
            "time": time,
            "check_details": [chip, self.compared.to_check(source, time)],
            "document_details": {
                "type": self.document.as_str(),
                "issuer": { "country_code": String::from(self.country) },
            },
        })
    }

    /// Reads a document; none if its chip was not read, or a kind of document that is not ours.
    pub(super) fn from_value(value: &Value, checks: &[Value]) -> Result<Option<Self>, AssuranceError> {
        let [chip, face] = checks else { return Ok(None) };
        if chip["check_method"] != CRYPTOGRAPHY {
            return Ok(None);
        }
        let details = &value["document_details"];
        let Some(document) = details["type"].as_str().and_then(DocumentType::parse) else { return Ok(None) };
        let country = details["issuer"]["country_code"].as_str().ok_or(AssuranceError::Evidence)?;
        let country = Country::parse(country).map_err(|_| AssuranceError::Evidence)?;
        let clone_protection = match chip.get(CLONE_PROTECTION) {
            None => None,
            // A way that is not known here is as good as none.
            Some(name) => CloneProtection::parse(name.as_str().ok_or(AssuranceError::Evidence)?),
        };
        let compared = Compared::from_check(face)?;
        Ok(compared.map(|compared| Self { document, country, clone_protection, compared }))
    }
}

impl DocumentType {
    const ALL: [Self; 4] = [Self::Passport, Self::IdCard, Self::ResidencePermit, Self::DrivingPermit];

    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Passport => "passport",
            Self::IdCard => "idcard",
            Self::ResidencePermit => "residence_permit",
            Self::DrivingPermit => "driving_permit",
        }
    }

    fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|document| document.as_str() == name)
    }
}

impl CloneProtection {
    const ALL: [Self; 3] = [Self::ActiveAuthentication, Self::ChipAuthentication, Self::PaceChipAuthenticationMapping];

    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ActiveAuthentication => "active_authentication",
            Self::ChipAuthentication => "chip_authentication",
            Self::PaceChipAuthenticationMapping => "pace_chip_authentication_mapping",
        }
    }

    fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|protection| protection.as_str() == name)
    }
}

impl Country {
    /// The country of these letters.
    ///
    /// # Errors
    /// [`NotACountry`].
    pub fn parse(letters: &str) -> Result<Self, NotACountry> {
        let letters: [u8; 3] = letters.as_bytes().try_into().map_err(|_| NotACountry)?;
        if letters.iter().all(u8::is_ascii_uppercase) { Ok(Self(letters)) } else { Err(NotACountry) }
    }
}

impl TryFrom<String> for Country {
    type Error = NotACountry;

    fn try_from(letters: String) -> Result<Self, NotACountry> {
        Self::parse(&letters)
    }
}

impl From<Country> for String {
    fn from(country: Country) -> Self {
        country.0.into_iter().map(char::from).collect()
    }
}

impl fmt::Debug for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from(*self))
    }
}
