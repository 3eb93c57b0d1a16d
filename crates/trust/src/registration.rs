//! Registration certificates of wallet relying parties (WRPRC, ETSI TS 119 475 V1.2.1, as JWT): what a registrar says that
//! an organisation may ask for, and why.
//!
//! Read by wallets, which warn when an organisation asks for more; written by a registrar. Certificates for providers that
//! issue and ask for nothing are read as well; intermediaries are not.

mod credential;
mod identifier;
mod read;
mod sign;

use mibun_crypto::json::Limits;
use mibun_crypto::policy::Accepted;
use mibun_crypto::time::Timestamp;
use mibun_crypto::x509::{Certificate, Purpose};
use serde::{Deserialize, Serialize};

use crate::localised::LocalText;
use crate::signed::{self, Kind, MAX_SKEW, Malformed, SignedError};
use crate::status_reference::StatusReference;

pub use credential::{AskedClaim, PathElement, RegisteredCredential};
pub use identifier::{BadIdentifier, Identifier};
pub use read::read;
pub use sign::{RegistrationSignError, sign};

/// The `typ` of a registration certificate.
pub const TYP: &str = "rc-wrp+jwt";
/// The `format` under which `verifier_info` of a request carries one (ETSI TS 119 472-2).
pub const VERIFIER_INFO_FORMAT: &str = "registration_cert";
/// The entitlement of those who ask for cards.
pub const SERVICE_PROVIDER: &str = "https://uri.etsi.org/19475/Entitlement/Service_Provider";
/// Years that a certificate may be good for.
pub const MAX_YEARS: u16 = 1;

const KIND: Kind = Kind {
    typ: Some(TYP),
    algorithms: Accepted::ECDSA,
    jades: true,
    limits: Limits { bytes: 128 * 1024, depth: 16, nodes: 8000 },
};

/// What a registrar says about an organisation and one use that it makes of cards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registration {
    /// The organisation's registered identifier (`sub`), the same as in its access certificate.
    pub identifier: Identifier,
    /// The name that people know it by.
    pub trade_name: String,
    /// Its legal name.
    pub legal_name: Option<String>,
    /// Country of its seat, ISO 3166-1 alpha-2 or `EU`.
    pub country: String,
    /// What it is registered as, URIs; never empty.
    pub entitlements: Vec<String>,
    /// What it may ask for; empty for those who only issue.
    pub credentials: Vec<RegisteredCredential>,
    /// Why it asks, for the person to read; there whenever it asks.
    pub purpose: Vec<LocalText>,
    /// The registrar's identifier of this use.
    pub intended_use: Option<String>,
    /// What service it renders.
    pub services: Vec<LocalText>,
    /// Where it says what becomes of the data.
    pub privacy_policy: String,
    /// Where it says who it is.
    pub info_uri: Option<String>,
    /// Where people ask for deletion of their data.
    pub support_uri: Option<String>,
    /// The register's interface.
    pub registry_uri: Option<String>,
    /// Who watches over it.
    pub supervisor: Option<Supervisor>,
    /// Policies of the registrar, in dotted form; never empty.
    pub policy_ids: Vec<String>,
    /// Where the registrar's policy is published.
    pub certificate_policy: Option<String>,
    /// Where the certificate's standing is looked up.
    pub status: Option<StatusReference>,
    /// When it was signed.
    pub issued_at: Timestamp,
    /// Its last second, at most [`MAX_YEARS`] later; without one there is a `status`.
    pub expires_at: Option<Timestamp>,
}

/// The authority to which people report an organisation.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Supervisor {
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its country.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// An address for reports.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// A number for reports.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// A form for reports.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uri: Option<String>,
}

/// Why a registration certificate says nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RegistrationError {
    /// Not a statement of a trusted registrar.
    #[error("the registration certificate is refused: {0}")]
    Signed(#[source] SignedError),
    /// A member is missing, malformed, too long or not fit to be shown.
    #[error("member {0} of the registration certificate is missing or malformed")]
    Claim(&'static str),
    /// `sub` is no registered identifier.
    #[error(transparent)]
    Identifier(#[from] BadIdentifier),
    /// Asks for something without saying why.
    #[error("the registration certificate names no purpose")]
    NoPurpose,
    /// Neither an end nor a place where its standing is looked up.
    #[error("the registration certificate can neither end nor be revoked")]
    Endless,
    /// Good for longer than [`MAX_YEARS`], or ending before it begins.
    #[error("the registration certificate is good for longer than allowed")]
    TooLong,
    /// Its time is over.
    #[error("the registration certificate has expired")]
    Expired,
    /// Its time has not come.
    #[error("the registration certificate is from the future")]
    NotYetValid,
}

/// A registration certificate says nothing about the holder of this access certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OtherOrganisation {
    /// The access certificate carries no registered identifier to compare.
    #[error("the access certificate carries no registered identifier")]
    NoIdentifier,
    /// It carries another one.
    #[error("the registration certificate is for another organisation than the access certificate")]
    OtherIdentifier,
}

/// The registration in `text`, if a registrar below `registrars` signed it and it is good at `now`. Its standing is left to
/// be looked up.
///
/// # Errors
/// The first [`RegistrationError`]: the signer, the members, then the time.
pub fn verify(text: &str, registrars: &[Certificate], now: Timestamp) -> Result<Registration, RegistrationError> {
    let opened = signed::open(text, &KIND, Purpose::Registrar, (registrars, now));
    let registration = read::members(&opened.map_err(RegistrationError::Signed)?.claims)?;
    registration.in_time(now)?;
    Ok(registration)
}

impl Registration {
    /// Whether the registration is that of the holder of an access certificate: both carry one identifier.
    ///
    /// # Errors
    /// [`OtherOrganisation`].
    pub fn belongs_to(&self, access: &Certificate) -> Result<(), OtherOrganisation> {
        match access.organisation_identifier() {
            None => Err(OtherOrganisation::NoIdentifier),
            Some(identifier) if identifier == self.identifier.as_str() => Ok(()),
            Some(_) => Err(OtherOrganisation::OtherIdentifier),
        }
    }

    /// Those of `asked` that lie outside of what is registered. A wallet warns the person of them.
    pub fn outside<'a>(&self, asked: &'a [AskedClaim<'a>]) -> Vec<&'a AskedClaim<'a>> {
        let covers = |asked: &AskedClaim<'_>| self.credentials.iter().any(|credential| credential.covers(asked));
        asked.iter().filter(|asked| !covers(asked)).collect()
    }

    /// Refuses a span of time that no certificate may have.
    fn check_span(&self) -> Result<(), RegistrationError> {
        match self.expires_at {
            None if self.status.is_none() => Err(RegistrationError::Endless),
            Some(end) if end <= self.issued_at || end > latest_end(self.issued_at) => Err(RegistrationError::TooLong),
            None | Some(_) => Ok(()),
        }
    }

    fn in_time(&self, now: Timestamp) -> Result<(), RegistrationError> {
        if self.issued_at > now.plus_seconds(MAX_SKEW) {
            return Err(RegistrationError::NotYetValid);
        }
        if self.expires_at.is_some_and(|end| end <= now) {
            return Err(RegistrationError::Expired);
        }
        Ok(())
    }
}

/// The same time of day twelve months later.
pub fn latest_end(issued_at: Timestamp) -> Timestamp {
    let midnight = issued_at.floor_to_day();
    midnight.date().plus_years(MAX_YEARS).midnight().plus_seconds(issued_at.seconds_since(midnight))
}

impl From<Malformed> for RegistrationError {
    fn from(Malformed(name): Malformed) -> Self {
        Self::Claim(name)
    }
}

#[cfg(test)]
mod tests;
