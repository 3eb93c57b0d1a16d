//! The holder's side: is this request what its link promised, from someone who may ask?

use mibun_crypto::json::Limits;
use mibun_crypto::jws;
use mibun_crypto::time::Timestamp;
use serde_json::{Map, Value};

use super::asker::{self, Asker};
use super::{Accepting, Refused, RequestError, RequestLink, UriPolicy, VerifiedRequest, redirect};
use crate::members;

/// What the wallet goes by when it authenticates a request.
#[derive(Clone, Copy)]
pub struct Authentication<'a> {
    /// The link that led to the request.
    pub link: &'a RequestLink,
    /// The nonce the wallet sent when it fetched the request, if it did.
    pub wallet_nonce: Option<&'a str>,
    /// Whom it believes and what it can do.
    pub accepting: Accepting<'a>,
    /// Which addresses are acceptable.
    pub policy: UriPolicy,
    /// The present.
    pub now: Timestamp,
}

/// Verifies a fetched request object.
///
/// In this order: form, type and algorithm; the certificate chain or attestation; the signature; the client identifier;
/// and only then, with an authenticated text, its content.
pub fn verify(object: &str, by: &Authentication<'_>) -> Result<VerifiedRequest, Refused> {
    let silent = |error| Refused { error, report: None };
    let (asker, payload) = authenticate(object, by).map_err(silent)?;
    redirect::fetched(asker, &payload, by)
}

fn authenticate(object: &str, by: &Authentication<'_>) -> Result<(Asker, Map<String, Value>), RequestError> {
    let request = jws::parse(object, &LIMITS)?;
    asker::check_type(&request, false)?;
    // The link says how to authenticate; whether the signed text is of the same mind is looked at with its key known.
    let asker = asker::authenticate(&request, &by.link.client_id, &by.accepting, by.now);
    let asker = match asker {
        Err(RequestError::CertificateMismatch) => return Err(mismatch(&request, &by.link.client_id)),
        other => other?,
    };
    let Value::Object(payload) = request.payload_json(&LIMITS)? else {
        return Err(RequestError::WrongJsonType("request"));
    };
    let inner = members::text(&payload, "client_id")?.ok_or(RequestError::Missing("client_id"))?;
    if inner == asker.client_id { Ok((asker, payload)) } else { Err(RequestError::ClientIdMismatch) }
}

/// Why an asker who signed properly is not the one of the link: a request of its own, or one in a stranger's name.
fn mismatch(request: &jws::Jws, outer: &str) -> RequestError {
    let payload = request.payload_json(&LIMITS).ok();
    let inner = payload.as_ref().and_then(|payload| payload.get("client_id")).and_then(Value::as_str);
    if inner == Some(outer) { RequestError::CertificateMismatch } else { RequestError::ClientIdMismatch }
}

/// Requests are small; the largest are our own, with a few dozen claim sets.
pub(crate) const LIMITS: Limits = Limits { bytes: 64 * 1024, depth: 16, nodes: 2000 };
