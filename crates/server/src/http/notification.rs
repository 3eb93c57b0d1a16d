//! `POST /notification` (OpenID4VCI 1.0 section 11).

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};

use super::Shared;
use crate::http::problem::ProtocolRefusal;
use crate::http::protocol::{Whole, access_token, at_resource, proofs};
use crate::work::issuing::{self, Message};

/// Takes what a wallet tells about its copies.
pub async fn notification(
    State(app): Shared,
    headers: HeaderMap,
    Whole(body): Whole,
) -> Result<StatusCode, ProtocolRefusal> {
    let presented = access_token(&headers).map_err(at_resource)?;
    let proofs = proofs(&headers)?;
    let message = Message { proofs: &proofs, endpoint: "notification", body: &body, sealed: false };
    issuing::notification(&app, &presented, message).await.map_err(at_resource)?;
    Ok(StatusCode::NO_CONTENT)
}
