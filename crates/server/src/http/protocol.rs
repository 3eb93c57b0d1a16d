//! What the endpoints of OpenID4VCI share: media types, bearer tokens, refusals in the standard's words.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse;
use mibun_issuing::error::Code;
use mibun_issuing::secret::Secret;
use mibun_issuing::token::{self, BearerError};

use crate::http::problem::{Fault, ProtocolRefusal};
use crate::work::WorkError;
use crate::work::issuing::IssuingError;

/// The media type of forms.
pub const FORM: &str = "application/x-www-form-urlencoded";

/// The whole body of a request, refused in the standards' words when it is too large.
#[derive(Debug, Clone)]
pub struct Whole(pub Bytes);

impl<S: Send + Sync> FromRequest<S> for Whole {
    type Rejection = ProtocolRefusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, ProtocolRefusal> {
        let read = Bytes::from_request(request, state).await;
        read.map(Self).map_err(|refused| match refused.into_response().status() {
            StatusCode::PAYLOAD_TOO_LARGE => invalid_request("the body is too large", Fault::TooLarge),
            _ => invalid_request("the body did not arrive", Fault::Request),
        })
    }
}

/// A posted form: its parameters as they came, repeated ones included.
#[derive(Clone)]
pub struct Posted(pub Vec<(String, String)>);

impl<S: Send + Sync> FromRequest<S> for Posted {
    type Rejection = ProtocolRefusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, ProtocolRefusal> {
        if !is_media_type(request.headers(), FORM) {
            return Err(wrong_media_type("invalid_request", FORM));
        }
        let Whole(body) = Whole::from_request(request, state).await?;
        Ok(Self(url::form_urlencoded::parse(&body).into_owned().collect()))
    }
}

/// A refusal that no endpoint has a better code for.
pub fn invalid_request(description: &str, fault: Fault) -> ProtocolRefusal {
    ProtocolRefusal { error: "invalid_request", description: description.to_owned(), fault }
}

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
            Some(code) if matches!(refusal, IssuingError::Bearer(BearerError::Missing)) => {
                Self { error: code.as_str(), description: refusal.to_string(), fault: Fault::NoToken }
            }
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
