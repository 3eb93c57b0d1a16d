//! Files that a state and its documents are made of again each time: keys follow from seeds.

use mibun_chip::testing::country::{Country, Person, Signing, ZoneFormat};
use mibun_chip::testing::specimen::{Abilities, zone_dates};
use mibun_chip::virtual_chip::Profile;
use mibun_crypto::base64url;
use mibun_crypto::time::{Date, Timestamp};
use mibun_terminal::ChipPassword;
use mibun_terminal::password::TypedError;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Days ago on which a state says to have been founded.
const AGE_DAYS: i64 = 30;

/// Why something can be no document.
#[derive(Debug, Error)]
pub enum DocumentError {
    /// Not two capital letters.
    #[error("a state has two capital letters")]
    Code,
    /// A name or number has characters that no zone has, or too many.
    #[error("{0}: A to Z, digits and spaces only, and not too many")]
    Field(&'static str),
    /// The portrait is not base64url.
    #[error("the portrait in the file is damaged")]
    Portrait,
}

/// A made-up state.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StateFile {
    code: String,
    seed: String,
    founded: Timestamp,
}

/// The person, as the zone has them.
#[derive(Debug, Clone, Serialize, Deserialize, clap::Args)]
#[serde(deny_unknown_fields)]
pub struct PersonFile {
    /// Up to nine letters and digits.
    #[arg(long)]
    number: String,
    /// Surname: A to Z and spaces.
    #[arg(long)]
    surname: String,
    /// Given names: A to Z and spaces.
    #[arg(long)]
    given_names: String,
    /// Day of birth.
    #[arg(long)]
    birth: Date,
    /// Last day of validity.
    #[arg(long)]
    expiry: Date,
    /// Nationality, as in the zone.
    #[arg(long)]
    nationality: String,
    /// Issuing state, as in the zone.
    #[arg(long, default_value = "UTO")]
    issuing_state: String,
    /// `M`, `F` or `<`.
    #[arg(long, default_value = "<")]
    sex: char,
    /// An identity card instead of a passport.
    #[arg(long)]
    card: bool,
}

/// What the chip cannot do.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, clap::Args)]
#[serde(deny_unknown_fields)]
pub struct Can {
    /// BAC alone.
    #[arg(long)]
    no_pace: bool,
    /// No chip authentication.
    #[arg(long)]
    no_chip_authentication: bool,
    /// No active authentication.
    #[arg(long)]
    no_active_authentication: bool,
}

/// A document.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DocumentFile {
    state: StateFile,
    person: PersonFile,
    can: Can,
    portrait: String,
}

impl StateFile {
    /// A state that was founded a while ago.
    ///
    /// # Errors
    /// [`DocumentError::Code`].
    pub fn founded(code: String, seed: String, now: Timestamp) -> Result<Self, DocumentError> {
        let letters = code.len() == 2 && code.bytes().all(|letter| letter.is_ascii_uppercase());
        letters.then(|| Self { code, seed, founded: now.plus_days(-AGE_DAYS) }).ok_or(DocumentError::Code)
    }

    /// The state with its keys.
    pub fn country(&self) -> Country {
        Country::found(&self.code, Signing::P256, self.founded, &self.seed)
    }
}

impl DocumentFile {
    /// A document whose fields can all stand in a zone.
    ///
    /// # Errors
    /// [`DocumentError`].
    pub fn new(state: StateFile, person: PersonFile, can: Can, portrait: &[u8]) -> Result<Self, DocumentError> {
        person.check()?;
        Ok(Self { state, person, can, portrait: base64url::encode(portrait) })
    }

    /// The chip.
    ///
    /// # Errors
    /// [`DocumentError`].
    pub fn chip(&self) -> Result<Profile, DocumentError> {
        self.person.check()?;
        let portrait = base64url::decode(&self.portrait).map_err(|_| DocumentError::Portrait)?;
        let can = Abilities {
            pace: !self.can.no_pace,
            chip_authentication: !self.can.no_chip_authentication,
            active_authentication: !self.can.no_active_authentication,
            extended_length: true,
        };
        Ok(self.state.country().specimen(&self.person.person(), &portrait, can))
    }

    /// What opens the chip.
    ///
    /// # Errors
    /// [`TypedError`].
    pub fn zone(&self) -> Result<ChipPassword, TypedError> {
        let person = self.person.person();
        let [birth, expiry] = zone_dates(&person);
        ChipPassword::fields(&person.document_number, &birth, &expiry)
    }
}

impl PersonFile {
    fn check(&self) -> Result<(), DocumentError> {
        let plain = |text: &str, most: usize| {
            let letter = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b' ';
            !text.is_empty() && text.len() <= most && text.bytes().all(letter)
        };
        let fields = [
            ("number", plain(&self.number, 9)),
            ("surname", plain(&self.surname, 39)),
            ("given_names", plain(&self.given_names, 39)),
            ("nationality", plain(&self.nationality, 3)),
            ("issuing_state", plain(&self.issuing_state, 3)),
            ("sex", matches!(self.sex, 'M' | 'F' | '<')),
        ];
        match fields.into_iter().find(|(_, good)| !good) {
            Some((name, _)) => Err(DocumentError::Field(name)),
            None => Ok(()),
        }
    }

    fn person(&self) -> Person {
        Person {
            format: if self.card { ZoneFormat::Td1 } else { ZoneFormat::Td3 },
            issuing_state: self.issuing_state.clone(),
            document_number: self.number.clone(),
            nationality: self.nationality.clone(),
            birth: self.birth,
            sex: self.sex,
            expiry: self.expiry,
            surname: self.surname.clone(),
            given_names: self.given_names.clone(),
            full_name: None,
        }
    }
}
