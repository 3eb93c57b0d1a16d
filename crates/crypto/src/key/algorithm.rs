//! The signature algorithms that are spoken.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A signature algorithm together with its one curve: a key has exactly one algorithm, so a message cannot choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Algorithm {
    /// ECDSA on P-256 with SHA-256; the algorithm of HAIP, and of cards unless an authority opted out.
    #[serde(rename = "ES256")]
    Es256,
    /// ECDSA on P-384 with SHA-384.
    #[serde(rename = "ES384")]
    Es384,
    /// Ed25519 (RFC 8037).
    #[serde(rename = "EdDSA")]
    EdDsa,
    /// ML-DSA-65 of FIPS 204 with an empty context (RFC 9964), which quantum computers are not known to break. Accepted only
    /// where a [`crate::policy::Accepted`] names it.
    #[serde(rename = "ML-DSA-65")]
    MlDsa65,
}

/// An algorithm that is not spoken; `none` and the HMAC family are among them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the signature algorithm is not supported")]
pub struct UnknownAlgorithm;

impl Algorithm {
    /// All that are spoken.
    pub const ALL: [Self; 4] = [Self::Es256, Self::Es384, Self::EdDsa, Self::MlDsa65];

    /// The name in JOSE headers: `ES256`, `ES384`, `EdDSA` or `ML-DSA-65`.
    pub const fn as_jose(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::Es384 => "ES384",
            Self::EdDsa => "EdDSA",
            Self::MlDsa65 => "ML-DSA-65",
        }
    }

    /// The algorithm of that name in JOSE. `Ed25519` (RFC 9864) is the same as `EdDSA` here, for there is no other curve.
    pub fn from_jose(name: &str) -> Result<Self, UnknownAlgorithm> {
        match name {
            "ES256" => Ok(Self::Es256),
            "ES384" => Ok(Self::Es384),
            "EdDSA" | "Ed25519" => Ok(Self::EdDsa),
            "ML-DSA-65" => Ok(Self::MlDsa65),
            _ => Err(UnknownAlgorithm),
        }
    }

    /// The number in COSE headers: -7, -35, -8 (RFC 9053) or -49 (RFC 9964).
    pub const fn as_cose(self) -> i64 {
        match self {
            Self::Es256 => -7,
            Self::Es384 => -35,
            Self::EdDsa => -8,
            Self::MlDsa65 => -49,
        }
    }

    /// Its numbers in COSE: the older one first, then the fully specified one (RFC 9864) where that is another.
    pub const fn cose_numbers(self) -> &'static [i64] {
        match self {
            Self::Es256 => &[-7, -9],
            Self::Es384 => &[-35, -51],
            Self::EdDsa => &[-8, -19],
            Self::MlDsa65 => &[-49],
        }
    }

    /// The algorithm of that number in COSE. The fully specified ones of RFC 9864, -9, -51 and -19, are the same here, for
    /// each algorithm has one curve.
    pub const fn from_cose(number: i64) -> Result<Self, UnknownAlgorithm> {
        match number {
            -7 | -9 => Ok(Self::Es256),
            -35 | -51 => Ok(Self::Es384),
            -8 | -19 => Ok(Self::EdDsa),
            -49 => Ok(Self::MlDsa65),
            _ => Err(UnknownAlgorithm),
        }
    }

    /// The name of the curve in a JWK; none where keys lie on no curve.
    pub const fn curve(self) -> Option<&'static str> {
        match self {
            Self::Es256 => Some("P-256"),
            Self::Es384 => Some("P-384"),
            Self::EdDsa => Some("Ed25519"),
            Self::MlDsa65 => None,
        }
    }

    /// The key type in a JWK: `EC`, `OKP` or `AKP`.
    pub const fn key_type(self) -> &'static str {
        match self {
            Self::Es256 | Self::Es384 => "EC",
            Self::EdDsa => "OKP",
            Self::MlDsa65 => "AKP",
        }
    }

    /// Whether signatures are two numbers, which certificates spell in DER.
    pub(crate) const fn is_ecdsa(self) -> bool {
        matches!(self, Self::Es256 | Self::Es384)
    }

    /// What a key is called in logs: its curve, or its algorithm where there is none.
    pub(crate) const fn key_name(self) -> &'static str {
        match self.curve() {
            Some(curve) => curve,
            None => self.as_jose(),
        }
    }

    /// Bytes of a private key (a seed for Ed25519 and ML-DSA), and of a coordinate where keys lie on a curve.
    pub const fn coordinate_length(self) -> usize {
        match self {
            Self::Es256 | Self::EdDsa | Self::MlDsa65 => 32,
            Self::Es384 => 48,
        }
    }

    /// Bytes of a signature.
    pub const fn signature_length(self) -> usize {
        match self {
            Self::Es256 | Self::Es384 | Self::EdDsa => 2 * self.coordinate_length(),
            // FIPS 204 table 2.
            Self::MlDsa65 => 3309,
        }
    }

    /// The algorithm of a JWK. An `AKP` says it in `alg`, which it must have (RFC 9964 section 3); others have a curve.
    pub(super) fn of_key(key_type: &str, curve: Option<&str>, alg: Option<&str>) -> Option<Self> {
        Self::ALL.into_iter().find(|known| {
            let named = match known.curve() {
                Some(_) => known.curve() == curve,
                None => alg == Some(known.as_jose()),
            };
            known.key_type() == key_type && named
        })
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
