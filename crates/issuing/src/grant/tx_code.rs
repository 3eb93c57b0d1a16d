//! Transaction codes: how they are kept.

use std::fmt;

use mibun_crypto::digest::{constant_time_eq, hmac_sha256};
use mibun_crypto::entropy::Entropy;
use serde::{Deserialize, Serialize};
use zeroize::ZeroizeOnDrop;

use crate::secret::{Secret, SecretHash};

/// Key for the digests of transaction codes: six digits under a plain hash are guessed in no time. Wiped on drop.
#[derive(Clone, ZeroizeOnDrop)]
pub struct TxCodeKey([u8; 32]);

impl TxCodeKey {
    /// A new key.
    pub fn generate(entropy: &mut dyn Entropy) -> Self {
        Self(entropy.bytes())
    }

    /// The key of these bytes.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Bound to the code of the offer, so that equal transaction codes do not look equal in the store.
    pub(super) fn hash(&self, code: &SecretHash, tx_code: &Secret) -> TxCodeHash {
        let tag = hmac_sha256(&self.0, &[b"mibun tx_code 1", code.as_bytes(), tx_code.expose().as_bytes()]);
        TxCodeHash(SecretHash::from_bytes(tag))
    }
}

impl fmt::Debug for TxCodeKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TxCodeKey([redacted])")
    }
}

/// Keyed digest of a transaction code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TxCodeHash(SecretHash);

impl TxCodeHash {
    pub(super) fn matches(&self, other: &Self) -> bool {
        constant_time_eq(self.0.as_bytes(), other.0.as_bytes())
    }
}
