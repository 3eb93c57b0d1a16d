//! `/vp/requests/{id}`: the signed request (OpenID4VP 1.0 section 5.10), by GET, or by POST with the wallet's nonce.

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use mibun_presenting::request::REQUEST_MEDIA_TYPE;

use super::Shared;
use crate::http::problem::{Fault, ProtocolRefusal};
use crate::http::protocol::{Posted, invalid_request};
use crate::work::WorkError;
use crate::work::checks::{self, FetchRefusal};

/// The request for a wallet that downloads it.
pub async fn by_get(State(app): Shared, Path(id): Path<String>) -> Result<Response, ProtocolRefusal> {
    Ok(request(checks::fetch(&app, &id, None).await?))
}

/// The request for a wallet that posts its nonce.
pub async fn by_post(
    State(app): Shared,
    Path(id): Path<String>,
    Posted(form): Posted,
) -> Result<Response, ProtocolRefusal> {
    let mut nonces = form.iter().filter(|(name, _)| name == "wallet_nonce").map(|(_, value)| value.as_str());
    let nonce = nonces.next();
    if nonces.next().is_some() {
        return Err(invalid_request("wallet_nonce appears twice", Fault::Request));
    }
    Ok(request(checks::fetch(&app, &id, nonce).await?))
}

fn request(object: String) -> Response {
    let headers = [(header::CONTENT_TYPE, REQUEST_MEDIA_TYPE), (header::CACHE_CONTROL, "no-store")];
    (headers, object).into_response()
}

impl From<FetchRefusal> for ProtocolRefusal {
    fn from(error: FetchRefusal) -> Self {
        match error {
            FetchRefusal::Work(WorkError::NotFound(_)) => invalid_request("no such request", Fault::Absent),
            FetchRefusal::Work(error) => ours(&error),
            other => invalid_request(&other.to_string(), Fault::Request),
        }
    }
}

/// Something on our side.
pub(super) fn ours(error: &WorkError) -> ProtocolRefusal {
    use mibun_registry::StoreError;
    let busy = matches!(error, WorkError::Store(StoreError::Busy | StoreError::Unavailable(_)));
    tracing::error!(%error, "check failed");
    let fault = if busy { Fault::Busy } else { Fault::Ours };
    ProtocolRefusal { error: "server_error", description: "try again in a moment".to_owned(), fault }
}
