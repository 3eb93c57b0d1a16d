//! `GET /offers/{id}`: a credential offer by reference (OpenID4VCI 1.0 section 4.1.3).

use axum::Json;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};

use super::Shared;
use crate::http::problem::Problem;
use crate::work::grants;

/// The offer, until it is redeemed.
pub async fn offer(State(app): Shared, Path(id): Path<String>) -> Result<Response, Problem> {
    let document = grants::offer_document(&app, &id).await?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(document)).into_response())
}
