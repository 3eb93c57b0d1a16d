//! The holder's side: is this request what its link promised, from someone who may ask?

use mibun_crypto::json::Limits;
use mibun_crypto::jws::{self, Jws};
use mibun_crypto::key::Algorithm;
use mibun_crypto::time::Timestamp;
use mibun_crypto::x509::{Certificate, Purpose, chain};
use serde_json::{Map, Value};

use super::{REQUEST_TYP, Refused, RequestError, RequestLink, UriPolicy, VerifiedRequest, client_id, read};
use crate::members;

/// What the wallet goes by when it authenticates a request.
#[derive(Clone, Copy)]
pub struct Authentication<'a> {
    /// The link that led to the request.
    pub link: &'a RequestLink,
    /// The nonce the wallet sent when it fetched the request, if it did.
    pub wallet_nonce: Option<&'a str>,
    /// The roots of access certificates.
    pub anchors: &'a [Certificate],
    /// Which addresses are acceptable.
    pub policy: UriPolicy,
    /// The present.
    pub now: Timestamp,
}

/// Verifies a fetched request object.
///
/// In this order: form, type and algorithm; the certificate chain; the signature; the client identifier; and only then,
/// with an authenticated text, its content.
pub fn verify(object: &str, by: &Authentication<'_>) -> Result<VerifiedRequest, Refused> {
    let silent = |error| Refused { error, report: None };
    let (asker, payload) = authenticate(object, by).map_err(silent)?;
    read::request(asker, &payload, by)
}

/// An asker whose certificate and signature are good.
pub(super) struct Asker {
    pub(super) client_id: String,
    pub(super) organisation: String,
}

fn authenticate(object: &str, by: &Authentication<'_>) -> Result<(Asker, Map<String, Value>), RequestError> {
    let request = jws::parse(object, &LIMITS)?;
    check_header(&request)?;
    let leaf = chain::verify(request.header().x5c(), by.anchors, by.now, Purpose::AccessCertificate)?;
    request.verify(leaf.public_key())?;
    let Value::Object(payload) = request.payload_json(&LIMITS)? else {
        return Err(RequestError::WrongJsonType("request"));
    };
    let inner = members::text(&payload, "client_id")?.ok_or(RequestError::Missing("client_id"))?;
    if inner != by.link.client_id {
        return Err(RequestError::ClientIdMismatch);
    }
    if inner != client_id(leaf.der()) {
        return Err(RequestError::CertificateMismatch);
    }
    let organisation = leaf.subject_org().or(leaf.subject_cn()).ok_or(RequestError::NamelessCertificate)?;
    Ok((Asker { client_id: inner.to_owned(), organisation: organisation.to_owned() }, payload))
}

fn check_header(request: &Jws) -> Result<(), RequestError> {
    let header = request.header();
    if header.typ() != Some(REQUEST_TYP) {
        return Err(RequestError::WrongType);
    }
    if header.alg() != Algorithm::Es256 {
        return Err(RequestError::WrongAlgorithm);
    }
    if header.x5c().is_empty() { Err(RequestError::NoCertificate) } else { Ok(()) }
}

/// Requests are small; the largest are our own, with a few dozen claim sets.
const LIMITS: Limits = Limits { bytes: 64 * 1024, depth: 16, nodes: 2000 };
