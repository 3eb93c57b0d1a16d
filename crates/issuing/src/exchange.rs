//! Messages that the holder's machine wants exchanged, without the transport that does it.

use std::fmt;

use mibun_crypto::json::{self, JsonError, Limits};
use serde_json::Value;
use url::Url;

/// The verb of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Fetch.
    Get,
    /// Send.
    Post,
}

impl Method {
    /// The verb as it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
        }
    }
}

/// A request that somebody with a network is to send. Redirects are not to be followed.
#[derive(Clone, PartialEq, Eq)]
pub struct HttpRequest {
    /// The verb.
    pub method: Method,
    /// The address, already checked for its transport.
    pub url: String,
    /// Header fields.
    pub headers: Vec<(&'static str, String)>,
    /// The body; empty when there is none.
    pub body: Vec<u8>,
}

impl HttpRequest {
    /// Fetches a JSON document.
    pub fn get_json(url: impl Into<String>) -> Self {
        let headers = vec![("accept", "application/json".to_owned())];
        Self { method: Method::Get, url: url.into(), headers, body: Vec::new() }
    }

    /// Sends a form.
    pub fn post_form(url: impl Into<String>, form: String) -> Self {
        Self::post(url, "application/x-www-form-urlencoded", form.into_bytes())
    }

    /// Sends JSON under an access token.
    pub fn post_json(url: impl Into<String>, token: &str, body: &Value) -> Self {
        let mut request = Self::post(url, "application/json", body.to_string().into_bytes());
        request.headers.push(("authorization", format!("Bearer {token}")));
        request
    }

    /// Sends nothing.
    pub fn post_empty(url: impl Into<String>) -> Self {
        let headers = vec![("accept", "application/json".to_owned())];
        Self { method: Method::Post, url: url.into(), headers, body: Vec::new() }
    }

    fn post(url: impl Into<String>, media_type: &str, body: Vec<u8>) -> Self {
        let headers = vec![("accept", "application/json".to_owned()), ("content-type", media_type.to_owned())];
        Self { method: Method::Post, url: url.into(), headers, body }
    }
}

impl fmt::Debug for HttpRequest {
    /// Paths name offers, headers and bodies carry secrets: only the host is shown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = Url::parse(&self.url).ok().and_then(|url| url.host_str().map(str::to_owned));
        f.debug_struct("HttpRequest").field("method", &self.method).field("host", &host).finish_non_exhaustive()
    }
}

/// What came back.
#[derive(Clone, PartialEq, Eq)]
pub struct HttpResponse {
    /// Whether the other side says that it did what was asked.
    pub success: bool,
    /// The body.
    pub body: Vec<u8>,
}

impl HttpResponse {
    /// A JSON body, without duplicate members and within limits.
    pub fn json(&self, limits: &Limits) -> Result<Value, JsonError> {
        json::parse(&self.body, limits)
    }
}

impl fmt::Debug for HttpResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpResponse").field("success", &self.success).finish_non_exhaustive()
    }
}
