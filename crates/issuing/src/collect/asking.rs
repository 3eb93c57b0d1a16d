//! Asking for the cards, with everything that takes: keys, nonce, proofs, encryption, patience.

use std::fmt;
use std::sync::Arc;

use mibun_crypto::key::{PublicKey, Signer};
use mibun_crypto::time::Timestamp;
use serde_json::json;
use zeroize::Zeroizing;

use super::encryption::{Envelope, Offered};
use super::keys::{self, Absent, ProofWay};
use super::plan::Plan;
use super::server::Server;
use super::session::{self, Access, Guard, Session, Turn};
use super::steps::{self, Stage};
use super::{
    CollectError, Collected, CollectedCard, Exchange, KeysAt, MadeProof, Need, Notice, Progress, Renewal,
    WantedAttestation, WantedProofs,
};
use crate::credential::{CredentialAnswer, CredentialRequest, CredentialResponse, Pending, ProofsToSend};
use crate::error::Code;
use crate::exchange::{HttpRequest, HttpResponse};
use crate::received::{self, CardError, Expected};
use crate::secret::Secret;
use crate::token::{RefreshRequest, TokenResponse};

/// Everything for a credential request but the nonce.
pub struct Asking {
    pub plan: Plan,
    pub access: Access,
    /// What stands for the card in requests, where the server named it.
    pub identifier: Option<String>,
    pub refresh_token: Option<Secret>,
    pub keys: Vec<Arc<dyn Signer>>,
    /// Whether a nonce of ours was refused before: then another refusal is final.
    pub retried: bool,
    /// How answers are opened.
    pub envelope: Option<Envelope>,
    /// Whether the token was renewed since the cards were last asked for: a fresh one that is refused is refused for good.
    pub renewed: bool,
    /// Where a token that ended while the cards were not ready is renewed.
    pub server: Server,
}

impl fmt::Debug for Asking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Asking").field("keys", &self.keys.len()).field("retried", &self.retried).finish_non_exhaustive()
    }
}

impl Session {
    pub fn fetch_nonce(self, asking: Asking, turn: &mut Turn<'_>) -> Result<Progress, CollectError> {
        match &asking.plan.issuer.nonce_endpoint {
            Some(endpoint) => Ok(self.needs(HttpRequest::post_empty(endpoint), Stage::Nonce(asking))),
            None => self.nonce_known(asking, None, turn),
        }
    }

    pub fn nonce_known(
        self,
        asking: Asking,
        nonce: Option<String>,
        turn: &mut Turn<'_>,
    ) -> Result<Progress, CollectError> {
        if self.settings.keys == KeysAt::Elsewhere {
            let wanted = WantedProofs {
                count: asking.plan.copies(self.settings.copies),
                issuer: asking.plan.issuer.credential_issuer.clone(),
                nonce,
                token: asking.access.token.clone(),
            };
            return Ok(self.needs(Need::Proofs(wanted), Stage::Proofs(asking)));
        }
        let way = keys::way(&asking.plan.configuration, &self.settings).ok_or(CollectError::Unsupported)?;
        if way.needs_attestation() {
            let wanted = WantedAttestation { keys: asking.public_keys(), nonce: nonce.clone() };
            return Ok(self.needs(Need::KeyAttestation(wanted), Stage::KeyAttestation { asking, nonce, way }));
        }
        self.ask(asking, nonce.as_deref(), None, turn)
    }

    pub fn ask_with(
        self,
        asking: Asking,
        proofs: Vec<MadeProof>,
        turn: &mut Turn<'_>,
    ) -> Result<Progress, CollectError> {
        let (keys, proofs): (Vec<_>, Vec<_>) = proofs.into_iter().map(|made| (made.key, made.jwt)).unzip();
        let keys = keys.into_iter().map(|key| Arc::new(Absent(key)) as Arc<dyn Signer>).collect();
        self.send(Asking { keys, ..asking }, &ProofsToSend::Signed(proofs), turn)
    }

    pub fn ask(
        self,
        asking: Asking,
        nonce: Option<&str>,
        attestation: Option<(ProofWay, String)>,
        turn: &mut Turn<'_>,
    ) -> Result<Progress, CollectError> {
        let issuer = &asking.plan.issuer.credential_issuer;
        let proofs = keys::proofs(&asking.keys, (issuer, nonce), attestation, turn.now)?;
        self.send(asking, &proofs, turn)
    }

    fn send(self, mut asking: Asking, proofs: &ProofsToSend, turn: &mut Turn<'_>) -> Result<Progress, CollectError> {
        asking.envelope = Offered::read(&asking.plan.issuer)?.envelope(turn.entropy);
        let body = CredentialRequest::to_value(&asking.plan.configuration_id, asking.identifier.as_deref(), proofs);
        let endpoint = asking.plan.issuer.credential_endpoint.clone();
        let request = asking.sealed(&endpoint, body, turn)?;
        let guard = Guard::Issuer(asking.access.clone());
        self.sends(request, guard, Stage::Credential(asking), turn)
    }

    pub fn answered(
        self,
        asking: Asking,
        response: HttpResponse,
        turn: &mut Turn<'_>,
    ) -> Result<Progress, CollectError> {
        if !response.is_success() {
            let code = steps::refusal(&response);
            if code == Some(Code::InvalidNonce) && !asking.retried {
                return self.fetch_nonce(Asking { retried: true, ..asking }, turn);
            }
            return Err(CollectError::Refused { at: Exchange::Credential, code });
        }
        match CredentialAnswer::parse(&asking.opened(&response)?)? {
            CredentialAnswer::Issued(response) => self.received(asking, response, turn.now),
            CredentialAnswer::Pending(pending) => self.wait(asking, pending),
        }
    }

    /// The answer to a question after cards that were not ready.
    pub fn deferred(
        self,
        asking: Asking,
        transaction: Secret,
        response: HttpResponse,
        turn: &mut Turn<'_>,
    ) -> Result<Progress, CollectError> {
        if !response.is_success() {
            let code = steps::refusal(&response).or_else(|| session::challenged(&response));
            return match (code, asking.refresh_token.clone()) {
                (Some(Code::InvalidToken), Some(token)) if !asking.renewed => {
                    self.renew_token(asking, transaction, token, turn)
                }
                (code, _) => Err(CollectError::Refused { at: Exchange::Deferred, code }),
            };
        }
        match CredentialAnswer::parse(&asking.opened(&response)?)? {
            CredentialAnswer::Issued(response) => self.received(asking, response, turn.now),
            CredentialAnswer::Pending(pending) => self.wait(asking, pending),
        }
    }

    fn wait(self, asking: Asking, pending: Pending) -> Result<Progress, CollectError> {
        if asking.plan.issuer.deferred_credential_endpoint.is_none() {
            return Err(CollectError::NoDeferredEndpoint);
        }
        let seconds = pending.interval.clamp(1, LONGEST_PAUSE);
        let asking = Asking { renewed: false, ..asking };
        let transaction = Secret::new(pending.transaction_id);
        Ok(self.needs(Need::Wait(seconds), Stage::Waiting { asking, transaction }))
    }

    pub fn ask_again(
        self,
        asking: Asking,
        transaction: &Secret,
        turn: &mut Turn<'_>,
    ) -> Result<Progress, CollectError> {
        let endpoint = asking.plan.issuer.deferred_credential_endpoint.clone();
        let endpoint = endpoint.ok_or(CollectError::NoDeferredEndpoint)?;
        let request = asking.sealed(&endpoint, json!({ "transaction_id": transaction.expose() }), turn)?;
        let guard = Guard::Issuer(asking.access.clone());
        self.sends(request, guard, Stage::Deferred { asking, transaction: transaction.clone() }, turn)
    }

    /// The token has ended, which says nothing about the cards.
    fn renew_token(
        self,
        asking: Asking,
        transaction: Secret,
        token: Secret,
        turn: &mut Turn<'_>,
    ) -> Result<Progress, CollectError> {
        let client = self.settings.instance.as_ref().map(|instance| instance.client_id.clone());
        let form = RefreshRequest { token, client }.to_form();
        let request = HttpRequest::post_form(&asking.server.metadata.token_endpoint, form);
        let guard = self.guard(&asking.server, true);
        self.sends(request, guard, Stage::Renewed { asking, transaction }, turn)
    }

    fn received(self, asking: Asking, response: CredentialResponse, now: Timestamp) -> Result<Progress, CollectError> {
        let owners = asking.owners(&response, &self, now);
        let notice = asking.notice(&response, self);
        match owners {
            Ok(owners) => Ok(Progress::Collected(Box::new(asking.collected(response, owners, notice)))),
            Err(source) => Err(CollectError::Card { source, report: notice.map(Box::new) }),
        }
    }
}

impl Asking {
    /// The same with a new token.
    pub fn renewed(self, body: &[u8]) -> Result<Self, CollectError> {
        let response = TokenResponse::parse(body, self.access.kind)?;
        let access = Access { token: response.access_token, ..self.access };
        // A server that gives no new refresh token leaves the old one good (RFC 6749 6).
        let refresh_token = response.refresh_token.or(self.refresh_token);
        Ok(Self { access, refresh_token, renewed: true, ..self })
    }

    fn public_keys(&self) -> Vec<PublicKey> {
        self.keys.iter().map(|key| key.public_key().clone()).collect()
    }

    fn sealed(
        &self,
        endpoint: &str,
        body: serde_json::Value,
        turn: &mut Turn<'_>,
    ) -> Result<HttpRequest, CollectError> {
        match &self.envelope {
            Some(envelope) => envelope.request(endpoint, body, turn.entropy),
            None => Ok(HttpRequest::post_json(endpoint, &body)),
        }
    }

    fn opened(&self, response: &HttpResponse) -> Result<Zeroizing<Vec<u8>>, CollectError> {
        match &self.envelope {
            Some(envelope) => envelope.open(response),
            None => Ok(Zeroizing::new(response.body.clone())),
        }
    }

    fn owners(
        &self,
        response: &CredentialResponse,
        session: &Session,
        now: Timestamp,
    ) -> Result<Vec<usize>, CardError> {
        let cards: Vec<&str> = response.credentials.iter().map(|issued| issued.credential.as_str()).collect();
        let (format, card_type) = self.plan.card();
        let (anchors, accepted) = (&session.settings.anchors, session.settings.accepted);
        let expected = Expected { anchors, accepted, format, card_type, now };
        received::match_keys(&cards, &self.public_keys(), &expected)
    }

    fn notice(&self, response: &CredentialResponse, session: Session) -> Option<Notice> {
        let endpoint = self.plan.issuer.notification_endpoint.clone()?;
        let id = response.notification_id.clone()?;
        Some(Notice::new(session, self.access.clone(), endpoint, id))
    }

    fn collected(self, response: CredentialResponse, owners: Vec<usize>, notice: Option<Notice>) -> Collected {
        let (format, card_type) = self.plan.card();
        let card_type = card_type.to_owned();
        let cards = response.credentials.into_iter().zip(owners);
        let renewal = self.refresh_token.map(|refresh_token| Renewal {
            issuer: self.plan.issuer.credential_issuer.clone(),
            configuration: self.plan.configuration_id.clone(),
            server: self.plan.server.as_str().to_owned(),
            refresh_token,
        });
        Collected {
            format,
            card_type,
            card_names: self.plan.configuration.names(),
            issuer: self.plan.issuer.credential_issuer,
            issuer_names: self.plan.issuer.display,
            cards: cards.map(|(issued, key)| CollectedCard { card: issued.credential, key }).collect(),
            notification_id: response.notification_id,
            notice,
            renewal,
        }
    }
}

/// A day.
const LONGEST_PAUSE: u64 = 24 * 3600;
