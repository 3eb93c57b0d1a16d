//! A request that travels in the link itself (OpenID4VP 1.0 section 5): unsigned, by an asker who is known by nothing but
//! the address to which the answer goes (`redirect_uri:`). Outside HAIP, and accepted only where the wallet says so.

use mibun_crypto::json;
use mibun_crypto::time::Timestamp;
use serde_json::{Map, Value};
use url::Url;

use super::asker::Asker;
use super::redirect::{self, Address};
use super::verify::LIMITS;
use super::{
    Accepting, ClientIdPrefix, LinkError, Refused, RequestError, RequestLink, RequestSpec, UriPolicy, VerifiedRequest,
    identifier, link,
};

/// What a link leads to.
#[derive(Debug, Clone, PartialEq)]
pub enum Invitation {
    /// A signed request that lies elsewhere.
    ByReference(RequestLink),
    /// An unsigned request in the link.
    ByValue(UnsignedRequest),
}

/// A request out of a link. Nothing about it is known to be true before [`UnsignedRequest::verify`].
#[derive(Debug, Clone, PartialEq)]
pub struct UnsignedRequest {
    client_id: String,
    payload: Map<String, Value>,
}

impl Invitation {
    /// Reads a scanned code or an opened link of an asker of a kind in `prefixes`.
    ///
    /// # Errors
    /// [`LinkError`].
    pub fn parse(text: &str, policy: UriPolicy, prefixes: &[ClientIdPrefix]) -> Result<Self, LinkError> {
        let url = link::url(text, MAX_LINK_BYTES)?;
        let parameters = link::parameters(&url, &PARAMETERS)?;
        let by_value = !parameters.contains_key("request_uri") && parameters.contains_key("response_type");
        if !by_value {
            return RequestLink::parse_from(text, policy, prefixes).map(Self::ByReference);
        }
        if parameters.contains_key("request") || parameters.contains_key("request_uri_method") {
            return Err(LinkError::Missing("request_uri"));
        }
        let client_id = parameters.get("client_id").ok_or(LinkError::Missing("client_id"))?.clone();
        let (prefix, _) = identifier::split(&client_id, prefixes)?;
        if prefix.signs() {
            return Err(LinkError::Unsigned);
        }
        let payload = parameters.into_iter().map(|(name, value)| Ok((name.to_owned(), member(name, value)?)));
        Ok(Self::ByValue(UnsignedRequest { client_id, payload: payload.collect::<Result<_, LinkError>>()? }))
    }
}

/// Objects and arrays travel as JSON, everything else as it is.
fn member(name: &'static str, value: String) -> Result<Value, LinkError> {
    if !STRUCTURED.contains(&name) {
        return Ok(value.into());
    }
    json::parse(value.as_bytes(), &LIMITS).map_err(|_| LinkError::NotJson(name))
}

impl UnsignedRequest {
    /// The asker, known by the address to which the answer goes.
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// Checks the request. The answer goes to the address in the client identifier and to no other.
    ///
    /// # Errors
    /// [`Refused`].
    pub fn verify(
        &self,
        accepting: &Accepting<'_>,
        policy: UriPolicy,
        now: Timestamp,
    ) -> Result<VerifiedRequest, Refused> {
        let silent = |error| Refused { error, report: None };
        let (asker, address) = self.asker(accepting, policy).map_err(silent)?;
        redirect::request(asker, address, &self.payload, (accepting, now))
    }

    fn asker(&self, accepting: &Accepting<'_>, policy: UriPolicy) -> Result<(Asker, Address), RequestError> {
        let (prefix, original) = identifier::split(&self.client_id, accepting.prefixes)?;
        if prefix.signs() {
            return Err(RequestError::Unsigned);
        }
        match self.payload.get("response_uri") {
            Some(stated) if stated.as_str() != Some(original) => return Err(RequestError::ForeignResponseUri),
            _ => {}
        }
        let address = Address::at(original, &self.payload, policy)?;
        Ok((Asker::at_address(&self.client_id, &address.uri), address))
    }
}

impl RequestSpec<'_> {
    /// The asker's side: the request as a link for wallets listening at `wallet`, of an asker known by the address to
    /// which the answer goes. Such requests cannot be signed.
    pub fn to_unsigned_link(&self, wallet: &Url) -> Url {
        let client_id = format!("{}:{}", ClientIdPrefix::RedirectUri.name(), self.response_uri);
        let mut url = wallet.clone();
        let mut query = url.query_pairs_mut();
        for (name, value) in self.payload(&client_id).as_object().into_iter().flatten() {
            // These belong to signed requests.
            if !["aud", "iat", "exp", "wallet_nonce"].contains(&name.as_str()) {
                let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                query.append_pair(name, &text);
            }
        }
        drop(query);
        url
    }
}

/// A whole request fits.
const MAX_LINK_BYTES: usize = 16 * 1024;
/// What a request may hold when it travels in a link.
const PARAMETERS: [&str; 15] = [
    "client_id",
    "client_metadata",
    "dcql_query",
    "nonce",
    "redirect_uri",
    "request",
    "request_uri",
    "request_uri_method",
    "response_mode",
    "response_type",
    "response_uri",
    "scope",
    "state",
    "transaction_data",
    "verifier_info",
];
const STRUCTURED: [&str; 4] = ["client_metadata", "dcql_query", "transaction_data", "verifier_info"];
