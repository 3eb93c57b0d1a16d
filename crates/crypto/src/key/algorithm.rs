//! The signature algorithms that are spoken.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A signature algorithm together with its one curve: a key has exactly one algorithm, so a message cannot choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Algorithm {
    /// ECDSA on P-256 with SHA-256; the algorithm of HAIP and of every card.
    #[serde(rename = "ES256")]
    Es256,
    /// ECDSA on P-384 with SHA-384.
    #[serde(rename = "ES384")]
    Es384,
    /// Ed25519 (RFC 8037).
    #[serde(rename = "EdDSA")]
    EdDsa,
}

/// An algorithm that is not spoken; `none` and the HMAC family are among them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the signature algorithm is not supported")]
pub struct UnknownAlgorithm;

impl Algorithm {
    /// The name in JOSE headers: `ES256`, `ES384` or `EdDSA`.
    pub const fn as_jose(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::Es384 => "ES384",
            Self::EdDsa => "EdDSA",
        }
    }

    /// The algorithm of that name in JOSE. `Ed25519` (RFC 9864) is the same as `EdDSA` here, for there is no other curve.
    pub fn from_jose(name: &str) -> Result<Self, UnknownAlgorithm> {
        match name {
            "ES256" => Ok(Self::Es256),
            "ES384" => Ok(Self::Es384),
            "EdDSA" | "Ed25519" => Ok(Self::EdDsa),
            _ => Err(UnknownAlgorithm),
        }
    }

    /// The number in COSE headers: -7, -35 or -8 (RFC 9053).
    pub const fn as_cose(self) -> i64 {
        match self {
            Self::Es256 => -7,
            Self::Es384 => -35,
            Self::EdDsa => -8,
        }
    }

    /// The algorithm of that number in COSE. The fully specified ones of RFC 9864, -9, -51 and -19, are the same here, for
    /// each algorithm has one curve.
    pub const fn from_cose(number: i64) -> Result<Self, UnknownAlgorithm> {
        match number {
            -7 | -9 => Ok(Self::Es256),
            -35 | -51 => Ok(Self::Es384),
            -8 | -19 => Ok(Self::EdDsa),
            _ => Err(UnknownAlgorithm),
        }
    }

    /// The name of the curve in a JWK.
    pub const fn curve(self) -> &'static str {
        match self {
            Self::Es256 => "P-256",
            Self::Es384 => "P-384",
            Self::EdDsa => "Ed25519",
        }
    }

    /// The key type in a JWK: `EC` or `OKP`.
    pub const fn key_type(self) -> &'static str {
        match self {
            Self::Es256 | Self::Es384 => "EC",
            Self::EdDsa => "OKP",
        }
    }

    /// Bytes of a coordinate and of a private key; a signature has twice as many.
    pub const fn coordinate_length(self) -> usize {
        match self {
            Self::Es256 | Self::EdDsa => 32,
            Self::Es384 => 48,
        }
    }

    /// Bytes of a signature.
    pub const fn signature_length(self) -> usize {
        2 * self.coordinate_length()
    }

    pub(super) fn from_curve(key_type: &str, curve: &str) -> Option<Self> {
        [Self::Es256, Self::Es384, Self::EdDsa]
            .into_iter()
            .find(|algorithm| algorithm.key_type() == key_type && algorithm.curve() == curve)
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_jose())
    }
}

impl FromStr for Algorithm {
    type Err = UnknownAlgorithm;

    fn from_str(name: &str) -> Result<Self, UnknownAlgorithm> {
        Self::from_jose(name)
    }
}
