//! `POST /credential` (OpenID4VCI 1.0 section 8).

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};

use super::Shared;
use crate::http::problem::ProtocolRefusal;
use crate::http::protocol::{Whole, access_token, at_resource, is_media_type, proofs, wrong_media_type};
use crate::work::issuing::{self, Message};

/// Issues a batch of copies.
pub async fn credential(
    State(app): Shared,
    headers: HeaderMap,
    Whole(body): Whole,
) -> Result<Response, ProtocolRefusal> {
    let presented = access_token(&headers).map_err(at_resource)?;
    if !is_media_type(&headers, "application/json") {
        return Err(wrong_media_type("invalid_credential_request", "application/json"));
    }
    let proofs = proofs(&headers)?;
    let message = Message { proofs: &proofs, endpoint: "credential", body: &body };
    let response = issuing::credential(&app, &presented, message).await.map_err(at_resource)?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(response)).into_response())
}
