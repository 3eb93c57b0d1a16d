//! The signing side.

use mibun_crypto::jws::{self, JwsSignError};
use mibun_crypto::key::{PublicKey, Signer};
use mibun_crypto::time::Timestamp;
use serde_json::{Value, json};

use super::{Level, TYP};
use crate::signed;
use crate::status_reference::StatusReference;

/// What a wallet's provider says about some keys.
#[derive(Debug, Clone, Copy)]
pub struct KeyAttestation<'a> {
    /// The keys.
    pub keys: &'a [PublicKey],
    /// The credential issuer's nonce.
    pub nonce: Option<&'a str>,
    /// How they are stored; empty says nothing.
    pub key_storage: &'a [Level],
    /// How the user is authenticated before one signs; empty says nothing.
    pub user_authentication: &'a [Level],
    /// Where its standing is looked up.
    pub status: Option<&'a StatusReference>,
    /// When it is signed.
    pub issued_at: Timestamp,
    /// Its last second.
    pub expires_at: Option<Timestamp>,
}

/// Signs a key attestation. `x5c` holds the attester's certificates, leaf first, without the anchor.
///
/// # Errors
/// [`JwsSignError`] when the key does not sign.
pub fn sign(attestation: &KeyAttestation<'_>, x5c: &[Vec<u8>], signer: &dyn Signer) -> Result<String, JwsSignError> {
    let keys: Vec<Value> = attestation.keys.iter().map(|key| key.to_jwk().to_value()).collect();
    let mut claims = json!({ "iat": attestation.issued_at, "attested_keys": keys });
    if let Some(expires_at) = attestation.expires_at {
        claims["exp"] = json!(expires_at);
    }
    if let Some(nonce) = attestation.nonce {
        claims["nonce"] = nonce.into();
    }
    let stated = [("key_storage", attestation.key_storage), ("user_authentication", attestation.user_authentication)];
    for (name, levels) in stated.into_iter().filter(|(_, levels)| !levels.is_empty()) {
        claims[name] = levels.iter().map(|level| level.as_str()).collect();
    }
    if let Some(status) = attestation.status {
        claims["status"] = status.to_claim();
    }
    jws::sign(signed::header(TYP, x5c), claims.to_string().as_bytes(), signer)
}
