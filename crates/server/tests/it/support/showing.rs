//! A card shown step by step, so that every step can be done wrongly.

use mibun_card::kb_jwt::{self, Binding};
use mibun_card::path::ClaimPath;
use mibun_card::sd_jwt::SdJwt;
use mibun_crypto::json::Limits;
use mibun_crypto::key::SoftwareKey;
use mibun_crypto::time::Timestamp;
use mibun_presenting::dcql::{Query, VpToken};
use mibun_presenting::request::VerifiedRequest;
use mibun_presenting::response;
use mibun_server::entropy::SystemEntropy;
use reqwest::RequestBuilder;
use serde_json::Value;

use super::Town;
use super::asking::Asked;
use super::issuing::Holder;
use super::wire::{Reply, send};

pub(crate) const LIMITS: Limits = Limits { bytes: 1024 * 1024, depth: 32, nodes: 2000 };

/// What is shown, to whom, and by which key.
pub(crate) struct Showing<'a> {
    pub(crate) card: String,
    pub(crate) key: &'a SoftwareKey,
    pub(crate) audience: String,
    pub(crate) nonce: String,
    pub(crate) at: Timestamp,
    pub(crate) paths: Vec<ClaimPath>,
}

impl<'a> Showing<'a> {
    /// What an honest holder shows: one copy, all that was asked for and that the card has.
    pub(crate) fn honest(town: &Town, holder: &'a Holder, request: &VerifiedRequest) -> Self {
        Self::to(town, holder, &request.query, (&request.client_id, &request.nonce))
    }

    /// The same for a query that came in another way, to this audience and with this nonce.
    pub(crate) fn to(town: &Town, holder: &'a Holder, query: &Query, (audience, nonce): (&str, &str)) -> Self {
        let (card, key) = &holder.copies[0];
        let asked = query.credential(Query::CARD).expect("the one query").claims.iter();
        let claims = claims(card);
        let held = asked.map(|claim| claim.path.clone()).filter(|path| path.resolve(&claims).is_ok());
        Self {
            card: card.clone(),
            key,
            audience: audience.to_owned(),
            nonce: nonce.to_owned(),
            at: town.app.clock.now(),
            paths: held.collect(),
        }
    }

    /// The part of the card that is shown, without a proof.
    pub(crate) fn shown(&self) -> SdJwt {
        SdJwt::parse(&self.card, &LIMITS).and_then(|card| card.select(&self.paths)).expect("a card")
    }

    /// The proof over it.
    pub(crate) fn proof(&self) -> String {
        let binding = Binding { audience: &self.audience, nonce: &self.nonce, now: self.at };
        kb_jwt::create(&self.shown(), &binding, self.key).expect("the key signs")
    }

    pub(crate) fn presentation(&self) -> String {
        self.shown().with_key_binding(&self.proof())
    }
}

/// Everything that a card says.
pub(crate) fn claims(card: &str) -> Value {
    let card = SdJwt::parse(card, &LIMITS).and_then(|card| card.process()).expect("a card");
    Value::Object(card.claims)
}

/// The text with one letter of it changed, at the given place.
pub(crate) fn tampered(text: &str, at: usize) -> String {
    let mut bytes = text.as_bytes().to_vec();
    bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
    String::from_utf8(bytes).expect("one letter for another")
}

impl Town {
    /// The answer to a request with this presentation, on its way.
    pub(crate) fn answering(&self, request: &VerifiedRequest, presentation: &str) -> RequestBuilder {
        self.answering_with(request, &VpToken::single(Query::CARD, presentation))
    }

    pub(crate) fn answering_with(&self, request: &VerifiedRequest, token: &VpToken) -> RequestBuilder {
        let posting = response::answer(request, token, &mut SystemEntropy::new()).expect("an answer");
        self.post(posting.uri.as_str()).form(&posting.form)
    }

    /// Fetches, shows what is honest, answers.
    pub(crate) async fn answered(&self, asked: &Asked, holder: &Holder) -> Reply {
        let request = self.fetched(asked).await;
        let showing = Showing::honest(self, holder, &request);
        send(self.answering(&request, &showing.presentation())).await
    }

    /// Sends an answer that is judged and refused: the check ends with the reason, and nothing of the card is kept.
    pub(crate) async fn judges(&self, asked: &Asked, answer: RequestBuilder, refusal: &str) {
        let before = self.counts().await;
        let reply = send(answer).await;
        assert_eq!(reply.told(), (400, "invalid_presentation".to_owned()), "{}", reply.text());
        assert_eq!(reply.json()["error_description"], refusal);
        let view = self.sees(asked).await;
        assert_eq!(view["state"], "refused");
        let verdict = &view["verdict"];
        assert_eq!((&verdict["outcome"], &verdict["refusal"]["code"]), (&"refused".into(), &refusal.into()));
        for language in ["en", "ja", "zh-Hans"] {
            let message = verdict["refusal"]["message"][language].as_str().expect("a message");
            assert!(message.chars().count() > 5, "{refusal} in {language}: {message}");
        }
        assert_eq!(verdict["fields"], Value::Array(Vec::new()), "a refused card reveals nothing");
        assert_eq!(view["retain_until"], Value::Null);
        assert_eq!(self.guests(&asked.scene).await, Vec::<Value>::new());
        assert_eq!(self.counts().await, before, "nothing but the verdict is stored");
    }
}
