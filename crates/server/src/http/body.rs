//! Bodies of our own interface, read strictly.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::header;
use mibun_crypto::json::{self, Limits};
use serde::de::DeserializeOwned;

use crate::http::problem::Problem;

/// A JSON body: `application/json`, no duplicate members, bounded depth, then the shape `T`.
#[derive(Debug, Clone, Copy)]
pub struct Json<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let media_type = kind.and_then(|kind| kind.split(';').next()).map(str::trim);
        if media_type != Some("application/json") {
            return Err(Problem::UnsupportedMedia("application/json"));
        }
        let bytes = bytes(request, state, Limits::default().bytes).await?;
        parse(&bytes).map(Self)
    }
}

/// Reads the whole body.
///
/// # Errors
/// [`Problem::TooLarge`] beyond the route's limit.
pub async fn bytes<S: Send + Sync>(request: Request, state: &S, limit: usize) -> Result<Bytes, Problem> {
    Bytes::from_request(request, state).await.map_err(|_| Problem::TooLarge(limit))
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let malformed = |detail: String| Problem::BadRequest("malformed_json", detail);
    let value = json::parse(bytes, &Limits::default()).map_err(|error| malformed(error.to_string()))?;
    serde_json::from_value(value).map_err(|error| malformed(error.to_string()))
}
