//! An organisation that asks, and can ask in every wrong way.

use mibun_crypto::entropy::SeededEntropy;
use mibun_crypto::json::Limits;
use mibun_crypto::jwe::EphemeralKey;
use mibun_crypto::jws;
use mibun_crypto::key::{Signer, SoftwareKey};
use mibun_crypto::policy::Accepted;
use mibun_crypto::x509::Purpose;
use mibun_issuing::exchange::{HttpRequest, HttpResponse};
use mibun_presenting::dcql::Query;
use mibun_presenting::request::{
    AccessIdentity, AnswerBy, FetchMethod, REQUEST_MEDIA_TYPE, RequestLink, RequestSpec, client_id,
};
use mibun_presenting::response::{Expected, Received, receive};
use serde_json::{Value, json};
use url::Url;

use crate::world::{Authority, NOW, fields, header};

pub const NONCE: &str = "n-0S6_WzA2Mj1aXbk39dkQ2";
const STATE: &str = "s-9fKq2LmZ7TtR5vYwB8nPx";

pub struct Asker {
    key: SoftwareKey,
    chain: Vec<Vec<u8>>,
    answer_key: EphemeralKey,
    pub encrypted: bool,
    pub query: Value,
    /// Changes the request before it is signed.
    pub tamper: fn(&mut Value),
    /// What is said to an answer.
    pub reply: HttpResponse,
    /// Whether the request can still be had.
    pub gone: bool,
    pub wallet_nonce: Option<String>,
    pub received: Vec<Received>,
}

impl Asker {
    pub fn new(authority: &Authority) -> Self {
        let mut entropy = SeededEntropy::new("a hotel");
        let key = SoftwareKey::generate(&mut entropy);
        let chain = vec![authority.admit("Hotel Sakura", Purpose::AccessCertificate, key.public_key())];
        Self {
            key,
            chain,
            answer_key: EphemeralKey::generate(&mut entropy),
            encrypted: true,
            query: query(&[&["family_name"], &["address", "formatted"]]),
            tamper: |_| {},
            reply: reply(&json!({ "redirect_uri": "https://hotel.example/done?response_code=abc" })),
            gone: false,
            wallet_nonce: None,
            received: Vec::new(),
        }
    }

    pub fn client_id(&self) -> String {
        client_id(&self.chain[0])
    }

    pub fn link(&self, method: FetchMethod) -> String {
        let request_uri = Url::parse("https://id.example/vp/requests/1").expect("an address");
        let link = RequestLink { client_id: self.client_id(), request_uri, method };
        link.to_url(&Url::parse("openid4vp://").expect("a scheme")).to_string()
    }

    /// The presentation that came last.
    pub fn presentation(&self) -> String {
        let Some(Received::Answer { token, state }) = self.received.last() else { panic!("{:?}", self.received) };
        assert_eq!(state.as_deref(), Some(STATE));
        let [presentation] = token.presentations(Query::CARD) else { panic!("one presentation was asked for") };
        presentation.clone()
    }

    pub fn hand_out(&mut self, request: &HttpRequest, body: Option<&str>) -> HttpResponse {
        assert_eq!(header(request, "accept"), Some(REQUEST_MEDIA_TYPE));
        if self.gone {
            return HttpResponse::new(400, Vec::new());
        }
        let sent = body.map(fields);
        self.wallet_nonce = sent.and_then(|mut fields| fields.remove("wallet_nonce"));
        HttpResponse::new(200, self.request().into_bytes())
    }

    pub fn receive(&mut self, body: &str) -> HttpResponse {
        let expected = match self.encrypted {
            true => Expected::Encrypted { key: &self.answer_key, kid: "answer" },
            false => Expected::Plain,
        };
        let form: Vec<(String, String)> = fields(body).into_iter().collect();
        self.received.push(receive(&form, &expected, &Limits::default()).expect("wallets send good answers"));
        self.reply.clone()
    }

    fn request(&self) -> String {
        let response_uri = Url::parse("https://id.example/vp/responses/1").expect("an address");
        let key = self.answer_key.public_jwk("answer");
        let spec = RequestSpec {
            query: &Query::from_value(&self.query).expect("a good query"),
            cards: Accepted::HAIP,
            notice: None,
            verifier_info: &[],
            transaction_data: &[],
            nonce: NONCE,
            state: STATE,
            wallet_nonce: self.wallet_nonce.as_deref(),
            response_uri: &response_uri,
            answer_by: if self.encrypted { AnswerBy::DirectPostJwt(&key) } else { AnswerBy::DirectPost },
            issued_at: NOW,
            expires_at: NOW.plus_seconds(300),
        };
        let signed = spec.sign(&AccessIdentity { chain: &self.chain, signer: &self.key }).expect("signed");
        self.changed(&signed)
    }

    /// The same request with changed members, signed again by the same key.
    fn changed(&self, signed: &str) -> String {
        let jws = jws::parse(signed, &Limits::default()).expect("a request");
        let mut payload = jws.payload_json(&Limits::default()).expect("a payload");
        (self.tamper)(&mut payload);
        let mut header = jws.header().members().clone();
        header.remove("alg");
        jws::sign(header, payload.to_string().as_bytes(), &self.key).expect("signed")
    }
}

/// A query for one card of ours with the claims at these paths.
pub fn query(paths: &[&[&str]]) -> Value {
    let claims: Vec<Value> = paths.iter().map(|path| json!({ "path": path })).collect();
    json!({ "credentials": [{
        "id": Query::CARD,
        "format": "dc+sd-jwt",
        "meta": { "vct_values": [mibun_card::vc::CARD_VCT] },
        "claims": claims,
    }] })
}

pub fn reply(body: &Value) -> HttpResponse {
    HttpResponse::new(200, body.to_string().into_bytes())
}
