//! `POST /credential` (OpenID4VCI 1.0 section 8).

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};

use mibun_issuing::credential::{MAX_REQUEST_BYTES, MEDIA_TYPE};

use super::Shared;
use crate::http::problem::ProtocolRefusal;
use crate::http::protocol::{Whole, access_token, at_resource, is_media_type, proofs, wrong_media_type};
use crate::work::issuing::{self, Issued, Message};

/// Longest request, in bytes: a hundred proofs.
pub const BODY: usize = MAX_REQUEST_BYTES;

/// Issues a batch of copies.
pub async fn credential(
    State(app): Shared,
    headers: HeaderMap,
    Whole(body): Whole,
) -> Result<Response, ProtocolRefusal> {
    let presented = access_token(&headers).map_err(at_resource)?;
    let sealed = is_media_type(&headers, MEDIA_TYPE);
    if !sealed && !is_media_type(&headers, "application/json") {
        return Err(wrong_media_type("invalid_credential_request", "application/json"));
    }
    let proofs = proofs(&headers)?;
    let message = Message { proofs: &proofs, endpoint: "credential", body: &body, sealed };
    let no_store = (header::CACHE_CONTROL, "no-store");
    Ok(match issuing::credential(&app, &presented, message).await.map_err(at_resource)? {
        Issued::Plain(response) => ([no_store], Json(response)).into_response(),
        Issued::Sealed(token) => ([no_store, (header::CONTENT_TYPE, MEDIA_TYPE)], token).into_response(),
    })
}
