//! What the endpoints of OpenID4VCI share: media types, bearer tokens, refusals in the standard's words.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use mibun_issuing::error::Code;
use mibun_issuing::token::{self, BearerError, Presented, TokenType};

use super::Shared;
use crate::http::problem::{Fault, ProtocolRefusal};
use crate::work::WorkError;
use crate::work::issuing::{self, IssuingError, Proofs};

const ATTESTATION: &str = "oauth-client-attestation";
const POSSESSION: &str = "oauth-client-attestation-pop";
const DPOP: &str = "dpop";
const DPOP_NONCE: &str = "dpop-nonce";

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

/// The access token of a request, with its scheme.
pub fn access_token(headers: &HeaderMap) -> Result<Presented, IssuingError> {
    let value = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    Ok(token::presented(value)?)
}

/// The header fields of a request that prove who sends it. A field that is there twice proves nothing.
pub fn proofs(headers: &HeaderMap) -> Result<Proofs, ProtocolRefusal> {
    let one = |name: &str| {
        let mut fields = headers.get_all(name).iter();
        match (fields.next(), fields.next()) {
            (None, _) => Ok(None),
            (Some(field), None) => Ok(Some(text(field))),
            (Some(_), Some(_)) => Err(invalid_client(&format!("{name} appears twice"))),
        }
    };
    let (attestation, possession) = (one(ATTESTATION)?, one(POSSESSION)?);
    Ok(Proofs { attestation, possession, ..key_proofs(headers) })
}

/// Those that prove the key of an access token, and nothing else.
pub fn key_proofs(headers: &HeaderMap) -> Proofs {
    Proofs { dpop: headers.get_all(DPOP).iter().map(text).collect(), ..Proofs::default() }
}

/// What is no text is no proof either, and is refused where proofs are read.
fn text(field: &HeaderValue) -> String {
    field.to_str().unwrap_or_default().to_owned()
}

fn invalid_client(description: &str) -> ProtocolRefusal {
    ProtocolRefusal { error: Code::InvalidClient.as_str(), description: description.to_owned(), fault: Fault::Client }
}

/// Adds to an answer what the next proofs of the same wallet need: a fresh nonce for DPoP, and a fresh challenge where the
/// wallet's attestation lacked one.
pub async fn freshen(State(app): Shared, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    add(&mut response, DPOP_NONCE, &issuing::dpop_nonce(&app));
    add(&mut response, "oauth-client-attestation-challenge", &issuing::challenge(&app));
    response
}

/// The same for our own interface, where the caller presents a token that is bound to a key.
pub async fn freshen_bound(State(app): Shared, request: Request, next: Next) -> Response {
    let bound = access_token(request.headers()).is_ok_and(|presented| presented.kind == TokenType::Dpop);
    let mut response = next.run(request).await;
    if bound {
        add(&mut response, DPOP_NONCE, &issuing::dpop_nonce(&app));
    }
    response
}

fn add(response: &mut Response, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(HeaderName::from_static(name), value);
    }
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

/// A refusal where an access token is presented: there a bad proof is bad authentication (RFC 9449 7.1).
pub fn at_resource(refusal: IssuingError) -> ProtocolRefusal {
    let refused = ProtocolRefusal::from(refusal);
    let codes = [Code::InvalidDpopProof, Code::UseDpopNonce];
    let fault = if codes.iter().any(|code| code.as_str() == refused.error) { Fault::Proof } else { refused.fault };
    ProtocolRefusal { fault, ..refused }
}

const fn fault(code: Code) -> Fault {
    match code {
        Code::InvalidToken => Fault::Authentication,
        Code::InvalidClient => Fault::Client,
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
    if matches!(error, IssuingError::Standing) {
        return ProtocolRefusal { error: "server_error", description: error.to_string(), fault: Fault::Busy };
    }
    tracing::error!(%error, "issuing failed");
    let fault = if busy { Fault::Busy } else { Fault::Ours };
    ProtocolRefusal { error: "server_error", description: "try again in a moment".to_owned(), fault }
}
