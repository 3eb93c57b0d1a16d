//! What an authenticated request says.

use mibun_crypto::time::Timestamp;
use serde_json::{Map, Value};
use url::Url;

use super::verify::Asker;
use super::{
    Authentication, Refused, Report, RequestError, ResponseWay, STATIC_AUDIENCE, SceneNotice, VerifiedRequest,
    encryption,
};
use crate::dcql::{Query, SD_JWT_VC};
use crate::members;

pub(super) fn request(
    asker: Asker,
    payload: &Map<String, Value>,
    by: &Authentication<'_>,
) -> Result<VerifiedRequest, Refused> {
    // Until the address for errors is known to be acceptable, there is nobody to tell.
    let address = address(payload, by);
    let (response_uri, state) = address.map_err(|error| Refused { error, report: None })?;
    let report = Box::new(Report { response_uri: response_uri.clone(), state: state.clone() });
    let refused = |error| Refused { error, report: Some(report.clone()) };

    check_kind(payload).map_err(&refused)?;
    check_time(payload, by.now).map_err(&refused)?;
    check_wallet_nonce(payload, by.wallet_nonce).map_err(&refused)?;
    check_transaction_data(payload).map_err(&refused)?;
    let verified = || -> Result<VerifiedRequest, RequestError> {
        Ok(VerifiedRequest {
            client_id: asker.client_id,
            organisation: asker.organisation,
            nonce: nonce(payload)?,
            state,
            response_uri,
            response: response_way(payload)?,
            query: query(payload)?,
            notice: notice(payload)?,
        })
    };
    verified().map_err(refused)
}

fn address(payload: &Map<String, Value>, by: &Authentication<'_>) -> Result<(Url, Option<String>), RequestError> {
    let uri = members::text(payload, "response_uri")?.ok_or(RequestError::Missing("response_uri"))?;
    let uri = Url::parse(uri).map_err(|_| RequestError::UnsafeResponseUri)?;
    if !by.policy.admits(&uri) {
        return Err(RequestError::UnsafeResponseUri);
    }
    Ok((uri, members::text(payload, "state")?.map(str::to_owned)))
}

fn check_kind(payload: &Map<String, Value>) -> Result<(), RequestError> {
    if payload.contains_key("redirect_uri") {
        return Err(RequestError::RedirectUriWithDirectPost);
    }
    match payload.get("aud") {
        Some(Value::String(aud)) if aud == STATIC_AUDIENCE => {}
        Some(Value::Array(all)) if matches!(all.as_slice(), [Value::String(aud)] if aud == STATIC_AUDIENCE) => {}
        Some(_) => return Err(RequestError::WrongAudience),
        None => return Err(RequestError::Missing("aud")),
    }
    match members::text(payload, "response_type")? {
        Some("vp_token") => Ok(()),
        Some(_) => Err(RequestError::UnsupportedResponseType),
        None => Err(RequestError::Missing("response_type")),
    }
}

/// `iat`, `nbf` and `exp` are optional in a request; where they are given they count.
fn check_time(payload: &Map<String, Value>, now: Timestamp) -> Result<(), RequestError> {
    let (iat, nbf) = (members::number(payload, "iat")?, members::number(payload, "nbf")?);
    let latest_start = now.plus_seconds(SKEW_SECONDS).0;
    if iat.max(nbf).is_some_and(|start| start > latest_start) {
        return Err(RequestError::NotYetValid);
    }
    let expired = |exp: i64| exp <= now.plus_seconds(-SKEW_SECONDS).0;
    if members::number(payload, "exp")?.is_some_and(expired) { Err(RequestError::Expired) } else { Ok(()) }
}

fn check_wallet_nonce(payload: &Map<String, Value>, sent: Option<&str>) -> Result<(), RequestError> {
    match sent {
        Some(sent) if members::text(payload, "wallet_nonce")? != Some(sent) => Err(RequestError::WalletNonceMismatch),
        _ => Ok(()),
    }
}

fn check_transaction_data(payload: &Map<String, Value>) -> Result<(), RequestError> {
    match payload.get("transaction_data") {
        None => Ok(()),
        Some(Value::Array(all)) if !all.is_empty() => Err(RequestError::UnknownTransactionData),
        Some(_) => Err(RequestError::MalformedTransactionData),
    }
}

fn nonce(payload: &Map<String, Value>) -> Result<String, RequestError> {
    let nonce = members::text(payload, "nonce")?.ok_or(RequestError::Missing("nonce"))?;
    if crate::is_unguessable(nonce) { Ok(nonce.to_owned()) } else { Err(RequestError::WeakNonce) }
}

fn response_way(payload: &Map<String, Value>) -> Result<ResponseWay, RequestError> {
    let metadata = members::object(payload, "client_metadata")?.ok_or(RequestError::Missing("client_metadata"))?;
    check_formats(metadata)?;
    match members::text(payload, "response_mode")? {
        Some("direct_post") => Ok(ResponseWay::Plain),
        Some("direct_post.jwt") => encryption::choose(metadata),
        Some(_) => Err(RequestError::UnsupportedResponseMode),
        None => Err(RequestError::Missing("response_mode")),
    }
}

/// The asker must read our format; a list of algorithms is optional and then must hold ours.
fn check_formats(metadata: &Map<String, Value>) -> Result<(), RequestError> {
    let formats = members::object(metadata, "vp_formats_supported")?;
    let formats = formats.ok_or(RequestError::Missing("vp_formats_supported"))?;
    let ours = members::object(formats, SD_JWT_VC)?.ok_or(RequestError::FormatsNotSupported)?;
    for name in ["sd-jwt_alg_values", "kb-jwt_alg_values"] {
        let listed = members::array(ours, name)?;
        if listed.is_some_and(|all| !all.iter().any(|alg| alg.as_str() == Some("ES256"))) {
            return Err(RequestError::FormatsNotSupported);
        }
    }
    Ok(())
}

fn query(payload: &Map<String, Value>) -> Result<Query, RequestError> {
    if payload.contains_key("scope") {
        return Err(RequestError::ScopeNotSupported);
    }
    let query = payload.get("dcql_query").ok_or(RequestError::Missing("dcql_query"))?;
    Ok(Query::from_value(query)?)
}

fn notice(payload: &Map<String, Value>) -> Result<Option<SceneNotice>, RequestError> {
    match members::array(payload, "verifier_info")? {
        Some(entries) => Ok(SceneNotice::find(entries)?),
        None => Ok(None),
    }
}

const SKEW_SECONDS: i64 = 60;
