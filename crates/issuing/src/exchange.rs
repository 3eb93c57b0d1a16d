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

    /// Fetches a page.
    pub fn get_page(url: impl Into<String>) -> Self {
        let headers = vec![("accept", "text/html".to_owned())];
        Self { method: Method::Get, url: url.into(), headers, body: Vec::new() }
    }

    /// Sends a form.
    pub fn post_form(url: impl Into<String>, form: String) -> Self {
        Self::post(url, "application/x-www-form-urlencoded", form.into_bytes())
    }

    /// Sends JSON.
    pub fn post_json(url: impl Into<String>, body: &Value) -> Self {
        Self::post(url, "application/json", body.to_string().into_bytes())
    }

    /// Sends an encrypted message.
    pub fn post_jwt(url: impl Into<String>, jwt: String) -> Self {
        let mut request = Self::post(url, "application/jwt", jwt.into_bytes());
        request.headers[0].1 = "application/jwt, application/json".to_owned();
        request
    }

    /// The same with one more header field.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: String) -> Self {
        self.headers.push((name, value));
        self
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
    /// The status code.
    pub status: u16,
    /// Header fields that can be read as text.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl HttpResponse {
    /// An answer without header fields.
    pub fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self { status, headers: Vec::new(), body: body.into() }
    }

    /// Whether the other side says that it did what was asked.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The values of a header field, whose name has no case.
    pub fn header_values(&self, name: &str) -> Vec<&str> {
        let named = self.headers.iter().filter(|(known, _)| known.eq_ignore_ascii_case(name));
        named.map(|(_, value)| value.as_str()).collect()
    }

    /// The value of a header field that stands there once.
    pub fn header(&self, name: &str) -> Option<&str> {
        match self.header_values(name)[..] {
            [value] => Some(value),
            _ => None,
        }
    }

    /// A JSON body, without duplicate members and within limits.
    pub fn json(&self, limits: &Limits) -> Result<Value, JsonError> {
        json::parse(&self.body, limits)
    }
}

impl fmt::Debug for HttpResponse {
    /// Header fields and bodies carry secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpResponse").field("status", &self.status).finish_non_exhaustive()
    }
}
