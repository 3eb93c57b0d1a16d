//! Authorization requests, pushed (RFC 9126), and the answers that go back over the browser (RFC 6749 4.1, RFC 9207).

use mibun_crypto::json::{self, Limits};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use thiserror::Error;
use url::Url;

use crate::address::{self, Transport};
use crate::dpop::DpopError;
use crate::error::{Code, Refusal};
use crate::form::{Form, FormError};
use crate::grant::Wanted;
use crate::pkce::{Challenge, ChallengeError};
use crate::thumbprint::Thumbprint;

/// What precedes the reference in a `request_uri` (RFC 9126 2.2).
pub const REQUEST_URI: &str = "urn:ietf:params:oauth:request_uri:";
/// Longest `state`: what a browser takes in an address leaves room for more, no wallet needs it.
pub const MAX_STATE: usize = 2048;

const MAX_CLIENT: usize = 512;
const MAX_REDIRECT: usize = 1024;
const MAX_OFFER: usize = 256;
const DETAILS: Limits = Limits { bytes: 8 * 1024, depth: 8, nodes: 200 };
/// Schemes that a browser acts on by itself; a redirect to one is no answer to a wallet.
const FORBIDDEN: [&str; 18] = [
    "http",
    "javascript",
    "data",
    "file",
    "blob",
    "about",
    "filesystem",
    "view-source",
    "vbscript",
    "ftp",
    "ws",
    "wss",
    "mailto",
    "tel",
    "sms",
    "intent",
    "chrome",
    "resource",
];

/// A wallet's wish that its person be asked for a card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthorizationRequest {
    /// The wallet, which proved who it is or is registered.
    pub client: String,
    /// Where the answer goes.
    pub redirect_uri: String,
    /// What the answer has to repeat.
    pub state: Option<String>,
    /// What only this wallet can answer later.
    pub challenge: Challenge,
    /// The key that the code is to be bound to.
    pub key: Option<Thumbprint>,
    /// Which cards.
    pub wanted: Wanted,
    /// `issuer_state`: the offer that the wallet was given.
    pub offer: Option<String>,
}

/// What a request is read against.
#[derive(Debug, Clone, Copy)]
pub struct Terms<'a> {
    /// The wallet, as it proved itself or is registered.
    pub client: &'a str,
    /// The key of the proof that came with the request.
    pub proven: Option<Thumbprint>,
    /// The configurations, each of which is its own scope.
    pub configurations: &'a [&'a str],
    /// Which transports a redirect may use.
    pub transport: Transport,
    /// The one address that is registered for this wallet's answers; none where its attestation vouches for what it asks.
    pub registered: Option<&'a str>,
}

/// Why an authorization request is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum AuthorizationError {
    /// Not a form, or one with a parameter twice.
    #[error(transparent)]
    Form(#[from] FormError),
    /// `request_uri` where a request is to be pushed (RFC 9126 2.1).
    #[error("request_uri is not allowed in a pushed request")]
    RequestUri,
    /// `request`: signed requests are not spoken.
    #[error("request objects are not supported")]
    RequestObject,
    /// `client_id` is missing or too long.
    #[error("client_id is missing or too long")]
    Client,
    /// `client_id` is not the wallet that proved itself.
    #[error("client_id is not the authenticated client")]
    OtherClient,
    /// `response_type` is missing.
    #[error("response_type is missing")]
    MissingResponseType,
    /// Another response type than `code`.
    #[error("response_type has to be code")]
    ResponseType,
    /// Another response mode than `query`.
    #[error("response_mode has to be query")]
    ResponseMode,
    /// `redirect_uri` is missing.
    #[error("redirect_uri is missing")]
    MissingRedirect,
    /// Not an absolute address that a wallet can be reached at.
    #[error("redirect_uri is not acceptable")]
    Redirect,
    /// Another address than is registered for this wallet, letter by letter.
    #[error("redirect_uri is not the one that is registered for this client")]
    OtherRedirect,
    /// `state` is longer than [`MAX_STATE`].
    #[error("state is too long")]
    State,
    /// `issuer_state` is too long.
    #[error("issuer_state is too long")]
    IssuerState,
    /// PKCE is missing or not S256.
    #[error(transparent)]
    Challenge(#[from] ChallengeError),
    /// `dpop_jkt` is no thumbprint.
    #[error("dpop_jkt is malformed")]
    Key,
    /// `dpop_jkt` is not the key of the proof that came along.
    #[error("dpop_jkt is not the key of the DPoP proof")]
    OtherKey,
    /// No scope and no `authorization_details` of ours.
    #[error("nothing that this issuer has is asked for")]
    Scope,
    /// `authorization_details` that cannot be read or ask for something else.
    #[error("authorization_details are malformed or ask for something unknown")]
    Details,
}

impl Refusal for AuthorizationError {
    fn code(&self) -> Code {
        match self {
            Self::RequestObject => Code::RequestNotSupported,
            Self::OtherClient => Code::InvalidClient,
            Self::ResponseType => Code::UnsupportedResponseType,
            Self::OtherKey => DpopError::OtherKey.code(),
            Self::Scope => Code::InvalidScope,
            Self::Details => Code::InvalidAuthorizationDetails,
            _ => Code::InvalidRequest,
        }
    }
}

impl AuthorizationRequest {
    /// Reads a pushed request; unknown parameters are ignored.
    ///
    /// # Errors
    /// [`AuthorizationError`].
    pub fn parse(body: &[u8], terms: &Terms<'_>) -> Result<Self, AuthorizationError> {
        let form = Form::parse(body)?;
        if form.get("request_uri").is_some() {
            return Err(AuthorizationError::RequestUri);
        }
        if form.get("request").is_some() {
            return Err(AuthorizationError::RequestObject);
        }
        let client = form.get("client_id").filter(|id| id.len() <= MAX_CLIENT).ok_or(AuthorizationError::Client)?;
        if client != terms.client {
            return Err(AuthorizationError::OtherClient);
        }
        check_response(&form)?;
        let state = bounded(&form, "state", MAX_STATE).ok_or(AuthorizationError::State)?;
        let offer = bounded(&form, "issuer_state", MAX_OFFER).ok_or(AuthorizationError::IssuerState)?;
        Ok(Self {
            client: client.to_owned(),
            redirect_uri: redirect(&form, terms)?,
            state,
            challenge: Challenge::parse(form.get("code_challenge"), form.get("code_challenge_method"))?,
            key: key(&form, terms.proven)?,
            wanted: wanted(&form, terms.configurations)?,
            offer,
        })
    }

    /// The address that takes the browser back to the wallet with `code`.
    pub fn granted(&self, issuer: &str, code: &str) -> String {
        self.answer(issuer, &[("code", code)])
    }

    /// The address that takes the browser back to the wallet with a refusal.
    pub fn refused(&self, issuer: &str, error: Code) -> String {
        self.answer(issuer, &[("error", error.as_str())])
    }

    fn answer(&self, issuer: &str, parameters: &[(&str, &str)]) -> String {
        // It was read as an address when the request came.
        let Ok(mut url) = Url::parse(&self.redirect_uri) else { return self.redirect_uri.clone() };
        let mut query = url.query_pairs_mut();
        query.extend_pairs(parameters);
        if let Some(state) = &self.state {
            query.append_pair("state", state);
        }
        query.append_pair("iss", issuer);
        drop(query);
        url.into()
    }
}

fn check_response(form: &Form) -> Result<(), AuthorizationError> {
    match form.get("response_type") {
        Some("code") => {}
        Some(_) => return Err(AuthorizationError::ResponseType),
        None => return Err(AuthorizationError::MissingResponseType),
    }
    match form.get("response_mode") {
        None | Some("query") => Ok(()),
        Some(_) => Err(AuthorizationError::ResponseMode),
    }
}

/// The parameter, if it is there; nothing at all when it is too long.
fn bounded(form: &Form, name: &str, longest: usize) -> Option<Option<String>> {
    match form.get(name) {
        Some(text) if text.len() > longest => None,
        given => Some(given.map(str::to_owned)),
    }
}

/// `https`, or a scheme that an app of the wallet's has taken; never with a fragment (RFC 6749 3.1.2).
fn redirect(form: &Form, terms: &Terms<'_>) -> Result<String, AuthorizationError> {
    let text = form.get("redirect_uri").ok_or(AuthorizationError::MissingRedirect)?;
    if terms.registered.is_some_and(|registered| registered != text) {
        return Err(AuthorizationError::OtherRedirect);
    }
    let url = Url::parse(text).map_err(|_| AuthorizationError::Redirect)?;
    let web = matches!(url.scheme(), "http" | "https");
    let acceptable = match web {
        true => address::check(text, terms.transport).is_ok() && url.host_str().is_some_and(is_plain),
        false => !FORBIDDEN.contains(&url.scheme()),
    };
    if text.len() > MAX_REDIRECT || url.fragment().is_some() || !acceptable {
        return Err(AuthorizationError::Redirect);
    }
    Ok(text.to_owned())
}

/// A host that says nothing but itself, also in the header that lets the form lead there.
fn is_plain(host: &str) -> bool {
    host.bytes().all(|letter| letter.is_ascii_alphanumeric() || b".:[]-".contains(&letter))
}

fn key(form: &Form, proven: Option<Thumbprint>) -> Result<Option<Thumbprint>, AuthorizationError> {
    let Some(text) = form.get("dpop_jkt") else { return Ok(proven) };
    let named = Thumbprint::parse(text).ok_or(AuthorizationError::Key)?;
    if proven.is_some_and(|proven| proven != named) {
        return Err(AuthorizationError::OtherKey);
    }
    Ok(Some(named))
}

fn wanted(form: &Form, known: &[&str]) -> Result<Wanted, AuthorizationError> {
    if let Some(details) = form.get("authorization_details") {
        let configurations = detailed(details, known).ok_or(AuthorizationError::Details)?;
        return Ok(Wanted { configurations, identifiers: true });
    }
    let scopes = form.get("scope").unwrap_or_default().split(' ');
    let mut configurations: Vec<String> = Vec::new();
    for scope in scopes.filter(|scope| known.contains(scope)) {
        if !configurations.iter().any(|taken| taken == scope) {
            configurations.push(scope.to_owned());
        }
    }
    if configurations.is_empty() {
        return Err(AuthorizationError::Scope);
    }
    Ok(Wanted { configurations, identifiers: false })
}

/// `authorization_details` (OpenID4VCI 1.0 5.1.1): objects of one type, each with a configuration of ours.
fn detailed(text: &str, known: &[&str]) -> Option<Vec<String>> {
    let value = json::parse(text.as_bytes(), &DETAILS).ok()?;
    let details = value.as_array().filter(|details| !details.is_empty())?;
    let mut configurations = Vec::with_capacity(details.len());
    for detail in details {
        let member = |name: &str| detail.get(name).and_then(Value::as_str);
        let configuration = member("credential_configuration_id").filter(|id| known.contains(id))?;
        if member("type") != Some(CREDENTIAL) || configurations.iter().any(|taken| taken == configuration) {
            return None;
        }
        configurations.push(configuration.to_owned());
    }
    Some(configurations)
}

/// The type of `authorization_details` that ask for credentials.
pub const CREDENTIAL: &str = "openid_credential";

/// The answer of the pushed authorization request endpoint. To be sent with `Cache-Control: no-store`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushedResponse {
    /// What stands for the request.
    pub request_uri: String,
    /// Seconds for which it does.
    pub expires_in: u64,
}

#[cfg(test)]
mod tests;
