//! What a request asks, whichever way it came: everything but where the answer goes.

use mibun_card::CardFormat;
use mibun_crypto::time::Timestamp;
use serde_json::{Map, Value};

use super::{Accepting, RequestError, ResponseWay, SceneNotice, VerifierInfo, accepting, encryption};
use crate::dcql::Query;
use crate::members;
use crate::transaction_data::{self, TransactionData};

/// The content of a request.
pub(crate) struct Content {
    pub(crate) nonce: String,
    pub(crate) query: Query,
    pub(crate) response: ResponseWay,
    pub(crate) transaction_data: Vec<TransactionData>,
    pub(crate) verifier_info: Vec<VerifierInfo>,
    pub(crate) notice: Option<SceneNotice>,
}

/// The response modes of one way of asking: in the open, and encrypted.
pub(crate) struct Modes {
    pub(crate) plain: &'static str,
    pub(crate) encrypted: &'static str,
}

/// Reads and checks the content of `payload`. Members that are not known are ignored.
pub(crate) fn read(
    payload: &Map<String, Value>,
    modes: &Modes,
    accepting: &Accepting<'_>,
    now: Timestamp,
) -> Result<Content, RequestError> {
    match members::text(payload, "response_type")? {
        Some("vp_token") => {}
        Some(_) => return Err(RequestError::UnsupportedResponseType),
        None => return Err(RequestError::Missing("response_type")),
    }
    check_time(payload, now)?;
    let nonce = nonce(payload)?;
    let query = query(payload)?;
    let metadata = members::object(payload, "client_metadata")?.ok_or(RequestError::Missing("client_metadata"))?;
    check_formats(metadata, &query, accepting)?;
    let response = match members::text(payload, "response_mode")? {
        Some(mode) if mode == modes.plain => ResponseWay::Plain,
        Some(mode) if mode == modes.encrypted => encryption::choose(metadata)?,
        Some(_) => return Err(RequestError::UnsupportedResponseMode),
        None => return Err(RequestError::Missing("response_mode")),
    };
    let transaction_data = transaction_data::read(payload.get("transaction_data"), &query, &accepting.transactions)?;
    let verifier_info = VerifierInfo::read(payload.get("verifier_info"), &query)?;
    let notice = SceneNotice::find(&verifier_info)?;
    Ok(Content { nonce, query, response, transaction_data, verifier_info, notice })
}

/// `iat`, `nbf` and `exp` are optional in a request; where they are given they count.
fn check_time(payload: &Map<String, Value>, now: Timestamp) -> Result<(), RequestError> {
    let (iat, nbf) = (members::number(payload, "iat")?, members::number(payload, "nbf")?);
    let latest_start = now.plus_seconds(super::SKEW_SECONDS).0;
    if iat.max(nbf).is_some_and(|start| start > latest_start) {
        return Err(RequestError::NotYetValid);
    }
    let expired = |exp: i64| exp <= now.plus_seconds(-super::SKEW_SECONDS).0;
    if members::number(payload, "exp")?.is_some_and(expired) { Err(RequestError::Expired) } else { Ok(()) }
}

fn nonce(payload: &Map<String, Value>) -> Result<String, RequestError> {
    let nonce = members::text(payload, "nonce")?.ok_or(RequestError::Missing("nonce"))?;
    if crate::is_unguessable(nonce) { Ok(nonce.to_owned()) } else { Err(RequestError::WeakNonce) }
}

fn query(payload: &Map<String, Value>) -> Result<Query, RequestError> {
    if payload.contains_key("scope") {
        return Err(RequestError::ScopeNotSupported);
    }
    let query = payload.get("dcql_query").ok_or(RequestError::Missing("dcql_query"))?;
    Ok(Query::from_value(query)?)
}

/// The asker must read one of the formats that it asks for and that the wallet has, in algorithms that are spoken here.
fn check_formats(metadata: &Map<String, Value>, query: &Query, ours: &Accepting<'_>) -> Result<(), RequestError> {
    let formats = members::object(metadata, "vp_formats_supported")?;
    let formats = formats.ok_or(RequestError::Missing("vp_formats_supported"))?;
    let agreed = |format: CardFormat| {
        let entry = formats.get(format.name()).filter(|_| ours.formats.contains(&format));
        entry.is_some_and(|entry| accepting::agrees(format, ours.cards, entry))
    };
    let mut asked = query.credentials.iter().filter_map(|credential| CardFormat::from_name(credential.format.name()));
    if asked.any(agreed) { Ok(()) } else { Err(RequestError::FormatsNotSupported) }
}
