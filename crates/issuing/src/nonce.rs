//! The nonces that keep proofs fresh (OpenID4VCI 1.0 7): made without a store, spent once in it.
//!
//! A nonce carries its own end and an authentication tag, so handing one out writes nothing and the nonce endpoint can
//! be asked by anybody. Whoever accepts one spends its identifier in the same unit of work as what it allowed.

use std::fmt;

use mibun_crypto::base64url;
use mibun_crypto::digest::{constant_time_eq, hmac_sha256};
use mibun_crypto::entropy::Entropy;
use mibun_crypto::time::Timestamp;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use zeroize::ZeroizeOnDrop;

/// How long a nonce is good, in seconds.
pub const LIFETIME: i64 = 300;

const DOMAIN: &[u8] = b"mibun issuing nonce 1";
const END: usize = 8;
const RANDOM: usize = 16;
const TAG: usize = 32;

/// The key under which nonces are made. All nodes of an installation share it. Wiped on drop.
#[derive(Clone, ZeroizeOnDrop)]
pub struct NonceKey([u8; 32]);

/// A nonce of ours that is still good, unless somebody has spent it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FreshNonce {
    /// What to spend.
    pub id: [u8; 16],
    /// From when on the spent identifier can be forgotten.
    pub expires_at: Timestamp,
}

/// Why a nonce is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NonceError {
    /// Not of our form or not made with our key.
    #[error("the nonce is not one of ours")]
    Foreign,
    /// Past its end.
    #[error("the nonce has expired")]
    Expired,
}

impl NonceKey {
    /// A new key.
    pub fn generate(entropy: &mut dyn Entropy) -> Self {
        Self(entropy.bytes())
    }

    /// The key of these bytes.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// A new nonce, good for [`LIFETIME`].
    pub fn issue(&self, now: Timestamp, entropy: &mut dyn Entropy) -> String {
        let end = now.plus_seconds(LIFETIME).0.to_be_bytes();
        let random: [u8; RANDOM] = entropy.bytes();
        let tag = self.tag(&end, &random);
        base64url::encode(&[&end[..], &random, &tag].concat())
    }

    /// Whether `text` is a nonce of ours within its time.
    pub fn check(&self, text: &str, now: Timestamp) -> Result<FreshNonce, NonceError> {
        let bytes = base64url::decode(text).map_err(|_| NonceError::Foreign)?;
        let bytes: [u8; END + RANDOM + TAG] = bytes.try_into().map_err(|_| NonceError::Foreign)?;
        let (end, rest) = bytes.split_at(END);
        let (random, tag) = rest.split_at(RANDOM);
        if !constant_time_eq(&self.tag(end, random), tag) {
            return Err(NonceError::Foreign);
        }
        let end = end.try_into().map_err(|_| NonceError::Foreign)?;
        let id = random.try_into().map_err(|_| NonceError::Foreign)?;
        let expires_at = Timestamp(i64::from_be_bytes(end));
        if now >= expires_at {
            return Err(NonceError::Expired);
        }
        Ok(FreshNonce { id, expires_at })
    }

    fn tag(&self, end: &[u8], random: &[u8]) -> [u8; TAG] {
        hmac_sha256(&self.0, &[DOMAIN, end, random])
    }
}

impl fmt::Debug for NonceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NonceKey([redacted])")
    }
}

/// The answer of the nonce endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NonceResponse {
    /// The nonce.
    pub c_nonce: String,
}
