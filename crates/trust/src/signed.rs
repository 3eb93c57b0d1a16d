//! Signed statements of others (compact JWS with `x5c`): who signed, and what for, before anything in them is read.

mod claims;
mod jades;

use mibun_crypto::base64url;
use mibun_crypto::json::Limits;
use mibun_crypto::jws::{self, Jws, JwsError};
use mibun_crypto::key::PublicKey;
use mibun_crypto::policy::Accepted;
use mibun_crypto::time::Timestamp;
use mibun_crypto::x509::chain::{self, ChainError};
use mibun_crypto::x509::{Certificate, Purpose};
use serde_json::{Map, Value};

pub(crate) use claims::{Claims, Malformed, key};
pub(crate) use jades::header as jades_header;

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
    /// An algorithm that is not accepted for such statements.
    #[error("the statement is signed with another algorithm than demanded")]
    Algorithm,
    /// A header of JAdES (ETSI TS 119 182-1) is malformed, or names another certificate than the first of `x5c`.
    #[error("header {0} is malformed or belongs to another certificate")]
    Header(&'static str),
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
    /// `None` where the standard names no type.
    pub typ: Option<&'static str>,
    pub algorithms: Accepted,
    /// Whether headers of JAdES are read.
    pub jades: bool,
    pub limits: Limits,
}

/// A statement of somebody who is trusted for it.
#[derive(Debug)]
pub(crate) struct Opened<'a> {
    pub claims: Claims,
    /// The signer's own certificate.
    pub signer: Certificate,
    /// To which the signer's chain leads.
    pub anchor: &'a Certificate,
}

/// Checks type, algorithm, chain and signature, in this order, and only then reads the payload.
pub(crate) fn open<'a>(
    text: &str,
    kind: &Kind,
    purpose: Purpose,
    (anchors, now): (&'a [Certificate], Timestamp),
) -> Result<Opened<'a>, SignedError> {
    let jws = parse(text, kind)?;
    let led = chain::verify_to_anchor(jws.header().x5c(), anchors, now, purpose);
    let (signer, anchor) = led.map_err(SignedError::Signer)?;
    if kind.jades {
        jades::check(jws.header(), &signer)?;
    }
    Ok(Opened { claims: check(&jws, signer.public_key(), &kind.limits)?, signer, anchor })
}

/// A statement of the given kind, of which nothing is known to be true.
pub(crate) fn parse(text: &str, kind: &Kind) -> Result<Jws, SignedError> {
    let understood: &[&str] = if kind.jades { &jades::UNDERSTOOD } else { &[] };
    let jws = jws::parse_understanding(text, &kind.limits, understood).map_err(|error| match error {
        JwsError::Algorithm | JwsError::HeaderMember("alg") => SignedError::Algorithm,
        other => SignedError::Form(other),
    })?;
    if kind.typ.is_some_and(|typ| jws.header().typ() != Some(typ)) {
        return Err(SignedError::Type);
    }
    if !kind.algorithms.allows(jws.header().alg()) {
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
