//! `POST /notification` (OpenID4VCI 1.0 section 11).

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};

use super::Shared;
use crate::http::problem::ProtocolRefusal;
use crate::http::protocol::{Whole, access_token};
use crate::work::issuing;

/// Takes what a wallet tells about its copies.
pub async fn notification(
    State(app): Shared,
    headers: HeaderMap,
    Whole(body): Whole,
) -> Result<StatusCode, ProtocolRefusal> {
    let token = access_token(&headers)?;
    issuing::notification(&app, &token, &body).await?;
    Ok(StatusCode::NO_CONTENT)
}
