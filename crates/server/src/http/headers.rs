//! Response headers that every page and answer carries.

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

use crate::config::Config;

/// What a page may load and do: only what this server sends, nothing inline. The address of our WebSockets is spelled
/// out, for not every browser means it by `'self'`.
fn content_security_policy(public_url: &str, script: &str) -> HeaderValue {
    let sockets = public_url.replacen("http", "ws", 1);
    let policy = format!(
        "default-src 'none'; script-src 'self'{script}; style-src 'self'; img-src 'self' data: blob:; connect-src 'self' \
         {sockets}; media-src 'self' blob:; manifest-src 'self'; worker-src 'self'; font-src 'self'; form-action \
         'self'; base-uri 'none'; frame-ancestors 'none'"
    );
    // An address that cannot stand in a header cannot be one of ours; then nothing may be loaded at all.
    HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
}

/// The headers of this installation.
#[derive(Debug, Clone)]
pub struct Fixed {
    https: bool,
    policy: HeaderValue,
    wallet_policy: HeaderValue,
}

impl Fixed {
    /// The headers that go with a configuration.
    pub fn new(config: &Config) -> Self {
        let public_url = &config.server.public_url;
        Self {
            https: !config.loopback_only(),
            policy: content_security_policy(public_url, ""),
            wallet_policy: content_security_policy(public_url, " 'wasm-unsafe-eval'"),
        }
    }

    /// The ID password is proved by WebAssembly (OPAQUE), which the wallet alone may compile.
    fn policy(&self, path: &str) -> &HeaderValue {
        if path == "/wallet" || path.starts_with("/wallet/") { &self.wallet_policy } else { &self.policy }
    }
}

const FIXED: [(HeaderName, &str); 4] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("permissions-policy"), "camera=(self), geolocation=(), microphone=()"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

/// Adds the fixed headers, and HSTS where the public address is https.
pub async fn add(fixed: Fixed, request: Request, next: Next) -> Response {
    let policy = fixed.policy(request.uri().path()).clone();
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(policy);
    for (name, value) in FIXED {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if fixed.https {
        let year = HeaderValue::from_static("max-age=31536000; includeSubDomains");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, year);
    }
    response
}
