//! From a journey with chip and password to a full card, and what that is good for.

use mibun_crypto::key::SoftwareKey;
use mibun_presenting::request::VerifiedRequest;
use mibun_proofing::device_proof::Purpose;
use mibun_proofing::id_password::IdPassword;
use mibun_proofing::instruction::{Consent, Instruction};
use mibun_registry::{CardStatus, VaultKeyState};
use mibun_server::config::Config;
use mibun_server::work::checks::State;
use mibun_server::{boot, vault};
use mibun_wallet::{Failure, JourneyAccess};
use serde_json::{Value, json};

use crate::support::Town;
use crate::support::asking::Asked;
use crate::support::holders::{Account, COPIES, Journey, PASSWORD, WRONG, agreed};
use crate::support::issuing::{CONFIGURATION, asking_with, key};
use crate::support::showing::claims;
use crate::support::wire::send;

async fn view(town: &Town, journey: &Journey) -> Value {
    send(town.get(&format!("/api/journeys/{}", journey.id)).bearer_auth(&journey.token)).await.json()
}

#[tokio::test]
async fn a_wallet_upgrades_collects_and_opens_an_account() {
    let town = Town::open().await;
    let mut wallet = town.wallet_with_card().await;
    let journey = town.full_journey().await;
    town.reads_chip(&journey).await;
    let address = town.app.url(&format!("/api/journeys/{}", journey.id));
    let password = IdPassword::enter(PASSWORD).expect("eight digits");
    let access = JourneyAccess { address: &address, token: &journey.token };
    wallet.set_password(access, &password).await.expect("the password is set");
    let (offer, tx_code) = town.accepts(&journey.id, &journey.token).await;
    let mut wallet = town.wallet();
    let gathered = wallet.collect_full(&offer, Some(&tx_code), &password).await.expect("a full card");
    assert_eq!(gathered.copies, 10);
    let link = town.check("bank-account").await;
    wallet.present(&link.link).await.expect("shown");
    let check = town.look(&link.id).await;
    assert_eq!(check.stored.state(), State::Verified);
    let verdict = check.stored.verdict.expect("a verdict");
    assert_eq!(verdict.level.as_deref(), Some("full"));
    assert!(verdict.checks.iter().all(|(_, passed)| *passed), "{:?}", verdict.checks);
    assert_eq!(town.vault.signatures(), 11, "ten proofs and one key binding");
    let counts = town.counts().await;
    assert_eq!((counts.valid, counts.revoked), (1, 1), "the light card is superseded");
    let wrong = IdPassword::enter(WRONG).expect("eight digits");
    assert!(matches!(wallet.sign_in(&wrong).await, Err(Failure::Password(_))), "a wallet sees that it was wrong");
    let link = town.check("bank-account").await;
    assert!(matches!(wallet.present(&link.link).await, Err(Failure::SignInFirst)), "its session is gone");
    assert_eq!(wallet.cards()[0].used, 1, "no copy was used up");
}

#[tokio::test]
async fn a_full_card_says_what_it_rests_on() {
    let town = Town::open().await;
    let holder = town.full_holder().await;
    let claims = claims(&holder.copies[0].card);
    assert_eq!(claims["assurance_level"], "full");
    assert_eq!(claims["evidence"].as_array().expect("a list").len(), 4, "{}", claims["evidence"]);
    let mut unit = town.app.registry.read().await.expect("the record");
    let card = unit.cards_page(None, 10).await.expect("cards").remove(0);
    assert_eq!((card.level.as_str(), card.status), ("full", CardStatus::Valid));
    let keys = unit.vault_keys_of(card.person).await.expect("keys");
    assert_eq!(keys.len(), COPIES);
    assert!(keys.iter().all(|key| key.state == VaultKeyState::Bound && key.batch.is_some()));
}

#[tokio::test]
async fn a_capture_waits_for_chip_and_password() {
    let town = Town::open().await;
    let journey = town.full_journey().await;
    let begin = || town.about(&journey, "captures");
    let told = |chip: bool, password: bool| json!({ "state": "open", "goal": "full", "chip": chip, "password": password, "decision": null, "offer": null, "later": null, "awaited": false });
    assert_eq!(view(&town, &journey).await, told(false, false));
    town.refuses(begin(), 409, "chip_missing").await;
    town.reads_chip(&journey).await;
    assert_eq!(view(&town, &journey).await, told(true, false));
    town.refuses(begin(), 409, "password_missing").await;
    town.sets_password(&journey, PASSWORD).await;
    assert_eq!(view(&town, &journey).await, told(true, true));
    assert_eq!(send(begin()).await.status, 201);
    let request = json!({ "request": mibun_crypto::base64url::encode(&[7; 32]) });
    town.refuses(town.about(&journey, "password/start").json(&request), 409, "not_possible_now").await;
}

#[tokio::test]
async fn a_journey_to_no_known_card_is_refused() {
    let town = Town::open().await;
    let body = json!({ "number": "AB123456", "name": "Aokigahara Kenzaburo", "goal": "golden" });
    town.refuses(town.post("/api/journeys").json(&body), 400, "malformed_json").await;
}

#[tokio::test]
async fn a_journey_to_a_light_card_takes_no_password() {
    let town = Town::open().await;
    let body = json!({ "number": "AB123456", "name": "Aokigahara Kenzaburo" });
    let opened = send(town.post("/api/journeys").json(&body)).await.json();
    let text = |name: &str| opened[name].as_str().expect("a text").to_owned();
    let journey = Journey { id: text("id"), token: text("token") };
    let request = json!({ "request": mibun_crypto::base64url::encode(&[7; 32]) });
    town.refuses(town.about(&journey, "password/start").json(&request), 409, "not_a_full_journey").await;
    let record = json!({ "record": mibun_crypto::base64url::encode(&[7; 192]) });
    town.refuses(town.about(&journey, "password/finish").json(&record), 409, "not_a_full_journey").await;
}

#[tokio::test]
async fn nobody_may_set_a_password_in_the_same_way() {
    let town = Town::open().await;
    let journey = town.full_journey_of("ZZ999999", "Nobody Else").await;
    town.sets_password(&journey, PASSWORD).await;
    assert_eq!(view(&town, &journey).await["password"], true);
}

#[tokio::test]
async fn a_malformed_password_message_is_refused() {
    let town = Town::open().await;
    let journey = town.full_journey().await;
    let short = json!({ "request": "AAAA" });
    let start = town.about(&journey, "password/start").json(&short);
    town.refuses(start, 422, "malformed_password_message").await;
    let record = json!({ "record": mibun_crypto::base64url::encode(&[0xff; 192]) });
    let finish = town.about(&journey, "password/finish").json(&record);
    town.refuses(finish, 422, "malformed_password_message").await;
    let start = town.about(&journey, "password/start").json(&json!({ "request": "no base64url!" }));
    town.refuses(start, 400, "malformed_base64url").await;
}

#[tokio::test]
async fn a_full_card_is_not_bound_to_keys_of_the_wallet() {
    let town = Town::open().await;
    let account = town.account().await;
    let nonce = town.nonce().await;
    let body = asking_with(&town.proofs(COPIES, &nonce));
    town.refuses(town.credential_request(&account.token, &body), 400, "invalid_proof").await;
    let holder = town.collects(account).await;
    assert!(!holder.copies[0].card.is_empty(), "the grant is as good as before");
}

#[tokio::test]
async fn a_full_card_is_not_bound_to_keys_that_are_bound() {
    let town = Town::open().await;
    let account = town.account().await;
    let kept_back = send(town.proving(&account, &collecting(&town, &town.nonce().await))).await.json();
    town.collects(account).await;
    let token = town.full_token().await;
    let body = json!({ "credential_configuration_id": CONFIGURATION, "proofs": { "jwt": kept_back["proofs"] } });
    town.refuses(town.credential_request(&token, &body), 400, "invalid_proof").await;
}

fn collecting(town: &Town, nonce: &str) -> Consent {
    let credential_issuer = town.app.config.server.public_url.clone();
    Consent::CredentialRequestProof { credential_issuer, c_nonce: nonce.to_owned() }
}

#[tokio::test]
async fn keys_that_were_made_and_not_used_are_handed_out_again() {
    let town = Town::open().await;
    let account = town.account().await;
    let again = send(town.preparing(&account.token, &account.session.exchange, COPIES + 1)).await.json();
    let again = again["keys"].as_array().expect("keys");
    let known = |one: &&Value| account.copies.iter().any(|copy| one["copy"] == copy.id.as_str());
    assert_eq!((again.len(), again.iter().filter(known).count()), (COPIES + 1, COPIES));
}

#[tokio::test]
async fn keys_are_made_for_a_batch_and_no_more() {
    let town = Town::open().await;
    let account = town.account().await;
    for count in [0, 11] {
        let request = town.preparing(&account.token, &account.session.exchange, count);
        town.refuses(request, 422, "bad_count").await;
    }
}

#[tokio::test]
async fn a_device_needs_the_token_of_a_full_journey() {
    let town = Town::open().await;
    let token = town.token().await;
    town.refuses(town.registering(&token, &key()).await, 409, "not_a_full_journey").await;
    town.refuses(town.registering("bm90LXRoZS10b2tlbg", &key()).await, 401, "unauthorized").await;
}

/// A registration that is refused: its proof is made beside something else.
async fn refused_proof(purpose: Purpose, over: &str, code: &str) {
    let town = Town::open().await;
    let token = town.full_token().await;
    let over = if over.is_empty() { token.clone() } else { over.to_owned() };
    let proof = town.device_proof(purpose, over.as_bytes(), &key()).await;
    let request = town.post("/api/holder/devices").bearer_auth(&token).json(&json!({ "proof": proof }));
    town.refuses(request, 422, code).await;
}

#[tokio::test]
async fn a_device_proof_beside_another_token_is_refused() {
    refused_proof(Purpose::Registration, "another token", "device_proof_over").await;
}

#[tokio::test]
async fn a_device_proof_for_signing_in_registers_nothing() {
    refused_proof(Purpose::SignIn, "", "device_proof_malformed").await;
}

#[tokio::test]
async fn a_device_proof_is_good_once() {
    let town = Town::open().await;
    let token = town.full_token().await;
    let request = town.registering(&token, &key()).await;
    let again = request.try_clone().expect("a body in memory");
    assert_eq!(send(request).await.status, 201);
    town.refuses(again, 409, "nonce_used").await;
}

#[tokio::test]
async fn the_same_device_stays_the_same() {
    let town = Town::open().await;
    let token = town.full_token().await;
    let device = key();
    let first = send(town.registering(&token, &device).await).await.json();
    let second = send(town.registering(&token, &device).await).await.json();
    assert_eq!(first, second);
}

#[tokio::test]
async fn a_new_device_retires_the_old_one_with_its_card() {
    let town = Town::open().await;
    let old = town.full_holder().await;
    let token = town.full_token().await;
    let device = key();
    town.registered(&token, &device).await;
    let counts = town.counts().await;
    assert_eq!((counts.valid, counts.revoked), (0, 1));
    let mut unit = town.app.registry.read().await.expect("the record");
    let person = old.person.parse().expect("an identifier");
    let keys = unit.vault_keys_of(person).await.expect("keys");
    assert!(keys.iter().all(|key| key.state == VaultKeyState::Retired));
    drop(unit);
    town.refuses(town.registering(&token, &old.device).await, 409, "device_key_used").await;
}

/// Shows a copy to the bank.
async fn shows(town: &Town, holder: &Account, asked: &Asked, request: &VerifiedRequest) {
    let copy = &holder.copies[0];
    let (shown, consent) = agreed(copy, request);
    let instruction: Instruction = town.instruction(holder, copy, &consent);
    let reply = send(town.signing(&holder.session.exchange, &copy.id, &instruction)).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    let binding = reply.json()["key_binding"].as_str().expect("a key binding").to_owned();
    assert_eq!(send(town.answering(request, &shown.with_key_binding(&binding))).await.status, 200);
    assert_eq!(town.sees(asked).await["state"], "verified");
}

#[tokio::test]
async fn the_whole_survives_a_restart() {
    let town = Town::open().await;
    let holder = town.full_holder().await;
    let town = town.restart().await;
    let asked = town.asks("bank-account").await;
    let request = town.fetched(&asked).await;
    shows(&town, &holder, &asked, &request).await;
}

#[tokio::test]
async fn an_erased_person_leaves_no_password_device_or_key() {
    let town = Town::open().await;
    let holder = town.full_holder().await;
    let person = holder.person.parse().expect("an identifier");
    let gone: Result<bool, mibun_registry::StoreError> =
        mibun_registry::run(&*town.app.registry, "test.erase", |unit| Box::pin(unit.erase_person(person))).await;
    assert!(gone.expect("erased"));
    let mut unit = town.app.registry.read().await.expect("the record");
    assert!(unit.id_password(person).await.expect("the record").is_none());
    assert!(unit.devices_of(person).await.expect("the record").is_empty());
    assert!(unit.vault_keys_of(person).await.expect("the record").is_empty());
    drop(unit);
    let device: SoftwareKey = holder.device;
    assert_eq!(town.knocks(&device, PASSWORD).await.status, 200, "as to anybody");
}

/// The vault of a town whose operator says this.
async fn opened(change: impl FnOnce(&mut Config)) -> Result<(), String> {
    let town = Town::open().await;
    let mut config = town.app.config.clone();
    change(&mut config);
    vault::open_or_make(&config, &*town.app.registry).await.map(drop).map_err(|error| error.to_string())
}

#[tokio::test]
async fn production_refuses_keys_in_software() {
    let https = |config: &mut Config| config.server.public_url = "https://id.example".to_owned();
    let refused = opened(https).await.expect_err("software keys in production");
    assert!(refused.contains("software_keys_allowed"), "{refused}");
    opened(|config| {
        https(config);
        config.vault.software_keys_allowed = true;
    })
    .await
    .expect("somebody who knows");
}

#[tokio::test]
async fn a_vault_whose_key_file_is_gone_is_not_made_anew() {
    let refused = opened(|config| config.vault.key_file = Some("/nowhere/vault.key".into())).await;
    assert!(refused.expect_err("no key").contains("missing"));
}

#[tokio::test]
async fn a_vault_with_another_key_does_not_open_the_setup() {
    let town = Town::open().await;
    let (file, mut config) = (town.app.config.vault_key_file(), town.app.config.clone());
    let other = file.with_file_name("other.key");
    mibun_vault::SoftwareVault::create_file(&other, &mut mibun_server::entropy::SystemEntropy::new()).expect("a key");
    config.vault.key_file = Some(other);
    let refused = vault::open_or_make(&config, &*town.app.registry).await;
    assert!(matches!(refused, Err(vault::VaultOpenError::Vault(mibun_vault::VaultError::Refused))));
    assert!(boot::open_registry(&config).await.is_ok());
}
