//! The one map from refusals to the wire: RFC 9457 problem documents for our own interface, and the
//! `error`/`error_description` objects of OAuth and OpenID for theirs.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// A problem document (RFC 9457) with a stable `code` for programs.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct ProblemBody {
    /// Always `about:blank`: `code` tells the kinds apart.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The status in words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// Stable snake_case name of what went wrong.
    pub code: &'static str,
    /// A sentence for people who build against the interface.
    pub detail: String,
    /// Seconds after which another try makes sense.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u32>,
}

/// A refusal of our own interface.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// The request is not of the documented form.
    #[error("{0}")]
    BadRequest(&'static str, String),
    /// No session, or one that has ended.
    #[error("sign in first")]
    Unauthorized,
    /// No session of this exchange with the ID password is open.
    #[error("sign in with the ID password first")]
    SessionOver,
    /// The proof of the access token's key is not good (RFC 9449 section 7.1).
    #[error("{1}")]
    Proof(&'static str, String),
    /// The session may not do this.
    #[error("this session may not do that")]
    Forbidden,
    /// No such thing, or not visible to the caller.
    #[error("no such {0}")]
    NotFound(&'static str),
    /// The thing is not in a state in which this can be done.
    #[error("{1}")]
    Conflict(&'static str, String),
    /// The thing existed and is over.
    #[error("this {0} has ended")]
    Gone(&'static str),
    /// The body is larger than this place takes.
    #[error("the body is larger than {0} bytes")]
    TooLarge(usize),
    /// Not the media type that this place takes.
    #[error("send {0}")]
    UnsupportedMedia(&'static str),
    /// The content was understood and refused.
    #[error("{1}")]
    Unprocessable(&'static str, String),
    /// Too many tries; the number is the seconds to wait.
    #[error("too many tries; wait {0} seconds")]
    TooMany(u32),
    /// Too many tries of an ID password; the number is the seconds to wait.
    #[error("too many tries of the ID password; wait {0} seconds")]
    PasswordWait(u32),
    /// The security module that keeps the keys cannot answer now.
    #[error("the keys cannot be used at the moment; try again later")]
    VaultUnavailable,
    /// The store or the face engine cannot answer now.
    #[error("busy; try again in a moment")]
    Busy,
    /// The request was not read and answered in the time that one may take.
    #[error("the request took too long")]
    Timeout,
    /// Our fault; the log has the cause.
    #[error("something went wrong here")]
    Internal,
}

/// Seconds after which whoever found us busy may come again.
const BUSY_SECONDS: u32 = 1;
/// Seconds after which a security module may be back.
const VAULT_SECONDS: u32 = 10;

impl Problem {
    fn parts(&self) -> (StatusCode, &'static str) {
        match self {
            Self::BadRequest(code, _) => (StatusCode::BAD_REQUEST, code),
            Self::Unauthorized => (StatusCode::UNAUTHORIZED, "unauthorized"),
            Self::SessionOver => (StatusCode::UNAUTHORIZED, "session_over"),
            Self::Proof(code, _) => (StatusCode::UNAUTHORIZED, code),
            Self::Forbidden => (StatusCode::FORBIDDEN, "forbidden"),
            Self::NotFound(_) => (StatusCode::NOT_FOUND, "not_found"),
            Self::Conflict(code, _) => (StatusCode::CONFLICT, code),
            Self::Gone(_) => (StatusCode::GONE, "gone"),
            Self::TooLarge(_) => (StatusCode::PAYLOAD_TOO_LARGE, "too_large"),
            Self::UnsupportedMedia(_) => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type"),
            Self::Unprocessable(code, _) => (StatusCode::UNPROCESSABLE_ENTITY, code),
            Self::TooMany(_) => (StatusCode::TOO_MANY_REQUESTS, "too_many_requests"),
            Self::PasswordWait(_) => (StatusCode::TOO_MANY_REQUESTS, "password_wait"),
            Self::VaultUnavailable => (StatusCode::SERVICE_UNAVAILABLE, "vault_unavailable"),
            Self::Busy => (StatusCode::SERVICE_UNAVAILABLE, "busy"),
            Self::Timeout => (StatusCode::GATEWAY_TIMEOUT, "timeout"),
            Self::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "internal"),
        }
    }

    fn retry_after(&self) -> Option<u32> {
        match self {
            Self::TooMany(seconds) | Self::PasswordWait(seconds) => Some(*seconds),
            Self::VaultUnavailable => Some(VAULT_SECONDS),
            Self::Busy => Some(BUSY_SECONDS),
            _ => None,
        }
    }

    fn detail(&self) -> String {
        match self {
            Self::BadRequest(_, detail) => detail.clone(),
            other => other.to_string(),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (status, code) = self.parts();
        let retry_after = self.retry_after();
        let body = ProblemBody {
            kind: "about:blank",
            title: status.canonical_reason().unwrap_or("Error").to_owned(),
            status: status.as_u16(),
            code,
            detail: self.detail(),
            retry_after,
        };
        let mut response = (status, Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if let Self::Proof(code, _) = self {
            headers.insert(header::WWW_AUTHENTICATE, dpop_challenge(code));
        }
        response
    }
}

/// A refusal on an OAuth or OpenID endpoint: the standard's code, and whose fault it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProtocolRefusal {
    /// The standard's error code.
    pub error: &'static str,
    /// A sentence for implementers; never personal data.
    pub description: String,
    /// What kind of refusal it is.
    pub fault: Fault,
}

/// Whose fault a protocol refusal is; decides the HTTP status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The request is wrong: 400.
    Request,
    /// The client's token is not good: 401.
    Authentication,
    /// The client sent no token at all: 401, and no error in the challenge (RFC 6750 section 3.1).
    NoToken,
    /// The proof of the token's key is not good: 401 (RFC 9449 section 7.1).
    Proof,
    /// The client does not prove who it is: 401.
    Client,
    /// No such thing: 404.
    Absent,
    /// The body is larger than the endpoint takes: 413.
    TooLarge,
    /// Too many tries: 429.
    Limit,
    /// We cannot answer now: 503.
    Busy,
    /// Ours: 500.
    Ours,
}

#[derive(Serialize)]
struct ProtocolBody<'a> {
    error: &'static str,
    error_description: &'a str,
}

/// How a bound token is to come, and what was wrong with the way it came (RFC 9449 section 7.1).
fn dpop_challenge(error: &str) -> HeaderValue {
    let text = format!("DPoP error=\"{error}\", algs=\"ES256\"");
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static("DPoP"))
}

impl ProtocolRefusal {
    /// How to authenticate, where that failed (RFC 9110 section 11.6.1).
    fn challenges(&self) -> Vec<HeaderValue> {
        let dpop = || dpop_challenge(self.error);
        match self.fault {
            Fault::Authentication => vec![HeaderValue::from_static("Bearer error=\"invalid_token\""), dpop()],
            Fault::NoToken => vec![HeaderValue::from_static("Bearer"), HeaderValue::from_static("DPoP algs=\"ES256\"")],
            Fault::Proof => vec![dpop()],
            Fault::Client => vec![HeaderValue::from_static("Attestation")],
            _ => Vec::new(),
        }
    }
}

impl IntoResponse for ProtocolRefusal {
    fn into_response(self) -> Response {
        let status = match self.fault {
            Fault::Request => StatusCode::BAD_REQUEST,
            Fault::Authentication | Fault::NoToken | Fault::Proof | Fault::Client => StatusCode::UNAUTHORIZED,
            Fault::Absent => StatusCode::NOT_FOUND,
            Fault::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Fault::Limit => StatusCode::TOO_MANY_REQUESTS,
            Fault::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Fault::Ours => StatusCode::INTERNAL_SERVER_ERROR,
        };
        let body = ProtocolBody { error: self.error, error_description: &self.description };
        let mut response = (status, Json(body)).into_response();
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if matches!(self.fault, Fault::Busy) {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(BUSY_SECONDS));
        }
        for challenge in self.challenges() {
            response.headers_mut().append(header::WWW_AUTHENTICATE, challenge);
        }
        response
    }
}
