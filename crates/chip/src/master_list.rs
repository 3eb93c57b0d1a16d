//! Master lists: the authorities that a state or ICAO has checked, in one signed file (Doc 9303-12 section 9).

use mibun_crypto::asn1::{self, Asn1Error, Element, Oid};
use mibun_crypto::digest::Hash;
use mibun_crypto::time::Timestamp;
use mibun_crypto::x509::icao::{IcaoCertificate, Usage};
use thiserror::Error;

use crate::cms::{CmsError, SignedData};
use crate::csca::{ChainError, CscaError, CscaStore, Revocation};

/// Longest list that is looked at, in bytes. Today's have about 1 MB.
pub const MAX_BYTES: usize = 8 * 1024 * 1024;
/// Most certificates in one list. Today's have about 600.
pub const MAX_CERTIFICATES: usize = 5_000;

const MASTER_LIST: Oid = Oid::new_unwrap("2.23.136.1.1.2");
/// Extended key usage of a signer of master lists.
const MASTER_LIST_SIGNER: Oid = Oid::new_unwrap("2.23.136.1.1.3");

/// Why a master list is refused as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum MasterListError {
    /// Longer than is looked at.
    #[error("the master list is too long")]
    TooLong,
    /// The signed message is refused.
    #[error(transparent)]
    Cms(#[from] CmsError),
    /// The content is not a master list of version 0.
    #[error("not a master list of version 0")]
    Form,
    /// More certificates than are looked at.
    #[error("the master list has too many certificates")]
    TooManyCertificates,
    /// Signed with SHA-1.
    #[error("the hash function is not allowed")]
    HashNotAllowed,
    /// Nobody trusted vouches for the signer.
    #[error("the signer of the master list is refused: {0}")]
    Chain(#[from] ChainError),
    /// The signer is not valid at this time.
    #[error("the signer of the master list is not within its time")]
    SignerValidity,
    /// The signer is not for signing master lists.
    #[error("the signer is not for master lists")]
    SignerPurpose,
    /// The signer is on a revocation list.
    #[error("the signer of the master list is revoked")]
    SignerRevoked,
}

impl From<Asn1Error> for MasterListError {
    fn from(_: Asn1Error) -> Self {
        Self::Form
    }
}

/// A certificate of the list that was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused {
    /// Its place in the list, from 0.
    pub place: usize,
    /// Why.
    pub reason: CscaError,
}

/// A master list whose signer is trusted.
#[derive(Debug, Clone)]
pub struct MasterList {
    /// Country of the signer, two letters.
    pub country: String,
    /// Authorities, self-signed ones first, then links.
    pub store: CscaStore,
    /// How many certificates the list has.
    pub count: usize,
    /// Those that were not taken.
    pub refused: Vec<Refused>,
}

impl MasterList {
    /// Reads a list and verifies that a signer of master lists, below an authority in `trusted`, signed it.
    ///
    /// One bad certificate does not spoil the list: states do publish some that break the rules.
    pub fn read(bytes: &[u8], trusted: &CscaStore, now: Timestamp) -> Result<Self, MasterListError> {
        if bytes.len() > MAX_BYTES {
            return Err(MasterListError::TooLong);
        }
        let message = SignedData::parse(bytes, MASTER_LIST)?;
        if message.digest() == Hash::Sha1 || message.scheme().hash() == Hash::Sha1 {
            return Err(MasterListError::HashNotAllowed);
        }
        let signer = message.verify()?.certificate;
        trusted.issuer_of(&signer, now)?;
        let validity = signer.validity();
        if now < validity.not_before || now > validity.not_after {
            return Err(MasterListError::SignerValidity);
        }
        let fit = !signer.is_authority() && signer.permits(Usage::DigitalSignature) && !signer.has_unknown_critical();
        if !fit || !signer.has_purpose(MASTER_LIST_SIGNER) {
            return Err(MasterListError::SignerPurpose);
        }
        if trusted.revocation(&signer, now) == Revocation::Revoked {
            return Err(MasterListError::SignerRevoked);
        }
        let certificates = certificates(message.content())?;
        let (store, refused) = sort(&certificates, trusted);
        let country = signer.subject().country().unwrap_or_default();
        Ok(Self { country, store, count: certificates.len(), refused })
    }
}

/// The DER certificates of a `CscaMasterList`.
fn certificates(content: &[u8]) -> Result<Vec<&[u8]>, MasterListError> {
    let mut fields = Element::read(content, asn1::SEQUENCE)?.children();
    if fields.take(asn1::INTEGER)?.small()? != 0 {
        return Err(MasterListError::Form);
    }
    let mut set = fields.take(asn1::SET)?.children();
    fields.end()?;
    let mut found = Vec::new();
    while !set.is_empty() {
        if found.len() == MAX_CERTIFICATES {
            return Err(MasterListError::TooManyCertificates);
        }
        found.push(set.take(asn1::SEQUENCE)?.whole);
    }
    Ok(found)
}

/// Self-signed authorities first, for links may come before what they lead from; then links, as long as any fits.
fn sort(certificates: &[&[u8]], trusted: &CscaStore) -> (CscaStore, Vec<Refused>) {
    let (mut store, mut refused, mut links) = (CscaStore::new(), Vec::new(), Vec::new());
    for (place, der) in certificates.iter().enumerate() {
        match IcaoCertificate::from_der(der) {
            Ok(certificate) if !certificate.is_self_signed() => links.push((place, certificate)),
            Ok(certificate) => {
                let added = store.add_anchor(certificate);
                refused.extend(added.err().map(|reason| Refused { place, reason }));
            }
            Err(error) => refused.push(Refused { place, reason: error.into() }),
        }
    }
    // A link may also lead from an authority that is already trusted and no longer listed.
    let mut known = trusted.clone();
    for anchor in store.anchors() {
        // Self-signed, as just checked, so it cannot be refused.
        let _ = known.add_anchor(anchor.clone());
    }
    loop {
        let before = links.len();
        links.retain(|(_, link)| {
            let taken = known.add_link(link.clone()).is_ok();
            if taken {
                store.trust_verified(link.clone());
            }
            !taken
        });
        if links.len() == before {
            break;
        }
    }
    refused.extend(
        links
            .into_iter()
            .filter_map(|(place, link)| known.add_link(link).err().map(|reason| Refused { place, reason })),
    );
    (store, refused)
}
