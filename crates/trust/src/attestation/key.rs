//! Key attestations (OpenID4VCI 1.0 appendix D): how well the keys are kept that cards will be bound to.

mod level;
mod sign;

use mibun_crypto::json::Limits;
use mibun_crypto::key::PublicKey;
use mibun_crypto::policy::Accepted;
use mibun_crypto::time::Timestamp;
use mibun_crypto::x509::{Certificate, Purpose};
use serde_json::Value;

use crate::signed::{self, Claims, Kind, MAX_SKEW, Malformed, Opened, SignedError};
use crate::status_reference::Standing;

pub use level::{Level, UnknownLevel};
pub use sign::{KeyAttestation, sign};

/// The `typ` of a key attestation.
pub const TYP: &str = "key-attestation+jwt";
/// Most keys that one attestation may name.
pub const MAX_KEYS: usize = 100;

const KIND: Kind = Kind {
    typ: Some(TYP),
    algorithms: Accepted::HAIP,
    jades: false,
    limits: Limits { bytes: 64 * 1024, depth: 12, nodes: 2000 },
};
/// Most values of `key_storage` or `user_authentication` that are looked at.
const MAX_LEVELS: usize = 16;

/// How an attestation travels in a credential request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carried {
    /// As a proof of its own, type `attestation`: only its nonce makes it fresh.
    AsProof,
    /// In the header `key_attestation` of a `jwt` proof, which carries the nonce: then it has to have an end.
    InProof,
}

/// What a credential issuer expects of an attestation.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// Roots of the attesters that are trusted.
    pub anchors: &'a [Certificate],
    /// How it came.
    pub carried: Carried,
    /// Levels of `key_storage` that the issuer's metadata accepts; empty accepts any, stated or not.
    pub key_storage: &'a [Level],
    /// Levels of `user_authentication` that the issuer's metadata accepts; empty accepts any, stated or not.
    pub user_authentication: &'a [Level],
    /// The time.
    pub now: Timestamp,
}

/// What a trusted attester says. The nonce has not been looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// The attested keys, in the order of the attestation; never empty, never one twice.
    pub keys: Vec<PublicKey>,
    /// The issuer's nonce as sent; always there for [`Carried::AsProof`].
    pub nonce: Option<String>,
    /// How the keys are stored, as far as the names are known.
    pub key_storage: Vec<Level>,
    /// How the user is authenticated before a key signs, as far as the names are known.
    pub user_authentication: Vec<Level>,
    /// What the attestation says of its standing, which has not been looked up.
    pub status: Option<Standing>,
    /// The root to which the attester's chain leads.
    pub anchor: Certificate,
    /// When it was signed.
    pub issued_at: Timestamp,
    /// Its last second.
    pub expires_at: Option<Timestamp>,
}

/// Why a key attestation attests nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyAttestationError {
    /// Not a statement of a trusted attester.
    #[error("the key attestation is refused: {0}")]
    Signed(#[source] SignedError),
    /// A member is missing or malformed.
    #[error("member {0} of the key attestation is missing or malformed")]
    Claim(&'static str),
    /// Its time is over.
    #[error("the key attestation has expired")]
    Expired,
    /// Its time has not come.
    #[error("the key attestation is from the future")]
    NotYetValid,
    /// No key at all.
    #[error("the key attestation names no key")]
    NoKeys,
    /// More than [`MAX_KEYS`].
    #[error("the key attestation names more than {MAX_KEYS} keys")]
    TooManyKeys,
    /// This one, counted from 0, is private or no key for ES256.
    #[error("key {0} of the attestation is private or not for ES256")]
    Key(usize),
    /// This one, counted from 0, came before.
    #[error("key {0} of the attestation is named twice")]
    DuplicateKey(usize),
    /// No level of `key_storage` that the issuer accepts.
    #[error("the keys are not stored as the issuer demands")]
    KeyStorage,
    /// No level of `user_authentication` that the issuer accepts.
    #[error("the user is not authenticated as the issuer demands")]
    UserAuthentication,
}

/// Checks a key attestation, all but its nonce and its standing.
///
/// # Errors
/// The first [`KeyAttestationError`]: the signer, time, nonce's presence, keys, then levels.
pub fn verify(attestation: &str, expected: &Expected<'_>) -> Result<Verified, KeyAttestationError> {
    let opened = signed::open(attestation, &KIND, Purpose::WalletProvider, (expected.anchors, expected.now));
    let Opened { claims, anchor, .. } = opened.map_err(KeyAttestationError::Signed)?;
    let claim = |Malformed(name)| KeyAttestationError::Claim(name);
    let issued_at = claims.time("iat").map_err(claim)?;
    if issued_at > expected.now.plus_seconds(MAX_SKEW) {
        return Err(KeyAttestationError::NotYetValid);
    }
    let expires_at = claims.optional_time("exp").map_err(claim)?;
    if expires_at.is_some_and(|end| end <= expected.now) {
        return Err(KeyAttestationError::Expired);
    }
    let nonce = claims.optional_text("nonce").map_err(claim)?.map(str::to_owned);
    match expected.carried {
        Carried::AsProof if nonce.is_none() => return Err(KeyAttestationError::Claim("nonce")),
        Carried::InProof if expires_at.is_none() => return Err(KeyAttestationError::Claim("exp")),
        Carried::AsProof | Carried::InProof => {}
    }
    let keys = read_keys(&claims)?;
    let key_storage = levels(&claims, "key_storage")?;
    if !accepted(&key_storage, expected.key_storage) {
        return Err(KeyAttestationError::KeyStorage);
    }
    let user_authentication = levels(&claims, "user_authentication")?;
    if !accepted(&user_authentication, expected.user_authentication) {
        return Err(KeyAttestationError::UserAuthentication);
    }
    let (status, anchor) = (claims.standing().map_err(claim)?, anchor.clone());
    Ok(Verified { keys, nonce, key_storage, user_authentication, status, anchor, issued_at, expires_at })
}

fn read_keys(claims: &Claims) -> Result<Vec<PublicKey>, KeyAttestationError> {
    let list = claims.get("attested_keys").and_then(Value::as_array);
    let list = list.ok_or(KeyAttestationError::Claim("attested_keys"))?;
    if list.is_empty() {
        return Err(KeyAttestationError::NoKeys);
    }
    if list.len() > MAX_KEYS {
        return Err(KeyAttestationError::TooManyKeys);
    }
    let mut keys = Vec::with_capacity(list.len());
    for (at, jwk) in list.iter().enumerate() {
        let key = signed::key(jwk).ok_or(KeyAttestationError::Key(at))?;
        if keys.contains(&key) {
            return Err(KeyAttestationError::DuplicateKey(at));
        }
        keys.push(key);
    }
    Ok(keys)
}

/// A non-empty array of names; those that are not known say nothing and are dropped.
fn levels(claims: &Claims, name: &'static str) -> Result<Vec<Level>, KeyAttestationError> {
    let malformed = KeyAttestationError::Claim(name);
    let Some(value) = claims.get(name) else { return Ok(Vec::new()) };
    let list = value.as_array().filter(|list| !list.is_empty() && list.len() <= MAX_LEVELS).ok_or(malformed)?;
    let names: Option<Vec<&str>> = list.iter().map(Value::as_str).collect();
    Ok(names.ok_or(malformed)?.into_iter().filter_map(|name| name.parse().ok()).collect())
}

fn accepted(stated: &[Level], accepted: &[Level]) -> bool {
    accepted.is_empty() || stated.iter().any(|level| accepted.contains(level))
}

#[cfg(test)]
mod tests;
