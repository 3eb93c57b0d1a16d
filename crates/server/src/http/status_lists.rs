//! `GET /status/{list}`: a whole list, for anybody, without asking who wants to know about which card.

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use mibun_registry::ListId;
use mibun_status::cwt;

use super::Shared;
use crate::http::problem::Problem;
use crate::work::lists;

/// The media type of a list as a JWT (Token Status List, section 8.1).
const JWT: &str = "application/statuslist+jwt";

/// The signed list, as a JWT unless a CWT alone is asked for (Token Status List, section 8.1).
pub async fn status_list(State(app): Shared, Path(list): Path<u32>, headers: HeaderMap) -> Result<Response, Problem> {
    let list = ListId(list);
    let (media_type, body) = if wants_cwt(&headers) {
        (cwt::MEDIA_TYPE, Bytes::from_owner(lists::cwt(&app, list).await?))
    } else {
        (JWT, Bytes::from(lists::token(&app, list).await?.to_string()))
    };
    let headers = [
        (header::CONTENT_TYPE, media_type.to_owned()),
        (header::CACHE_CONTROL, format!("public, max-age={}", app.config.card.status_ttl_seconds)),
        (header::VARY, "accept".to_owned()),
    ];
    Ok((headers, body).into_response())
}

fn wants_cwt(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let accepted: Vec<&str> = accepted.flat_map(|value| value.split(',')).collect();
    let names = |media_type| {
        accepted.iter().any(|one| one.split(';').next().is_some_and(|one| one.trim().eq_ignore_ascii_case(media_type)))
    };
    names(cwt::MEDIA_TYPE) && !names(JWT)
}
