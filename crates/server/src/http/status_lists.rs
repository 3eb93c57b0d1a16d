//! `GET /status/{list}`: a whole list, for anybody, without asking who wants to know about which card.

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use mibun_registry::ListId;

use super::Shared;
use crate::http::problem::Problem;
use crate::work::lists;

/// The signed list (Token Status List, section 8.1).
pub async fn status_list(State(app): Shared, Path(list): Path<u32>) -> Result<Response, Problem> {
    let token = lists::token(&app, ListId(list)).await?;
    let headers = [
        (header::CONTENT_TYPE, "application/statuslist+jwt".to_owned()),
        (header::CACHE_CONTROL, format!("public, max-age={}", app.config.card.status_ttl_seconds)),
    ];
    Ok((headers, token.to_string()).into_response())
}
