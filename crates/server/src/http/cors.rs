//! The standards' endpoints are open to the pages of any origin: a wallet may be a page that somebody else serves.
//!
//! That gives nothing away: none of them reads a cookie, each asks for what only a wallet has (a code, a token, a
//! request's address), and a program that is no page could ask the same. Our own interface stays closed.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

const WHOLE: [&str; 7] =
    ["/par", "/challenge", "/token", "/nonce", "/credential", "/deferred_credential", "/notification"];
const BELOW: [&str; 4] = ["/.well-known/", "/offers/", "/status/", "/vp/"];

const SENDABLE: HeaderValue = HeaderValue::from_static(
    "authorization, content-type, dpop, oauth-client-attestation, oauth-client-attestation-pop",
);

const ASKED_FIRST: [(HeaderName, HeaderValue); 3] = [
    (header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST")),
    (header::ACCESS_CONTROL_ALLOW_HEADERS, SENDABLE),
    (header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("7200")),
];

const READABLE: HeaderValue =
    HeaderValue::from_static("retry-after, www-authenticate, dpop-nonce, oauth-client-attestation-challenge");

/// Lets pages of every origin read the answers of the standards' endpoints, refusals included, without credentials of
/// the browser; and answers what a browser asks before it sends a request across origins.
pub async fn add(request: Request, next: Next) -> Response {
    if !is_open(request.uri().path()) {
        return next.run(request).await;
    }
    let asks_first =
        request.method() == Method::OPTIONS && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    let mut response = if asks_first {
        (StatusCode::NO_CONTENT, HeaderMap::from_iter(ASKED_FIRST)).into_response()
    } else {
        next.run(request).await
    };
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, READABLE);
    response
}

fn is_open(path: &str) -> bool {
    WHOLE.contains(&path) || BELOW.iter().any(|folder| path.starts_with(folder))
}
