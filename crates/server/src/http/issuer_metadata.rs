//! The two well-known documents (OpenID4VCI 1.0 section 12, RFC 8414).

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};

use mibun_issuing::credential::MEDIA_TYPE;

use super::Shared;
use crate::http::problem::Problem;
use crate::work::issuing;

/// `/.well-known/openid-credential-issuer`, signed for who asks for that (12.2.2).
pub async fn credential_issuer(State(app): Shared, headers: HeaderMap) -> Response {
    if !wants_signed(&headers) {
        return cacheable(Json(app.terms.issuer_metadata()));
    }
    match issuing::signed_metadata(&app) {
        Ok(token) => cacheable(([(header::CONTENT_TYPE, MEDIA_TYPE)], token)),
        Err(error) => Problem::from(error).into_response(),
    }
}

/// Whether a signed document is named, and before a plain one.
fn wants_signed(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut kinds = accept.split(',').map(|kind| kind.split(';').next().unwrap_or_default().trim());
    kinds.find(|kind| [MEDIA_TYPE, "application/json"].contains(kind)) == Some(MEDIA_TYPE)
}

/// `/.well-known/oauth-authorization-server`.
pub async fn authorization_server(State(app): Shared) -> Response {
    cacheable(Json(app.terms.server_metadata()))
}

fn cacheable(document: impl IntoResponse) -> Response {
    let headers = [(header::CACHE_CONTROL, "public, max-age=300"), (header::VARY, "accept")];
    (headers, document).into_response()
}
