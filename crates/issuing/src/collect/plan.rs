//! What is to be collected and where: everything learnt from offer and metadata.

use std::fmt;

use mibun_card::CardFormat;
use serde::{Deserialize, Serialize};

use super::{CollectError, Exchange, Settings, Waiting};
use crate::address::{self, Issuer, Transport};
use crate::metadata::{Configuration, IssuerMetadata};
use crate::offer::{AuthorizationCode, CredentialOffer, PreAuthorized};
use crate::secret::Secret;

use super::keys;

/// What more copies of a card can be had with. To be kept as secretly as the cards.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Renewal {
    /// Identifier of the credential issuer.
    pub issuer: String,
    /// The card, as the issuer's metadata calls it.
    pub configuration: String,
    /// Identifier of the authorization server.
    pub server: String,
    /// The refresh token; it may be good for one use only.
    pub refresh_token: Secret,
}

impl fmt::Debug for Renewal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Renewal").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}

/// What is wished for before anything is known of the issuer.
#[derive(Debug, Clone)]
pub struct Wish {
    /// Identifier of the credential issuer.
    pub issuer: String,
    /// Configurations that will do; empty where any will.
    pub configurations: Vec<String>,
    /// The authorization server, where one is named.
    pub server: Option<String>,
    pub way: Way,
}

/// How the token is had.
#[derive(Debug, Clone)]
pub enum Way {
    /// With the code of an offer.
    PreAuthorized(PreAuthorized),
    /// With a code that comes over the browser.
    Browser {
        /// The offer, as the issuer calls it.
        issuer_state: Option<String>,
    },
    /// With the refresh token of an earlier collection.
    Renewal(Secret),
    /// It is there, with a request whose cards were not ready.
    Waiting(Box<Waiting>),
}

impl Wish {
    /// What an offer offers: the code in it, or else the way over the browser, which is for wallets that are somebody.
    pub fn of(offer: CredentialOffer, settings: &Settings) -> Result<Self, CollectError> {
        let known = settings.instance.is_some();
        let (server, way) = match (offer.pre_authorized, offer.authorization_code) {
            (Some(grant), _) => (grant.authorization_server.clone(), Way::PreAuthorized(grant)),
            (None, Some(AuthorizationCode { issuer_state, authorization_server })) if known => {
                (authorization_server, Way::Browser { issuer_state })
            }
            (None, _) => return Err(CollectError::NoGrant),
        };
        Ok(Self { issuer: offer.credential_issuer, configurations: offer.configurations, server, way })
    }

    /// A card of this issuer, without an offer.
    pub fn unoffered(issuer: &str, configuration: Option<String>, settings: &Settings) -> Result<Self, CollectError> {
        if settings.instance.is_none() {
            return Err(CollectError::NoGrant);
        }
        let way = Way::Browser { issuer_state: None };
        Ok(Self { issuer: issuer.to_owned(), configurations: configuration.into_iter().collect(), server: None, way })
    }

    /// More copies.
    pub fn renewed(renewal: Renewal) -> Self {
        Self {
            issuer: renewal.issuer,
            configurations: vec![renewal.configuration],
            server: Some(renewal.server),
            way: Way::Renewal(renewal.refresh_token),
        }
    }

    /// Cards that were not ready.
    pub fn resumed(waiting: Waiting) -> Self {
        Self {
            issuer: waiting.issuer.clone(),
            configurations: vec![waiting.configuration.clone()],
            server: Some(waiting.server.clone()),
            way: Way::Waiting(Box::new(waiting)),
        }
    }
}

/// The way from here to the cards, all addresses of the issuer checked.
#[derive(Debug, Clone)]
pub struct Plan {
    pub way: Way,
    pub configuration_id: String,
    pub configuration: Configuration,
    pub issuer: IssuerMetadata,
    pub server: Issuer,
}

impl Plan {
    /// Chooses the dearest format in which a card can be had that is wished for.
    pub fn new(wish: Wish, issuer: IssuerMetadata, settings: &Settings) -> Result<Self, CollectError> {
        let (id, configuration) = choose(&wish, &issuer, settings).ok_or(CollectError::Unsupported)?;
        let server = server(&issuer, wish.server.as_deref())?;
        let server = Issuer::parse(server, settings.transport)
            .map_err(|source| CollectError::Address { at: Exchange::ServerMetadata, source })?;
        check_endpoints(&issuer, settings.transport)?;
        Ok(Self { way: wish.way, configuration_id: id, configuration, issuer, server })
    }

    /// How many copies to ask for, when `wanted` would be nice.
    pub fn copies(&self, wanted: usize) -> usize {
        let most = self.issuer.batch_credential_issuance.map_or(1, |batch| batch.batch_size);
        wanted.clamp(1, most)
    }

    /// Format and type of the card.
    pub fn card(&self) -> (CardFormat, &str) {
        match &self.configuration {
            Configuration::SdJwtVc(card) => (CardFormat::SdJwtVc, &card.vct),
            Configuration::Mdoc(card) => (CardFormat::Mdoc, &card.doctype),
        }
    }
}

fn choose(wish: &Wish, issuer: &IssuerMetadata, settings: &Settings) -> Option<(String, Configuration)> {
    let known = &issuer.credential_configurations_supported;
    let wished: Vec<&String> =
        if wish.configurations.is_empty() { known.keys().collect() } else { wish.configurations.iter().collect() };
    let fits = |format: CardFormat, configuration: &Configuration| {
        let same = match configuration {
            Configuration::SdJwtVc(_) => format == CardFormat::SdJwtVc,
            Configuration::Mdoc(_) => format == CardFormat::Mdoc,
        };
        same && keys::way(configuration, settings).is_some()
    };
    settings.formats.iter().find_map(|format| {
        wished.iter().find_map(|id| {
            let configuration = known.get(*id).filter(|configuration| fits(*format, configuration))?;
            Some(((*id).clone(), configuration.clone()))
        })
    })
}

/// The server that was named, which must be one of the issuer's; else its first, else the issuer itself.
fn server<'a>(issuer: &'a IssuerMetadata, named: Option<&str>) -> Result<&'a str, CollectError> {
    let servers = &issuer.authorization_servers;
    let first = servers.first().unwrap_or(&issuer.credential_issuer);
    match named {
        None => Ok(first),
        Some(named) if servers.is_empty() && named == first.as_str() => Ok(first),
        Some(named) => {
            let found = servers.iter().find(|server| server.as_str() == named);
            found.map(String::as_str).ok_or(CollectError::ServerUnsupported)
        }
    }
}

fn check_endpoints(issuer: &IssuerMetadata, transport: Transport) -> Result<(), CollectError> {
    let endpoints = [
        (Exchange::Credential, Some(&issuer.credential_endpoint)),
        (Exchange::Nonce, issuer.nonce_endpoint.as_ref()),
        (Exchange::Deferred, issuer.deferred_credential_endpoint.as_ref()),
        (Exchange::Notification, issuer.notification_endpoint.as_ref()),
    ];
    for (at, endpoint) in endpoints {
        if let Some(endpoint) = endpoint {
            address::check(endpoint, transport).map_err(|source| CollectError::Address { at, source })?;
        }
    }
    Ok(())
}
