//! `POST /credential` (OpenID4VCI 1.0 section 8).

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};

use super::Shared;
use crate::http::problem::ProtocolRefusal;
use crate::http::protocol::{Whole, access_token, is_media_type, wrong_media_type};
use crate::work::issuing;

/// Issues a batch of copies.
pub async fn credential(
    State(app): Shared,
    headers: HeaderMap,
    Whole(body): Whole,
) -> Result<Response, ProtocolRefusal> {
    let token = access_token(&headers)?;
    if !is_media_type(&headers, "application/json") {
        return Err(wrong_media_type("invalid_credential_request", "application/json"));
    }
    let response = issuing::credential(&app, &token, &body).await?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(response)).into_response())
}
