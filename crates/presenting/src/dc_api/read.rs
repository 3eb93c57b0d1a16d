//! The wallet's side: is this request one that the page at this origin may make?

use mibun_crypto::jws::{self, Jws};
use mibun_crypto::time::Timestamp;
use serde_json::{Map, Value};

use super::{BrowserRequest, CallError, Origin, Protocol, Signatory, multi};
use crate::members;
use crate::request::content::{self, Content, Modes};
use crate::request::{Accepting, Asker, LIMITS, RequestError, authenticate, check_type, is_static_audience};
use crate::session::Handover;

/// A call as the browser hands it to a wallet.
#[derive(Clone, Copy)]
pub struct Call<'a> {
    /// The page that called, authenticated by the browser.
    pub origin: &'a Origin,
    /// The name of the protocol.
    pub protocol: &'a str,
    /// What the page gave; the caller has bounded its size.
    pub data: &'a Value,
}

/// Reads and verifies the request of a call.
///
/// An unsigned request says nothing about its asker that counts: `client_id` and `expected_origins` are ignored. A signed
/// one is authenticated as in the redirect flow and must name the caller's origin.
pub fn read(call: &Call<'_>, accepting: &Accepting<'_>, now: Timestamp) -> Result<BrowserRequest, CallError> {
    let data = call.data.as_object().ok_or(CallError::NotAnObject)?;
    let (signer, payload) = match Protocol::from_name(call.protocol) {
        Some(Protocol::Unsigned) => (None, data.clone()),
        Some(Protocol::Signed) => signed(data, call.origin, accepting, now)?,
        Some(Protocol::Multisigned) => multisigned(data, call.origin, accepting, now)?,
        Some(Protocol::IsoMdoc) | None => return Err(CallError::UnknownProtocol),
    };
    let content = content::read(&payload, &MODES, accepting, now)?;
    let Content { nonce, query, response, transaction_data, verifier_info, notice } = content;
    Ok(BrowserRequest {
        handover: Handover::dc_api(call.origin.as_str(), &nonce, response.key()),
        origin: call.origin.clone(),
        signer: signer.map(|Asker { client_id, organisation, .. }| Signatory { client_id, organisation }),
        nonce,
        response,
        query,
        transaction_data,
        verifier_info,
        notice,
    })
}

type Signed = (Option<Asker>, Map<String, Value>);

fn signed(
    data: &Map<String, Value>,
    origin: &Origin,
    accepting: &Accepting<'_>,
    now: Timestamp,
) -> Result<Signed, CallError> {
    let object = members::text(data, "request")?.ok_or(RequestError::Missing("request"))?;
    let request = jws::parse(object, &LIMITS).map_err(RequestError::from)?;
    check_type(&request, false)?;
    let payload = payload(&request)?;
    let claimed = members::text(&payload, "client_id")?.ok_or(RequestError::Missing("client_id"))?;
    let asker = authenticate(&request, claimed, accepting, now)?;
    check_origin(&payload, origin)?;
    Ok((Some(asker), payload))
}

/// The first signature that is believed counts, and only what its own header says about its asker.
fn multisigned(
    data: &Map<String, Value>,
    origin: &Origin,
    accepting: &Accepting<'_>,
    now: Timestamp,
) -> Result<Signed, CallError> {
    let request = members::object(data, "request")?.ok_or(RequestError::Missing("request"))?;
    let mut refused = CallError::MalformedSignatures;
    for message in multi::messages(request)? {
        match message.and_then(|message| cosigned(&message, accepting, now)) {
            Ok((asker, payload)) => {
                check_origin(&payload, origin)?;
                return Ok((Some(asker), payload));
            }
            Err(error) => refused = error.into(),
        }
    }
    Err(refused)
}

fn cosigned(
    message: &Jws,
    accepting: &Accepting<'_>,
    now: Timestamp,
) -> Result<(Asker, Map<String, Value>), RequestError> {
    check_type(message, true)?;
    let header = message.header().members();
    let claimed = members::text(header, "client_id")?.ok_or(RequestError::Missing("client_id"))?;
    let asker = authenticate(message, claimed, accepting, now)?;
    let mut payload = payload(message)?;
    payload.remove("verifier_info");
    payload.extend(header.get("verifier_info").map(|info| ("verifier_info".to_owned(), info.clone())));
    Ok((asker, payload))
}

fn payload(request: &Jws) -> Result<Map<String, Value>, RequestError> {
    match request.payload_json(&LIMITS)? {
        Value::Object(payload) => Ok(payload),
        _ => Err(RequestError::WrongJsonType("request")),
    }
}

/// A signed request names the pages that may make it, and no audience but that of any wallet.
fn check_origin(payload: &Map<String, Value>, origin: &Origin) -> Result<(), CallError> {
    if payload.get("aud").is_some_and(|audience| !is_static_audience(audience)) {
        return Err(RequestError::WrongAudience.into());
    }
    let expected = members::array(payload, "expected_origins")?.ok_or(RequestError::Missing("expected_origins"))?;
    let named = expected.iter().any(|one| one.as_str() == Some(origin.as_str()));
    if named { Ok(()) } else { Err(CallError::WrongOrigin) }
}

const MODES: Modes = Modes { plain: "dc_api", encrypted: "dc_api.jwt" };
