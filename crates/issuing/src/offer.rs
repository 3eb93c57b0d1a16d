//! Credential offers (OpenID4VCI 1.0 4): what is on offer, and the links and codes that carry it.

use mibun_crypto::json::{self, JsonError, Limits};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use thiserror::Error;
use url::Url;

use crate::address::{self, AddressError, Issuer, Transport};
use crate::form::{self, Form, FormError};
use crate::grant::TX_CODE_LENGTH;
use crate::secret::Secret;
use crate::token::{AUTHORIZATION_CODE, PRE_AUTHORIZED_CODE};

/// The scheme of links that any wallet of the standard opens.
pub const SCHEME: &str = "openid-credential-offer";
/// The scheme of links for wallets of the high assurance profile.
const HAIP_SCHEME: &str = "haip-vci";

const MAX_LINK_LENGTH: usize = 16 * 1024;
const LIMITS: Limits = Limits { bytes: 16 * 1024, depth: 8, nodes: 200 };
const MAX_DESCRIPTION: usize = 300;
const MAX_TX_CODE_LENGTH: u32 = 64;
const MAX_CONFIGURATIONS: usize = 50;

/// An offer of cards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CredentialOffer {
    /// Identifier of the credential issuer.
    pub credential_issuer: String,
    /// Which of the issuer's configurations, at least one.
    pub configurations: Vec<String>,
    /// The pre-authorized code, if that grant is offered.
    pub pre_authorized: Option<PreAuthorized>,
    /// The way over the browser, if that grant is offered.
    pub authorization_code: Option<AuthorizationCode>,
}

/// The grant of an authorization code.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AuthorizationCode {
    /// What the authorization request has to repeat, so that the issuer knows the offer.
    pub issuer_state: Option<String>,
    /// Which authorization server, where the issuer has several.
    pub authorization_server: Option<String>,
}

/// The grant of a pre-authorized code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreAuthorized {
    /// The code.
    pub code: Secret,
    /// What the person will be asked for, if anything.
    pub tx_code: Option<TxCode>,
    /// Which authorization server, where the issuer has several.
    pub authorization_server: Option<String>,
}

/// How to ask the person for the transaction code.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TxCode {
    /// Which letters; digits when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input_mode: Option<InputMode>,
    /// How many letters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub length: Option<u32>,
    /// Where the person finds the code, at most 300 letters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// The letters of a transaction code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InputMode {
    /// Digits alone.
    Numeric,
    /// Any letters.
    Text,
}

/// What a link holds: the offer, or where it lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OfferLink {
    /// The offer itself.
    ByValue(CredentialOffer),
    /// The address to fetch it from.
    ByReference(String),
}

/// Why a link or an offer is not one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum OfferError {
    /// Not an address of a scheme for offers.
    #[error("not a credential offer link")]
    Link,
    /// The link is longer than a code or page can hold.
    #[error("the link is too long")]
    TooLong,
    /// The parameters of the link cannot be read.
    #[error("the parameters of the link cannot be read: {0}")]
    Parameters(#[from] FormError),
    /// None or both of `credential_offer` and `credential_offer_uri`.
    #[error("the link has to hold exactly one of credential_offer and credential_offer_uri")]
    Form,
    /// The address of the offer is not acceptable.
    #[error("the address of the offer is refused: {0}")]
    Address(#[from] AddressError),
    /// The offer is not an acceptable JSON document.
    #[error("the offer is refused: {0}")]
    Json(#[from] JsonError),
    /// A member of the offer is missing or malformed.
    #[error("member {0} of the offer is missing or malformed")]
    Member(&'static str),
}

impl TxCode {
    /// The six digits that this authority gives out, with a sentence that says where to find them.
    pub fn digits(description: impl Into<String>) -> Self {
        Self {
            input_mode: Some(InputMode::Numeric),
            length: u32::try_from(TX_CODE_LENGTH).ok(),
            description: Some(description.into()),
        }
    }

    fn is_sensible(&self) -> bool {
        let described = self.description.as_ref().is_none_or(|text| text.chars().count() <= MAX_DESCRIPTION);
        described && self.length.is_none_or(|length| (1..=MAX_TX_CODE_LENGTH).contains(&length))
    }
}

impl CredentialOffer {
    /// The offer of these configurations under a pre-authorized code.
    pub fn new(issuer: &Issuer, configurations: &[&str], code: Secret, tx_code: Option<TxCode>) -> Self {
        Self {
            credential_issuer: issuer.as_str().to_owned(),
            configurations: configurations.iter().map(|name| (*name).to_owned()).collect(),
            pre_authorized: Some(PreAuthorized { code, tx_code, authorization_server: None }),
            authorization_code: None,
        }
    }

    /// The same offer, to be had over the browser too, where `issuer_state` names it.
    #[must_use]
    pub fn over_the_browser(self, issuer_state: String) -> Self {
        let grant = AuthorizationCode { issuer_state: Some(issuer_state), authorization_server: None };
        Self { authorization_code: Some(grant), ..self }
    }

    /// The offer as a JSON value.
    pub fn to_value(&self) -> Value {
        let mut offer = json!({
            "credential_issuer": self.credential_issuer,
            "credential_configuration_ids": self.configurations,
        });
        let mut grants = Map::new();
        if let Some(grant) = &self.authorization_code {
            let mut members = json!({});
            if let Some(state) = &grant.issuer_state {
                members["issuer_state"] = json!(state);
            }
            if let Some(server) = &grant.authorization_server {
                members["authorization_server"] = json!(server);
            }
            grants.insert(AUTHORIZATION_CODE.to_owned(), members);
        }
        if let Some(grant) = &self.pre_authorized {
            let mut members = json!({ "pre-authorized_code": grant.code });
            if let Some(tx_code) = &grant.tx_code {
                members["tx_code"] = json!(tx_code);
            }
            if let Some(server) = &grant.authorization_server {
                members["authorization_server"] = json!(server);
            }
            grants.insert(PRE_AUTHORIZED_CODE.to_owned(), members);
        }
        if !grants.is_empty() {
            offer["grants"] = Value::Object(grants);
        }
        offer
    }

    /// Reads an offer; unknown members and grants are ignored.
    pub fn parse(document: &[u8]) -> Result<Self, OfferError> {
        let offer = json::parse(document, &LIMITS)?;
        let text = |member| offer.get(member).and_then(Value::as_str);
        let issuer = text("credential_issuer").ok_or(OfferError::Member("credential_issuer"))?;
        let grants = offer.get("grants");
        Ok(Self {
            credential_issuer: issuer.to_owned(),
            configurations: configurations(&offer)?,
            pre_authorized: grants.map_or(Ok(None), pre_authorized)?,
            authorization_code: grants.map_or(Ok(None), authorization_code)?,
        })
    }

    /// The link that holds the whole offer.
    pub fn link(&self) -> String {
        format!("{SCHEME}://?{}", form::encode(&[("credential_offer", &self.to_value().to_string())]))
    }
}

/// The link to an offer that lies at `address`: short enough for a code that any camera reads.
pub fn link_to(address: &str) -> String {
    format!("{SCHEME}://?{}", form::encode(&[("credential_offer_uri", address)]))
}

impl OfferLink {
    /// Reads a link of a scheme for offers, or an `https` link with the same parameters.
    pub fn parse(link: &str, transport: Transport) -> Result<Self, OfferError> {
        if link.len() > MAX_LINK_LENGTH {
            return Err(OfferError::TooLong);
        }
        let url = Url::parse(link.trim()).map_err(|_| OfferError::Link)?;
        if ![SCHEME, HAIP_SCHEME].contains(&url.scheme()) {
            address::check(link.trim(), transport).map_err(|_| OfferError::Link)?;
        }
        let parameters = Form::parse(url.query().unwrap_or_default().as_bytes())?;
        match (parameters.get("credential_offer"), parameters.get("credential_offer_uri")) {
            (Some(offer), None) => CredentialOffer::parse(offer.as_bytes()).map(Self::ByValue),
            (None, Some(address)) => {
                address::check(address, transport)?;
                Ok(Self::ByReference(address.to_owned()))
            }
            (None, None) | (Some(_), Some(_)) => Err(OfferError::Form),
        }
    }
}

fn configurations(offer: &Value) -> Result<Vec<String>, OfferError> {
    const MALFORMED: OfferError = OfferError::Member("credential_configuration_ids");
    let list = offer.get("credential_configuration_ids").and_then(Value::as_array).ok_or(MALFORMED)?;
    if list.is_empty() || list.len() > MAX_CONFIGURATIONS {
        return Err(MALFORMED);
    }
    let names: Vec<String> = list.iter().filter_map(Value::as_str).map(str::to_owned).collect();
    let distinct = names.iter().enumerate().all(|(at, name)| !names[..at].contains(name));
    if names.len() == list.len() && distinct { Ok(names) } else { Err(MALFORMED) }
}

fn authorization_code(grants: &Value) -> Result<Option<AuthorizationCode>, OfferError> {
    let Some(grant) = grants.get(AUTHORIZATION_CODE) else { return Ok(None) };
    let grant = grant.as_object().ok_or(OfferError::Member(AUTHORIZATION_CODE))?;
    let text = |name: &'static str| match grant.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(OfferError::Member(name)),
    };
    let (issuer_state, authorization_server) = (text("issuer_state")?, text("authorization_server")?);
    Ok(Some(AuthorizationCode { issuer_state, authorization_server }))
}

fn pre_authorized(grants: &Value) -> Result<Option<PreAuthorized>, OfferError> {
    let grants = grants.as_object().ok_or(OfferError::Member("grants"))?;
    let Some(grant) = grants.get(PRE_AUTHORIZED_CODE) else { return Ok(None) };
    let code = grant.get("pre-authorized_code").and_then(Value::as_str).filter(|code| !code.is_empty());
    let code = code.ok_or(OfferError::Member("pre-authorized_code"))?;
    let tx_code = grant.get("tx_code").map(|value| TxCode::deserialize(value).ok().filter(TxCode::is_sensible));
    if tx_code == Some(None) {
        return Err(OfferError::Member("tx_code"));
    }
    let server = grant.get("authorization_server").map(|value| value.as_str().map(str::to_owned));
    let authorization_server = match server {
        Some(None) => return Err(OfferError::Member("authorization_server")),
        given => given.flatten(),
    };
    Ok(Some(PreAuthorized { code: Secret::new(code), tx_code: tx_code.flatten(), authorization_server }))
}
