//! Public keys and the verification of signatures.

use std::fmt;

use aws_lc_rs::signature::{self, ParsedPublicKey, VerificationAlgorithm};
use thiserror::Error;

use super::encoding::{from_spki, key_length, to_spki};
use super::signature::from_der;
use super::{Algorithm, Jwk};
use crate::{base64url, digest};

/// A public signature key on P-256, P-384 or Ed25519, whose point has been checked to lie on the curve, or of ML-DSA-65.
#[derive(Clone)]
pub struct PublicKey {
    algorithm: Algorithm,
    /// Uncompressed point (`04 || x || y`), the 32 bytes of Ed25519, or the 1952 of ML-DSA-65.
    bytes: Vec<u8>,
    parsed: ParsedPublicKey,
}

/// Why something is not a public key of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PublicKeyError {
    /// Key type, curve or encoding is not supported.
    #[error("the kind of key is not supported")]
    Unsupported,
    /// A coordinate, or a key that is no point, is missing, not canonical base64url or of the wrong length.
    #[error("a coordinate is missing or malformed")]
    Coordinate,
    /// The point does not lie on the curve.
    #[error("the point is not on the curve")]
    NotOnCurve,
    /// The JWK says that it is for another algorithm or use than signatures of its curve.
    #[error("the key is meant for something else")]
    WrongUse,
}

/// The signature does not belong to this message and key. There is only one reason to tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the signature is not valid")]
pub struct BadSignature;

impl PublicKey {
    /// The key of a JWK; `alg` and `use` must fit when they are there. An `AKP` must have `alg` (RFC 9964 section 3).
    pub fn from_jwk(jwk: &Jwk) -> Result<Self, PublicKeyError> {
        let algorithm = Algorithm::of_key(&jwk.kty, jwk.crv.as_deref(), jwk.alg.as_deref());
        let algorithm = algorithm.ok_or(PublicKeyError::Unsupported)?;
        let right_algorithm = jwk.alg.as_deref().is_none_or(|named| Algorithm::from_jose(named) == Ok(algorithm));
        let right_use = matches!(jwk.public_key_use.as_deref(), None | Some("sig"));
        if !right_algorithm || !right_use || !jwk.permits(&["verify", "sign"]) {
            return Err(PublicKeyError::WrongUse);
        }
        let bytes = match algorithm {
            Algorithm::EdDsa if jwk.y.is_some() => return Err(PublicKeyError::Coordinate),
            Algorithm::EdDsa => coordinate(jwk.x.as_deref(), algorithm)?,
            Algorithm::MlDsa65 => decode(jwk.public.as_deref())?,
            Algorithm::Es256 | Algorithm::Es384 => {
                let (x, y) = (coordinate(jwk.x.as_deref(), algorithm)?, coordinate(jwk.y.as_deref(), algorithm)?);
                [&[0x04][..], &x, &y].concat()
            }
        };
        Self::from_bytes(algorithm, bytes)
    }

    /// The key as a JWK: of `kty`, `crv` and coordinates, or of `kty`, `alg` and `pub`.
    pub fn to_jwk(&self) -> Jwk {
        let (x, y) = match self.algorithm {
            Algorithm::MlDsa65 => {
                return Jwk {
                    kty: self.algorithm.key_type().to_owned(),
                    alg: Some(self.algorithm.as_jose().to_owned()),
                    public: Some(base64url::encode(&self.bytes)),
                    ..Jwk::default()
                };
            }
            Algorithm::EdDsa => (self.bytes.as_slice(), None),
            Algorithm::Es256 | Algorithm::Es384 => {
                let (x, y) = self.bytes[1..].split_at(self.algorithm.coordinate_length());
                (x, Some(y))
            }
        };
        Jwk {
            kty: self.algorithm.key_type().to_owned(),
            crv: self.algorithm.curve().map(str::to_owned),
            x: Some(base64url::encode(x)),
            y: y.map(base64url::encode),
            ..Jwk::default()
        }
    }

    /// The key of a DER `SubjectPublicKeyInfo`: with a named curve and an uncompressed point, or of ML-DSA (RFC 9881).
    pub fn from_spki_der(der: &[u8]) -> Result<Self, PublicKeyError> {
        let (algorithm, bytes) = from_spki(der).ok_or(PublicKeyError::Unsupported)?;
        Self::from_bytes(algorithm, bytes.to_vec())
    }

    /// The key as a DER `SubjectPublicKeyInfo`.
    pub fn to_spki_der(&self) -> Vec<u8> {
        to_spki(self.algorithm, &self.bytes)
    }

    /// The one algorithm that this key verifies.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The uncompressed point (`04 || x || y`), the 32 bytes of Ed25519, or the 1952 of ML-DSA-65.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Accepts `signature` over `message`: `r || s` in fixed length, or what Ed25519 and ML-DSA (with an empty context) make.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), BadSignature> {
        if signature.len() != self.algorithm.signature_length() {
            return Err(BadSignature);
        }
        self.parsed.verify_sig(message, signature).map_err(|_| BadSignature)
    }

    /// Accepts `signature` over `message` in DER (`ECDSA-Sig-Value` of RFC 5480), as authenticators and certificates have it.
    pub fn verify_der(&self, message: &[u8], signature: &[u8]) -> Result<(), BadSignature> {
        let fixed = from_der(self.algorithm, signature).ok_or(BadSignature)?;
        self.verify(message, &fixed)
    }

    /// The JWK thumbprint with SHA-256 (RFC 7638; RFC 9964 section 6 for `AKP`).
    pub fn thumbprint(&self) -> [u8; 32] {
        let jwk = self.to_jwk();
        let [crv, x, y, public, alg] = [jwk.crv, jwk.x, jwk.y, jwk.public, jwk.alg].map(Option::unwrap_or_default);
        // Base64url and the names need no escaping, so the canonical text can be written out.
        let canonical = match self.algorithm {
            Algorithm::Es256 | Algorithm::Es384 => format!(r#"{{"crv":"{crv}","kty":"EC","x":"{x}","y":"{y}"}}"#),
            Algorithm::EdDsa => format!(r#"{{"crv":"{crv}","kty":"OKP","x":"{x}"}}"#),
            Algorithm::MlDsa65 => format!(r#"{{"alg":"{alg}","kty":"AKP","pub":"{public}"}}"#),
        };
        digest::sha256(canonical.as_bytes())
    }

    pub(crate) fn from_bytes(algorithm: Algorithm, bytes: Vec<u8>) -> Result<Self, PublicKeyError> {
        if bytes.len() != key_length(algorithm) {
            return Err(PublicKeyError::Coordinate);
        }
        let parsed = ParsedPublicKey::new(verification(algorithm), &bytes).map_err(|_| PublicKeyError::NotOnCurve)?;
        Ok(Self { algorithm, bytes, parsed })
    }
}

fn decode(text: Option<&str>) -> Result<Vec<u8>, PublicKeyError> {
    base64url::decode(text.ok_or(PublicKeyError::Coordinate)?).map_err(|_| PublicKeyError::Coordinate)
}

fn coordinate(text: Option<&str>, algorithm: Algorithm) -> Result<Vec<u8>, PublicKeyError> {
    let bytes = decode(text)?;
    if bytes.len() == algorithm.coordinate_length() { Ok(bytes) } else { Err(PublicKeyError::Coordinate) }
}

fn verification(algorithm: Algorithm) -> &'static dyn VerificationAlgorithm {
    match algorithm {
        Algorithm::Es256 => &signature::ECDSA_P256_SHA256_FIXED,
        Algorithm::Es384 => &signature::ECDSA_P384_SHA384_FIXED,
        Algorithm::EdDsa => &signature::ED25519,
        Algorithm::MlDsa65 => &signature::ML_DSA_65,
    }
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.algorithm == other.algorithm && self.bytes == other.bytes
    }
}

impl Eq for PublicKey {}

impl fmt::Debug for PublicKey {
    /// Only the kind: a holder's key follows the holder around, so it stays out of logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", self.algorithm.key_name())
    }
}
