//! `POST /vp/responses/{id}`: the wallet's answer (OpenID4VP 1.0 section 8.2). A bad presentation is answered 400.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use mibun_presenting::response::Acknowledgement;

use super::Shared;
use super::vp_requests::ours;
use crate::http::problem::{Fault, ProtocolRefusal};
use crate::http::protocol::{Posted, invalid_request};
use crate::work::WorkError;
use crate::work::checks::{self, ResponseRefusal};

/// Largest answer, in bytes.
pub const BODY: usize = 256 * 1024;

/// Takes an answer.
pub async fn response(
    State(app): Shared,
    Path(id): Path<String>,
    Posted(form): Posted,
) -> Result<Response, ProtocolRefusal> {
    let answer = checks::respond(&app, &id, &form).await?;
    if let Some(refusal) = answer.verdict.as_ref().and_then(|verdict| verdict.refusal.as_ref()) {
        return Err(ProtocolRefusal {
            error: "invalid_presentation",
            description: refusal.code().to_owned(),
            fault: Fault::Request,
        });
    }
    let body = Acknowledgement { redirect_uri: answer.redirect_uri }.to_value();
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(body)).into_response())
}

impl From<ResponseRefusal> for ProtocolRefusal {
    fn from(error: ResponseRefusal) -> Self {
        match error {
            ResponseRefusal::Work(WorkError::NotFound(_)) => invalid_request("no such check", Fault::Absent),
            ResponseRefusal::Work(error) => ours(&error),
            other => invalid_request(&other.to_string(), Fault::Request),
        }
    }
}
