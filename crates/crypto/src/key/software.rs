//! Private keys held in memory, and the trait behind which any other keeper of keys may stand.

use std::fmt;

use aws_lc_rs::encoding::AsBigEndian;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm,
    Ed25519KeyPair, KeyPair, ML_DSA_65_SIGNING, PqdsaKeyPair,
};
use serde_json::Value;
use thiserror::Error;
use zeroize::Zeroizing;

use super::encoding::{seed_from_pkcs8, to_ec_private_key, to_pkcs8};
use super::{Algorithm, Jwk, PublicKey};
use crate::base64url;
use crate::entropy::Entropy;

/// Whoever can sign with one private key: memory, a security module, a remote service.
pub trait Signer: Send + Sync {
    /// The algorithm of the key.
    fn algorithm(&self) -> Algorithm {
        self.public_key().algorithm()
    }

    /// The public half of the key.
    fn public_key(&self) -> &PublicKey;

    /// The signature over `message`: `r || s` in fixed length, or what Ed25519 and ML-DSA (with an empty context) make.
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError>;
}

/// The keeper of the key did not sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the key could not sign")]
pub struct SignError;

/// Why something is not a private key of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PrivateKeyError {
    /// Key type, curve or encoding is not supported, or the encoding is broken.
    #[error("not a private key of a supported kind")]
    Unsupported,
    /// The private number is missing, malformed or out of the range of its curve.
    #[error("the private member is missing or out of range")]
    Scalar,
    /// The public half that came along belongs to another key.
    #[error("the public half belongs to another key")]
    Inconsistent,
}

/// A private key in memory. Wiped on drop; `Debug` shows only the curve or kind.
pub struct SoftwareKey {
    pair: Pair,
    /// The private number (or seed of Ed25519 or ML-DSA), kept for export.
    private: Zeroizing<Vec<u8>>,
    public: PublicKey,
}

enum Pair {
    Ecdsa(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
    MlDsa(PqdsaKeyPair),
}

impl SoftwareKey {
    /// A new P-256 key for ES256.
    pub fn generate(entropy: &mut dyn Entropy) -> Self {
        Self::generate_for(Algorithm::Es256, entropy)
    }

    /// A new key for `algorithm`. The private number is the caller's entropy, so seeded tests get the same key again.
    pub fn generate_for(algorithm: Algorithm, entropy: &mut dyn Entropy) -> Self {
        draw_scalar(algorithm.coordinate_length(), entropy, |candidate| Self::from_private(algorithm, candidate).ok())
    }

    /// The key of an unencrypted PKCS#8 `PrivateKeyInfo`. One of ML-DSA has to be a seed and nothing else.
    pub fn from_pkcs8_der(der: &[u8]) -> Result<Self, PrivateKeyError> {
        if let Some(seed) = seed_from_pkcs8(Algorithm::MlDsa65, der) {
            return Self::from_private(Algorithm::MlDsa65, seed);
        }
        for algorithm in [Algorithm::Es256, Algorithm::Es384] {
            let Ok(pair) = EcdsaKeyPair::from_pkcs8(signing(algorithm), der) else { continue };
            let private = pair.private_key().as_be_bytes().map_err(|_| PrivateKeyError::Unsupported)?;
            return Self::from_private(algorithm, private.as_ref());
        }
        let pair = Ed25519KeyPair::from_pkcs8(der).map_err(|_| PrivateKeyError::Unsupported)?;
        let seed = pair.seed().map_err(|_| PrivateKeyError::Unsupported)?;
        let seed = seed.as_be_bytes().map_err(|_| PrivateKeyError::Unsupported)?;
        Self::from_private(Algorithm::EdDsa, seed.as_ref())
    }

    /// The key as an unencrypted PKCS#8 `PrivateKeyInfo`.
    pub fn to_pkcs8_der(&self) -> Zeroizing<Vec<u8>> {
        to_pkcs8(self.algorithm(), &self.private, self.public.as_bytes())
    }

    /// The key of a private JWK, whose public members must belong to it.
    pub fn from_jwk(jwk: &Value) -> Result<Self, PrivateKeyError> {
        let members = jwk.as_object().ok_or(PrivateKeyError::Unsupported)?;
        let public = Jwk::public_members(members).map_err(|_| PrivateKeyError::Unsupported)?;
        let public = PublicKey::from_jwk(&public).map_err(|_| PrivateKeyError::Unsupported)?;
        let member = private_member(public.algorithm());
        let private = members.get(member).and_then(Value::as_str).ok_or(PrivateKeyError::Scalar)?;
        let private = Zeroizing::new(base64url::decode(private).map_err(|_| PrivateKeyError::Scalar)?);
        let key = Self::from_private(public.algorithm(), &private)?;
        if key.public == public { Ok(key) } else { Err(PrivateKeyError::Inconsistent) }
    }

    /// The key as a private JWK. The caller holds an unprotected secret from then on.
    pub fn to_private_jwk(&self) -> Value {
        let mut jwk = self.public.to_jwk().to_value();
        jwk[private_member(self.algorithm())] = Value::from(base64url::encode(&self.private));
        jwk
    }

    fn from_private(algorithm: Algorithm, private: &[u8]) -> Result<Self, PrivateKeyError> {
        if private.len() != algorithm.coordinate_length() {
            return Err(PrivateKeyError::Scalar);
        }
        let (pair, public) = match algorithm {
            Algorithm::EdDsa => {
                let pair = Ed25519KeyPair::from_seed_unchecked(private).map_err(|_| PrivateKeyError::Scalar)?;
                let public = pair.public_key().as_ref().to_vec();
                (Pair::Ed25519(pair), public)
            }
            Algorithm::MlDsa65 => {
                let pair = PqdsaKeyPair::from_seed(&ML_DSA_65_SIGNING, private).map_err(|_| PrivateKeyError::Scalar)?;
                let public = pair.public_key().as_ref().to_vec();
                (Pair::MlDsa(pair), public)
            }
            Algorithm::Es256 | Algorithm::Es384 => {
                let pair = ecdsa_pair(algorithm, private)?;
                let public = pair.public_key().as_ref().to_vec();
                (Pair::Ecdsa(pair), public)
            }
        };
        let public = PublicKey::from_bytes(algorithm, public).map_err(|_| PrivateKeyError::Scalar)?;
        Ok(Self { pair, private: Zeroizing::new(private.to_vec()), public })
    }
}

/// The member of a JWK that holds the private key (RFC 7518 section 6.2.2, RFC 8037 section 2, RFC 9964 section 3).
const fn private_member(algorithm: Algorithm) -> &'static str {
    match algorithm {
        Algorithm::Es256 | Algorithm::Es384 | Algorithm::EdDsa => "d",
        Algorithm::MlDsa65 => "priv",
    }
}

/// Draws numbers of `length` bytes until `accept` takes one, so that every number of the range is equally likely.
pub fn draw_scalar<T>(length: usize, entropy: &mut dyn Entropy, accept: impl Fn(&[u8]) -> Option<T>) -> T {
    let mut candidate = Zeroizing::new(vec![0; length]);
    // Out of range once in four thousand million draws: a source that misses this often in a row is broken.
    for _ in 0..64 {
        entropy.fill(&mut candidate);
        if let Some(taken) = accept(&candidate) {
            return taken;
        }
    }
    panic!("the source of randomness gives no usable number");
}

/// The pair of a private number, which the library checks to be within the order of the curve.
fn ecdsa_pair(algorithm: Algorithm, private: &[u8]) -> Result<EcdsaKeyPair, PrivateKeyError> {
    let der = to_ec_private_key(algorithm, private);
    EcdsaKeyPair::from_private_key_der(signing(algorithm), &der).map_err(|_| PrivateKeyError::Scalar)
}

fn signing(algorithm: Algorithm) -> &'static EcdsaSigningAlgorithm {
    match algorithm {
        Algorithm::Es384 => &ECDSA_P384_SHA384_FIXED_SIGNING,
        Algorithm::Es256 | Algorithm::EdDsa | Algorithm::MlDsa65 => &ECDSA_P256_SHA256_FIXED_SIGNING,
    }
}

impl Signer for SoftwareKey {
    fn public_key(&self) -> &PublicKey {
        &self.public
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        let signature = match &self.pair {
            Pair::Ecdsa(pair) => pair.sign(&SystemRandom::new(), message),
            Pair::Ed25519(pair) => pair.try_sign(message),
            Pair::MlDsa(pair) => {
                let mut signature = vec![0; Algorithm::MlDsa65.signature_length()];
                pair.sign(message, &mut signature).map_err(|_| SignError)?;
                return Ok(signature);
            }
        };
        signature.map(|signature| signature.as_ref().to_vec()).map_err(|_| SignError)
    }
}

impl fmt::Debug for SoftwareKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SoftwareKey({}, [redacted])", self.public.algorithm().key_name())
    }
}
