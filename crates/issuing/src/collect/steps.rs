//! The stages of the machine and what leads from one to the next.

use mibun_crypto::entropy::Entropy;
use mibun_crypto::json::Limits;
use mibun_crypto::time::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::answer;
use super::asking::Asking;
use super::browser::{self, Visit};
use super::encryption::Offered;
use super::keys::ProofWay;
use super::plan::{Plan, Renewal, Way, Wish};
use super::server::Server;
use super::session::{Access, Session, Turn};
use super::{CollectError, Collector, Evidence, Exchange, KeysAt, Need, Progress, Settings, State};
use crate::address::Issuer;
use crate::error::Code;
use crate::exchange::{HttpRequest, HttpResponse};
use crate::metadata::{AuthorizationServerMetadata, IssuerMetadata};
use crate::nonce::NonceResponse;
use crate::offer::{CredentialOffer, OfferLink, PreAuthorized};
use crate::secret::Secret;
use crate::token::{CodeRequest, PreAuthorizedRequest, RefreshRequest, TokenResponse};

/// What the machine waits for, with what it has learnt so far.
#[derive(Debug)]
pub enum Stage {
    Offer,
    IssuerMetadata {
        wish: Wish,
        issuer: Issuer,
    },
    ServerMetadata(Plan),
    Challenge {
        plan: Plan,
        server: Server,
    },
    TxCode {
        plan: Plan,
        server: Server,
        grant: PreAuthorized,
    },
    Pushed {
        plan: Plan,
        server: Server,
        visit: Visit,
    },
    Browser {
        plan: Plan,
        server: Server,
        visit: Visit,
    },
    Token {
        plan: Plan,
        server: Server,
    },
    Keys(Asking),
    Nonce(Asking),
    /// A nonce is there, or none is needed; the proofs are made elsewhere.
    Proofs(Asking),
    KeyAttestation {
        asking: Asking,
        nonce: Option<String>,
        way: ProofWay,
    },
    Credential(Asking),
    /// The cards are not ready.
    Waiting {
        asking: Asking,
        transaction: Secret,
    },
    Deferred {
        asking: Asking,
        transaction: Secret,
    },
    /// The cards are not ready, and the token has ended.
    Renewed {
        asking: Asking,
        transaction: Secret,
    },
}

impl Collector {
    /// Reads the link of an offer and says what is needed first.
    ///
    /// # Errors
    /// [`CollectError`].
    pub fn start(link: &str, settings: Settings) -> Result<Progress, CollectError> {
        match OfferLink::parse(link, settings.transport)? {
            OfferLink::ByValue(offer) => offered(offer, Session::new(settings)),
            OfferLink::ByReference(address) => {
                Ok(Session::new(settings).needs(HttpRequest::get_json(address), Stage::Offer))
            }
        }
    }

    /// Wants a card of `issuer` without an offer: that of a configuration, or any that fits.
    ///
    /// # Errors
    /// [`CollectError::NoGrant`] for a wallet that is nobody, and [`CollectError::Address`].
    pub fn ask(issuer: &str, configuration: Option<String>, settings: Settings) -> Result<Progress, CollectError> {
        let wish = Wish::unoffered(issuer, configuration, &settings)?;
        wished(wish, Session::new(settings))
    }

    /// Wants more copies of a card that was collected before.
    ///
    /// # Errors
    /// [`CollectError::Address`].
    pub fn renew(renewal: Renewal, settings: Settings) -> Result<Progress, CollectError> {
        wished(Wish::renewed(renewal), Session::new(settings))
    }

    /// Goes on with what was needed.
    ///
    /// # Errors
    /// [`CollectError`]; the machine is gone then, for no second try would end otherwise.
    pub fn advance(
        self,
        evidence: Evidence,
        now: Timestamp,
        entropy: &mut dyn Entropy,
    ) -> Result<Progress, CollectError> {
        let State { mut session, stage } = *self.0;
        let mut turn = Turn { now, entropy };
        if let Evidence::Response(response) = &evidence
            && let Some(again) = session.repeat(response, &mut turn)?
        {
            return Ok(Progress::Needs(Need::Exchange(again), Self(Box::new(State { session, stage }))));
        }
        match evidence {
            Evidence::Response(response) => session.exchanged(stage, response, &mut turn),
            other => session.given(stage, other, &mut turn),
        }
    }
}

impl Session {
    /// Goes on with an answer of the network.
    fn exchanged(self, stage: Stage, response: HttpResponse, turn: &mut Turn<'_>) -> Result<Progress, CollectError> {
        match stage {
            Stage::Offer => offered(CredentialOffer::parse(&body(response, Exchange::Offer)?)?, self),
            Stage::IssuerMetadata { wish, issuer } => {
                self.issuer_known(wish, &issuer, &body(response, Exchange::IssuerMetadata)?)
            }
            Stage::ServerMetadata(plan) => {
                let body = body(response, Exchange::ServerMetadata)?;
                self.server_known(plan, &body, turn)
            }
            Stage::Challenge { plan, server } => {
                let mut session = self;
                session.challenged(browser::challenge(&taken(response, Exchange::Challenge)?)?);
                session.authorise(plan, server, turn)
            }
            Stage::Pushed { plan, server, visit } => {
                let response = taken(response, Exchange::PushedRequest)?;
                let client = self.settings.instance.as_ref().map_or("", |instance| instance.client_id.as_str());
                let address = browser::address(&response, &server, client)?;
                Ok(self.needs(Need::Browser(address), Stage::Browser { plan, server, visit }))
            }
            Stage::Token { plan, server } => self.token_known(plan, server, &body(response, Exchange::Token)?, turn),
            Stage::Nonce(asking) => {
                let mut session = self;
                session.learn_from_issuer(&response);
                let nonce = nonce(&body(response, Exchange::Nonce)?)?;
                session.nonce_known(asking, Some(nonce), turn)
            }
            Stage::Credential(asking) => self.answered(asking, response, turn),
            Stage::Deferred { asking, transaction } => self.deferred(asking, transaction, response, turn),
            Stage::Renewed { asking, transaction } => {
                let renewed = asking.renewed(&body(response, Exchange::Token)?)?;
                self.ask_again(renewed, &transaction, turn)
            }
            _ => Err(CollectError::Misuse),
        }
    }

    /// Goes on with what the holder's side gave.
    fn given(self, stage: Stage, evidence: Evidence, turn: &mut Turn<'_>) -> Result<Progress, CollectError> {
        match (stage, evidence) {
            (Stage::TxCode { plan, server, grant }, Evidence::TxCode(code)) => {
                self.redeem(plan, server, &pre_authorized(&grant, Some(code)), turn)
            }
            (Stage::Browser { plan, server, visit }, Evidence::Returned(address)) => {
                self.returned(plan, server, visit, &address, turn)
            }
            (Stage::Keys(asking), Evidence::Keys(keys)) if keys.len() == asking.plan.copies(self.settings.copies) => {
                self.fetch_nonce(Asking { keys, ..asking }, turn)
            }
            (Stage::Proofs(asking), Evidence::Proofs(proofs))
                if proofs.len() == asking.plan.copies(self.settings.copies) =>
            {
                self.ask_with(asking, proofs, turn)
            }
            (Stage::KeyAttestation { asking, nonce, way }, Evidence::KeyAttestation(attestation)) => {
                self.ask(asking, nonce.as_deref(), Some((way, attestation)), turn)
            }
            (Stage::Waiting { asking, transaction }, Evidence::Waited) => self.ask_again(asking, &transaction, turn),
            _ => Err(CollectError::Misuse),
        }
    }

    fn issuer_known(self, wish: Wish, issuer: &Issuer, body: &[u8]) -> Result<Progress, CollectError> {
        let metadata = IssuerMetadata::parse(body, issuer.as_str())
            .map_err(|source| CollectError::Metadata { at: Exchange::IssuerMetadata, source })?;
        // Before anything is used up: encryption may be demanded in a way that is not spoken.
        Offered::read(&metadata)?;
        let plan = Plan::new(wish, metadata, &self.settings)?;
        let request = HttpRequest::get_json(plan.server.server_metadata_address());
        Ok(self.needs(request, Stage::ServerMetadata(plan)))
    }

    fn server_known(self, plan: Plan, body: &[u8], turn: &mut Turn<'_>) -> Result<Progress, CollectError> {
        let metadata = AuthorizationServerMetadata::parse(body, plan.server.as_str())
            .map_err(|source| CollectError::Metadata { at: Exchange::ServerMetadata, source })?;
        let server = Server::new(metadata, &plan, &self.settings)?;
        match server.metadata.challenge_endpoint.as_ref().filter(|_| server.attests) {
            Some(endpoint) => {
                let request = HttpRequest::post_empty(endpoint);
                Ok(self.needs(request, Stage::Challenge { plan, server }))
            }
            None => self.authorise(plan, server, turn),
        }
    }

    fn authorise(self, plan: Plan, server: Server, turn: &mut Turn<'_>) -> Result<Progress, CollectError> {
        match plan.way.clone() {
            Way::PreAuthorized(grant) => match grant.tx_code.clone() {
                Some(tx_code) => Ok(self.needs(Need::TxCode(tx_code), Stage::TxCode { plan, server, grant })),
                None => self.redeem(plan, server, &pre_authorized(&grant, None), turn),
            },
            Way::Renewal(token) => {
                let client = self.settings.instance.as_ref().map(|instance| instance.client_id.clone());
                self.redeem(plan, server, &RefreshRequest { token, client }.to_form(), turn)
            }
            Way::Waiting(waiting) => self.resumed(plan, server, *waiting, turn),
            Way::Browser { issuer_state } => {
                let instance = self.settings.instance.as_ref().ok_or(CollectError::NoGrant)?;
                let visit = Visit::draw(turn);
                let form = visit.to_form(&plan, &server, instance, issuer_state.as_deref());
                let endpoint = server.metadata.pushed_authorization_request_endpoint.clone().unwrap_or_default();
                let guard = self.guard(&server, false);
                let request = HttpRequest::post_form(endpoint, form);
                self.sends(request, guard, Stage::Pushed { plan, server, visit }, turn)
            }
        }
    }

    fn returned(
        self,
        plan: Plan,
        server: Server,
        visit: Visit,
        address: &Secret,
        turn: &mut Turn<'_>,
    ) -> Result<Progress, CollectError> {
        let instance = self.settings.instance.as_ref().ok_or(CollectError::NoGrant)?;
        let redirect_uri = instance.redirect_uri.as_str();
        let expected = answer::Expected { redirect_uri, issuer: plan.server.as_str(), state: &visit.state };
        let request = CodeRequest {
            code: answer::code(address.expose(), &expected)?,
            redirect_uri: Some(redirect_uri.to_owned()),
            verifier: Some(visit.verifier),
            client: Some(instance.client_id.clone()),
        };
        self.redeem(plan, server, &request.to_form(), turn)
    }

    fn redeem(self, plan: Plan, server: Server, form: &str, turn: &mut Turn<'_>) -> Result<Progress, CollectError> {
        let request = HttpRequest::post_form(&server.metadata.token_endpoint, form.to_owned());
        let guard = self.guard(&server, true);
        self.sends(request, guard, Stage::Token { plan, server }, turn)
    }

    fn token_known(
        self,
        plan: Plan,
        server: Server,
        body: &[u8],
        turn: &mut Turn<'_>,
    ) -> Result<Progress, CollectError> {
        let kind = server.token_type();
        let response = TokenResponse::parse(body, kind)?;
        let copies = plan.copies(self.settings.copies);
        let elsewhere = self.settings.keys == KeysAt::Elsewhere;
        // A server that gives no new refresh token leaves the old one good (RFC 6749 6).
        let earlier = match &plan.way {
            Way::Renewal(token) => Some(token.clone()),
            Way::PreAuthorized(_) | Way::Browser { .. } | Way::Waiting(_) => None,
        };
        let asking = Asking {
            identifier: response.identifier(&plan.configuration_id),
            access: Access { token: response.access_token, kind },
            refresh_token: response.refresh_token.or(earlier),
            plan,
            keys: Vec::new(),
            // Elsewhere: one nonce, and no second try. Whoever made the proofs was asked for exactly these.
            retried: elsewhere,
            envelope: None,
            renewed: false,
            server,
        };
        if elsewhere {
            return self.fetch_nonce(asking, turn);
        }
        Ok(self.needs(Need::Keys(copies), Stage::Keys(asking)))
    }
}

fn offered(offer: CredentialOffer, session: Session) -> Result<Progress, CollectError> {
    let wish = Wish::of(offer, &session.settings)?;
    wished(wish, session)
}

pub fn wished(wish: Wish, session: Session) -> Result<Progress, CollectError> {
    let issuer = Issuer::parse(&wish.issuer, session.settings.transport)
        .map_err(|source| CollectError::Address { at: Exchange::IssuerMetadata, source })?;
    let request = HttpRequest::get_json(issuer.metadata_address());
    Ok(session.needs(request, Stage::IssuerMetadata { wish, issuer }))
}

fn pre_authorized(grant: &PreAuthorized, tx_code: Option<Secret>) -> String {
    PreAuthorizedRequest { code: grant.code.clone(), tx_code }.to_form()
}

fn taken(response: HttpResponse, at: Exchange) -> Result<HttpResponse, CollectError> {
    if response.is_success() { Ok(response) } else { Err(CollectError::Refused { at, code: refusal(&response) }) }
}

fn body(response: HttpResponse, at: Exchange) -> Result<Vec<u8>, CollectError> {
    taken(response, at).map(|response| response.body)
}

/// The registered code of a refusal. Its free text is the other side's and goes nowhere.
pub fn refusal(response: &HttpResponse) -> Option<Code> {
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
