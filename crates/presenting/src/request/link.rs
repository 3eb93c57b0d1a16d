//! The link or code that starts an exchange: who asks, and where the request lies.

use std::collections::BTreeMap;

use url::{Host, Url};

use super::{Accepting, ClientIdError, ClientIdPrefix, identifier};

/// Which addresses a wallet talks to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UriPolicy {
    /// https only.
    Https,
    /// Also http to this very machine, for development and demonstrations.
    HttpsOrLoopback,
}

/// How the request is fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FetchMethod {
    /// A plain download.
    Get,
    /// With the wallet's metadata and nonce.
    Post,
}

/// A link that names a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestLink {
    /// Who asks.
    pub client_id: String,
    /// Where the signed request lies.
    pub request_uri: Url,
    /// How to fetch it.
    pub method: FetchMethod,
}

/// Why a link is not followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// Longer than a link can sensibly be.
    #[error("the link is too long")]
    TooLong,
    /// Not a URL.
    #[error("not a link")]
    NotAUrl,
    /// A scheme that no wallet listens to.
    #[error("the link is not for a wallet")]
    WrongScheme,
    /// A parameter that appears twice.
    #[error("{0} appears twice")]
    Duplicate(&'static str),
    /// A parameter that must be there is not.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// The request itself in the link; it must be fetched.
    #[error("the request must be given by reference")]
    RequestByValue,
    /// The prefix that is reserved for browsers.
    #[error("the client identifier uses the reserved prefix origin")]
    ReservedPrefix,
    /// A client identifier of a kind that proves nothing to us.
    #[error("the kind of client identifier is not accepted: {0}")]
    UnsupportedPrefix(ClientIdError),
    /// An unsigned request of an asker who must sign.
    #[error("requests of this kind of client identifier must be signed")]
    Unsigned,
    /// A parameter that must be JSON is not.
    #[error("{0} is not JSON as we accept it")]
    NotJson(&'static str),
    /// The request lies at an address that wallets do not visit.
    #[error("the request address is not acceptable")]
    UnsafeRequestUri,
    /// Neither `get` nor `post`.
    #[error("the request method is neither get nor post")]
    UnknownMethod,
}

impl UriPolicy {
    /// Whether a wallet may talk to `uri`: no user names, no fragments, https unless allowed otherwise.
    pub fn admits(self, uri: &Url) -> bool {
        let plain = uri.username().is_empty() && uri.password().is_none() && uri.fragment().is_none();
        let scheme_is_fine = match uri.scheme() {
            "https" => uri.has_host(),
            "http" => self == Self::HttpsOrLoopback && is_loopback(uri),
            _ => false,
        };
        plain && scheme_is_fine
    }
}

fn is_loopback(uri: &Url) -> bool {
    match uri.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

impl RequestLink {
    /// Reads a scanned code or an opened link under HAIP 1.0: the asker is known by the hash of its certificate. Parameters
    /// that are not known are ignored, in any order.
    pub fn parse(text: &str, policy: UriPolicy) -> Result<Self, LinkError> {
        Self::parse_from(text, policy, &[ClientIdPrefix::X509Hash])
    }

    /// Reads a link of an asker of one of the kinds in `prefixes`.
    pub fn parse_from(text: &str, policy: UriPolicy, prefixes: &[ClientIdPrefix]) -> Result<Self, LinkError> {
        let mut parameters = parameters(&url(text, MAX_LINK_BYTES)?, &PARAMETERS)?;
        if parameters.contains_key("request") {
            return Err(LinkError::RequestByValue);
        }
        let client_id = parameters.remove("client_id").ok_or(LinkError::Missing("client_id"))?;
        identifier::split(&client_id, prefixes)?;
        let request_uri = parameters.remove("request_uri").ok_or(LinkError::Missing("request_uri"))?;
        let request_uri = Url::parse(&request_uri).map_err(|_| LinkError::UnsafeRequestUri)?;
        if !policy.admits(&request_uri) {
            return Err(LinkError::UnsafeRequestUri);
        }
        let method = match parameters.get("request_uri_method").map(String::as_str) {
            None | Some("get") => FetchMethod::Get,
            Some("post") => FetchMethod::Post,
            Some(_) => return Err(LinkError::UnknownMethod),
        };
        Ok(Self { client_id, request_uri, method })
    }

    /// The link for wallets listening at `wallet`: `openid4vp://`, `haip-vp://` or the address of a web wallet.
    pub fn to_url(&self, wallet: &Url) -> Url {
        let mut url = wallet.clone();
        let mut query = url.query_pairs_mut();
        query.append_pair("client_id", &self.client_id).append_pair("request_uri", self.request_uri.as_str());
        if self.method == FetchMethod::Post {
            query.append_pair("request_uri_method", "post");
        }
        drop(query);
        url
    }

    /// What a wallet of [`Accepting::haip`] posts to fetch the request: its abilities and its nonce.
    pub fn post_form(wallet_nonce: &str) -> [(&'static str, String); 2] {
        Accepting::haip(&[]).post_form(wallet_nonce)
    }
}

impl LinkError {
    /// The error code of OpenID4VP 1.0 section 8.5. There is nobody to tell it: a link proves nothing.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::UnknownMethod => "invalid_request_uri_method",
            _ => "invalid_request",
        }
    }
}

impl From<ClientIdError> for LinkError {
    fn from(error: ClientIdError) -> Self {
        match error {
            ClientIdError::Reserved => Self::ReservedPrefix,
            other => Self::UnsupportedPrefix(other),
        }
    }
}

/// The link, if wallets listen to links of its kind.
pub(super) fn url(text: &str, longest: usize) -> Result<Url, LinkError> {
    if text.len() > longest {
        return Err(LinkError::TooLong);
    }
    let url = Url::parse(text.trim()).map_err(|_| LinkError::NotAUrl)?;
    if SCHEMES.contains(&url.scheme()) { Ok(url) } else { Err(LinkError::WrongScheme) }
}

/// The parameters of the link that are in `known`, each at most once.
pub(super) fn parameters(url: &Url, known: &[&'static str]) -> Result<BTreeMap<&'static str, String>, LinkError> {
    let mut found = BTreeMap::new();
    for (name, value) in url.query_pairs() {
        let Some(known) = known.iter().copied().find(|known| *known == name) else { continue };
        if found.insert(known, value.into_owned()).is_some() {
            return Err(LinkError::Duplicate(known));
        }
    }
    Ok(found)
}

const PARAMETERS: [&str; 4] = ["client_id", "request_uri", "request_uri_method", "request"];
const SCHEMES: [&str; 4] = ["openid4vp", "haip-vp", "https", "http"];
const MAX_LINK_BYTES: usize = 4096;
