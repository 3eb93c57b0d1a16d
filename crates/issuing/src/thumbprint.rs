//! Thumbprints of keys (RFC 7638, SHA-256): to which key something is bound.

use std::fmt;

use mibun_crypto::base64url;
use mibun_crypto::digest::constant_time_eq;
use mibun_crypto::key::PublicKey;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// The thumbprint of one key. Written as base64url without padding.
#[derive(Clone, Copy)]
pub struct Thumbprint([u8; 32]);

impl Thumbprint {
    /// Of this key.
    pub fn of(key: &PublicKey) -> Self {
        Self(key.thumbprint())
    }

    /// Reads `jkt` or `dpop_jkt`; nothing when it is no digest of 32 bytes.
    pub fn parse(text: &str) -> Option<Self> {
        base64url::decode(text).ok()?.try_into().ok().map(Self)
    }

    /// The digest.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl PartialEq for Thumbprint {
    fn eq(&self, other: &Self) -> bool {
        constant_time_eq(&self.0, &other.0)
    }
}

impl Eq for Thumbprint {}

impl fmt::Display for Thumbprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&base64url::encode(&self.0))
    }
}

impl fmt::Debug for Thumbprint {
    /// A key follows its holder around.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Thumbprint([redacted])")
    }
}

impl Serialize for Thumbprint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Thumbprint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| de::Error::custom("a thumbprint has 32 bytes"))
    }
}
