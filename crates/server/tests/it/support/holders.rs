//! Holders of full cards, step by step, so that every step can be done wrongly.

use mibun_card::assurance::{CloneProtection, Country, DocumentType};
use mibun_card::path::ClaimPath;
use mibun_card::sd_jwt::SdJwt;
use mibun_crypto::base64url;
use mibun_crypto::key::{Jwk, PublicKey, SoftwareKey};
use mibun_crypto::opaque::{Login, Registration};
use mibun_crypto::time::Date;
use mibun_presenting::dcql::Query;
use mibun_presenting::request::VerifiedRequest;
use mibun_proofing::device_proof::{self, Context, Purpose};
use mibun_proofing::instruction::{Consent, Draft, Instruction, InstructionKey, Subject, make};
use mibun_registry::run;
use mibun_server::entropy::SystemEntropy;
use mibun_server::work::WorkError;
use mibun_server::work::journeys::{self, ChipFound};
use reqwest::RequestBuilder;
use serde_json::{Value, json};

use super::Town;
use super::issuing::{CONFIGURATION, Offered, key};
use super::showing::{LIMITS, claims};
use super::town::NUMBER;
use super::wire::send;

/// The ID password of these tests, and one that it is not.
pub(crate) const PASSWORD: &str = "41938275";
pub(crate) const WRONG: &str = "41938276";
/// Copies of a full card in these tests.
pub(crate) const COPIES: usize = 2;

/// A journey over HTTP.
pub(crate) struct Journey {
    pub(crate) id: String,
    pub(crate) token: String,
}

/// A sign-in that was finished.
pub(crate) struct SignedIn {
    pub(crate) exchange: String,
    pub(crate) mac_key: InstructionKey,
}

/// A key that the authority keeps.
#[derive(Clone)]
pub(crate) struct KeptCopy {
    pub(crate) id: String,
    pub(crate) key: PublicKey,
    /// The card, once it was collected.
    pub(crate) card: String,
}

/// Somebody with a device and an open session.
pub(crate) struct Account {
    pub(crate) person: String,
    pub(crate) device: SoftwareKey,
    pub(crate) session: SignedIn,
    pub(crate) token: String,
    pub(crate) copies: Vec<KeptCopy>,
}

fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_else(|| panic!("{name} in {value}")).to_owned()
}

impl Town {
    pub(crate) async fn full_journey(&self) -> Journey {
        self.full_journey_of(NUMBER, "Aokigahara Kenzaburo").await
    }

    pub(crate) async fn full_journey_of(&self, number: &str, name: &str) -> Journey {
        let body = json!({ "number": number, "name": name, "goal": "full" });
        let reply = send(self.post("/api/journeys").json(&body)).await;
        assert_eq!(reply.status, 201, "{}", reply.text());
        Journey { id: text(&reply.json(), "id"), token: text(&reply.json(), "token") }
    }

    /// A request about a journey, with its token.
    pub(crate) fn about(&self, journey: &Journey, what: &str) -> RequestBuilder {
        self.post(&format!("/api/journeys/{}/{what}", journey.id)).bearer_auth(&journey.token)
    }

    /// The chip is read and found good.
    pub(crate) async fn reads_chip(&self, journey: &Journey) {
        let mut opened = journeys::authorise(&self.app, &journey.id, &journey.token).await.expect("the token");
        opened.state.upgrade.as_mut().expect("a full journey").chip = Some(ChipFound {
            at: self.app.clock.now(),
            document: DocumentType::ResidencePermit,
            country: Country::try_from("UTO".to_owned()).expect("a country"),
            clone_protection: Some(CloneProtection::ActiveAuthentication),
            valid_until: Date::new(2036, 1, 1).expect("a day"),
        });
        run(&*self.app.registry, "test.chip", |unit| {
            let mut opened = opened.clone();
            Box::pin(async move {
                journeys::save(&self.app, unit, &mut opened).await?;
                Ok::<_, WorkError>(())
            })
        })
        .await
        .expect("stored");
    }

    pub(crate) async fn sets_password(&self, journey: &Journey, digits: &str) {
        let mut entropy = SystemEntropy::new();
        let (registration, request) = Registration::start(digits.as_bytes(), &mut entropy).expect("a registration");
        let body = json!({ "request": base64url::encode(&request) });
        let reply = send(self.about(journey, "password/start").json(&body)).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        let response = base64url::decode(&text(&reply.json(), "response")).expect("base64url");
        let registered = registration.finish(digits.as_bytes(), &response, &mut entropy).expect("registered");
        let body = json!({ "record": base64url::encode(&registered.record) });
        let reply = send(self.about(journey, "password/finish").json(&body)).await;
        assert_eq!(reply.status, 204, "{}", reply.text());
    }

    /// The access token of an accepted journey to a full card.
    pub(crate) async fn full_token(&self) -> String {
        self.full_token_of(NUMBER, "Aokigahara Kenzaburo").await
    }

    pub(crate) async fn full_token_of(&self, number: &str, name: &str) -> String {
        let offered = self.full_offer_of(number, name).await;
        self.token_for(&offered).await
    }

    /// The offer of an accepted journey to a full card.
    pub(crate) async fn full_offer(&self) -> Offered {
        self.full_offer_of(NUMBER, "Aokigahara Kenzaburo").await
    }

    async fn full_offer_of(&self, number: &str, name: &str) -> Offered {
        let journey = self.full_journey_of(number, name).await;
        self.reads_chip(&journey).await;
        self.sets_password(&journey, PASSWORD).await;
        let (link, tx_code) = self.accepts(&journey.id, &journey.token).await;
        self.look_up(&link, tx_code).await
    }

    pub(crate) async fn device_proof(&self, purpose: Purpose, over: &[u8], device: &SoftwareKey) -> String {
        let authority = self.app.config.server.public_url.as_str();
        let context = Context { purpose, authority, over, now: self.app.clock.now() };
        device_proof::make(&context, &self.nonce().await, device).expect("the device signs")
    }

    pub(crate) async fn registering(&self, token: &str, device: &SoftwareKey) -> RequestBuilder {
        let body = self.registration(token, device).await;
        self.post("/api/holder/devices").bearer_auth(token).json(&body)
    }

    /// What a device says to be registered beside a token.
    pub(crate) async fn registration(&self, token: &str, device: &SoftwareKey) -> Value {
        let proof = self.device_proof(Purpose::Registration, token.as_bytes(), device).await;
        json!({ "proof": proof, "name": "My phone" })
    }

    /// Registers a device; answers the person as instructions name them.
    pub(crate) async fn registered(&self, token: &str, device: &SoftwareKey) -> String {
        let reply = send(self.registering(token, device).await).await;
        assert_eq!(reply.status, 201, "{}", reply.text());
        text(&reply.json(), "person")
    }

    /// The first message of a sign-in, on its way.
    pub(crate) async fn knocking(&self, device: &SoftwareKey, digits: &str) -> (Login, RequestBuilder) {
        let (login, request) = Login::start(digits.as_bytes(), &mut SystemEntropy::new()).expect("a login");
        let proof = self.device_proof(Purpose::SignIn, &request, device).await;
        let body = json!({ "proof": proof, "request": base64url::encode(&request) });
        (login, self.post("/api/holder/login/start").json(&body))
    }

    /// The first message of a sign-in; answers what the server says.
    pub(crate) async fn knocks(&self, device: &SoftwareKey, digits: &str) -> super::wire::Reply {
        send(self.knocking(device, digits).await.1).await
    }

    pub(crate) async fn signs_in(&self, device: &SoftwareKey, digits: &str) -> SignedIn {
        let (login, request) = self.knocking(device, digits).await;
        let reply = send(request).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        let (exchange, response) = (text(&reply.json(), "exchange"), text(&reply.json(), "response"));
        let response = base64url::decode(&response).expect("base64url");
        let done = login.finish(digits.as_bytes(), &response, &mut SystemEntropy::new()).expect("the right password");
        let reply = send(self.finishing(&exchange, &done.finalization)).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        SignedIn { exchange, mac_key: InstructionKey::of(&done.session_key) }
    }

    pub(crate) fn finishing(&self, exchange: &str, finalization: &[u8]) -> RequestBuilder {
        let body = json!({ "exchange": exchange, "finalization": base64url::encode(finalization) });
        self.post("/api/holder/login/finish").json(&body)
    }

    pub(crate) fn preparing(&self, token: &str, exchange: &str, count: usize) -> RequestBuilder {
        let body = json!({ "exchange": exchange, "count": count });
        self.post("/api/holder/keys/prepare").bearer_auth(token).json(&body)
    }

    /// Somebody who has signed in and whose keys are fresh.
    pub(crate) async fn account(&self) -> Account {
        let token = self.full_token().await;
        self.account_with(token).await
    }

    pub(crate) async fn account_with(&self, token: String) -> Account {
        let device = key();
        let person = self.registered(&token, &device).await;
        let session = self.signs_in(&device, PASSWORD).await;
        let reply = send(self.preparing(&token, &session.exchange, COPIES)).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        let copies = kept_copies(&reply.json());
        Account { person, device, session, token, copies }
    }

    /// Somebody with a full card, whose session is still open.
    pub(crate) async fn full_holder(&self) -> Account {
        let account = self.account().await;
        self.collects(account).await
    }

    pub(crate) async fn collects(&self, account: Account) -> Account {
        self.collects_as(account, CONFIGURATION).await
    }

    /// The same in the format of a configuration.
    pub(crate) async fn collects_as(&self, mut account: Account, configuration: &str) -> Account {
        let proofs = self.kept_proofs(&account).await;
        let body = json!({ "credential_configuration_id": configuration, "proofs": { "jwt": proofs } });
        let reply = send(self.credential_request(&account.token, &body)).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        for (copy, issued) in account.copies.iter_mut().zip(reply.json()["credentials"].as_array().expect("copies")) {
            copy.card = text(issued, "credential");
        }
        account
    }

    /// Proofs of all of the account's keys for a credential request.
    pub(crate) async fn kept_proofs(&self, account: &Account) -> Vec<String> {
        let consent = Consent::CredentialRequestProof {
            credential_issuer: self.app.config.server.public_url.clone(),
            c_nonce: self.nonce().await,
        };
        let reply = send(self.proving(account, &consent)).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        let proofs = reply.json()["proofs"].as_array().expect("proofs").clone();
        proofs.iter().map(|jwt| jwt.as_str().expect("a JWT").to_owned()).collect()
    }

    /// Instructions for all of the account's keys.
    pub(crate) fn proving(&self, account: &Account, consent: &Consent) -> RequestBuilder {
        let instruct = |copy: &KeptCopy| {
            let Instruction { statement, mac } = self.instruction(account, copy, consent);
            json!({ "copy": copy.id, "statement": statement, "mac": mac })
        };
        let instructions: Vec<Value> = account.copies.iter().map(instruct).collect();
        let body = json!({ "exchange": account.session.exchange, "instructions": instructions });
        self.post("/api/holder/keys").json(&body)
    }

    /// What the server expects an instruction to be about.
    pub(crate) fn subject(&self, account: &Account, copy: &KeptCopy) -> Subject {
        Subject {
            authority: self.app.config.server.public_url.clone(),
            person: account.person.clone(),
            card: CONFIGURATION.to_owned(),
            copy: copy.id.clone(),
            exchange: account.session.exchange.clone(),
        }
    }

    pub(crate) fn instruction(&self, account: &Account, copy: &KeptCopy, consent: &Consent) -> Instruction {
        let subject = self.subject(account, copy);
        let draft = Draft { subject: &subject, key: &copy.key, consent, now: self.app.clock.now() };
        make(&draft, &account.device, &account.session.mac_key, &mut SystemEntropy::new()).expect("the device signs")
    }

    /// The instruction on its way.
    pub(crate) fn signing(&self, exchange: &str, copy: &str, instruction: &Instruction) -> RequestBuilder {
        let Instruction { statement, mac } = instruction;
        let body = json!({ "exchange": exchange, "copy": copy, "statement": statement, "mac": mac });
        self.post("/api/holder/sign").json(&body)
    }
}

/// Keys that the authority has prepared.
pub(crate) fn kept_copies(prepared: &Value) -> Vec<KeptCopy> {
    let keys = prepared["keys"].as_array().expect("keys").iter();
    let copies = keys.map(|one| {
        let jwk = Jwk::from_value(&one["jwk"]).expect("a key");
        KeptCopy { id: text(one, "copy"), key: PublicKey::from_jwk(&jwk).expect("a key"), card: String::new() }
    });
    copies.collect()
}

/// The part of a copy that answers a request, and the consent to show it.
pub(crate) fn agreed(copy: &KeptCopy, request: &VerifiedRequest) -> (SdJwt, Consent) {
    let asked = request.query.credential(Query::CARD).expect("the one query").claims.iter();
    let held = claims(&copy.card);
    let paths: Vec<ClaimPath> =
        asked.map(|claim| claim.path.clone()).filter(|path| path.resolve(&held).is_ok()).collect();
    let shown = SdJwt::parse(&copy.card, &LIMITS).and_then(|card| card.select(&paths)).expect("a card");
    let consent = Consent::KeyBinding {
        client_id: request.client_id.clone(),
        nonce: request.nonce.clone(),
        response_uri: Some(request.response_uri.to_string()),
        sd_hash: shown.sd_hash(),
    };
    (shown, consent)
}
