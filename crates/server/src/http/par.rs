//! `POST /par` (RFC 9126) and `POST /challenge` (attestation-based client authentication).

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::Shared;
use crate::http::problem::ProtocolRefusal;
use crate::http::protocol::{FORM, Whole, is_media_type, proofs, wrong_media_type};
use crate::work::issuing::{self, Message};

/// Takes an authorization request.
pub async fn push(State(app): Shared, headers: HeaderMap, Whole(body): Whole) -> Result<Response, ProtocolRefusal> {
    if !is_media_type(&headers, FORM) {
        return Err(wrong_media_type("invalid_request", FORM));
    }
    let proofs = proofs(&headers)?;
    let response =
        issuing::push(&app, Message { proofs: &proofs, endpoint: "par", body: &body, sealed: false }).await?;
    Ok((StatusCode::CREATED, [(header::CACHE_CONTROL, "no-store")], Json(response)).into_response())
}

/// A fresh challenge for the proof of a wallet attestation.
pub async fn challenge(State(app): Shared) -> Response {
    let body = json!({ "attestation_challenge": issuing::challenge(&app) });
    ([(header::CACHE_CONTROL, "no-store")], Json(body)).into_response()
}
