//! Tokens that are bound to a key at the authority's own interface for holders: with a proof of the key for that very
//! request, and in no other way.

use mibun_registry::VaultKeyState;
use reqwest::RequestBuilder;
use serde_json::{Value, json};

use crate::support::Town;
use crate::support::holders::{Account, COPIES, PASSWORD, kept_copies};
use crate::support::issuing::{CONFIGURATION, asking_with, key};
use crate::support::wallets::Instance;
use crate::support::wire::{Reply, send};

const MDOC: &str = "mibun_card_mdoc";
const DEVICES: &str = "/api/holder/devices";
const PREPARE: &str = "/api/holder/keys/prepare";
const CODE: &str = "/api/holder/revocation-code/collected";

fn access(tokens: &Value) -> String {
    tokens["access_token"].as_str().expect("a token").to_owned()
}

/// A request to an endpoint with this token and these proofs.
fn presenting(town: &Town, endpoint: &str, token: &str, proofs: &[&str], body: &Value) -> RequestBuilder {
    let request = town.post(endpoint).header("Authorization", format!("DPoP {token}"));
    proofs.iter().fold(request, |request, proof| request.header("DPoP", *proof)).json(body)
}

/// Somebody who registers, signs in and has keys prepared, all with a bound token.
async fn account(wallet: &Instance<'_>, token: String) -> Account {
    let (town, device) = (wallet.town, key());
    let registration = town.registration(&token, &device).await;
    let reply = send(wallet.under(&token, DEVICES, &registration).await).await;
    assert_eq!(reply.status, 201, "{}", reply.text());
    let person = reply.json()["person"].as_str().expect("a person").to_owned();
    let session = town.signs_in(&device, PASSWORD).await;
    let account = Account { person, device, session, token, copies: Vec::new() };
    prepared(wallet, account).await
}

/// The same account with fresh keys.
async fn prepared(wallet: &Instance<'_>, account: Account) -> Account {
    let body = json!({ "exchange": account.session.exchange, "count": COPIES });
    let reply = send(wallet.under(&account.token, PREPARE, &body).await).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    Account { copies: kept_copies(&reply.json()), ..account }
}

async fn collects(wallet: &Instance<'_>, account: &Account) {
    collects_as(wallet, account, CONFIGURATION).await;
}

async fn collects_as(wallet: &Instance<'_>, account: &Account, configuration: &str) {
    let proofs = wallet.town.kept_proofs(account).await;
    let mut body = asking_with(&proofs);
    body["credential_configuration_id"] = configuration.into();
    let reply = send(wallet.asking(&account.token, &body).await).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    assert_eq!(reply.json()["credentials"].as_array().map(Vec::len), Some(COPIES));
}

/// The same account later: refreshed, and signed in again.
async fn later(wallet: &Instance<'_>, account: Account, refresh_token: &Value) -> Account {
    let refreshed = send(wallet.refreshing_alone(refresh_token, &[]).await).await;
    assert_eq!(refreshed.status, 200, "{}", refreshed.text());
    let session = wallet.town.signs_in(&account.device, PASSWORD).await;
    Account { token: access(&refreshed.json()), session, ..account }
}

#[tokio::test]
async fn a_full_card_is_collected_with_a_bound_token_and_renewed_with_fresh_kept_keys() {
    let town = Town::open().await;
    let wallet = Instance::new(&town);
    let tokens = wallet.redeemed_offer(&town.full_offer().await).await;
    let first = account(&wallet, access(&tokens)).await;
    collects(&wallet, &first).await;
    town.clock.advance_seconds(24 * 3600);
    let old = first.copies.clone();
    let second = later(&wallet, first, &tokens["refresh_token"]).await;
    let second = prepared(&wallet, second).await;
    assert!(second.copies.iter().all(|copy| old.iter().all(|before| before.id != copy.id)), "keys are used once");
    collects(&wallet, &second).await;
    assert_eq!((town.cards().await, town.entries_taken().await), (1, 4), "one card, four entries of the list");
    let counts = town.counts().await;
    assert_eq!((counts.valid, counts.revoked), (1, 0));
    let person = second.person.parse().expect("an identifier");
    let keys = town.app.registry.read().await.expect("the record").vault_keys_of(person).await.expect("keys");
    assert_eq!(keys.iter().filter(|key| key.state == VaultKeyState::Bound).count(), 2 * COPIES);
}

#[tokio::test]
async fn a_bound_token_gives_a_full_card_in_both_formats_with_keys_of_their_own() {
    let town = Town::open().await;
    let wallet = Instance::new(&town);
    let tokens = wallet.redeemed_offer(&town.full_offer().await).await;
    let first = account(&wallet, access(&tokens)).await;
    collects(&wallet, &first).await;
    let old = first.copies.clone();
    let second = prepared(&wallet, first).await;
    assert!(second.copies.iter().all(|copy| old.iter().all(|before| before.id != copy.id)), "keys are used once");
    collects_as(&wallet, &second, MDOC).await;
    assert_eq!((town.cards().await, town.entries_taken().await), (1, 4), "one card, four entries of the list");
    let registration = town.registration(&second.token, &key()).await;
    town.refuses(wallet.under(&second.token, DEVICES, &registration).await, 401, "unauthorized").await;
}

#[tokio::test]
async fn a_full_card_is_renewed_after_its_journey_is_gone() {
    let town = Town::open().await;
    let wallet = Instance::new(&town);
    let tokens = wallet.redeemed_offer(&town.full_offer().await).await;
    let first = account(&wallet, access(&tokens)).await;
    collects(&wallet, &first).await;
    let person = first.person.parse().expect("an identifier");
    let gone: Result<u64, mibun_registry::StoreError> =
        mibun_registry::run(&*town.app.registry, "test.journeys", |unit| Box::pin(unit.delete_journeys_of(person)))
            .await;
    assert!(gone.expect("deleted") > 0);
    let second = later(&wallet, first, &tokens["refresh_token"]).await;
    let second = prepared(&wallet, second).await;
    collects(&wallet, &second).await;
    assert_eq!((town.cards().await, town.entries_taken().await), (1, 4));
}

#[tokio::test]
async fn a_refreshed_token_of_a_full_card_takes_no_keys_of_the_wallet_and_no_other_device() {
    let town = Town::open().await;
    let wallet = Instance::new(&town);
    let tokens = wallet.redeemed_offer(&town.full_offer().await).await;
    let first = account(&wallet, access(&tokens)).await;
    collects(&wallet, &first).await;
    let second = later(&wallet, first, &tokens["refresh_token"]).await;
    let own = wallet.asking_copies(&second.token, COPIES).await;
    town.refuses(own, 400, "invalid_proof").await;
    let registration = town.registration(&second.token, &key()).await;
    town.refuses(wallet.under(&second.token, DEVICES, &registration).await, 401, "unauthorized").await;
    let same = town.registration(&second.token, &second.device).await;
    town.refuses(wallet.under(&second.token, DEVICES, &same).await, 401, "unauthorized").await;
}

#[tokio::test]
async fn no_keys_are_made_for_a_card_that_is_not_valid() {
    let town = Town::open().await;
    let wallet = Instance::new(&town);
    let tokens = wallet.redeemed_offer(&town.full_offer().await).await;
    let first = account(&wallet, access(&tokens)).await;
    collects(&wallet, &first).await;
    town.revoke_all().await;
    let second = later(&wallet, first, &tokens["refresh_token"]).await;
    let body = json!({ "exchange": second.session.exchange, "count": COPIES });
    town.refuses(wallet.under(&second.token, PREPARE, &body).await, 409, "card_not_valid").await;
}

#[tokio::test]
async fn a_light_cards_bound_token_prepares_nothing() {
    let town = Town::open().await;
    let wallet = Instance::new(&town);
    let tokens = wallet.redeemed_offer(&town.offered().await).await;
    let registration = town.registration(&access(&tokens), &key()).await;
    let request = wallet.under(&access(&tokens), DEVICES, &registration).await;
    town.refuses(request, 409, "not_a_full_journey").await;
    let token = access(&tokens);
    assert_eq!(send(wallet.asking_copies(&token, 1).await).await.status, 200);
    let refreshed = send(wallet.refreshing_alone(&tokens["refresh_token"], &[]).await).await.json();
    let body = json!({ "exchange": "00000000000000000000000000000000", "count": COPIES });
    town.refuses(wallet.under(&access(&refreshed), PREPARE, &body).await, 409, "not_a_full_journey").await;
}

#[tokio::test]
async fn a_revocation_code_is_had_with_a_bound_token_before_and_after_collecting() {
    let town = Town::open().await;
    let wallet = Instance::new(&town);
    let tokens = wallet.redeemed_offer(&town.offered().await).await;
    for _ in 0..2 {
        let reply = send(wallet.under(&access(&tokens), CODE, &json!({})).await).await;
        assert_eq!(reply.status, 201, "{}", reply.text());
        assert_eq!(reply.json()["code"].as_str().map(str::len), Some(20));
        send(wallet.asking_copies(&access(&tokens), 1).await).await;
    }
}

/// The three endpoints, each with a token that it would take and what it would take with it.
async fn endpoints(wallet: &Instance<'_>) -> [(&'static str, String, Value); 3] {
    let town = wallet.town;
    let full = access(&wallet.redeemed_offer(&town.full_offer().await).await);
    let account = account(wallet, full).await;
    let registration = town.registration(&account.token, &account.device).await;
    let prepare = json!({ "exchange": account.session.exchange, "count": COPIES });
    let light = access(&wallet.redeemed_offer(&town.offered().await).await);
    [(DEVICES, account.token.clone(), registration), (PREPARE, account.token, prepare), (CODE, light, json!({}))]
}

/// Each endpoint refuses what `make` sends in place of a good request, in these words; a good request is taken after it.
async fn refused(
    told: (u16, &str),
    make: impl AsyncFn(&Instance<'_>, &str, &str, &Value) -> RequestBuilder,
) -> Vec<Reply> {
    let town = Town::open().await;
    let wallet = Instance::new(&town);
    let mut replies = Vec::new();
    for (endpoint, token, body) in endpoints(&wallet).await {
        let request = make(&wallet, endpoint, &token, &body).await;
        replies.push(town.refuses(request, told.0, told.1).await);
        let good = send(wallet.under(&token, endpoint, &body).await).await;
        assert!(good.status < 300, "{endpoint}: {}", good.text());
        assert!(!good.header("dpop-nonce").is_empty(), "the next proof needs one");
    }
    replies
}

/// The same for a proof whose claims were changed.
async fn refused_proof(code: &str, change: impl Fn(&mut Value, &mut Value)) -> Vec<Reply> {
    refused((401, code), async |wallet, endpoint, token, body| {
        let proof = wallet.proof_with(endpoint, Some(token), |header, claims| change(header, claims)).await;
        presenting(wallet.town, endpoint, token, &[&proof], body)
    })
    .await
}

#[tokio::test]
async fn a_bound_token_as_a_bearer_is_refused() {
    refused((401, "unauthorized"), async |wallet, endpoint, token, body| {
        let proof = wallet.proof(endpoint, Some(token)).await;
        wallet.town.post(endpoint).bearer_auth(token).header("DPoP", proof).json(body)
    })
    .await;
    refused((401, "unauthorized"), async |wallet, endpoint, token, body| {
        wallet.town.post(endpoint).bearer_auth(token).json(body)
    })
    .await;
}

#[tokio::test]
async fn a_bound_token_without_a_proof_is_refused() {
    let replies = refused((401, "invalid_dpop_proof"), async |wallet, endpoint, token, body| {
        presenting(wallet.town, endpoint, token, &[], body)
    })
    .await;
    for reply in replies {
        assert_eq!(reply.header("www-authenticate"), "DPoP error=\"invalid_dpop_proof\", algs=\"ES256\"");
        assert_eq!(reply.header("content-type"), "application/problem+json");
    }
}

#[tokio::test]
async fn two_proofs_are_refused() {
    refused((401, "invalid_dpop_proof"), async |wallet, endpoint, token, body| {
        let (one, other) = (wallet.proof(endpoint, Some(token)).await, wallet.proof(endpoint, Some(token)).await);
        presenting(wallet.town, endpoint, token, &[&one, &other], body)
    })
    .await;
}

#[tokio::test]
async fn a_proof_by_another_key_is_refused() {
    refused((401, "unauthorized"), async |wallet, endpoint, token, body| {
        Instance::new(wallet.town).under(token, endpoint, body).await
    })
    .await;
}

#[tokio::test]
async fn a_proof_for_another_address_method_or_token_is_refused() {
    refused_proof("invalid_dpop_proof", |_, claims| {
        claims["htu"] = claims["htu"].as_str().expect("an address").replace("/api/holder/", "/api/other/").into();
    })
    .await;
    refused_proof("invalid_dpop_proof", |_, claims| claims["htm"] = "GET".into()).await;
    refused_proof("invalid_dpop_proof", |_, claims| claims["ath"] = "another".into()).await;
    refused_proof("invalid_dpop_proof", |_, claims| claims["ath"] = Value::Null).await;
}

#[tokio::test]
async fn a_proof_for_the_credential_endpoint_opens_nothing_here() {
    refused((401, "invalid_dpop_proof"), async |wallet, endpoint, token, body| {
        let proof = wallet.proof("/credential", Some(token)).await;
        presenting(wallet.town, endpoint, token, &[&proof], body)
    })
    .await;
}

#[tokio::test]
async fn an_old_proof_is_refused() {
    refused_proof("invalid_dpop_proof", |_, claims| {
        claims["iat"] = (claims["iat"].as_i64().expect("a time") - 61).into();
    })
    .await;
}

#[tokio::test]
async fn a_nonce_is_demanded_and_sent_along() {
    for nonce in [Value::Null, "bm90LWEtbm9uY2Utb2Ytb3Vycw".into()] {
        let replies = refused_proof("use_dpop_nonce", |_, claims| claims["nonce"] = nonce.clone()).await;
        for reply in replies {
            assert_eq!(reply.header("www-authenticate"), "DPoP error=\"use_dpop_nonce\", algs=\"ES256\"");
            assert!(!reply.header("dpop-nonce").is_empty());
            assert_eq!(reply.header("cache-control"), "no-store");
        }
    }
}

#[tokio::test]
async fn the_nonce_of_a_refusal_is_good_for_the_next_proof() {
    let town = Town::open().await;
    let wallet = Instance::new(&town);
    let token = access(&wallet.redeemed_offer(&town.offered().await).await);
    let proof = wallet.proof_with(CODE, Some(&token), |_, claims| claims["nonce"] = Value::Null).await;
    let nonce = send(presenting(&town, CODE, &token, &[&proof], &json!({}))).await.header("dpop-nonce").to_owned();
    let proof = wallet.proof_with(CODE, Some(&token), |_, claims| claims["nonce"] = nonce.into()).await;
    assert_eq!(send(presenting(&town, CODE, &token, &[&proof], &json!({}))).await.status, 201);
}

#[tokio::test]
async fn a_proof_is_good_once() {
    let town = Town::open().await;
    let wallet = Instance::new(&town);
    for (endpoint, token, body) in endpoints(&wallet).await {
        let proof = wallet.proof(endpoint, Some(&token)).await;
        let reply = send(presenting(&town, endpoint, &token, &[&proof], &body)).await;
        assert!(reply.status < 300, "{endpoint}: {}", reply.text());
        // A device's own proof is good once, too; here it is the other that is looked at.
        let body = if endpoint == DEVICES { town.registration(&token, &key()).await } else { body };
        town.refuses(presenting(&town, endpoint, &token, &[&proof], &body), 401, "invalid_dpop_proof").await;
    }
}

#[tokio::test]
async fn a_bearer_token_in_the_scheme_of_bound_ones_is_refused() {
    let town = Town::open().await;
    let wallet = Instance::new(&town);
    let token = town.token().await;
    town.refuses(wallet.under(&token, CODE, &json!({})).await, 401, "unauthorized").await;
    let full = town.full_token().await;
    let registration = town.registration(&full, &key()).await;
    town.refuses(wallet.under(&full, DEVICES, &registration).await, 401, "unauthorized").await;
    let device = key();
    town.registered(&full, &device).await;
    let session = town.signs_in(&device, PASSWORD).await;
    let body = json!({ "exchange": session.exchange, "count": COPIES });
    town.refuses(wallet.under(&full, PREPARE, &body).await, 401, "unauthorized").await;
}

#[tokio::test]
async fn an_ended_or_unknown_bound_token_is_refused() {
    let town = Town::open().await;
    let wallet = Instance::new(&town);
    let token = access(&wallet.redeemed_offer(&town.offered().await).await);
    town.clock.advance_seconds(600);
    town.refuses(wallet.under(&token, CODE, &json!({})).await, 401, "unauthorized").await;
    town.refuses(wallet.under("bm90LXRoZS10b2tlbg", CODE, &json!({})).await, 401, "unauthorized").await;
}
