//! Instructions to sign: what is not followed is not spent, and nothing is signed.

use mibun_crypto::base64url;
use mibun_crypto::digest::{hmac_sha256, sha256};
use mibun_crypto::jws;
use mibun_crypto::key::Signer;
use mibun_proofing::instruction::{Consent, Draft, Instruction, Subject, TYP, make};
use mibun_registry::CardStatus;
use mibun_server::entropy::SystemEntropy;
use mibun_server::record::PersonRecord;
use mibun_server::work::audit::Actor;
use mibun_server::work::portraits::Portraits;
use mibun_server::work::{cards, people};
use reqwest::RequestBuilder;
use serde_json::{Map, Value, json};

use crate::support::Town;
use crate::support::holders::{Account, PASSWORD};
use crate::support::issuing::key;
use crate::support::town::person;
use crate::support::wire::send;

/// A holder whom somebody asks to show a card.
struct Scene {
    town: Town,
    holder: Account,
}

fn consent() -> Consent {
    Consent::KeyBinding {
        client_id: "x509_hash:Zm9v".to_owned(),
        nonce: "n-0S6_WzA2Mj".to_owned(),
        response_uri: Some("https://shop.example/answers".to_owned()),
        sd_hash: base64url::encode(&[7; 32]),
    }
}

impl Scene {
    async fn open() -> Self {
        let town = Town::open().await;
        let holder = town.full_holder().await;
        Self { town, holder }
    }

    fn good(&self) -> Instruction {
        self.town.instruction(&self.holder, &self.holder.copies[0], &consent())
    }

    fn sending(&self, instruction: &Instruction) -> RequestBuilder {
        self.town.signing(&self.holder.session.exchange, &self.holder.copies[0].id, instruction)
    }

    /// An instruction about something else than what it is sent for.
    fn about(&self, change: impl FnOnce(&mut Subject)) -> Instruction {
        let copy = &self.holder.copies[0];
        let mut subject = self.town.subject(&self.holder, copy);
        change(&mut subject);
        let draft = Draft { subject: &subject, key: &copy.key, consent: &consent(), now: self.town.app.clock.now() };
        let session = &self.holder.session;
        make(&draft, &self.holder.device, &session.mac_key, &mut SystemEntropy::new()).expect("the device signs")
    }

    /// A statement with another payload, device and password being proven for it.
    fn restated(&self, signer: &dyn Signer, change: impl FnOnce(&mut Value)) -> Instruction {
        let good = self.good();
        let payload = good.statement.split('.').nth(1).expect("a payload");
        let mut payload: Value = serde_json::from_slice(&base64url::decode(payload).expect("base64url")).expect("JSON");
        change(&mut payload);
        let mut header = Map::new();
        header.insert("typ".to_owned(), TYP.into());
        let statement = jws::sign(header, payload.to_string().as_bytes(), signer).expect("the key signs");
        let mac = hmac_sha256(self.holder.session.mac_key.expose(), &[statement.as_bytes()]);
        Instruction { statement, mac: base64url::encode(&mac) }
    }

    /// Refused, without a trace and without a signature; the same session still has good instructions followed.
    async fn refuses(&self, instruction: &Instruction, status: u16, code: &str) {
        self.refuses_request(self.sending(instruction), status, code).await;
        let reply = send(self.sending(&self.good())).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
    }

    async fn refuses_request(&self, request: RequestBuilder, status: u16, code: &str) {
        let before = self.town.vault.signatures();
        self.town.refuses(request, status, code).await;
        assert_eq!(self.town.vault.signatures(), before, "something was signed");
    }
}

#[tokio::test]
async fn an_instruction_is_followed_once() {
    let scene = Scene::open().await;
    let instruction = scene.good();
    let reply = send(scene.sending(&instruction)).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    let signed = reply.json()["key_binding"].as_str().expect("a token").to_owned();
    let signed = jws::parse(&signed, &mibun_crypto::json::Limits::default()).expect("a JWS");
    signed.verify(&scene.holder.copies[0].key).expect("by the copy's key");
    scene.refuses(&instruction, 409, "instruction_replayed").await;
}

#[tokio::test]
async fn of_16_who_send_one_instruction_one_is_answered() {
    let scene = Scene::open().await;
    let (before, instruction) = (scene.town.vault.signatures(), scene.good());
    let sent = (0..16).map(|_| send(scene.sending(&instruction)));
    let replies = futures_util::future::join_all(sent).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 200).count(), 1);
    assert_eq!(scene.town.vault.signatures(), before + 1);
}

#[tokio::test]
async fn an_instruction_with_a_changed_nonce_is_refused() {
    let scene = Scene::open().await;
    let mut instruction = scene.good();
    let mut parts: Vec<String> = instruction.statement.split('.').map(str::to_owned).collect();
    let payload = String::from_utf8(base64url::decode(&parts[1]).expect("base64url")).expect("text");
    parts[1] = base64url::encode(payload.replace("n-0S6_WzA2Mj", "n-0S6_WzA2Mk").as_bytes());
    instruction.statement = parts.join(".");
    scene.refuses(&instruction, 422, "instruction_mac").await;
}

#[tokio::test]
async fn a_statement_whose_text_does_not_follow_from_its_consent_is_refused() {
    let scene = Scene::open().await;
    let change = |payload: &mut Value| payload["consent"]["nonce"] = "another".into();
    scene.refuses(&scene.restated(&scene.holder.device, change), 422, "instruction_text").await;
    let change = |payload: &mut Value| payload["signing_input_sha256"] = base64url::encode(&sha256(b"other")).into();
    scene.refuses(&scene.restated(&scene.holder.device, change), 422, "instruction_text").await;
}

#[tokio::test]
async fn a_statement_by_another_device_is_refused() {
    let scene = Scene::open().await;
    scene.refuses(&scene.restated(&key(), |_| {}), 422, "instruction_device").await;
}

#[tokio::test]
async fn a_statement_for_another_password_exchange_is_refused() {
    let scene = Scene::open().await;
    let other = scene.town.signs_in(&scene.holder.device, PASSWORD).await;
    let instruction = scene.about(|subject| subject.exchange.clone_from(&other.exchange));
    scene.refuses(&instruction, 422, "instruction_exchange").await;
    let request = scene.town.signing(&other.exchange, &scene.holder.copies[0].id, &instruction);
    scene.refuses_request(request, 422, "instruction_mac").await;
}

#[tokio::test]
async fn a_statement_about_something_else_is_refused() {
    let scene = Scene::open().await;
    let other = scene.about(|subject| subject.authority = "https://id.example".into());
    scene.refuses(&other, 422, "instruction_authority").await;
    let other = scene.about(|subject| subject.person = "0".repeat(32));
    scene.refuses(&other, 422, "instruction_person").await;
    let other = scene.about(|subject| subject.card = "another_card".into());
    scene.refuses(&other, 422, "instruction_card").await;
    let other = scene.about(|subject| subject.copy.clone_from(&scene.holder.copies[1].id));
    scene.refuses(&other, 422, "instruction_copy").await;
}

#[tokio::test]
async fn a_malformed_instruction_is_refused() {
    let scene = Scene::open().await;
    let good = scene.good();
    let cut = Instruction { statement: good.statement.clone(), mac: "AAAA".into() };
    scene.refuses(&cut, 422, "instruction_malformed").await;
    let more = |payload: &mut Value| payload["more"] = 1.into();
    scene.refuses(&scene.restated(&scene.holder.device, more), 422, "instruction_malformed").await;
}

#[tokio::test]
async fn an_instruction_of_yesterday_or_tomorrow_is_refused() {
    let scene = Scene::open().await;
    let old = scene.good();
    scene.town.clock.advance_seconds(121);
    scene.refuses(&old, 422, "instruction_stale").await;
    let early = scene.good();
    scene.town.clock.advance_seconds(-61);
    scene.refuses(&early, 422, "instruction_future").await;
}

#[tokio::test]
async fn nothing_is_signed_without_an_open_session() {
    let scene = Scene::open().await;
    let instruction = scene.good();
    let answered = scene.town.knocks(&scene.holder.device, PASSWORD).await.json();
    let copy = &scene.holder.copies[0].id;
    for exchange in [answered["exchange"].as_str().expect("an exchange"), "0", &"0".repeat(32)] {
        scene.refuses_request(scene.town.signing(exchange, copy, &instruction), 401, "session_over").await;
    }
    scene.town.clock.advance_seconds(600);
    scene.refuses_request(scene.sending(&scene.good()), 401, "session_over").await;
}

#[tokio::test]
async fn nothing_is_signed_for_a_retired_device() {
    let scene = Scene::open().await;
    // A new journey of somebody who has the old password's session still open would end it; a device alone does not.
    let token = scene.town.full_token().await;
    scene.refuses_request(scene.sending(&scene.good()), 401, "session_over").await;
    let session = scene.town.signs_in(&scene.holder.device, PASSWORD).await;
    let holder = Account { session, ..scene.holder };
    let scene = Scene { town: scene.town, holder };
    assert_eq!(send(scene.sending(&scene.good())).await.status, 200);
    scene.town.registered(&token, &key()).await;
    scene.refuses_request(scene.sending(&scene.good()), 409, "device_retired").await;
}

#[tokio::test]
async fn nothing_is_signed_for_a_card_that_is_not_valid() {
    let scene = Scene::open().await;
    let card = scene.town.app.registry.read().await.expect("the record").cards_page(None, 1).await.expect("cards");
    let set = async |status| {
        cards::set_status(&scene.town.app, Actor::Operator, card[0].id, status, "test").await.expect("set");
    };
    set(CardStatus::Suspended).await;
    scene.refuses_request(scene.sending(&scene.good()), 409, "card_not_valid").await;
    set(CardStatus::Valid).await;
    assert_eq!(send(scene.sending(&scene.good())).await.status, 200);
    set(CardStatus::Revoked).await;
    scene.refuses_request(scene.sending(&scene.good()), 409, "card_not_valid").await;
}

/// A second person of the register.
pub(crate) async fn neighbour(town: &Town) -> Account {
    let record = PersonRecord { number: "CD654321".into(), family_name: "Odawara".into(), ..person() };
    let portraits = Portraits { card: vec![0xff, 0xd8, 0xff, 0xd9], original: vec![0xff, 0xd8, 0xff, 0xd9] };
    people::add(&town.app, Actor::Operator, record, &portraits).await.expect("a person");
    let token = town.full_token_of("CD654321", "Odawara Kenzaburo").await;
    let account = town.account_with(token).await;
    town.collects(account).await
}

#[tokio::test]
async fn a_key_of_somebody_else_signs_nothing() {
    let scene = Scene::open().await;
    let other = neighbour(&scene.town).await;
    let copy = &other.copies[0];
    let instruction = scene.about(|subject| subject.copy.clone_from(&copy.id));
    let request = scene.town.signing(&scene.holder.session.exchange, &copy.id, &instruction);
    scene.refuses_request(request, 422, "unknown_copy").await;
    let theirs = scene.town.signing(&other.session.exchange, &copy.id, &instruction);
    scene.refuses_request(theirs, 422, "instruction_mac").await;
}

#[tokio::test]
async fn a_bound_key_proves_nothing_and_a_fresh_one_shows_nothing() {
    let town = Town::open().await;
    let account = town.account().await;
    let instruction = town.instruction(&account, &account.copies[0], &consent());
    let request = town.signing(&account.session.exchange, &account.copies[0].id, &instruction);
    town.refuses(request, 409, "copy_not_usable").await;
    let credential_issuer = town.app.config.server.public_url.clone();
    let proof = Consent::CredentialRequestProof { credential_issuer, c_nonce: town.nonce().await };
    let holder = town.collects(account).await;
    town.refuses(town.proving(&holder, &proof), 409, "copy_not_usable").await;
}

#[tokio::test]
async fn a_proof_is_made_for_this_issuer_and_its_nonces_alone() {
    let town = Town::open().await;
    let account = town.account().await;
    let (own, nonce) = (town.app.config.server.public_url.clone(), town.nonce().await);
    let proof = |issuer: &str, c_nonce: &str| Consent::CredentialRequestProof {
        credential_issuer: issuer.into(),
        c_nonce: c_nonce.into(),
    };
    town.refuses(town.proving(&account, &proof("https://id.example", &nonce)), 422, "other_consent").await;
    town.refuses(town.proving(&account, &proof(&own, "another")), 422, "foreign_nonce").await;
    town.refuses(town.proving(&account, &consent()), 422, "other_consent").await;
    assert_eq!(send(town.proving(&account, &proof(&own, &nonce))).await.status, 200);
}

#[tokio::test]
async fn of_several_instructions_a_bad_one_keeps_all_from_being_followed() {
    let town = Town::open().await;
    let account = town.account().await;
    let credential_issuer = town.app.config.server.public_url.clone();
    let proof = Consent::CredentialRequestProof { credential_issuer, c_nonce: town.nonce().await };
    let one = town.instruction(&account, &account.copies[0], &proof);
    let twice = json!({ "copy": account.copies[0].id, "statement": one.statement, "mac": one.mac });
    let body = json!({ "exchange": account.session.exchange, "instructions": [twice, twice] });
    town.refuses(town.post("/api/holder/keys").json(&body), 409, "instruction_replayed").await;
    assert_eq!(town.vault.signatures(), 0);
    let body = json!({ "exchange": account.session.exchange, "instructions": [twice] });
    assert_eq!(send(town.post("/api/holder/keys").json(&body)).await.status, 200, "it was not spent");
    let none = json!({ "exchange": account.session.exchange, "instructions": [] });
    town.refuses(town.post("/api/holder/keys").json(&none), 422, "bad_count").await;
}

#[tokio::test]
async fn a_vault_that_is_away_is_told_as_such() {
    let scene = Scene::open().await;
    scene.town.vault.set_away(true);
    let instruction = scene.good();
    let reply = send(scene.sending(&instruction)).await;
    assert_eq!(reply.told(), (503, "vault_unavailable".to_owned()), "{}", reply.text());
    assert!(!reply.header("retry-after").is_empty());
    scene.town.vault.set_away(false);
    scene.refuses(&instruction, 409, "instruction_replayed").await;
}

#[tokio::test]
async fn keys_are_not_made_while_the_vault_is_away() {
    let town = Town::open().await;
    let (token, device) = (town.full_token().await, key());
    town.registered(&token, &device).await;
    let session = town.signs_in(&device, PASSWORD).await;
    town.vault.set_away(true);
    town.refuses(town.preparing(&token, &session.exchange, 2), 503, "vault_unavailable").await;
    town.vault.set_away(false);
    assert_eq!(send(town.preparing(&token, &session.exchange, 2)).await.status, 200);
}

#[tokio::test]
async fn the_trail_tells_that_something_was_signed_and_not_what() {
    let scene = Scene::open().await;
    assert_eq!(send(scene.sending(&scene.good())).await.status, 200);
    let record = scene.town.bytes_on_disk().await;
    let holds = |text: &str| record.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(holds("holder.signed"));
    for secret in ["shop.example", "n-0S6_WzA2Mj", "x509_hash"] {
        assert!(!holds(secret), "{secret} is on disk");
    }
}
