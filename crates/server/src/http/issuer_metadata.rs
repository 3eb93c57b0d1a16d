//! The two well-known documents (OpenID4VCI 1.0 section 12, RFC 8414).

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};

use super::Shared;

/// `/.well-known/openid-credential-issuer`.
pub async fn credential_issuer(State(app): Shared) -> Response {
    cacheable(Json(app.terms.issuer_metadata()))
}

/// `/.well-known/oauth-authorization-server`.
pub async fn authorization_server(State(app): Shared) -> Response {
    cacheable(Json(app.terms.server_metadata()))
}

fn cacheable(document: impl IntoResponse) -> Response {
    ([(header::CACHE_CONTROL, "public, max-age=300")], document).into_response()
}
