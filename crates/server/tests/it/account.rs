//! The life of a full card after it was collected: another password, the lost telephone, a copy of what is kept, erasure.

use mibun_crypto::base64url;
use mibun_crypto::json::Limits;
use mibun_crypto::jws;
use mibun_crypto::key::SoftwareKey;
use mibun_crypto::opaque::Registration;
use mibun_crypto::time::Timestamp;
use mibun_crypto::x509::{Purpose as Certified, chain};
use mibun_proofing::device_proof::{Context, Purpose, make};
use mibun_registry::{CardStatus, DecisionRecord, JourneyId, PersonStatus, Sealed, run};
use mibun_server::entropy::SystemEntropy;
use mibun_server::work::audit::Actor;
use mibun_server::work::people::changes::set_status;
use reqwest::RequestBuilder;
use serde_json::{Value, json};

use crate::support::Town;
use crate::support::holders::{Account, PASSWORD, SignedIn, WRONG};
use crate::support::issuing::{asking_with, key};
use crate::support::wire::send;

const OTHER: &str = "60718293";

/// The proof for a request that goes with `content`.
async fn proof(town: &Town, purpose: Purpose, session: &SignedIn, device: &SoftwareKey, content: &[u8]) -> String {
    let over = [session.exchange.as_bytes(), b"\n", content].concat();
    town.device_proof(purpose, &over, device).await
}

/// A request that says no more than its purpose.
async fn asks(town: &Town, holder: &Account, purpose: Purpose, path: &str) -> RequestBuilder {
    let proof = proof(town, purpose, &holder.session, &holder.device, b"").await;
    town.post(path).json(&body(&holder.session, &proof))
}

fn body(session: &SignedIn, proof: &str) -> Value {
    json!({ "exchange": session.exchange, "proof": proof, "mac": session.mac_key.confirm(proof) })
}

/// The record of a registration of `digits` within the session.
async fn registers(town: &Town, session: &SignedIn, digits: &str) -> Vec<u8> {
    let mut entropy = SystemEntropy::new();
    let (registration, request) = Registration::start(digits.as_bytes(), &mut entropy).expect("a registration");
    let first = json!({ "exchange": session.exchange, "request": base64url::encode(&request) });
    let reply = send(town.post("/api/holder/password/start").json(&first)).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    let response = reply.json()["response"].as_str().map(base64url::decode).expect("a text").expect("base64url");
    registration.finish(digits.as_bytes(), &response, &mut entropy).expect("registered").record.to_vec()
}

async fn changing(town: &Town, holder: &Account, digits: &str) -> RequestBuilder {
    let record = registers(town, &holder.session, digits).await;
    let proof = proof(town, Purpose::PasswordChange, &holder.session, &holder.device, &record).await;
    let mut body = body(&holder.session, &proof);
    body["record"] = base64url::encode(&record).into();
    town.post("/api/holder/password/finish").json(&body)
}

async fn statuses(town: &Town) -> Vec<CardStatus> {
    let mut unit = town.app.registry.read().await.expect("the record");
    unit.cards_page(None, 10).await.expect("cards").into_iter().map(|card| card.status).collect()
}

#[tokio::test]
async fn a_changed_password_opens_and_the_old_one_does_not() {
    let town = Town::open().await;
    let holder = town.full_holder().await;
    assert_eq!(send(changing(&town, &holder, OTHER).await).await.status, 204);
    town.signs_in(&holder.device, OTHER).await;
    let (login, request) = town.knocking(&holder.device, PASSWORD).await;
    let response = send(request).await.json()["response"].as_str().map(base64url::decode).expect("a text");
    let refused = login.finish(PASSWORD.as_bytes(), &response.expect("base64url"), &mut SystemEntropy::new());
    assert!(refused.is_err(), "the old password opens nothing");
}

#[tokio::test]
async fn a_change_ends_every_sign_in() {
    let town = Town::open().await;
    let holder = town.full_holder().await;
    assert_eq!(send(changing(&town, &holder, OTHER).await).await.status, 204);
    let again = asks(&town, &holder, Purpose::RevocationCode, "/api/holder/revocation-code").await;
    town.refuses(again, 401, "session_over").await;
}

#[tokio::test]
async fn a_change_for_another_record_is_refused() {
    let town = Town::open().await;
    let holder = town.full_holder().await;
    let (agreed, other) =
        (registers(&town, &holder.session, OTHER).await, registers(&town, &holder.session, WRONG).await);
    let proof = proof(&town, Purpose::PasswordChange, &holder.session, &holder.device, &agreed).await;
    let mut body = body(&holder.session, &proof);
    body["record"] = base64url::encode(&other).into();
    town.refuses(town.post("/api/holder/password/finish").json(&body), 422, "device_proof_over").await;
    town.signs_in(&holder.device, PASSWORD).await;
}

#[tokio::test]
async fn a_registration_says_nothing_about_the_password_in_use() {
    let town = Town::open().await;
    let holder = town.full_holder().await;
    let (_, request) = Registration::start(PASSWORD.as_bytes(), &mut SystemEntropy::new()).expect("a registration");
    let request = base64url::encode(&request);
    let mut answers = Vec::new();
    for _ in 0..2 {
        let journey = town.full_journey().await;
        let reply = send(town.about(&journey, "password/start").json(&json!({ "request": request }))).await;
        answers.push(reply.json()["response"].clone());
    }
    let first = json!({ "exchange": holder.session.exchange, "request": request });
    answers.push(send(town.post("/api/holder/password/start").json(&first)).await.json()["response"].clone());
    let evaluated: std::collections::HashSet<String> =
        answers.iter().map(|answer| answer.as_str().expect("a text")[..42].to_owned()).collect();
    assert_eq!(evaluated.len(), 3, "each registration has a key of its own: {answers:?}");
}

#[tokio::test]
async fn requests_that_are_not_the_holders_are_refused() {
    let town = Town::open().await;
    let holder = town.full_holder().await;
    let (path, purpose) = ("/api/holder/export", Purpose::History);
    let right = proof(&town, purpose, &holder.session, &holder.device, b"").await;
    let mut unconfirmed = body(&holder.session, &right);
    unconfirmed["mac"] = base64url::encode(&[7; 32]).into();
    town.refuses(town.post(path).json(&unconfirmed), 422, "unconfirmed").await;
    let stranger = proof(&town, purpose, &holder.session, &key(), b"").await;
    town.refuses(town.post(path).json(&body(&holder.session, &stranger)), 422, "other_device").await;
    let other_use = asks(&town, &holder, Purpose::Erasure, path).await;
    town.refuses(other_use, 422, "device_proof_malformed").await;
    let elsewhere = json!({ "exchange": "nothing", "proof": right, "mac": holder.session.mac_key.confirm(&right) });
    town.refuses(town.post(path).json(&elsewhere), 401, "session_over").await;
    let other_content = proof(&town, purpose, &holder.session, &holder.device, b"more").await;
    town.refuses(town.post(path).json(&body(&holder.session, &other_content)), 422, "device_proof_over").await;
    let over = format!("{}\n", holder.session.exchange);
    let context =
        Context { purpose, authority: "https://elsewhere.example", over: over.as_bytes(), now: town.app.clock.now() };
    let foreign = make(&context, &town.nonce().await, &holder.device).expect("signed");
    town.refuses(town.post(path).json(&body(&holder.session, &foreign)), 422, "device_proof_authority").await;
    assert_eq!(send(town.post(path).json(&body(&holder.session, &right))).await.status, 200);
    town.refuses(town.post(path).json(&body(&holder.session, &right)), 409, "nonce_used").await;
}

#[tokio::test]
async fn a_copy_of_what_is_kept_names_record_cards_and_device() {
    let town = Town::open().await;
    let holder = town.full_holder().await;
    let reply = send(asks(&town, &holder, Purpose::History, "/api/holder/export").await).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    let kept = reply.json();
    assert_eq!(kept["register_record"]["family_name"], "Aokigahara");
    assert_eq!((&kept["cards"][0]["level"], &kept["cards"][0]["status"]), (&json!("full"), &json!("valid")));
    assert_eq!((&kept["devices"][0]["name"], &kept["devices"][0]["state"]), (&json!("My phone"), &json!("active")));
    assert!(kept["id_password_set_at"].is_string());
    assert!(kept["portrait"].as_str().is_some_and(|portrait| portrait.starts_with("data:image/jpeg;base64,")));
    assert_eq!(kept["left_out"].as_array().map(Vec::len), Some(5), "what is not in it is named");
}

#[tokio::test]
async fn a_lost_telephone_is_reported_without_signing_in() {
    let town = Town::open().await;
    let holder = town.full_holder().await;
    let reply = send(asks(&town, &holder, Purpose::RevocationCode, "/api/holder/revocation-code").await).await;
    assert_eq!(reply.status, 201, "{}", reply.text());
    let code = reply.json()["code"].as_str().expect("a code").to_owned();
    assert_eq!(code.len(), 20);
    // As read from paper.
    let typed = code.as_bytes().chunks(4).map(|four| String::from_utf8_lossy(four).to_lowercase()).collect::<Vec<_>>();
    let lost = || town.post("/api/holder/lost").json(&json!({ "code": typed.join(" ") }));
    let told = send(lost()).await;
    assert_eq!((told.status, told.json()), (200, json!({ "revoked_cards": 1 })));
    assert_eq!(statuses(&town).await, [CardStatus::Revoked]);
    let (_, knock) = town.knocking(&holder.device, PASSWORD).await;
    let answer = send(knock).await;
    assert_eq!(answer.status, 200, "a retired device is answered like an unknown one");
    let again = asks(&town, &holder, Purpose::History, "/api/holder/export").await;
    town.refuses(again, 401, "session_over").await;
    let again = send(lost()).await;
    assert_eq!((again.status, again.json()), (200, json!({ "revoked_cards": 0 })), "whoever asks again is not alarmed");
}

#[tokio::test]
async fn whoever_collects_a_light_card_may_take_a_code_along() {
    let town = Town::open().await;
    let (link, tx_code) = town.offer().await;
    let offered = town.look_up(&link, tx_code).await;
    let token = town.token_for(&offered).await;
    let path = "/api/holder/revocation-code/collected";
    let first = send(town.post(path).bearer_auth(&token)).await.json()["code"].as_str().expect("a code").to_owned();
    let second = send(town.post(path).bearer_auth(&token)).await.json()["code"].as_str().expect("a code").to_owned();
    let lost = |code: &str| town.post("/api/holder/lost").json(&json!({ "code": code }));
    assert_eq!(send(lost(&first)).await.told().1, "unknown_revocation_code", "a new code takes the place of the old");
    assert_eq!(send(lost(&second)).await.status, 200);
    town.refuses(town.post(path).bearer_auth("another"), 401, "unauthorized").await;
}

#[tokio::test]
async fn a_reported_loss_leaves_nothing_to_collect() {
    let town = Town::open().await;
    let (link, tx_code) = town.offer().await;
    let token = town.token_for(&town.look_up(&link, tx_code).await).await;
    let path = "/api/holder/revocation-code/collected";
    let code = send(town.post(path).bearer_auth(&token)).await.json()["code"].as_str().expect("a code").to_owned();
    let (waiting, journey_token) = town.accepted_journey().await;
    assert_eq!(send(town.post("/api/holder/lost").json(&json!({ "code": code }))).await.status, 200);
    let address = format!("/api/journeys/{waiting}");
    let told = send(town.get(&address).bearer_auth(&journey_token)).await;
    assert_eq!(told.status, 401, "the accepted journey makes no other offer: {}", told.text());
    let refused = town.credential_request(&token, &asking_with(&[])).send().await.expect("an answer").status();
    assert_eq!(refused.as_u16(), 401, "the token that was out is over");
}

#[tokio::test]
async fn a_suspended_person_can_do_nothing_by_themself() {
    let town = Town::open().await;
    let holder = town.full_holder().await;
    let person = holder.person.parse().expect("an identifier");
    let suspended = PersonStatus::Suspended;
    set_status(&town.app, Actor::Operator, person, suspended, "suspected fraud").await.expect("suspended");
    let session = town.signs_in(&holder.device, PASSWORD).await;
    let holder = Account { session, ..holder };
    for (purpose, path) in [
        (Purpose::Erasure, "/api/holder/erase"),
        (Purpose::History, "/api/holder/export"),
        (Purpose::RevocationCode, "/api/holder/revocation-code"),
    ] {
        let asks = asks(&town, &holder, purpose, path).await;
        town.refuses(asks, 409, "record_not_active").await;
    }
}

#[tokio::test]
async fn nobody_finds_a_code_by_trying() {
    let town = Town::open().await;
    let mut answers = Vec::new();
    for number in 0..200 {
        let code = format!("{number:0>20}");
        answers.push(send(town.post("/api/holder/lost").json(&json!({ "code": code }))).await.told());
        if answers.last().is_some_and(|(status, _)| *status == 429) {
            break;
        }
    }
    assert_eq!(answers.last().map(|(status, _)| *status), Some(429), "{} tries were answered", answers.len());
}

/// A decision about the holder whose journey is gone already.
async fn decided_long_ago(town: &Town, holder: &Account) -> JourneyId {
    let journey = JourneyId::generate(&mut SystemEntropy::new());
    let sealed = Sealed::new(vec![7; 64]);
    let person = Some(holder.person.parse().expect("an identifier"));
    let record = DecisionRecord { journey, person, at: town.app.clock.now(), sealed };
    run(&*town.app.registry, "test.decided", |unit| {
        let record = &record;
        Box::pin(async move { unit.append_decision(record).await })
    })
    .await
    .expect("stored");
    journey
}

#[tokio::test]
async fn an_erasure_leaves_the_register_and_gives_a_receipt() {
    let town = Town::open().await;
    let holder = town.full_holder().await;
    let decided = decided_long_ago(&town, &holder).await;
    let reply = send(asks(&town, &holder, Purpose::Erasure, "/api/holder/erase").await).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    let receipt = jws::parse(reply.json()["receipt"].as_str().expect("a receipt"), &Limits::default()).expect("a JWS");
    assert_eq!(receipt.header().typ(), Some("mibun-erasure-receipt+jwt"));
    let now: Timestamp = town.app.clock.now();
    let roots = [town.app.keys.root.clone()];
    let signer = chain::verify(receipt.header().x5c(), &roots, now, Certified::DocumentSigner).expect("a chain");
    receipt.verify(signer.public_key()).expect("signed by the authority");
    let said = receipt.payload_json(&Limits::default()).expect("JSON");
    let device = base64url::encode(&mibun_crypto::key::Signer::public_key(&holder.device).thumbprint());
    assert_eq!((&said["device"], &said["revoked_cards"]), (&json!(device), &json!(1)));
    assert!(!said.to_string().contains("Aoki"), "no personal data");
    assert_eq!(statuses(&town).await, [CardStatus::Revoked]);
    let mut unit = town.app.registry.read().await.expect("the record");
    let person = holder.person.parse().expect("an identifier");
    assert!(unit.id_password(person).await.expect("read").is_none());
    assert!(unit.devices_of(person).await.expect("read").is_empty());
    assert!(unit.vault_keys_of(person).await.expect("read").is_empty());
    assert_eq!(unit.decisions(decided).await.expect("read"), [], "no score of a face is left");
    assert!(unit.person(person).await.expect("read").is_some(), "the register is the authority's");
    drop(unit);
    let again = town.full_holder().await;
    assert_eq!(again.person, holder.person, "the person may come back");
}
