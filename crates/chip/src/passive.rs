//! Passive authentication: whether a state signed exactly the data that was read (Doc 9303-11 section 5.1).
//!
//! From EF.SOD to the document signer inside it, to a country's authority in the store, and back down to the hash of
//! every data group that was read. It does not show that the chip is no copy: see [`crate::active`].

mod chain;
mod error;

use std::collections::BTreeMap;
use std::fmt;

use mibun_crypto::digest::Hash;
use mibun_crypto::time::Timestamp;

use crate::csca::{CscaStore, Revocation};
use crate::lds::{self, LAST_GROUP};
use crate::sod::Sod;
use crate::state;

pub use error::{HashUse, PassiveError};

/// Data groups without which there is no document: the machine-readable zone and the face.
const REQUIRED: [u8; 2] = [1, 2];

/// The files that were read, as they came.
#[derive(Clone, Copy)]
pub struct Files<'a> {
    /// EF.SOD.
    pub sod: &'a [u8],
    /// Data groups by number, tag and length included.
    pub groups: &'a BTreeMap<u8, Vec<u8>>,
}

/// What an operator may loosen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PassivePolicy {
    /// Accepts SHA-1, for documents from before about 2010. Collisions of SHA-1 can be made, so a forger who once got a
    /// state to sign something may have a second document.
    pub allow_sha1: bool,
}

/// One thing that was looked at, in the order in which it is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PassiveCheck {
    /// EF.SOD has its form, strictly read.
    Form,
    /// Every hash function is allowed.
    Hashes,
    /// The machine-readable zone and the face were read.
    RequiredGroups,
    /// The document signer signed the security object.
    SodSignature,
    /// An authority in the store signed the document signer, and both are of one country.
    SignerChain,
    /// Signer and authority are within their time, and so was the signing.
    SignerValidity,
    /// The signer's certificate is for signing documents.
    SignerUsage,
    /// The signer is not revoked.
    Revocation,
    /// Every data group that was read has the signed hash.
    GroupHashes,
    /// The state in the machine-readable zone is the signer's.
    IssuingState,
}

impl PassiveCheck {
    /// All of them, in order.
    pub const ALL: [Self; 10] = [
        Self::Form,
        Self::Hashes,
        Self::RequiredGroups,
        Self::SodSignature,
        Self::SignerChain,
        Self::SignerValidity,
        Self::SignerUsage,
        Self::Revocation,
        Self::GroupHashes,
        Self::IssuingState,
    ];

    /// The stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Form => "form",
            Self::Hashes => "hashes",
            Self::RequiredGroups => "required_groups",
            Self::SodSignature => "sod_signature",
            Self::SignerChain => "signer_chain",
            Self::SignerValidity => "signer_validity",
            Self::SignerUsage => "signer_usage",
            Self::Revocation => "revocation",
            Self::GroupHashes => "group_hashes",
            Self::IssuingState => "issuing_state",
        }
    }
}

impl fmt::Display for PassiveCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The data is what the state signed: every one of [`PassiveCheck::ALL`] passed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PassiveVerdict {
    /// The checks, in order.
    pub checks: Vec<PassiveCheck>,
    /// Country of the signer, two letters.
    pub country: String,
    /// SHA-256 over the signer's certificate.
    pub signer: [u8; 32],
    /// SHA-256 over the authority's certificate.
    pub authority: [u8; 32],
    /// The hash function of the data groups.
    pub hash: Hash,
    /// When the signer says to have signed.
    pub signing_time: Option<Timestamp>,
    /// What revocation lists said; never [`Revocation::Revoked`].
    pub revocation: Revocation,
    /// Data groups whose hash is the signed one.
    pub verified: Vec<u8>,
    /// Data groups that are signed and were not read.
    pub not_read: Vec<u8>,
}

impl PassiveVerdict {
    /// Whether the hash of this data group was compared and is the signed one.
    pub fn covers(&self, group: u8) -> bool {
        self.verified.contains(&group)
    }
}

/// Judges the files. Names the first check that fails, by [`PassiveError::check`].
pub fn authenticate(
    files: Files<'_>,
    store: &CscaStore,
    policy: PassivePolicy,
    now: Timestamp,
) -> Result<PassiveVerdict, PassiveError> {
    let sod = Sod::parse(files.sod)?;
    allow(policy, sod.hash(), HashUse::DataGroups)?;
    allow(policy, sod.digest(), HashUse::SecurityObject)?;
    allow(policy, sod.scheme().hash(), HashUse::SecurityObject)?;
    if let Some(missing) = REQUIRED.into_iter().find(|group| !files.groups.contains_key(group)) {
        return Err(PassiveError::NotRead(missing));
    }
    let signed = sod.verify().map_err(PassiveError::SodSignature)?;
    let signer = &signed.certificate;
    allow(policy, signer.scheme().hash(), HashUse::Signer)?;
    let authority = store.issuer_of(signer, now).map_err(PassiveError::Chain)?;
    chain::within_its_time(signer, signed.signing_time, now)?;
    chain::for_documents(signer)?;
    let revocation = store.revocation(signer, now);
    if revocation == Revocation::Revoked {
        return Err(PassiveError::SignerRevoked);
    }
    compare(&sod, files.groups)?;
    let country = signer.subject().country().ok_or(PassiveError::NoCountry)?;
    same_state(files.groups, &country)?;
    Ok(PassiveVerdict {
        checks: PassiveCheck::ALL.to_vec(),
        country,
        signer: signer.sha256_fingerprint(),
        authority: authority.sha256_fingerprint(),
        hash: sod.hash(),
        signing_time: signed.signing_time,
        revocation,
        verified: files.groups.keys().copied().collect(),
        not_read: sod.hashes().keys().copied().filter(|group| !files.groups.contains_key(group)).collect(),
    })
}

fn allow(policy: PassivePolicy, hash: Hash, place: HashUse) -> Result<(), PassiveError> {
    if hash == Hash::Sha1 && !policy.allow_sha1 { Err(PassiveError::HashNotAllowed(place)) } else { Ok(()) }
}

/// Every data group that was read against the signed list.
fn compare(sod: &Sod<'_>, groups: &BTreeMap<u8, Vec<u8>>) -> Result<(), PassiveError> {
    for (group, file) in groups {
        if !(1..=LAST_GROUP).contains(group) {
            return Err(PassiveError::UnknownGroup(*group));
        }
        let signed = sod.hashes().get(group).ok_or(PassiveError::NotSigned(*group))?;
        if sod.hash().digest(&[file]) != *signed {
            return Err(PassiveError::GroupHash(*group));
        }
    }
    Ok(())
}

/// A signer may sign for its own state only: otherwise the weakest state of all could make documents of every other.
fn same_state(groups: &BTreeMap<u8, Vec<u8>>, country: &str) -> Result<(), PassiveError> {
    let file = groups.get(&1).ok_or(PassiveError::NotRead(1))?;
    let mrz = lds::read_dg1(file).map_err(PassiveError::Zone)?;
    let expected = state::country_of(&mrz.issuing_state).ok_or(PassiveError::UnknownState)?;
    if expected == country { Ok(()) } else { Err(PassiveError::OtherState) }
}

impl fmt::Debug for Files<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Files").field("groups", &self.groups.keys().collect::<Vec<_>>()).finish_non_exhaustive()
    }
}
