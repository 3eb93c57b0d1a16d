//! `POST /credential` and `POST /deferred_credential` (OpenID4VCI 1.0 sections 8 and 9).

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

use mibun_issuing::credential::{MAX_REQUEST_BYTES, MEDIA_TYPE};

use super::Shared;
use crate::http::problem::ProtocolRefusal;
use crate::http::protocol::{Whole, access_token, at_resource, is_media_type, proofs, wrong_media_type};
use crate::work::issuing::{self, Body, Issued, Message};

/// Longest request, in bytes: a hundred proofs.
pub const BODY: usize = MAX_REQUEST_BYTES;

/// Issues a batch of copies.
pub async fn credential(
    State(app): Shared,
    headers: HeaderMap,
    Whole(body): Whole,
) -> Result<Response, ProtocolRefusal> {
    let presented = access_token(&headers).map_err(at_resource)?;
    let sealed = is_sealed(&headers)?;
    let proofs = proofs(&headers)?;
    let message = Message { proofs: &proofs, endpoint: "credential", body: &body, sealed };
    Ok(answer(issuing::credential(&app, &presented, message).await.map_err(at_resource)?))
}

/// Issues copies that were asked for before they could be made.
pub async fn deferred(State(app): Shared, headers: HeaderMap, Whole(body): Whole) -> Result<Response, ProtocolRefusal> {
    let presented = access_token(&headers).map_err(at_resource)?;
    let sealed = is_sealed(&headers)?;
    let proofs = proofs(&headers)?;
    let message = Message { proofs: &proofs, endpoint: "deferred_credential", body: &body, sealed };
    Ok(answer(issuing::deferred(&app, &presented, message).await.map_err(at_resource)?))
}

fn is_sealed(headers: &HeaderMap) -> Result<bool, ProtocolRefusal> {
    let sealed = is_media_type(headers, MEDIA_TYPE);
    if !sealed && !is_media_type(headers, "application/json") {
        return Err(wrong_media_type("invalid_credential_request", "application/json"));
    }
    Ok(sealed)
}

fn answer(issued: Issued) -> Response {
    let status = if issued.waits { StatusCode::ACCEPTED } else { StatusCode::OK };
    let no_store = (header::CACHE_CONTROL, "no-store");
    match issued.body {
        Body::Plain(response) => (status, [no_store], Json(response)).into_response(),
        Body::Sealed(token) => (status, [no_store, (header::CONTENT_TYPE, MEDIA_TYPE)], token).into_response(),
    }
}
