//! The holder's machine against the desk: from link to checked cards.

use std::sync::Arc;

use mibun_crypto::base64url;
use mibun_crypto::entropy::SeededEntropy;
use mibun_crypto::jws;
use mibun_crypto::key::{Algorithm, PublicKey, Signer, SoftwareKey};
use mibun_crypto::time::Timestamp;
use mibun_crypto::x509::{AuthoritySpec, Certificate, LeafSpec, Purpose, Subject, Validity, issue_leaf, issue_root};
use mibun_issuing::address::Transport;
use mibun_issuing::collect::{
    CollectError, Collected, Collector, Evidence, KeysAt, MadeProof, Need, Progress, Settings, WantedProofs,
};
use mibun_issuing::credential::CredentialResponse;
use mibun_issuing::error::ErrorBody;
use mibun_issuing::exchange::{HttpRequest, HttpResponse, Method};
use mibun_issuing::grant::{Grant, OfferSecrets};
use mibun_issuing::notification::Event;
use mibun_issuing::offer::{self, CredentialOffer, TxCode};
use mibun_issuing::proof;
use mibun_issuing::secret::Secret;
use serde_json::{Map, Value, json};

use crate::desk::{CONFIGURATION, Desk, ISSUER, NOW};
use crate::metadata::{VCT, issuer, issuer_metadata, server_metadata};
use crate::wallet;

/// An authority whose root wallets trust, with a key that signs cards.
pub struct Authority {
    pub root: Certificate,
    pub signer: SoftwareKey,
    pub leaf: Certificate,
}

impl Authority {
    pub fn new(seed: &str) -> Self {
        Self::signing_with(Algorithm::Es256, seed)
    }

    /// The same authority with a signer of another algorithm.
    pub fn signing_with(algorithm: Algorithm, seed: &str) -> Self {
        let mut entropy = SeededEntropy::new(seed);
        let root_key = SoftwareKey::generate(&mut entropy);
        let signer = SoftwareKey::generate_for(algorithm, &mut entropy);
        let validity = Validity { not_before: NOW.plus_days(-1), not_after: NOW.plus_days(365) };
        let root = AuthoritySpec { subject: subject(seed), validity, path_length: None };
        let root = issue_root(&root, &root_key, &mut entropy).expect("a root");
        let leaf = LeafSpec {
            subject: subject("Card signer"),
            alternative_names: Vec::new(),
            purpose: Purpose::DocumentSigner,
            validity,
            subject_key: signer.public_key(),
        };
        let leaf = issue_leaf(&leaf, &root, &root_key, &mut entropy).expect("a leaf");
        Self { root, signer, leaf }
    }

    /// The signed part of a card without anything to disclose, bound to `key`.
    pub fn card(&self, key: &PublicKey, change: impl FnOnce(&mut Map<String, Value>, &mut Value)) -> String {
        let mut header = Map::new();
        header.insert("typ".to_owned(), "dc+sd-jwt".into());
        header.insert("x5c".to_owned(), json!([base64url::encode_standard(self.leaf.der())]));
        let end = NOW.plus_days(30).0;
        let mut claims = json!({ "vct": VCT, "exp": end, "cnf": { "jwk": key.to_jwk().to_value() } });
        change(&mut header, &mut claims);
        let signed = jws::sign(header, claims.to_string().as_bytes(), &self.signer).expect("the key signs");
        format!("{signed}~")
    }
}

fn subject(name: &str) -> Subject {
    Subject { common_name: name.to_owned(), organisation: None, country: None }
}

/// Proofs by keys that the machine does not see.
fn proofs(wanted: &WantedProofs, now: Timestamp) -> Vec<MadeProof> {
    let made = keys(wanted.count).into_iter().map(|key| {
        let jwt = proof::sign(&*key, &wanted.issuer, wanted.nonce.as_deref(), now).expect("the key signs");
        MadeProof { key: key.public_key().clone(), jwt }
    });
    made.collect()
}

type Tamper = Box<dyn FnMut(&mut Vec<String>)>;
type Intercept = Box<dyn FnMut(&str) -> Option<HttpResponse>>;

/// The world of one collection: desk, authority, and everything that can be made to go wrong.
pub struct World {
    pub desk: Desk,
    pub secrets: OfferSecrets,
    pub authority: Authority,
    pub anchors: Vec<Certificate>,
    pub issuer_metadata: Value,
    pub server_metadata: Value,
    pub calls: Vec<String>,
    /// Changes the cards before they are answered.
    pub tamper: Tamper,
    /// Answers in place of the desk.
    pub intercept: Intercept,
    pub typed: Option<String>,
    /// Puts members that no standard knows into every answer.
    pub sprinkle: bool,
    /// Where the wallet's keys are.
    pub keys: KeysAt,
}

impl World {
    pub fn new(ask_tx_code: bool) -> Self {
        let (desk, secrets) = Desk::open(ask_tx_code);
        let authority = Authority::new("An authority");
        let anchors = vec![authority.root.clone()];
        let typed = secrets.tx_code.as_ref().map(|code| code.expose().to_owned());
        Self {
            desk,
            secrets,
            authority,
            anchors,
            issuer_metadata: issuer_metadata(),
            server_metadata: server_metadata(),
            calls: Vec::new(),
            tamper: Box::new(|_| {}),
            intercept: Box::new(|_| None),
            typed,
            sprinkle: false,
            keys: KeysAt::Holder,
        }
    }

    pub fn offer(&self) -> CredentialOffer {
        let tx_code = self.secrets.tx_code.as_ref().map(|_| TxCode::digits("On the screen"));
        CredentialOffer::new(&issuer(), &[CONFIGURATION], self.secrets.code.clone(), tx_code)
    }

    pub fn collect(&mut self) -> Result<Collected, CollectError> {
        let link = self.offer().link();
        self.collect_from(&link, 2)
    }

    pub fn collect_from(&mut self, link: &str, copies: usize) -> Result<Collected, CollectError> {
        let settings = Settings::new(Transport::Https, self.anchors.clone());
        let settings = Settings { copies, keys: self.keys, ..settings };
        let mut progress = Collector::start(link, settings)?;
        let mut entropy = SeededEntropy::new("a holder's machine");
        loop {
            let (need, collector) = match progress {
                Progress::Collected(collected) => return Ok(*collected),
                Progress::Needs(need, collector) => (need, collector),
            };
            let evidence = match need {
                Need::Exchange(request) => Evidence::Response(self.answer(&request)),
                Need::TxCode(_) => Evidence::TxCode(Secret::new(self.typed.clone().expect("the person types"))),
                Need::Keys(count) => Evidence::Keys(keys(count)),
                Need::Proofs(wanted) => Evidence::Proofs(proofs(&wanted, self.desk.now)),
                other => panic!("a wallet that is nobody needs no {other:?}"),
            };
            progress = collector.advance(evidence, self.desk.now, &mut entropy)?;
        }
    }

    pub fn answer(&mut self, request: &HttpRequest) -> HttpResponse {
        let mut response = self.answer_plainly(request);
        if self.sprinkle && !response.body.is_empty() {
            let mut body: Value = serde_json::from_slice(&response.body).expect("answers are JSON");
            body["zz"] = json!({ "top": [1, null, { "zz": "身分" }] });
            response.body = body.to_string().into_bytes();
        }
        response
    }

    fn answer_plainly(&mut self, request: &HttpRequest) -> HttpResponse {
        let path = request.url.strip_prefix("https://id.example").expect("a call to the issuer").to_owned();
        self.calls.push(format!("{} {path}", request.method.as_str()));
        if let Some(response) = (self.intercept)(&path) {
            return response;
        }
        let body = String::from_utf8(request.body.clone()).expect("bodies are text");
        let authorization =
            request.headers.iter().find(|(name, _)| *name == "authorization").map(|(_, text)| text.as_str());
        match (request.method, path.as_str()) {
            (Method::Get, "/mibun/offers/7") => good(&self.offer().to_value()),
            (Method::Get, "/.well-known/openid-credential-issuer/mibun") => good(&self.issuer_metadata),
            (Method::Get, "/.well-known/oauth-authorization-server/mibun") => good(&self.server_metadata),
            (Method::Post, "/mibun/token") => match self.desk.token_response(&body) {
                Ok(response) => good(&serde_json::to_value(response).expect("JSON")),
                Err(refused) => bad(&ErrorBody { error: refused.code(), error_description: None }),
            },
            (Method::Post, "/mibun/nonce") => good(&json!({ "c_nonce": self.desk.nonce() })),
            (Method::Post, "/mibun/credential") => match self.desk.credential(authorization, &body) {
                Ok(served) => {
                    let issue = |key: &PublicKey| self.authority.card(key, |_, _| {});
                    let mut cards: Vec<String> = served.accepted.keys.iter().map(issue).collect();
                    (self.tamper)(&mut cards);
                    let response = CredentialResponse::new(cards, served.notification_id);
                    good(&serde_json::to_value(response).expect("JSON"))
                }
                Err(refused) => bad(&ErrorBody { error: refused.code(), error_description: None }),
            },
            (Method::Post, "/mibun/notification") => match self.desk.notify(authorization, &body) {
                Ok(()) => HttpResponse::new(200, Vec::new()),
                Err(refused) => bad(&ErrorBody { error: refused.code(), error_description: None }),
            },
            other => panic!("no such endpoint: {other:?}"),
        }
    }

    pub fn event(&self) -> Option<Event> {
        let Grant::Collected(collected) = &self.desk.grant else { return None };
        collected.served[0].event
    }
}

pub fn keys(count: usize) -> Vec<Arc<dyn Signer>> {
    (0..count).map(|at| Arc::new(wallet::key(&format!("copy {at}"))) as Arc<dyn Signer>).collect()
}

pub fn good(body: &Value) -> HttpResponse {
    HttpResponse::new(200, body.to_string().into_bytes())
}

pub fn bad(body: &ErrorBody) -> HttpResponse {
    HttpResponse::new(400, serde_json::to_vec(body).expect("JSON"))
}

#[test]
fn an_offer_by_value_leads_to_cards_for_each_key() {
    let mut world = World::new(true);
    let collected = world.collect().expect("everything is in order");
    assert_eq!(collected.cards.iter().map(|card| card.key).collect::<Vec<_>>(), [0, 1]);
    assert_eq!((collected.issuer.as_str(), collected.card_type.as_str()), (ISSUER, VCT));
    assert_eq!(collected.issuer_names[1].name.as_deref(), Some("例示庁"));
    assert_eq!((world.desk.grant.state(), world.desk.spent.len()), ("collected", 1));
}

#[test]
fn proofs_made_elsewhere_lead_to_cards_for_their_keys() {
    let mut world = World::new(true);
    world.keys = KeysAt::Elsewhere;
    let collected = world.collect().expect("everything is in order");
    assert_eq!(collected.cards.iter().map(|card| card.key).collect::<Vec<_>>(), [0, 1]);
    let paths: Vec<&str> = world.calls.iter().map(String::as_str).skip(2).collect();
    assert_eq!(paths, ["POST /mibun/token", "POST /mibun/nonce", "POST /mibun/credential"]);
}

#[test]
fn proofs_made_elsewhere_are_not_asked_for_twice() {
    let mut world = World::new(false);
    world.keys = KeysAt::Elsewhere;
    world.intercept = Box::new(|path| (path == "/mibun/nonce").then(|| good(&json!({ "c_nonce": "stale" }))));
    let refused = world.collect().expect_err("the nonce is not the issuer's");
    let code = Some(mibun_issuing::error::Code::InvalidNonce);
    assert_eq!(refused, CollectError::Refused { at: mibun_issuing::collect::Exchange::Credential, code });
    assert_eq!(world.calls.iter().filter(|call| call.ends_with("/nonce")).count(), 1);
}

#[test]
fn an_offer_by_reference_is_fetched_first() {
    let mut world = World::new(true);
    world.collect_from(&offer::link_to("https://id.example/mibun/offers/7"), 1).expect("everything is in order");
    let expected = [
        "GET /mibun/offers/7",
        "GET /.well-known/openid-credential-issuer/mibun",
        "GET /.well-known/oauth-authorization-server/mibun",
        "POST /mibun/token",
        "POST /mibun/nonce",
        "POST /mibun/credential",
    ];
    assert_eq!(world.calls, expected);
}

#[test]
fn members_that_no_standard_knows_are_ignored_in_every_answer() {
    let mut world = World::new(true);
    world.sprinkle = true;
    let link = offer::link_to("https://id.example/mibun/offers/7");
    assert_eq!(world.collect_from(&link, 2).expect("strangers are ignored").cards.len(), 2);
}

#[test]
fn acceptance_is_told_by_the_caller_once_the_cards_are_kept() {
    let mut world = World::new(false);
    let collected = world.collect().expect("everything is in order");
    assert_eq!(world.event(), None);
    let mut notice = collected.notice.expect("the issuer wants to know");
    let told = notice.tell(Event::CredentialAccepted, NOW, &mut SeededEntropy::new("telling")).expect("a message");
    assert!(world.answer(&told).is_success());
    assert_eq!(world.event(), Some(Event::CredentialAccepted));
}

#[test]
fn cards_in_reverse_order_are_matched_by_key() {
    let mut world = World::new(false);
    world.tamper = Box::new(|cards| cards.reverse());
    let collected = world.collect().expect("the order promises nothing");
    assert_eq!(collected.cards.iter().map(|card| card.key).collect::<Vec<_>>(), [1, 0]);
}

#[test]
fn fewer_cards_than_asked_for_are_taken() {
    let mut world = World::new(false);
    world.tamper = Box::new(|cards| cards.truncate(1));
    assert_eq!(world.collect().expect("fewer will do").cards.len(), 1);
}

#[test]
fn no_more_copies_are_asked_for_than_the_issuer_gives() {
    let mut world = World::new(false);
    let link = world.offer().link();
    assert_eq!(world.collect_from(&link, 50).expect("the issuer gives three").cards.len(), 3);
}

#[test]
fn one_copy_is_asked_for_where_batches_are_not_offered() {
    let mut world = World::new(false);
    world.issuer_metadata.as_object_mut().expect("an object").remove("batch_credential_issuance");
    assert_eq!(world.collect().expect("one will do").cards.len(), 1);
}

#[test]
fn a_refused_nonce_is_replaced_once() {
    let mut world = World::new(false);
    let mut stale = Some(good(&json!({ "c_nonce": "stale" })));
    world.intercept = Box::new(move |path| if path == "/mibun/nonce" { stale.take() } else { None });
    world.collect().expect("the second nonce is good");
    assert_eq!(world.calls.iter().filter(|call| call.ends_with("/nonce")).count(), 2);
}

#[test]
fn what_the_machine_prints_has_no_secrets() {
    let world = World::new(true);
    let settings = Settings::new(Transport::Https, Vec::new());
    let progress = Collector::start(&world.offer().link(), settings).expect("a good link");
    let printed = format!("{progress:?}");
    assert!(!printed.contains(world.secrets.code.expose()), "{printed}");
}

#[test]
fn a_timestamp_far_ahead_expires_the_cards() {
    let world = World::new(false);
    let key = wallet::key("copy 0");
    let card = world.authority.card(key.public_key(), |_, _| {});
    let expected = mibun_issuing::received::Expected {
        anchors: &world.anchors,
        accepted: mibun_crypto::policy::Accepted::HAIP,
        format: mibun_card::CardFormat::SdJwtVc,
        card_type: VCT,
        now: Timestamp(NOW.plus_days(30).0),
    };
    let refused = mibun_issuing::received::check(&card, &expected);
    assert_eq!(refused, Err(mibun_issuing::received::CardError::Time));
}
