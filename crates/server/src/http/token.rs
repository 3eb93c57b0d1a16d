//! `POST /token` (OpenID4VCI 1.0 section 6).

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};

use super::Shared;
use crate::http::problem::ProtocolRefusal;
use crate::http::protocol::{FORM, Whole, is_media_type, proofs, wrong_media_type};
use crate::work::issuing::{self, Message};

/// Turns a code or refresh token into an access token.
pub async fn token(State(app): Shared, headers: HeaderMap, Whole(body): Whole) -> Result<Response, ProtocolRefusal> {
    if !is_media_type(&headers, FORM) {
        return Err(wrong_media_type("invalid_request", FORM));
    }
    let proofs = proofs(&headers)?;
    let response =
        issuing::token(&app, Message { proofs: &proofs, endpoint: "token", body: &body, sealed: false }).await?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(response)).into_response())
}
