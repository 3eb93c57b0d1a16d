//! The stages of the machine and what leads from one to the next.

use std::fmt;
use std::sync::Arc;

use mibun_crypto::json::Limits;
use mibun_crypto::key::{PublicKey, SignError, Signer};
use mibun_crypto::time::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::plan::Plan;
use super::{
    CollectError, Collected, CollectedCard, Collector, Evidence, Exchange, KeysAt, MadeProof, Need, Progress, Settings,
    WantedProofs,
};
use crate::address::Issuer;
use crate::credential::{CredentialRequest, CredentialResponse};
use crate::error::Code;
use crate::exchange::{HttpRequest, HttpResponse};
use crate::metadata::{AuthorizationServerMetadata, IssuerMetadata};
use crate::nonce::NonceResponse;
use crate::notification::{Event, Notification};
use crate::offer::{CredentialOffer, OfferLink};
use crate::proof;
use crate::received::{self, CardError, Expected};
use crate::secret::Secret;
use crate::token::{PreAuthorizedRequest, TokenResponse, TokenType};

/// What the machine waits for, with what it has learnt so far.
#[derive(Debug)]
pub enum Stage {
    Offer,
    IssuerMetadata {
        offer: CredentialOffer,
        issuer: Issuer,
    },
    ServerMetadata(Plan),
    TxCode {
        plan: Plan,
        token_endpoint: String,
    },
    Token(Plan),
    Keys {
        plan: Plan,
        token: Secret,
    },
    Nonce(Asking),
    /// A nonce is there, or none is needed; the proofs are made elsewhere.
    Proofs(Asking),
    Credential(Asking),
}

/// Everything for a credential request but the nonce.
pub struct Asking {
    plan: Plan,
    token: Secret,
    keys: Vec<Arc<dyn Signer>>,
    /// Whether a nonce of ours was refused before: then another refusal is final.
    retried: bool,
}

impl fmt::Debug for Asking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Asking").field("keys", &self.keys.len()).field("retried", &self.retried).finish_non_exhaustive()
    }
}

/// A key that is elsewhere: it is known, and does not sign here.
struct Absent(PublicKey);

impl Signer for Absent {
    fn public_key(&self) -> &PublicKey {
        &self.0
    }

    fn sign(&self, _: &[u8]) -> Result<Vec<u8>, SignError> {
        Err(SignError)
    }
}

impl Collector {
    /// Reads the link of an offer and says what is needed first.
    pub fn start(link: &str, settings: Settings) -> Result<Progress, CollectError> {
        match OfferLink::parse(link, settings.transport)? {
            OfferLink::ByValue(offer) => settings.offered(offer),
            OfferLink::ByReference(address) => Ok(settings.needs(HttpRequest::get_json(address), Stage::Offer)),
        }
    }

    /// Goes on with what was needed.
    pub fn advance(self, evidence: Evidence, now: Timestamp) -> Result<Progress, CollectError> {
        let Self { settings, stage } = self;
        match (*stage, evidence) {
            (Stage::Offer, Evidence::Response(response)) => {
                let body = body(response, Exchange::Offer)?;
                settings.offered(CredentialOffer::parse(&body)?)
            }
            (Stage::IssuerMetadata { offer, issuer }, Evidence::Response(response)) => {
                let body = body(response, Exchange::IssuerMetadata)?;
                settings.issuer_known(offer, &issuer, &body)
            }
            (Stage::ServerMetadata(plan), Evidence::Response(response)) => {
                let body = body(response, Exchange::ServerMetadata)?;
                settings.server_known(plan, &body)
            }
            (Stage::TxCode { plan, token_endpoint }, Evidence::TxCode(code)) => {
                Ok(settings.redeem(plan, &token_endpoint, Some(code)))
            }
            (Stage::Token(plan), Evidence::Response(response)) => {
                let body = body(response, Exchange::Token)?;
                settings.token_known(plan, &body, now)
            }
            (Stage::Keys { plan, token }, Evidence::Keys(keys)) if keys.len() == plan.copies(settings.copies) => {
                settings.fetch_nonce(Asking { plan, token, keys, retried: false }, now)
            }
            (Stage::Nonce(asking), Evidence::Response(response)) => {
                let nonce = nonce(&body(response, Exchange::Nonce)?)?;
                settings.nonce_known(asking, Some(nonce), now)
            }
            (Stage::Proofs(asking), Evidence::Proofs(proofs))
                if proofs.len() == asking.plan.copies(settings.copies) =>
            {
                Ok(settings.ask_with(asking, proofs))
            }
            (Stage::Credential(asking), Evidence::Response(response)) => settings.answered(asking, response, now),
            _ => Err(CollectError::Misuse),
        }
    }
}

impl Settings {
    fn needs(self, need: impl Into<Need>, stage: Stage) -> Progress {
        Progress::Needs(need.into(), Collector { settings: self, stage: Box::new(stage) })
    }

    fn offered(self, offer: CredentialOffer) -> Result<Progress, CollectError> {
        if offer.pre_authorized.is_none() {
            return Err(CollectError::NoGrant);
        }
        let issuer = Issuer::parse(&offer.credential_issuer, self.transport)
            .map_err(|source| CollectError::Address { at: Exchange::IssuerMetadata, source })?;
        let request = HttpRequest::get_json(issuer.metadata_address());
        Ok(self.needs(request, Stage::IssuerMetadata { offer, issuer }))
    }

    fn issuer_known(self, offer: CredentialOffer, issuer: &Issuer, body: &[u8]) -> Result<Progress, CollectError> {
        let metadata = IssuerMetadata::parse(body, issuer.as_str())
            .map_err(|source| CollectError::Metadata { at: Exchange::IssuerMetadata, source })?;
        let plan = Plan::new(offer, metadata, self.transport)?;
        let request = HttpRequest::get_json(plan.server.server_metadata_address());
        Ok(self.needs(request, Stage::ServerMetadata(plan)))
    }

    fn server_known(self, plan: Plan, body: &[u8]) -> Result<Progress, CollectError> {
        let server = AuthorizationServerMetadata::parse(body, plan.server.as_str())
            .map_err(|source| CollectError::Metadata { at: Exchange::ServerMetadata, source })?;
        let token_endpoint = plan.token_endpoint(server, self.transport)?;
        match plan.grant.tx_code.clone() {
            Some(tx_code) => Ok(self.needs(Need::TxCode(tx_code), Stage::TxCode { plan, token_endpoint })),
            None => Ok(self.redeem(plan, &token_endpoint, None)),
        }
    }

    fn redeem(self, plan: Plan, token_endpoint: &str, tx_code: Option<Secret>) -> Progress {
        let request = PreAuthorizedRequest { code: plan.grant.code.clone(), tx_code };
        let request = HttpRequest::post_form(token_endpoint, request.to_form());
        self.needs(request, Stage::Token(plan))
    }

    fn token_known(self, plan: Plan, body: &[u8], now: Timestamp) -> Result<Progress, CollectError> {
        let token = TokenResponse::parse(body, TokenType::Bearer)?.access_token;
        let copies = plan.copies(self.copies);
        match self.keys {
            KeysAt::Holder => Ok(self.needs(Need::Keys(copies), Stage::Keys { plan, token })),
            // One nonce, and no second try: whoever made the proofs was asked for exactly these.
            KeysAt::Elsewhere => self.fetch_nonce(Asking { plan, token, keys: Vec::new(), retried: true }, now),
        }
    }

    fn fetch_nonce(self, asking: Asking, now: Timestamp) -> Result<Progress, CollectError> {
        match &asking.plan.issuer.nonce_endpoint {
            Some(endpoint) => Ok(self.needs(HttpRequest::post_empty(endpoint), Stage::Nonce(asking))),
            None => self.nonce_known(asking, None, now),
        }
    }

    fn nonce_known(self, asking: Asking, nonce: Option<String>, now: Timestamp) -> Result<Progress, CollectError> {
        if self.keys == KeysAt::Holder {
            return self.ask(asking, nonce.as_deref(), now);
        }
        let wanted = WantedProofs {
            count: asking.plan.copies(self.copies),
            issuer: asking.plan.issuer.credential_issuer.clone(),
            nonce,
            token: asking.token.clone(),
        };
        Ok(self.needs(Need::Proofs(wanted), Stage::Proofs(asking)))
    }

    fn ask_with(self, asking: Asking, proofs: Vec<MadeProof>) -> Progress {
        let (keys, proofs): (Vec<_>, Vec<_>) = proofs.into_iter().map(|made| (made.key, made.jwt)).unzip();
        let keys = keys.into_iter().map(|key| Arc::new(Absent(key)) as Arc<dyn Signer>).collect();
        self.send(Asking { keys, ..asking }, &proofs)
    }

    fn ask(self, asking: Asking, nonce: Option<&str>, now: Timestamp) -> Result<Progress, CollectError> {
        let issuer = &asking.plan.issuer;
        let proofs = asking.keys.iter().map(|key| proof::sign(key.as_ref(), &issuer.credential_issuer, nonce, now));
        let proofs: Vec<String> = proofs.collect::<Result<_, _>>()?;
        Ok(self.send(asking, &proofs))
    }

    fn send(self, asking: Asking, proofs: &[String]) -> Progress {
        let endpoint = &asking.plan.issuer.credential_endpoint;
        let body = CredentialRequest::to_value(&asking.plan.configuration_id, proofs);
        let request = HttpRequest::post_json(endpoint, asking.token.expose(), &body);
        self.needs(request, Stage::Credential(asking))
    }

    fn answered(self, asking: Asking, response: HttpResponse, now: Timestamp) -> Result<Progress, CollectError> {
        if !response.success {
            let code = refusal(&response);
            if code == Some(Code::InvalidNonce) && !asking.retried {
                return self.fetch_nonce(Asking { retried: true, ..asking }, now);
            }
            return Err(CollectError::Refused { at: Exchange::Credential, code });
        }
        let response = CredentialResponse::parse(&response.body)?;
        match asking.owners(&response, &self, now) {
            Ok(owners) => Ok(Progress::Collected(asking.collected(response, owners))),
            Err(source) => {
                let report = asking.notification(&response, Event::CredentialFailure).map(Box::new);
                Err(CollectError::Card { source, report })
            }
        }
    }
}

impl Asking {
    fn owners(
        &self,
        response: &CredentialResponse,
        settings: &Settings,
        now: Timestamp,
    ) -> Result<Vec<usize>, CardError> {
        let keys: Vec<PublicKey> = self.keys.iter().map(|key| key.public_key().clone()).collect();
        let cards: Vec<&str> = response.credentials.iter().map(|issued| issued.credential.as_str()).collect();
        let expected = Expected { anchors: &settings.anchors, vct: &self.plan.configuration.vct, now };
        received::match_keys(&cards, &keys, &expected)
    }

    fn collected(self, response: CredentialResponse, owners: Vec<usize>) -> Collected {
        let acceptance = self.notification(&response, Event::CredentialAccepted);
        let cards = response.credentials.into_iter().zip(owners);
        let cards = cards.map(|(issued, key)| CollectedCard { card: issued.credential, key }).collect();
        let configuration = self.plan.configuration;
        Collected {
            issuer: self.plan.issuer.credential_issuer,
            issuer_names: self.plan.issuer.display,
            vct: configuration.vct,
            card_names: configuration.credential_metadata.unwrap_or_default().display,
            cards,
            notification_id: response.notification_id,
            acceptance,
        }
    }

    fn notification(&self, response: &CredentialResponse, event: Event) -> Option<HttpRequest> {
        let endpoint = self.plan.issuer.notification_endpoint.as_ref()?;
        let notification_id = response.notification_id.clone()?;
        let notification = Notification { notification_id, event };
        Some(HttpRequest::post_json(endpoint, self.token.expose(), &notification.to_value()))
    }
}

fn body(response: HttpResponse, at: Exchange) -> Result<Vec<u8>, CollectError> {
    if response.success { Ok(response.body) } else { Err(CollectError::Refused { at, code: refusal(&response) }) }
}

/// The registered code of a refusal. Its free text is the other side's and goes nowhere.
fn refusal(response: &HttpResponse) -> Option<Code> {
    let body = response.json(&Limits::default()).ok()?;
    body.get("error").and_then(Value::as_str).and_then(Code::from_wire)
}

fn nonce(body: &[u8]) -> Result<String, CollectError> {
    let value = mibun_crypto::json::parse(body, &Limits::default()).map_err(|_| CollectError::Nonce)?;
    let response = NonceResponse::deserialize(value).map_err(|_| CollectError::Nonce)?;
    if response.c_nonce.is_empty() { Err(CollectError::Nonce) } else { Ok(response.c_nonce) }
}

impl From<HttpRequest> for Need {
    fn from(request: HttpRequest) -> Self {
        Self::Exchange(request)
    }
}
