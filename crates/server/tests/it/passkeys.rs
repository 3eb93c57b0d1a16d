//! The passkey of a device: added within a sign-in, and what it is good for without one.

use mibun_card::sd_jwt::SdJwt;
use mibun_crypto::base64url;
use mibun_crypto::digest::sha256;
use mibun_crypto::key::{Signer, SoftwareKey, signature_to_der};
use mibun_presenting::request::VerifiedRequest;
use mibun_proofing::device_proof::Purpose;
use mibun_proofing::instruction::{Confirmed, Consent, Draft, NO_EXCHANGE, Subject, state};
use mibun_server::entropy::SystemEntropy;
use reqwest::RequestBuilder;
use serde_json::{Value, json};

use crate::support::Town;
use crate::support::holders::{Account, PASSWORD, WRONG, agreed};
use crate::support::issuing::key;
use crate::support::wire::send;

/// What an authenticator answers on a page of this town.
pub(crate) fn assertion(town: &Town, passkey: &SoftwareKey, text: &str) -> Value {
    let host = town.app.public_host.as_deref().expect("a name");
    let mut data = sha256(host.as_bytes()).to_vec();
    data.extend_from_slice(&[0x05, 0, 0, 0, 1]);
    let client_data = json!({ "type": "webauthn.get", "challenge": base64url::encode(&sha256(text.as_bytes())),
        "origin": town.app.config.server.public_url })
    .to_string();
    let signed = [data.as_slice(), &sha256(client_data.as_bytes())].concat();
    let signature = signature_to_der(&passkey.sign(&signed).expect("signs"));
    json!({ "authenticator_data": base64url::encode(&data), "client_data": base64url::encode(client_data.as_bytes()),
        "signature": base64url::encode(&signature) })
}

async fn adding(town: &Town, holder: &Account, passkey: &SoftwareKey) -> Value {
    let (credential, public_key) = ("Y3JlZA", base64url::encode(&passkey.public_key().to_spki_der()));
    let over = format!("{}\n{credential}.{public_key}", holder.session.exchange);
    let proof = town.device_proof(Purpose::Passkey, over.as_bytes(), &holder.device).await;
    json!({ "exchange": holder.session.exchange, "mac": holder.session.mac_key.confirm(&proof),
        "credential": credential, "public_key": public_key, "assertion": assertion(town, passkey, &proof), "proof": proof })
}

async fn with_passkey(town: &Town) -> (Account, SoftwareKey) {
    let holder = town.full_holder().await;
    let passkey = added(town, &holder).await;
    (holder, passkey)
}

/// The passkey of a holder's device.
pub(crate) async fn added(town: &Town, holder: &Account) -> SoftwareKey {
    let passkey = key();
    let reply = send(town.post("/api/holder/passkey").json(&adding(town, holder, &passkey).await)).await;
    assert_eq!(reply.status, 204, "{}", reply.text());
    passkey
}

/// The device's identifier, which a wallet keeps.
async fn device(town: &Town, holder: &Account) -> String {
    let mut unit = town.app.registry.read().await.expect("the record");
    let devices = unit.devices_of(holder.person.parse().expect("an identifier")).await.expect("devices");
    devices.iter().find(|device| device.retired_at.is_none()).expect("a device").id.to_string()
}

/// What the holder shows to this asker, and a statement about it.
fn statement(town: &Town, holder: &Account, request: &VerifiedRequest, confirmed: Confirmed) -> (SdJwt, String) {
    let (shown, consent) = agreed(&holder.copies[0], request);
    (shown, stated(town, holder, &consent, confirmed))
}

/// A statement for a passkey about the first copy.
pub(crate) fn stated(town: &Town, holder: &Account, consent: &Consent, confirmed: Confirmed) -> String {
    let copy = &holder.copies[0];
    let subject = Subject { exchange: NO_EXCHANGE.to_owned(), ..town.subject(holder, copy) };
    let draft = Draft { subject: &subject, key: &copy.key, consent, now: town.app.clock.now() };
    state(&draft, confirmed, &holder.device, &mut SystemEntropy::new()).expect("signs")
}

pub(crate) async fn signing(town: &Town, holder: &Account, stated: &str, assertion: Value) -> RequestBuilder {
    let device = device(town, holder).await;
    town.post("/api/holder/sign/passkey").json(&json!({ "device": device, "copy": holder.copies[0].id,
        "statement": stated, "assertion": assertion }))
}

#[tokio::test]
async fn a_passkey_shows_a_full_card_at_a_hotel_without_the_password() {
    let town = Town::open().await;
    let (holder, passkey) = with_passkey(&town).await;
    let asked = town.asks("hotel-checkin-jp").await;
    let request = town.fetched(&asked).await;
    let (shown, stated) = statement(&town, &holder, &request, Confirmed::Passkey);
    let reply = send(signing(&town, &holder, &stated, assertion(&town, &passkey, &stated)).await).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    let binding = reply.json()["key_binding"].as_str().expect("a token").to_owned();
    let answer = town.answering(&request, &shown.with_key_binding(&binding));
    assert_eq!(send(answer).await.status, 200);
    assert_eq!(town.sees(&asked).await["state"], "verified");
    let again = signing(&town, &holder, &stated, assertion(&town, &passkey, &stated)).await;
    town.refuses(again, 409, "instruction_replayed").await;
}

/// How many lines the trail of the authority has.
async fn trail(town: &Town) -> usize {
    town.app.registry.read().await.expect("the record").audit_before(None, 1_000).await.expect("a trail").len()
}

#[tokio::test]
async fn a_showing_leaves_no_line_in_the_trail() {
    let town = Town::open().await;
    let (holder, passkey) = with_passkey(&town).await;
    let request = town.fetched(&town.asks("hotel-checkin-jp").await).await;
    let before = trail(&town).await;
    let (_, stated) = statement(&town, &holder, &request, Confirmed::Passkey);
    let reply = send(signing(&town, &holder, &stated, assertion(&town, &passkey, &stated)).await).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    let (_, consent) = agreed(&holder.copies[0], &request);
    let instruction = town.instruction(&holder, &holder.copies[0], &consent);
    let reply = send(town.signing(&holder.session.exchange, &holder.copies[0].id, &instruction)).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    assert_eq!(trail(&town).await, before, "neither by passkey nor by password");
}

#[tokio::test]
async fn a_bank_wants_the_password_and_not_the_passkey() {
    let town = Town::open().await;
    let (holder, passkey) = with_passkey(&town).await;
    let asked = town.asks("bank-account").await;
    let request = town.fetched(&asked).await;
    let (shown, stated) = statement(&town, &holder, &request, Confirmed::Passkey);
    let reply = send(signing(&town, &holder, &stated, assertion(&town, &passkey, &stated)).await).await;
    let binding = reply.json()["key_binding"].as_str().expect("a token").to_owned();
    let answer = town.answering(&request, &shown.with_key_binding(&binding));
    town.judges(&asked, answer, "missing_presence").await;
}

#[tokio::test]
async fn a_passkey_that_does_not_confirm_is_refused() {
    let town = Town::open().await;
    let (holder, passkey) = with_passkey(&town).await;
    let request = town.fetched(&town.asks("hotel-checkin-jp").await).await;
    let (_, stated) = statement(&town, &holder, &request, Confirmed::Passkey);
    let stranger = signing(&town, &holder, &stated, assertion(&town, &key(), &stated)).await;
    town.refuses(stranger, 422, "passkey_refused").await;
    let other_text = signing(&town, &holder, &stated, assertion(&town, &passkey, "something else")).await;
    town.refuses(other_text, 422, "passkey_refused").await;
    let (_, lying) = statement(&town, &holder, &request, Confirmed::Password);
    let lying = signing(&town, &holder, &lying, assertion(&town, &passkey, &lying)).await;
    town.refuses(lying, 422, "instruction_text").await;
}

#[tokio::test]
async fn a_device_without_a_passkey_signs_in() {
    let town = Town::open().await;
    let holder = town.full_holder().await;
    let request = town.fetched(&town.asks("hotel-checkin-jp").await).await;
    let (_, stated) = statement(&town, &holder, &request, Confirmed::Passkey);
    let signing = signing(&town, &holder, &stated, assertion(&town, &key(), &stated)).await;
    town.refuses(signing, 409, "passkey_missing").await;
}

#[tokio::test]
async fn a_locked_password_locks_the_passkey_too() {
    let town = Town::with(|config| config.limits.id_password.lock_after = 7).await;
    let (holder, passkey) = with_passkey(&town).await;
    for _ in 0..7 {
        town.knocks(&holder.device, WRONG).await;
        town.clock.advance_seconds(900);
    }
    let request = town.fetched(&town.asks("hotel-checkin-jp").await).await;
    let (_, stated) = statement(&town, &holder, &request, Confirmed::Passkey);
    let request = signing(&town, &holder, &stated, assertion(&town, &passkey, &stated)).await;
    town.refuses(request, 409, "password_locked").await;
}

#[tokio::test]
async fn a_new_device_leaves_the_passkey_behind() {
    let town = Town::open().await;
    let (holder, passkey) = with_passkey(&town).await;
    let request = town.fetched(&town.asks("hotel-checkin-jp").await).await;
    let (_, stated) = statement(&town, &holder, &request, Confirmed::Passkey);
    let request = signing(&town, &holder, &stated, assertion(&town, &passkey, &stated)).await;
    let (token, other) = (town.full_token().await, key());
    town.registered(&token, &other).await;
    town.refuses(request, 409, "device_retired").await;
    town.signs_in(&other, PASSWORD).await;
}

#[tokio::test]
async fn a_passkey_is_added_by_its_holder_alone() {
    let town = Town::open().await;
    let (holder, passkey) = (town.full_holder().await, key());
    let right = adding(&town, &holder, &passkey).await;
    let with = |member: &str, value: Value| {
        let mut body = right.clone();
        body[member] = value;
        town.post("/api/holder/passkey").json(&body)
    };
    town.refuses(with("mac", base64url::encode(&[1; 32]).into()), 422, "unconfirmed").await;
    let other = key();
    let public_key = base64url::encode(&other.public_key().to_spki_der());
    town.refuses(with("public_key", public_key.into()), 422, "passkey_refused").await;
    town.refuses(with("credential", "b3RoZXI".into()), 422, "device_proof_over").await;
    town.refuses(with("exchange", "nothing".into()), 401, "session_over").await;
    assert_eq!(send(town.post("/api/holder/passkey").json(&right)).await.status, 204);
    town.refuses(town.post("/api/holder/passkey").json(&right), 409, "nonce_used").await;
}

#[tokio::test]
async fn under_an_address_that_is_no_name_there_are_no_passkeys() {
    let town = Town::with(|config| {
        config.server.public_url = config.server.public_url.replace("localhost", "127.0.0.1");
    })
    .await;
    let holder = town.full_holder().await;
    let new = adding(&town, &holder, &key()).await;
    town.refuses(town.post("/api/holder/passkey").json(&new), 409, "no_passkeys").await;
}
