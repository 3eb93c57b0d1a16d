//! `POST /nonce` (OpenID4VCI 1.0 section 7).

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use mibun_issuing::nonce::NonceResponse;

use super::Shared;
use crate::work::issuing;

/// A fresh nonce for proofs.
pub async fn nonce(State(app): Shared) -> Response {
    ([(header::CACHE_CONTROL, "no-store")], Json(NonceResponse { c_nonce: issuing::nonce(&app) })).into_response()
}
