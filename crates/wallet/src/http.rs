//! The network: one exchange of messages at a time, with limits.

use std::time::Duration;

use async_trait::async_trait;
use mibun_issuing::address::{self, AddressError, Transport};
use mibun_issuing::exchange::{HttpRequest, HttpResponse, Method};
use thiserror::Error;

/// Longest answer that is read: ten cards with portraits.
pub const MAX_ANSWER_BYTES: usize = 8 * 1024 * 1024;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const TIMEOUT: Duration = Duration::from_secs(30);

/// Why an exchange did not take place.
#[derive(Debug, Error)]
pub enum NetworkError {
    /// The address is none that the wallet calls.
    #[error("the address is refused: {0}")]
    Address(#[from] AddressError),
    /// The answer points elsewhere, which the protocols forbid to follow.
    #[error("the answer is a redirection")]
    Redirected,
    /// The answer is longer than [`MAX_ANSWER_BYTES`].
    #[error("the answer is too long")]
    TooLong,
    /// The other side cannot be reached, or stops half-way.
    #[error("the other side cannot be reached")]
    Unreachable(#[source] reqwest::Error),
    /// The client cannot be made: no usable set of root certificates.
    #[error("no network client: {0}")]
    Client(#[source] reqwest::Error),
}

/// Whoever exchanges messages for the wallet: the network, or a test.
#[async_trait]
pub trait Exchange: Send + Sync {
    /// Sends `request` and waits for the answer. Follows no redirection.
    async fn exchange(&self, request: HttpRequest) -> Result<HttpResponse, NetworkError>;
}

/// The network by HTTP, one client for any number of wallets.
#[derive(Debug, Clone)]
pub struct Http {
    client: reqwest::Client,
    transport: Transport,
}

impl Http {
    /// A client for addresses of `transport`. `extra_roots` are certificates in PEM that servers may have besides those
    /// the system trusts.
    pub fn new(transport: Transport, extra_roots: Option<&str>) -> Result<Self, NetworkError> {
        // Fails only when the process has chosen a provider before, which is then used.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let roots = extra_roots.map_or(Ok(Vec::new()), |pem| reqwest::Certificate::from_pem_bundle(pem.as_bytes()));
        let client = reqwest::Client::builder()
            .https_only(transport == Transport::Https)
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(TIMEOUT)
            .user_agent(concat!("mibun-wallet/", env!("CARGO_PKG_VERSION")))
            .tls_certs_merge(roots.map_err(NetworkError::Client)?)
            .build()
            .map_err(NetworkError::Client)?;
        Ok(Self { client, transport })
    }
}

/// Where a browser got to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Visited {
    /// The server sends it on to this address.
    SentTo(String),
    /// There is a page, for a person to read.
    Page,
    /// The server refuses.
    Refused,
}

impl Http {
    /// Opens a page as a browser would, but goes nowhere from there.
    pub async fn visit(&self, request: HttpRequest) -> Result<Visited, NetworkError> {
        let answer = self.send(request).await?;
        if answer.status().is_redirection() {
            let location = answer.headers().get(reqwest::header::LOCATION).and_then(|value| value.to_str().ok());
            return Ok(location.map_or(Visited::Refused, |location| Visited::SentTo(location.to_owned())));
        }
        Ok(if answer.status().is_success() { Visited::Page } else { Visited::Refused })
    }

    async fn send(&self, request: HttpRequest) -> Result<reqwest::Response, NetworkError> {
        let url = address::check(&request.url, self.transport)?;
        let builder = match request.method {
            Method::Get => self.client.get(url),
            Method::Post => self.client.post(url).body(request.body),
        };
        let headers = request.headers.into_iter();
        let builder = headers.fold(builder, |builder, (name, value)| builder.header(name, value));
        builder.send().await.map_err(NetworkError::Unreachable)
    }
}

#[async_trait]
impl Exchange for Http {
    async fn exchange(&self, request: HttpRequest) -> Result<HttpResponse, NetworkError> {
        let mut answer = self.send(request).await?;
        if answer.status().is_redirection() {
            return Err(NetworkError::Redirected);
        }
        let mut body = Vec::new();
        while let Some(part) = answer.chunk().await.map_err(NetworkError::Unreachable)? {
            if body.len() + part.len() > MAX_ANSWER_BYTES {
                return Err(NetworkError::TooLong);
            }
            body.extend_from_slice(&part);
        }
        let readable = |(name, value): (&reqwest::header::HeaderName, &reqwest::header::HeaderValue)| {
            value.to_str().ok().map(|value| (name.as_str().to_owned(), value.to_owned()))
        };
        let headers = answer.headers().iter().filter_map(readable).collect();
        Ok(HttpResponse { status: answer.status().as_u16(), headers, body })
    }
}
