//! Proofs that a request comes from whoever holds the key that a token is bound to (RFC 9449).

use mibun_crypto::base64url;
use mibun_crypto::digest::sha256;
use mibun_crypto::json::Limits;
use mibun_crypto::jws::{self, JwsError, JwsSignError};
use mibun_crypto::key::{Algorithm, PublicKey, Signer};
use mibun_crypto::time::Timestamp;
use serde_json::{Map, Value, json};
use thiserror::Error;
use url::Url;

use crate::error::{Code, Refusal};
use crate::nonce::{NonceError, NonceKey};
use crate::secret::Secret;
use crate::thumbprint::Thumbprint;

/// The media type in the header of a proof.
pub const TYPE: &str = "dpop+jwt";
/// Seconds that a proof may be old, and that its maker's clock may be ahead. A proof is remembered for twice as long.
pub const MAX_AGE: i64 = 60;

const LIMITS: Limits = Limits { bytes: 8 * 1024, depth: 8, nodes: 100 };
const MAX_JTI_LENGTH: usize = 256;

/// The request that a proof has to be for.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// The verb.
    pub method: &'a str,
    /// The address as it is published, without query.
    pub url: &'a str,
    /// The access token that the request carries; none at the authorization server.
    pub token: Option<&'a Secret>,
    /// The key of the nonces that proofs have to carry.
    pub nonces: &'a NonceKey,
    /// The present.
    pub now: Timestamp,
}

/// A proof that holds, and was not seen before if its `replay` can be spent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proven {
    /// Thumbprint of the key that signed.
    pub key: Thumbprint,
    /// What to spend before anything is done for this request.
    pub replay: [u8; 32],
    /// From when on what was spent can be forgotten.
    pub expires_at: Timestamp,
}

/// Why a proof proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum DpopError {
    /// No `DPoP` header field.
    #[error("a DPoP proof is needed")]
    Missing,
    /// Several `DPoP` header fields.
    #[error("there is more than one DPoP proof")]
    Several,
    /// Not an acceptable compact JWS.
    #[error("the DPoP proof is not an acceptable JWT: {0}")]
    Form(#[source] JwsError),
    /// Another `typ`, or none.
    #[error("the DPoP proof has the wrong typ")]
    Type,
    /// An algorithm outside our policy, or none.
    #[error("the algorithm of the DPoP proof is not supported")]
    Algorithm,
    /// `jwk` is missing, no public key of ours, or carries a private member.
    #[error("the key of the DPoP proof is missing, malformed, private or not supported")]
    Key,
    /// The signature is not that of the key.
    #[error("the signature of the DPoP proof is not valid")]
    Signature,
    /// The payload is not an acceptable JSON object.
    #[error("the payload of the DPoP proof is not an acceptable JSON object")]
    Payload,
    /// `jti` is missing, empty or too long.
    #[error("the DPoP proof has no usable jti")]
    Identifier,
    /// `htm` is not the verb of the request.
    #[error("the DPoP proof is for another method")]
    Method,
    /// `htu` is not the address of the request.
    #[error("the DPoP proof is for another address")]
    Address,
    /// `iat` is missing or not a number.
    #[error("the DPoP proof does not say when it was made")]
    MissingTime,
    /// Made longer ago than [`MAX_AGE`], or past its own `exp`.
    #[error("the DPoP proof is too old")]
    Old,
    /// Made later than now by more than [`MAX_AGE`], or not good before a later `nbf`.
    #[error("the DPoP proof is from the future")]
    Future,
    /// `ath` is missing or the digest of another token.
    #[error("the DPoP proof is for another access token")]
    Token,
    /// There is no nonce of ours in it: the client takes the one it is sent and tries again.
    #[error("the DPoP proof needs a nonce")]
    MissingNonce,
    /// The nonce is not good any more, or not ours: the client takes the one it is sent and tries again.
    #[error("the nonce of the DPoP proof is not good")]
    Nonce(#[source] NonceError),
    /// The proof was used before; for the caller to raise, who keeps what is spent.
    #[error("the DPoP proof has been used")]
    Replayed,
    /// Another key than the one the code or token is bound to; for the caller to raise, who knows the binding.
    #[error("the DPoP proof is made with another key")]
    OtherKey,
}

impl DpopError {
    /// Whether a fresh nonce is all that the next try needs.
    pub const fn wants_nonce(&self) -> bool {
        matches!(self, Self::MissingNonce | Self::Nonce(_))
    }
}

impl Refusal for DpopError {
    fn code(&self) -> Code {
        if self.wants_nonce() { Code::UseDpopNonce } else { Code::InvalidDpopProof }
    }
}

/// Checks the one proof among the header fields of a request. Which key it should be is for the caller.
///
/// # Errors
/// [`DpopError`]; a nonce is asked for only of a proof that is otherwise good.
pub fn verify(fields: &[&str], expected: &Expected<'_>) -> Result<Proven, DpopError> {
    let proof = match fields {
        [] => return Err(DpopError::Missing),
        [proof] => proof,
        _ => return Err(DpopError::Several),
    };
    let (key, claims) = signed(proof)?;
    let replay = identifier(&claims)?;
    check_request(&claims, expected)?;
    check_time(&claims, expected.now)?;
    let nonce = claims.get("nonce").and_then(Value::as_str).ok_or(DpopError::MissingNonce)?;
    expected.nonces.check(nonce, expected.now).map_err(DpopError::Nonce)?;
    let key = Thumbprint::of(&key);
    let replay = sha256(&[&b"mibun dpop 1"[..], key.as_bytes(), replay.as_bytes()].concat());
    Ok(Proven { key, replay, expires_at: expected.now.plus_seconds(2 * MAX_AGE + 1) })
}

fn signed(proof: &str) -> Result<(PublicKey, Value), DpopError> {
    let jws = jws::parse(proof, &LIMITS).map_err(|error| match error {
        JwsError::Algorithm | JwsError::HeaderMember("alg") => DpopError::Algorithm,
        JwsError::HeaderMember("jwk") => DpopError::Key,
        other => DpopError::Form(other),
    })?;
    if jws.header().typ() != Some(TYPE) {
        return Err(DpopError::Type);
    }
    if jws.header().alg() != Algorithm::Es256 {
        return Err(DpopError::Algorithm);
    }
    let key = PublicKey::from_jwk(jws.header().jwk().ok_or(DpopError::Key)?).map_err(|_| DpopError::Key)?;
    jws.verify(&key).map_err(|error| match error {
        JwsError::KeyMismatch => DpopError::Key,
        _ => DpopError::Signature,
    })?;
    let claims = jws.payload_json(&LIMITS).map_err(|_| DpopError::Payload)?;
    if claims.is_object() { Ok((key, claims)) } else { Err(DpopError::Payload) }
}

fn identifier(claims: &Value) -> Result<&str, DpopError> {
    let jti = claims.get("jti").and_then(Value::as_str);
    jti.filter(|jti| (1..=MAX_JTI_LENGTH).contains(&jti.len())).ok_or(DpopError::Identifier)
}

fn check_request(claims: &Value, expected: &Expected<'_>) -> Result<(), DpopError> {
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    if text("htm") != Some(expected.method) {
        return Err(DpopError::Method);
    }
    if text("htu").and_then(comparable) != comparable(expected.url) {
        return Err(DpopError::Address);
    }
    match expected.token {
        Some(token) if text("ath") != Some(&digest_of(token)) => Err(DpopError::Token),
        _ => Ok(()),
    }
}

/// An address as two are compared: normalised, without query and fragment (RFC 9449 4.3).
fn comparable(address: &str) -> Option<Url> {
    let mut url = Url::parse(address).ok()?;
    url.set_query(None);
    url.set_fragment(None);
    Some(url)
}

/// `nbf` and `exp` are no members of a proof; who sends them means them.
fn check_time(claims: &Value, now: Timestamp) -> Result<(), DpopError> {
    let seconds = |name: &str| claims.get(name).and_then(crate::proof::seconds);
    let age = now.seconds_since(seconds("iat").ok_or(DpopError::MissingTime)?);
    if age > MAX_AGE || seconds("exp").is_some_and(|end| now.seconds_since(end) >= MAX_AGE) {
        return Err(DpopError::Old);
    }
    if age < -MAX_AGE || seconds("nbf").is_some_and(|start| start.seconds_since(now) > MAX_AGE) {
        return Err(DpopError::Future);
    }
    Ok(())
}

/// `ath`: the digest of the access token's letters.
fn digest_of(token: &Secret) -> String {
    base64url::encode(&sha256(token.expose().as_bytes()))
}

/// What a proof is made for.
#[derive(Debug, Clone, Copy)]
pub struct Making<'a> {
    /// The verb.
    pub method: &'a str,
    /// The address; query and fragment are left out.
    pub url: &'a str,
    /// The access token that goes with the request.
    pub token: Option<&'a Secret>,
    /// The nonce that the server sent last.
    pub nonce: Option<&'a str>,
    /// A text that no other proof of this key has.
    pub jti: &'a str,
    /// The present.
    pub now: Timestamp,
}

/// Makes a proof with `key`.
///
/// # Errors
/// [`JwsSignError`] when the key does not sign.
pub fn sign(key: &dyn Signer, making: &Making<'_>) -> Result<String, JwsSignError> {
    let mut header = Map::new();
    header.insert("typ".to_owned(), TYPE.into());
    header.insert("jwk".to_owned(), key.public_key().to_jwk().to_value());
    let address = comparable(making.url).map_or_else(|| making.url.to_owned(), String::from);
    let mut claims = json!({ "jti": making.jti, "htm": making.method, "htu": address, "iat": making.now.0 });
    if let Some(token) = making.token {
        claims["ath"] = digest_of(token).into();
    }
    if let Some(nonce) = making.nonce {
        claims["nonce"] = nonce.into();
    }
    jws::sign(header, claims.to_string().as_bytes(), key)
}

#[cfg(test)]
mod tests;
