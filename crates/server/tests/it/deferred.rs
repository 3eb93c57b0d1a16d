//! A card that is asked for while an officer has not decided yet.

use mibun_crypto::entropy::Entropy;
use mibun_crypto::json::Limits;
use mibun_crypto::jwe::{self, Enc, EphemeralKey, PartyInfo};
use mibun_crypto::key::Jwk;
use mibun_registry::OfficerId;
use mibun_server::entropy::SystemEntropy;
use mibun_server::work::officers::SignedIn;
use mibun_server::work::{journeys, referrals};
use mibun_status::Status;
use mibun_status::token::Claims;
use serde_json::{Value, json};

use crate::attester_lists::attested;
use crate::support::Town;
use crate::support::issuing::{CONFIGURATION, asking_with, key};
use crate::support::lists::{Lists, VALID, entry};
use crate::support::showing::claims;
use crate::support::wallets::{Instance, sent_back};
use crate::support::wire::{Reply, send};

/// Somebody whose journey waits, and their wallet, which has asked for copies.
struct Waiting<'a> {
    town: &'a Town,
    wallet: Instance<'a>,
    journey: (String, String),
    token: String,
    refresh: Value,
    transaction: String,
}

impl<'a> Waiting<'a> {
    async fn new(town: &'a Town) -> Self {
        let wallet = Instance::new(town);
        let journey = town.referred_journey().await;
        let tokens = tokens(town, &wallet, &journey).await;
        let token = tokens["access_token"].as_str().expect("a token").to_owned();
        let reply = send(wallet.asking_copies(&token, 2).await).await;
        assert_eq!((reply.status, reply.header("cache-control")), (202, "no-store"), "{}", reply.text());
        let answer = reply.json();
        assert_eq!(answer["interval"], 60);
        let transaction = answer["transaction_id"].as_str().expect("a transaction").to_owned();
        Self { town, wallet, journey, token, refresh: tokens["refresh_token"].clone(), transaction }
    }

    async fn decides(&self, accept: bool) {
        let officer = SignedIn { id: OfficerId::from_bytes([7; 16]), name: "inspector".to_owned() };
        referrals::decide(&self.town.app, &officer, &self.journey.0, accept, "compared").await.expect("decided");
    }

    async fn asking(&self, transaction: &str) -> reqwest::RequestBuilder {
        self.asking_with(&self.token, &json!({ "transaction_id": transaction })).await
    }

    async fn asking_with(&self, token: &str, body: &Value) -> reqwest::RequestBuilder {
        let proof = self.wallet.proof("/deferred_credential", Some(token)).await;
        let request = self.town.post("/deferred_credential").header("Authorization", format!("DPoP {token}"));
        request.header("DPoP", proof).json(body)
    }

    async fn asks(&self) -> Reply {
        send(self.asking(&self.transaction).await).await
    }
}

/// The tokens that a person gets for their wallet while they wait.
async fn tokens(town: &Town, wallet: &Instance<'_>, (id, token): &(String, String)) -> Value {
    let journey = journeys::authorise(&town.app, id, token).await.expect("the token");
    let overview = journeys::overview(&town.app, &journey).await.expect("a journey");
    assert!(overview.offer.is_none(), "nothing can be collected now");
    let later = overview.later.expect("an offer for wallets that can wait");
    let request_uri = wallet.pushed(&[]).await;
    let fields = [("reference", later.reference.as_str()), ("code", &later.tx_code), ("decision", "allow")];
    let code = sent_back(&send(wallet.answering(&request_uri, &fields)).await, "code");
    wallet.redeemed(&code).await
}

#[tokio::test]
async fn the_copies_come_once_an_officer_has_agreed() {
    let town = Town::open().await;
    let waiting = Waiting::new(&town).await;
    let early = waiting.asks().await;
    assert_eq!((early.status, &early.json()["transaction_id"]), (202, &json!(waiting.transaction)));
    assert_eq!((town.cards().await, town.entries_taken().await), (0, 0), "nothing is made before");
    waiting.decides(true).await;
    let reply = waiting.asks().await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    let answer = reply.json();
    assert_eq!(answer["credentials"].as_array().expect("copies").len(), 2);
    let card = claims(answer["credentials"][0]["credential"].as_str().expect("a card"));
    assert_eq!((&card["family_name"], &card["assurance_level"]), (&json!("Aokigahara"), &json!("light")));
    assert_eq!((town.cards().await, town.entries_taken().await), (1, 2));
}

#[tokio::test]
async fn an_answer_that_got_lost_is_given_again_until_the_wallet_has_it() {
    let town = Town::open().await;
    let waiting = Waiting::new(&town).await;
    waiting.decides(true).await;
    let (first, second) = (waiting.asks().await.json(), waiting.asks().await);
    assert_eq!((second.status, second.json()["notification_id"].clone()), (200, first["notification_id"].clone()));
    assert_eq!((town.cards().await, town.entries_taken().await), (1, 2), "the same entries");
    let told = json!({ "notification_id": first["notification_id"], "event": "credential_accepted" });
    let proof = waiting.wallet.proof("/notification", Some(&waiting.token)).await;
    let token = format!("DPoP {}", waiting.token);
    let told = town.post("/notification").header("Authorization", token).header("DPoP", proof).json(&told);
    assert_eq!(send(told).await.status, 204);
    let request = waiting.asking(&waiting.transaction).await;
    town.refuses(request, 400, "invalid_transaction_id").await;
}

#[tokio::test]
async fn the_same_request_waits_once_and_another_takes_its_place() {
    let town = Town::open().await;
    let wallet = Instance::new(&town);
    let tokens = tokens(&town, &wallet, &town.referred_journey().await).await;
    let token = tokens["access_token"].as_str().expect("a token");
    let body = asking_with(&town.proofs(1, &town.nonce().await));
    let first = send(wallet.asking(token, &body).await).await.json();
    let again = send(wallet.asking(token, &body).await).await.json();
    assert_eq!(first["transaction_id"], again["transaction_id"]);
    let other = send(wallet.asking_copies(token, 1).await).await;
    assert_eq!(other.status, 202, "{}", other.text());
    assert_ne!(other.json()["transaction_id"], first["transaction_id"]);
    let proof = wallet.proof("/deferred_credential", Some(token)).await;
    let request = town.post("/deferred_credential").header("Authorization", format!("DPoP {token}"));
    let request = request.header("DPoP", proof).json(&json!({ "transaction_id": first["transaction_id"] }));
    town.refuses(request, 400, "invalid_transaction_id").await;
}

#[tokio::test]
async fn both_formats_may_wait_and_come_as_one_card() {
    let town = Town::open().await;
    let wallet = Instance::new(&town);
    let journey = town.referred_journey().await;
    let later = {
        let open = journeys::authorise(&town.app, &journey.0, &journey.1).await.expect("the token");
        journeys::overview(&town.app, &open).await.expect("a journey").later.expect("an offer")
    };
    let request_uri = wallet.pushed(&[("scope", "mibun_card mibun_card_mdoc")]).await;
    let fields = [("reference", later.reference.as_str()), ("code", &later.tx_code), ("decision", "allow")];
    let code = sent_back(&send(wallet.answering(&request_uri, &fields)).await, "code");
    let tokens = wallet.redeemed(&code).await;
    let token = tokens["access_token"].as_str().expect("a token").to_owned();
    let mut transactions = Vec::new();
    for configuration in ["mibun_card", "mibun_card_mdoc"] {
        let proofs = town.proofs(1, &town.nonce().await);
        let body = json!({ "credential_configuration_id": configuration, "proofs": { "jwt": proofs } });
        let answer = send(wallet.asking(&token, &body).await).await.json();
        transactions.push(answer["transaction_id"].as_str().expect("a transaction").to_owned());
    }
    let refresh = tokens["refresh_token"].clone();
    let waiting = Waiting { town: &town, wallet, journey, token, refresh, transaction: transactions[0].clone() };
    waiting.decides(true).await;
    for transaction in &transactions {
        assert_eq!(send(waiting.asking(transaction).await).await.status, 200);
    }
    assert_eq!((town.cards().await, town.entries_taken().await), (1, 2));
}

#[tokio::test]
async fn keys_whose_attestation_is_taken_back_while_they_wait_get_no_card() {
    let (town, lists) = (Town::open().await, Lists::open().await);
    let (wallet, journey) = (Instance::new(&town), town.referred_journey().await);
    let tokens = tokens(&town, &wallet, &journey).await;
    let token = tokens["access_token"].as_str().expect("a token").to_owned();
    let publish = |status, at| {
        let asked_every_minute = |claims: &mut Claims| (claims.issued_at, claims.ttl) = (at, Some(60));
        lists.publish_of("1", &town.provider, &[status], asked_every_minute)
    };
    let uri = publish(Status::Valid, town.app.clock.now());
    let attestation = attested(&town, &key(), &town.nonce().await, &entry(&uri, VALID));
    let body = json!({ "credential_configuration_id": CONFIGURATION, "proofs": { "attestation": [attestation] } });
    let answer = send(wallet.asking(&token, &body).await).await;
    assert_eq!(answer.status, 202, "{}", answer.text());
    let transaction = answer.json()["transaction_id"].as_str().expect("a transaction").to_owned();
    let refresh = tokens["refresh_token"].clone();
    let waiting = Waiting { town: &town, wallet, journey, token, refresh, transaction };
    waiting.decides(true).await;
    town.clock.advance_seconds(60);
    publish(Status::Suspended, town.app.clock.now());
    town.refuses(waiting.asking(&waiting.transaction).await, 503, "server_error").await;
    town.clock.advance_seconds(60);
    lists.publish("1", "<html>".to_owned());
    town.refuses(waiting.asking(&waiting.transaction).await, 503, "server_error").await;
    town.clock.advance_seconds(60);
    publish(Status::Invalid, town.app.clock.now());
    town.refuses(waiting.asking(&waiting.transaction).await, 400, "credential_request_denied").await;
    assert_eq!((town.cards().await, town.entries_taken().await), (0, 0));
    town.clock.advance_seconds(60);
    publish(Status::Valid, town.app.clock.now());
    assert_eq!(waiting.asks().await.status, 200, "the request still waits");
}

#[tokio::test]
async fn a_request_waits_longer_than_its_token() {
    let town = Town::open().await;
    let waiting = Waiting::new(&town).await;
    town.clock.advance_seconds(3600);
    let request = waiting.asking(&waiting.transaction).await;
    town.refuses(request, 401, "invalid_token").await;
    let refreshed = send(waiting.wallet.refreshing(&waiting.refresh).await).await.json();
    let token = refreshed["access_token"].as_str().expect("a token");
    waiting.decides(true).await;
    let body = json!({ "transaction_id": waiting.transaction });
    let reply = send(waiting.asking_with(token, &body).await).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    assert_eq!((town.cards().await, town.entries_taken().await), (1, 2));
}

#[tokio::test]
async fn an_officer_who_says_no_leaves_no_card() {
    let town = Town::open().await;
    let waiting = Waiting::new(&town).await;
    waiting.decides(false).await;
    let request = waiting.asking(&waiting.transaction).await;
    town.refuses(request, 400, "credential_request_denied").await;
    assert_eq!((town.cards().await, town.entries_taken().await), (0, 0));
}

#[tokio::test]
async fn a_transaction_of_nobody_is_refused() {
    let town = Town::open().await;
    let waiting = Waiting::new(&town).await;
    let other = SystemEntropy::new().token(16);
    let request = waiting.asking(&other).await;
    town.refuses(request, 400, "invalid_transaction_id").await;
}

#[tokio::test]
async fn a_transaction_is_its_tokens_alone() {
    let town = Town::open().await;
    let waiting = Waiting::new(&town).await;
    let stranger = Instance::of(&town, "https://another-wallet.example");
    let tokens = stranger.tokens().await;
    let token = tokens["access_token"].as_str().expect("a token");
    let proof = stranger.proof("/deferred_credential", Some(token)).await;
    let request = town.post("/deferred_credential").header("Authorization", format!("DPoP {token}"));
    let request = request.header("DPoP", proof).json(&json!({ "transaction_id": waiting.transaction }));
    town.refuses(request, 400, "invalid_transaction_id").await;
}

#[tokio::test]
async fn a_request_that_names_nothing_is_refused() {
    let town = Town::open().await;
    let waiting = Waiting::new(&town).await;
    for body in [json!({}), json!({ "transaction_id": 7 }), json!({ "transaction_id": "" }), json!([])] {
        let request = waiting.asking_with(&waiting.token, &body).await;
        town.refuses(request, 400, "invalid_credential_request").await;
    }
}

#[tokio::test]
async fn a_token_without_proof_of_its_key_is_refused() {
    let town = Town::open().await;
    let waiting = Waiting::new(&town).await;
    let body = json!({ "transaction_id": waiting.transaction });
    let request = town.post("/deferred_credential").bearer_auth(&waiting.token).json(&body);
    town.refuses(request, 401, "invalid_token").await;
    let request = town.post("/deferred_credential").json(&body);
    assert_eq!(send(request).await.status, 401);
}

#[tokio::test]
async fn the_offer_for_those_who_wait_has_no_code_for_everybody() {
    let town = Town::open().await;
    let (id, token) = town.referred_journey().await;
    let journey = journeys::authorise(&town.app, &id, &token).await.expect("the token");
    let later = journeys::overview(&town.app, &journey).await.expect("a journey").later.expect("an offer");
    let link = url::Url::parse(&later.uri).expect("a link");
    let (_, address) = link.query_pairs().find(|(name, _)| name == "credential_offer_uri").expect("an address");
    let offer = send(town.http.get(address.as_ref())).await.json();
    let grants = offer["grants"].as_object().expect("grants");
    assert_eq!(grants.keys().collect::<Vec<_>>(), ["authorization_code"], "{offer}");
}

#[tokio::test]
async fn waiting_and_its_end_can_be_encrypted() {
    let town = Town::open().await;
    let waiting = Waiting::new(&town).await;
    let metadata = send(town.get("/.well-known/openid-credential-issuer")).await.json();
    assert_eq!(metadata["deferred_credential_endpoint"], town.app.url("/deferred_credential"));
    let recipient = Jwk::from_value(&metadata["credential_request_encryption"]["jwks"]["keys"][0]).expect("a key");
    for (accept, status) in [(false, 202), (true, 200)] {
        if accept {
            waiting.decides(true).await;
        }
        let mut entropy = SystemEntropy::new();
        let key = EphemeralKey::generate(&mut entropy);
        let wanted = json!({ "jwk": key.public_jwk("answer").to_value(), "enc": "A256GCM" });
        let body = json!({ "transaction_id": waiting.transaction, "credential_response_encryption": wanted });
        let text = body.to_string();
        let sealed = jwe::encrypt(text.as_bytes(), &recipient, Enc::A256Gcm, PartyInfo::default(), &mut entropy);
        let proof = waiting.wallet.proof("/deferred_credential", Some(&waiting.token)).await;
        let request = town.post("/deferred_credential").header("Authorization", format!("DPoP {}", waiting.token));
        let request = request.header("DPoP", proof).header("content-type", "application/jwt");
        let reply = send(request.body(sealed.expect("encrypted"))).await;
        assert_eq!((reply.status, reply.header("content-type")), (status, "application/jwt"), "{}", reply.text());
        let limits = Limits { bytes: 4 * 1024 * 1024, ..Limits::default() };
        let opened = jwe::decrypt(&reply.text(), &key, &[Enc::A256Gcm], &limits).expect("encrypted to the wallet");
        let answer: Value = serde_json::from_slice(&opened.payload).expect("JSON");
        assert_eq!(answer.get("credentials").is_some(), accept);
    }
}

#[tokio::test]
async fn the_journey_says_that_another_wallet_waits() {
    let town = Town::open().await;
    let waiting = Waiting::new(&town).await;
    let (id, token) = &waiting.journey;
    let overview = || async {
        let journey = journeys::authorise(&town.app, id, token).await.expect("the token");
        journeys::overview(&town.app, &journey).await.expect("a journey")
    };
    let before = overview().await;
    assert!(before.awaited && before.later.is_none(), "the offer is taken");
    waiting.decides(true).await;
    let after = overview().await;
    assert!(after.awaited && after.offer.is_some(), "the person may still want it elsewhere");
    assert_eq!(waiting.asks().await.status, 200);
    assert!(!overview().await.awaited);
}

#[tokio::test]
async fn an_offer_for_those_who_wait_is_renewed_when_nobody_used_it() {
    let town = Town::open().await;
    let (id, token) = town.referred_journey().await;
    let later = || async {
        let journey = journeys::authorise(&town.app, &id, &token).await.expect("the token");
        journeys::overview(&town.app, &journey).await.expect("a journey").later.expect("an offer")
    };
    let (first, again) = (later().await, later().await);
    assert_eq!(first.reference, again.reference);
    town.clock.advance_seconds(i64::from(town.app.config.limits.offer_minutes) * 60 + 1);
    assert_ne!(later().await.reference, first.reference);
}
