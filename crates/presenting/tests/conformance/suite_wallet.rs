//! The suite as a wallet: reads our request strictly, and answers rightly or wrongly.

use mibun_card::mdoc::{SessionTranscript, Showing};
use mibun_card::path::ClaimPath;
use mibun_crypto::base64url;
use mibun_crypto::entropy::SeededEntropy;
use mibun_crypto::json::Limits;
use mibun_crypto::jwe::{self, Enc, PartyInfo};
use mibun_crypto::jws;
use mibun_crypto::key::{Jwk, PublicKey, Signer, SoftwareKey};
use serde_json::{Map, Value, json};

use crate::world::{NOW, page, token, world};
use crate::{Posted, Sent};

/// What a request says, and to whom an answer is bound.
pub struct Read {
    pub payload: Value,
    pub header: Map<String, Value>,
    protocol: Option<&'static str>,
}

/// Takes the request apart without trusting our own reader.
pub fn read(sent: &Sent) -> Read {
    let compact = |text: &str| {
        let jws = jws::parse(text, &Limits::default()).expect("a signed request");
        (jws.payload_json(&Limits::default()).expect("a payload"), jws.header().members().clone())
    };
    match sent {
        Sent::Object { object, .. } => {
            let (payload, header) = compact(object);
            Read { payload, header, protocol: None }
        }
        Sent::Call { protocol, data } => {
            let (payload, header) = match &data["request"] {
                Value::Null => (data.clone(), Map::new()),
                Value::String(text) => compact(text),
                several => {
                    let part = |at: &Value| at.as_str().expect("text").to_owned();
                    let last = several["signatures"].as_array().and_then(|all| all.last()).expect("signatures");
                    let parts = [part(&last["protected"]), part(&several["payload"]), part(&last["signature"])];
                    compact(&parts.join("."))
                }
            };
            Read { payload, header, protocol: Some(protocol) }
        }
    }
}

/// A presentation that can still be spoilt.
pub struct Presentation {
    pub card: String,
    pub proof: Value,
    pub signer: SoftwareKey,
    /// Spoils the finished text.
    pub spoil: fn(String) -> String,
}

/// What the device signs over, as the suite understands OpenID4VP 1.0 appendix B.2.6.
pub struct Session {
    pub client_id: String,
    pub nonce: String,
    pub key: Jwk,
    /// `response_uri`, or the origin of the page.
    pub place: String,
}

impl Session {
    fn transcript(&self, through_the_browser: bool) -> SessionTranscript {
        let bare = Jwk { alg: None, public_key_use: None, kid: None, ..self.key.clone() };
        let thumbprint = PublicKey::from_jwk(&bare).expect("a public key").thumbprint();
        if through_the_browser {
            SessionTranscript::openid4vp_dc_api(&self.place, &self.nonce, Some(&thumbprint))
        } else {
            SessionTranscript::openid4vp(&self.client_id, &self.nonce, Some(&thumbprint), &self.place)
        }
    }
}

impl Read {
    /// The answer after `change` of the presentation.
    pub fn answer(&self, change: impl FnOnce(&mut Presentation)) -> Posted {
        self.answer_with(&world().card, &world().holder, change)
    }

    pub fn answer_with(&self, card: &str, holder: &SoftwareKey, change: impl FnOnce(&mut Presentation)) -> Posted {
        let paths: Vec<ClaimPath> = self.payload["dcql_query"]["credentials"][0]["claim_sets"][0]
            .as_array()
            .map(|_| ["assurance_level", "family_name", "given_name"].map(|name| ClaimPath::of_names(&[name])).to_vec())
            .expect("optional fields make sets");
        let paths = [paths, vec![ClaimPath::of_names(&["address", "formatted"])]].concat();
        let shown = token(card).select(&paths).expect("the card selects");
        let audience = match self.protocol {
            None => self.payload["client_id"].clone(),
            Some(_) => page().audience().into(),
        };
        let signer = SoftwareKey::from_pkcs8_der(&holder.to_pkcs8_der()).expect("our own key");
        let proof = json!({ "iat": NOW, "aud": audience, "nonce": self.payload["nonce"], "sd_hash": shown.sd_hash() });
        let mut made = Presentation { card: shown.without_key_binding(), proof, signer, spoil: |text| text };
        change(&mut made);
        let header = Map::from_iter([("typ".to_owned(), "kb+jwt".into())]);
        let proof = jws::sign(header, made.proof.to_string().as_bytes(), &made.signer).expect("the key signs");
        self.post(&(made.spoil)(format!("{}{proof}", made.card)))
    }

    /// The answer with the elements that are asked for, in the session after `change` of its inputs.
    pub fn answer_in_mdoc(&self, change: impl FnOnce(&mut Session)) -> Posted {
        let text = |member: &str| self.payload[member].as_str().unwrap_or_default().to_owned();
        let key = Jwk::from_value(&self.payload["client_metadata"]["jwks"]["keys"][0]).expect("a key");
        let mut session =
            Session { client_id: text("client_id"), nonce: text("nonce"), key, place: text("response_uri") };
        if self.protocol.is_some() {
            session.place = page().as_str().to_owned();
        }
        change(&mut session);
        let claims = self.payload["dcql_query"]["credentials"][0]["claims"].as_array().expect("claims");
        let name = |claim: &Value, at: usize| claim["path"][at].as_str().expect("a name").to_owned();
        let wanted: Vec<(String, String)> = claims.iter().map(|claim| (name(claim, 0), name(claim, 1))).collect();
        let held: Vec<(&str, &str)> = wanted
            .iter()
            .map(|(space, name)| (space.as_str(), name.as_str()))
            .filter(|(space, name)| world().document.item(space, name).is_some())
            .collect();
        let document = world().document.select(&held).expect("it has them");
        let showing = Showing::new(document, Vec::new(), &session.transcript(self.protocol.is_some()));
        self.post(&base64url::encode(&showing.sign(&world().holder).expect("the key signs")))
    }

    /// Encrypts and sends a presentation.
    fn post(&self, presentation: &str) -> Posted {
        let id = &self.payload["dcql_query"]["credentials"][0]["id"];
        let mut payload = json!({ "vp_token": { id.as_str().expect("text"): [presentation] }, "sprinkled": 1 });
        if let Some(state) = self.payload.get("state") {
            payload["state"] = state.clone();
        }
        let key = Jwk::from_value(&self.payload["client_metadata"]["jwks"]["keys"][0]).expect("a key");
        let mut entropy = SeededEntropy::new("suite wallet");
        let text = payload.to_string();
        let sealed = jwe::encrypt(text.as_bytes(), &key, Enc::A128Gcm, PartyInfo::default(), &mut entropy);
        let sealed = sealed.expect("it encrypts");
        match self.protocol {
            None => Posted::Form(vec![("response".to_owned(), sealed)]),
            Some(protocol) => Posted::Data { protocol, data: json!({ "response": sealed }) },
        }
    }
}

/// Another key.
pub fn thief() -> SoftwareKey {
    let key = SoftwareKey::generate(&mut SeededEntropy::new("thief"));
    assert_ne!(key.public_key(), world().holder.public_key());
    key
}
