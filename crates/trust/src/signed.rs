//! Signed statements of others (compact JWS with `x5c`): who signed, and what for, before anything in them is read.

mod claims;

use mibun_crypto::base64url;
use mibun_crypto::json::Limits;
use mibun_crypto::jws::{self, Jws, JwsError};
use mibun_crypto::key::{Algorithm, PublicKey};
use mibun_crypto::time::Timestamp;
use mibun_crypto::x509::chain::{self, ChainError};
use mibun_crypto::x509::{Certificate, Purpose};
use serde_json::{Map, Value};

pub(crate) use claims::{Claims, Malformed, key};

/// Seconds by which clocks may differ.
pub const MAX_SKEW: i64 = 60;

/// Why a signed statement is not looked into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignedError {
    /// Not an acceptable compact JWS.
    #[error("not an acceptable JWS: {0}")]
    Form(#[source] JwsError),
    /// Another `typ`, or none: a statement about something else.
    #[error("the statement has the wrong typ")]
    Type,
    /// Another algorithm than ES256.
    #[error("the statement is not signed with ES256")]
    Algorithm,
    /// The signer leads to no anchor, or is not for this purpose.
    #[error("the signer is not accepted: {0}")]
    Signer(#[source] ChainError),
    /// The signature is not that of the signer.
    #[error("the signature is not valid")]
    Signature,
    /// The payload is not an acceptable JSON object.
    #[error("the payload is not an acceptable JSON object")]
    Payload,
}

/// What a statement has to be.
pub(crate) struct Kind {
    pub typ: &'static str,
    pub purpose: Purpose,
    pub limits: Limits,
}

/// Checks type, algorithm, chain and signature, in this order, and only then reads the payload.
pub(crate) fn open(text: &str, kind: &Kind, anchors: &[Certificate], now: Timestamp) -> Result<Claims, SignedError> {
    let jws = parse(text, kind.typ, &kind.limits)?;
    let signer = chain::verify(jws.header().x5c(), anchors, now, kind.purpose).map_err(SignedError::Signer)?;
    check(&jws, signer.public_key(), &kind.limits)
}

/// A statement of the given type, of which nothing is known to be true.
pub(crate) fn parse(text: &str, typ: &str, limits: &Limits) -> Result<Jws, SignedError> {
    let jws = jws::parse(text, limits).map_err(|error| match error {
        JwsError::Algorithm | JwsError::HeaderMember("alg") => SignedError::Algorithm,
        other => SignedError::Form(other),
    })?;
    if jws.header().typ() != Some(typ) {
        return Err(SignedError::Type);
    }
    if jws.header().alg() != Algorithm::Es256 {
        return Err(SignedError::Algorithm);
    }
    Ok(jws)
}

/// The claims of a statement that `key` signed.
pub(crate) fn check(jws: &Jws, key: &PublicKey, limits: &Limits) -> Result<Claims, SignedError> {
    jws.verify(key).map_err(|_| SignedError::Signature)?;
    match jws.payload_json(limits) {
        Ok(Value::Object(members)) => Ok(Claims::new(members)),
        Ok(_) | Err(_) => Err(SignedError::Payload),
    }
}

/// The header of a statement of ours. `x5c` holds the signer's certificates, leaf first, without the anchor.
pub(crate) fn header(typ: &str, x5c: &[Vec<u8>]) -> Map<String, Value> {
    let mut header = Map::new();
    header.insert("typ".to_owned(), typ.into());
    if !x5c.is_empty() {
        let chain: Vec<Value> = x5c.iter().map(|der| base64url::encode_standard(der).into()).collect();
        header.insert("x5c".to_owned(), chain.into());
    }
    header
}
