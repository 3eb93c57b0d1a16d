//! Lists of trusted entities (LoTE, ETSI TS 119 602 V1.1.1, in JSON with a compact JAdES signature): who may issue cards,
//! vouch for wallets, and give organisations their certificates.
//!
//! One list per kind of provider, published and signed by one operator. The caller keeps the number of the last list it
//! took, so that nobody can bring back an older one.

mod anchors;
mod kind;
mod read;
mod sign;
mod write;

use mibun_crypto::json::Limits;
use mibun_crypto::policy::Accepted;
use mibun_crypto::time::Timestamp;
use mibun_crypto::x509::{Certificate, Purpose};
use serde::{Deserialize, Serialize};

use crate::localised::{LocalText, LocalUri};
use crate::signed::{self, Kind, MAX_SKEW, SignedError};

pub use kind::{ListKind, ServiceKind};
pub use read::read;
pub use sign::{ListSignError, sign};
pub use write::to_value;

/// The version of the format that is spoken (`LoTEVersionIdentifier`).
pub const VERSION: u64 = 1;
/// Months after which a list has to be issued anew (annexes D to G).
pub const MAX_MONTHS: u16 = 6;
/// Largest list, in bytes.
pub const MAX_BYTES: usize = 4 * 1024 * 1024;

const KIND: Kind = Kind {
    typ: None,
    algorithms: Accepted::CLASSICAL,
    jades: true,
    limits: Limits { bytes: MAX_BYTES, depth: 24, nodes: 200_000 },
};

/// A list of providers of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustList {
    /// What kind of providers it lists.
    pub kind: ListKind,
    /// Counts up with every list, from 1.
    pub sequence: u64,
    /// Who is in charge of the list.
    pub operator: Vec<LocalText>,
    /// Where the operator is reached.
    pub operator_address: Option<Address>,
    /// What the list is called.
    pub name: Vec<LocalText>,
    /// Where people read about it.
    pub information: Vec<LocalUri>,
    /// Country for which it is, ISO 3166-1 alpha-2 or `EU`.
    pub territory: Option<String>,
    /// Where its rules are published.
    pub policy: Vec<LocalUri>,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// By when the next one is issued; from then on this one says nothing.
    pub next_update: Timestamp,
    /// The providers.
    pub entities: Vec<Entity>,
}

/// A provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entity {
    /// Its legal name.
    pub name: Vec<LocalText>,
    /// Its registered identifier, and names that people know it by.
    pub trade_name: Vec<LocalText>,
    /// Where it is reached.
    pub address: Address,
    /// Where people read about it.
    pub information: Vec<LocalUri>,
    /// What it does; never empty.
    pub services: Vec<Service>,
}

/// One service of a provider, with the certificates that stand for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// What it is called.
    pub name: Vec<LocalText>,
    /// What it is.
    pub kind: ServiceKind,
    /// Its standing as an address, where the list says one; providers that are listed without are in good standing.
    pub status: Option<String>,
    /// Its certificates; never empty.
    pub certificates: Vec<Certificate>,
}

/// Where somebody is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// By post; never empty.
    pub postal: Vec<PostalAddress>,
    /// On the web or by mail (`mailto:`); never empty.
    pub electronic: Vec<LocalUri>,
}

/// Where somebody is reached by post.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PostalAddress {
    /// BCP 47 tag.
    pub lang: String,
    /// Street and number.
    #[serde(rename = "StreetAddress")]
    pub street: String,
    /// Town.
    #[serde(rename = "Locality", default, skip_serializing_if = "Option::is_none")]
    pub locality: Option<String>,
    /// State or province.
    #[serde(rename = "StateOrProvince", default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Postal code.
    #[serde(rename = "PostalCode", default, skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<String>,
    /// Country.
    #[serde(rename = "Country")]
    pub country: String,
}

/// What a reader expects of a list.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// Roots of the list's operator.
    pub anchors: &'a [Certificate],
    /// What kind of list it asked for.
    pub kind: ListKind,
    /// The number of the last list of this kind that it took.
    pub last_sequence: Option<u64>,
    /// The time.
    pub now: Timestamp,
}

/// Why a list is not to be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ListError {
    /// Not a statement of the operator.
    #[error("the list is refused: {0}")]
    Signed(#[source] SignedError),
    /// A member is missing, malformed or not fit to be shown.
    #[error("member {0} of the list is missing or malformed")]
    Member(&'static str),
    /// Another version of the format.
    #[error("the list is of another version than {VERSION}")]
    Version,
    /// Another kind of list than asked for, or one that is not known.
    #[error("the list is of another kind")]
    OtherKind,
    /// A service that does not belong into this kind of list.
    #[error("service {service} of entity {entity} does not belong into the list")]
    ForeignService {
        /// Which entity, from 0.
        entity: usize,
        /// Which of its services, from 0.
        service: usize,
    },
    /// A service without a certificate that can be read.
    #[error("service {service} of entity {entity} has no certificate, or one that is refused")]
    Certificate {
        /// Which entity, from 0.
        entity: usize,
        /// Which of its services, from 0.
        service: usize,
    },
    /// An extension that must be understood, and is not.
    #[error("the list has a critical extension that is not understood")]
    CriticalExtension,
    /// The signer is of another organisation than the operator.
    #[error("the signer of the list is not its operator")]
    OtherOperator,
    /// The signer is of another country than the list.
    #[error("the signer of the list is of another country")]
    OtherTerritory,
    /// An older list than the last one.
    #[error("the list is older than the last one")]
    RolledBack,
    /// Issued in the future.
    #[error("the list is from the future")]
    NotYetValid,
    /// The next one should be there.
    #[error("the list has expired")]
    Expired,
    /// The next one is later than [`MAX_MONTHS`] away, or earlier than this one.
    #[error("the list is good for longer than allowed")]
    TooLong,
}

/// The list in `text`, if its operator signed it, it is good now, and not older than the last one.
///
/// # Errors
/// The first [`ListError`]: the signer, the members, then number and time.
pub fn verify(text: &str, expected: &Expected<'_>) -> Result<TrustList, ListError> {
    let opened = signed::open(text, &KIND, Purpose::ListSigner, (expected.anchors, expected.now));
    let opened = opened.map_err(ListError::Signed)?;
    let list = read::members(&opened.claims)?;
    if list.kind != expected.kind {
        return Err(ListError::OtherKind);
    }
    list.signed_by_operator(&opened.signer)?;
    if expected.last_sequence.is_some_and(|last| list.sequence < last) {
        return Err(ListError::RolledBack);
    }
    if list.issued_at > expected.now.plus_seconds(MAX_SKEW) {
        return Err(ListError::NotYetValid);
    }
    if list.next_update <= expected.now {
        return Err(ListError::Expired);
    }
    Ok(list)
}

impl TrustList {
    /// Organisation and country of the signer are those of the list (clause 6.8).
    fn signed_by_operator(&self, signer: &Certificate) -> Result<(), ListError> {
        let named = |organisation: &str| self.operator.iter().any(|name| name.value == organisation);
        if !signer.subject_org().is_some_and(named) {
            return Err(ListError::OtherOperator);
        }
        match &self.territory {
            Some(territory) if signer.subject_country() != Some(territory.as_str()) => Err(ListError::OtherTerritory),
            _ => Ok(()),
        }
    }

    /// Refuses a span of time that no list may have.
    fn check_span(&self) -> Result<(), ListError> {
        let fits = self.next_update > self.issued_at && self.next_update <= latest_update(self.issued_at);
        if fits { Ok(()) } else { Err(ListError::TooLong) }
    }
}

/// The end of the day [`MAX_MONTHS`] later, months counted as 31 days: annexes speak of months and leave the day open.
pub fn latest_update(issued_at: Timestamp) -> Timestamp {
    issued_at.floor_to_day().plus_days(i64::from(MAX_MONTHS) * 31 + 1)
}

#[cfg(test)]
mod tests;
