//! The link or code that starts an exchange: who asks, and where the request lies.

use std::collections::BTreeMap;

use serde_json::json;
use url::{Host, Url};

use super::X509_HASH_PREFIX;

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
    #[error("the client identifier is not of the kind x509_hash")]
    UnsupportedPrefix,
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
    /// Reads a scanned code or an opened link. Parameters that are not known are ignored, in any order.
    pub fn parse(text: &str, policy: UriPolicy) -> Result<Self, LinkError> {
        if text.len() > MAX_LINK_BYTES {
            return Err(LinkError::TooLong);
        }
        let url = Url::parse(text.trim()).map_err(|_| LinkError::NotAUrl)?;
        if !SCHEMES.contains(&url.scheme()) {
            return Err(LinkError::WrongScheme);
        }
        let mut parameters = parameters(&url)?;
        if parameters.contains_key("request") {
            return Err(LinkError::RequestByValue);
        }
        let client_id = parameters.remove("client_id").ok_or(LinkError::Missing("client_id"))?;
        check_prefix(&client_id)?;
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

    /// What a wallet posts to fetch the request: its abilities and its nonce.
    pub fn post_form(wallet_nonce: &str) -> [(&'static str, String); 2] {
        let metadata = json!({
            "vp_formats_supported": { "dc+sd-jwt": { "sd-jwt_alg_values": ["ES256"], "kb-jwt_alg_values": ["ES256"] } },
            "client_id_prefixes_supported": ["x509_hash"],
            "request_object_signing_alg_values_supported": ["ES256"],
        });
        [("wallet_metadata", metadata.to_string()), ("wallet_nonce", wallet_nonce.to_owned())]
    }
}

fn parameters(url: &Url) -> Result<BTreeMap<&'static str, String>, LinkError> {
    let mut found = BTreeMap::new();
    for (name, value) in url.query_pairs() {
        let Some(known) = PARAMETERS.into_iter().find(|known| *known == name) else { continue };
        if found.insert(known, value.into_owned()).is_some() {
            return Err(LinkError::Duplicate(known));
        }
    }
    Ok(found)
}

fn check_prefix(client_id: &str) -> Result<(), LinkError> {
    if client_id.starts_with("origin:") {
        return Err(LinkError::ReservedPrefix);
    }
    if client_id.starts_with(X509_HASH_PREFIX) { Ok(()) } else { Err(LinkError::UnsupportedPrefix) }
}

const PARAMETERS: [&str; 4] = ["client_id", "request_uri", "request_uri_method", "request"];
const SCHEMES: [&str; 4] = ["openid4vp", "haip-vp", "https", "http"];
const MAX_LINK_BYTES: usize = 4096;
