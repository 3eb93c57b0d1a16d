//! Proofs of possession of the keys that cards are bound to (OpenID4VCI 1.0 appendix F.1, type `jwt`).

use mibun_crypto::json::Limits;
use mibun_crypto::jws::{self, Jws, JwsError, JwsSignError};
use mibun_crypto::key::{Algorithm, PublicKey, Signer};
use mibun_crypto::time::Timestamp;
use serde_json::{Map, Value, json};
use thiserror::Error;

/// The media type in the header of a proof.
pub const TYPE: &str = "openid4vci-proof+jwt";
/// Seconds that a proof may be old.
pub const MAX_AGE: i64 = 300;
/// Seconds that the wallet's clock may be ahead.
pub const MAX_SKEW: i64 = 60;

/// An attestation in the header, with its certificates and keys, is most of it.
const LIMITS: Limits = Limits { bytes: 32 * 1024, depth: 8, nodes: 200 };
/// The ways a header can name its key; exactly one of them is to be used.
const KEY_MEMBERS: [&str; 4] = ["jwk", "kid", "x5c", "trust_chain"];

/// A proof whose signature is good and whose claims are for us and of now. Its nonce has not been looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proven {
    /// The key that signed, to which a card may be bound.
    pub key: PublicKey,
    /// The nonce as sent.
    pub nonce: String,
    /// What attests the key, unchecked: `key_attestation` of the header.
    pub attestation: Option<String>,
}

/// Why a proof proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ProofError {
    /// Not an acceptable compact JWS.
    #[error("the proof is not an acceptable JWT: {0}")]
    Form(#[source] JwsError),
    /// Another `typ`, or none: a JWT made for something else.
    #[error("the proof has the wrong typ")]
    Type,
    /// An algorithm outside our policy, or none.
    #[error("the algorithm of the proof is not supported")]
    Algorithm,
    /// None or several of `jwk`, `kid`, `x5c` and `trust_chain`.
    #[error("the proof has to name its key in exactly one way")]
    KeyMembers,
    /// The key is named in a way that is not in our metadata.
    #[error("the proof has to carry its key as jwk")]
    KeyMethod,
    /// `jwk` is no public key of ours, or carries a private member.
    #[error("the key of the proof is malformed, private or not supported")]
    Key,
    /// The signature is not that of the key.
    #[error("the signature of the proof is not valid")]
    Signature,
    /// The payload is not an acceptable JSON object.
    #[error("the payload of the proof is not an acceptable JSON object")]
    Payload,
    /// `aud` is missing, an array, or another issuer.
    #[error("the proof is meant for another audience")]
    Audience,
    /// `iat` is missing or not a number.
    #[error("the proof does not say when it was made")]
    MissingTime,
    /// Made longer ago than [`MAX_AGE`].
    #[error("the proof is too old")]
    Old,
    /// Made later than now by more than [`MAX_SKEW`].
    #[error("the proof is from the future")]
    Future,
    /// `nonce` is missing or not text.
    #[error("the proof carries no nonce")]
    MissingNonce,
    /// `key_attestation` is not text.
    #[error("the key attestation in the header is malformed")]
    Attestation,
}

/// Checks one proof, all but the nonce. `iss` is not looked at: wallets are anonymous here, and what it would claim is
/// proven by nothing.
pub fn verify(proof: &str, issuer: &str, now: Timestamp) -> Result<Proven, ProofError> {
    let jws = jws::parse(proof, &LIMITS).map_err(|error| match error {
        JwsError::Algorithm | JwsError::HeaderMember("alg") => ProofError::Algorithm,
        JwsError::HeaderMember("jwk") => ProofError::Key,
        other => ProofError::Form(other),
    })?;
    if jws.header().typ() != Some(TYPE) {
        return Err(ProofError::Type);
    }
    if jws.header().alg() != Algorithm::Es256 {
        return Err(ProofError::Algorithm);
    }
    let key = claimed_key(&jws)?;
    jws.verify(&key).map_err(|error| match error {
        JwsError::KeyMismatch => ProofError::Key,
        _ => ProofError::Signature,
    })?;
    let claims = jws.payload_json(&LIMITS).map_err(|_| ProofError::Payload)?;
    let nonce = check_claims(&claims, issuer, now)?;
    let attestation = jws.header().get("key_attestation");
    let attestation = attestation.map(|value| value.as_str().map(str::to_owned).ok_or(ProofError::Attestation));
    Ok(Proven { key, nonce, attestation: attestation.transpose()? })
}

fn claimed_key(jws: &Jws) -> Result<PublicKey, ProofError> {
    let header = jws.header();
    if KEY_MEMBERS.iter().filter(|name| header.get(name).is_some()).count() != 1 {
        return Err(ProofError::KeyMembers);
    }
    let jwk = header.jwk().ok_or(ProofError::KeyMethod)?;
    PublicKey::from_jwk(jwk).map_err(|_| ProofError::Key)
}

fn check_claims(claims: &Value, issuer: &str, now: Timestamp) -> Result<String, ProofError> {
    if claims.get("aud").and_then(Value::as_str) != Some(issuer) {
        return Err(ProofError::Audience);
    }
    let age = now.seconds_since(claims.get("iat").and_then(seconds).ok_or(ProofError::MissingTime)?);
    if age > MAX_AGE {
        return Err(ProofError::Old);
    }
    if age < -MAX_SKEW {
        return Err(ProofError::Future);
    }
    claims.get("nonce").and_then(Value::as_str).map(str::to_owned).ok_or(ProofError::MissingNonce)
}

/// A `NumericDate` (RFC 7519 2), which may have a fraction.
pub(crate) fn seconds(value: &Value) -> Option<Timestamp> {
    let whole = value.as_i64();
    // Reading has refused numbers that do not fit: what is left has at most 53 bits before the point.
    let fraction = || value.as_f64().map(|seconds| seconds.floor() as i64);
    whole.or_else(fraction).map(Timestamp)
}

/// A proof that `key` is ours, for the credential issuer `issuer`.
pub fn sign(key: &dyn Signer, issuer: &str, nonce: Option<&str>, now: Timestamp) -> Result<String, JwsSignError> {
    sign_attested(key, issuer, nonce, None, now)
}

/// The same, carrying what attests the key.
pub fn sign_attested(
    key: &dyn Signer,
    issuer: &str,
    nonce: Option<&str>,
    attestation: Option<&str>,
    now: Timestamp,
) -> Result<String, JwsSignError> {
    let mut header = Map::new();
    header.insert("typ".to_owned(), TYPE.into());
    header.insert("jwk".to_owned(), key.public_key().to_jwk().to_value());
    if let Some(attestation) = attestation {
        header.insert("key_attestation".to_owned(), attestation.into());
    }
    let mut claims = json!({ "aud": issuer, "iat": now.0 });
    if let Some(nonce) = nonce {
        claims["nonce"] = nonce.into();
    }
    jws::sign(header, claims.to_string().as_bytes(), key)
}
