//! What the endpoints of OpenID4VCI share: media types, bearer tokens, refusals in the standard's words.

use axum::http::{HeaderMap, header};
use mibun_issuing::error::Code;
use mibun_issuing::secret::Secret;
use mibun_issuing::token;

use crate::http::problem::{Fault, ProtocolRefusal};
use crate::work::WorkError;
use crate::work::issuing::IssuingError;

/// The access token of a request.
pub fn access_token(headers: &HeaderMap) -> Result<Secret, IssuingError> {
    let value = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    Ok(token::bearer(value)?)
}

/// Whether the body is of this media type, parameters aside.
pub fn is_media_type(headers: &HeaderMap, wanted: &str) -> bool {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    value.and_then(|value| value.split(';').next()).is_some_and(|kind| kind.trim().eq_ignore_ascii_case(wanted))
}

/// A body of another media type than the endpoint takes.
pub fn wrong_media_type(error: &'static str, wanted: &str) -> ProtocolRefusal {
    ProtocolRefusal { error, description: format!("send {wanted}"), fault: Fault::Request }
}

impl From<IssuingError> for ProtocolRefusal {
    fn from(refusal: IssuingError) -> Self {
        match refusal.code() {
            Some(code) => Self { error: code.as_str(), description: refusal.to_string(), fault: fault(code) },
            None => ours(&refusal),
        }
    }
}

const fn fault(code: Code) -> Fault {
    match code {
        Code::InvalidToken | Code::InvalidClient => Fault::Authentication,
        _ => Fault::Request,
    }
}

fn ours(error: &IssuingError) -> ProtocolRefusal {
    use mibun_registry::StoreError;
    let busy = matches!(
        error,
        IssuingError::Work(WorkError::Store(
            StoreError::Busy | StoreError::Unavailable(_) | StoreError::UnknownOutcome | StoreError::VersionMismatch
        ))
    );
    if let IssuingError::Work(WorkError::State(why)) = error {
        return ProtocolRefusal {
            error: Code::CredentialRequestDenied.as_str(),
            description: (*why).to_owned(),
            fault: Fault::Request,
        };
    }
    tracing::error!(%error, "issuing failed");
    let fault = if busy { Fault::Busy } else { Fault::Ours };
    ProtocolRefusal { error: "server_error", description: "try again in a moment".to_owned(), fault }
}
