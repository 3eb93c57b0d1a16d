//! Codes of offers that are redeemed with a key: both formats under one token, and refresh tokens for whoever proves it.

use serde_json::{Value, json};

use crate::mdoc::{MDOC, collected};
use crate::support::Town;
use crate::support::issuing::{CONFIGURATION, Holder, Offered, key};
use crate::support::showing::claims;
use crate::support::wallets::Instance;
use crate::support::wire::{Reply, send};

fn access(tokens: &Value) -> &str {
    tokens["access_token"].as_str().expect("a token")
}

/// The status entry of a copy.
fn entry(copy: &str) -> u64 {
    claims(copy)["status"]["status_list"]["idx"].as_u64().expect("an entry")
}

/// Shows the first of these copies at the hotel, which accepts it.
async fn shown(town: &Town, copies: Vec<String>, keys: Vec<mibun_crypto::key::SoftwareKey>) {
    let copies = copies.into_iter().zip(keys).collect();
    let holder = Holder { copies, token: String::new(), notification: String::new() };
    let asked = town.asks("hotel-checkin-jp").await;
    assert_eq!(town.answered(&asked, &holder).await.status, 200);
    assert_eq!(town.sees(&asked).await["state"], "verified");
}

/// Sends a request that is to be refused and may spend its proofs: the grant stays as it is, and no copy is made.
async fn refused(town: &Town, offered: &Offered, request: reqwest::RequestBuilder, told: (u16, &str)) -> Reply {
    let before = (town.grant(offered).await, town.cards().await, town.entries_taken().await);
    let reply = send(request).await;
    assert_eq!(reply.told(), (told.0, told.1.to_owned()), "{}", reply.text());
    assert!(reply.json().get("access_token").is_none());
    assert_eq!((town.grant(offered).await, town.cards().await, town.entries_taken().await), before);
    reply
}

#[tokio::test]
async fn a_code_with_a_key_gives_both_formats_and_later_new_copies_of_the_same_card() {
    let town = Town::open().await;
    let wallet = Instance::new(&town);
    let tokens = wallet.redeemed_offer(&town.offered().await).await;
    assert_eq!(tokens["token_type"], "DPoP");
    let (first, first_keys) = collected(&wallet, access(&tokens), CONFIGURATION).await;
    let (documents, _) = collected(&wallet, access(&tokens), MDOC).await;
    assert_eq!((first.len(), documents.len()), (2, 2));
    town.clock.advance_seconds(24 * 3600);
    let reply = send(wallet.refreshing_alone(&tokens["refresh_token"], &[]).await).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    let refreshed = reply.json();
    assert_eq!((&refreshed["token_type"], &refreshed["expires_in"]), (&json!("DPoP"), &json!(600)));
    assert_ne!(refreshed["refresh_token"], tokens["refresh_token"]);
    let (second, second_keys) = collected(&wallet, access(&refreshed), CONFIGURATION).await;
    collected(&wallet, access(&refreshed), MDOC).await;
    let mut entries: Vec<u64> = first.iter().chain(&second).map(|copy| entry(copy)).collect();
    entries.sort_unstable();
    entries.dedup();
    assert_eq!((entries.len(), town.cards().await, town.entries_taken().await), (4, 1, 8));
    let counts = town.counts().await;
    assert_eq!((counts.valid, counts.revoked), (1, 0), "nothing is superseded");
    shown(&town, first, first_keys).await;
    shown(&town, second, second_keys).await;
}

#[tokio::test]
async fn a_code_without_a_key_gives_no_refresh_token() {
    let town = Town::open().await;
    let tokens = send(town.redeeming(&town.offered().await)).await.json();
    assert_eq!((&tokens["token_type"], tokens.get("refresh_token")), (&json!("Bearer"), None));
}

#[tokio::test]
async fn a_refresh_token_with_another_key_gives_nothing() {
    let town = Town::open().await;
    let (wallet, offered) = (Instance::new(&town), town.offered().await);
    let tokens = wallet.redeemed_offer(&offered).await;
    let thief = Instance::new(&town);
    let request = thief.refreshing_alone(&tokens["refresh_token"], &[]).await;
    refused(&town, &offered, request, (400, "invalid_dpop_proof")).await;
    let attested = thief.refreshing(&tokens["refresh_token"]).await;
    refused(&town, &offered, attested, (400, "invalid_dpop_proof")).await;
    let reply = send(wallet.refreshing_alone(&tokens["refresh_token"], &[]).await).await;
    assert_eq!(reply.status, 200, "and the owner lost nothing: {}", reply.text());
}

#[tokio::test]
async fn a_refresh_token_without_a_proof_gives_nothing() {
    let town = Town::open().await;
    let wallet = Instance::new(&town);
    let tokens = wallet.redeemed_offer(&town.offered().await).await;
    let token = tokens["refresh_token"].as_str().expect("a refresh token");
    let request = town.token_request(&[("grant_type", "refresh_token"), ("refresh_token", token)]);
    town.refuses(request, 400, "invalid_request").await;
}

#[tokio::test]
async fn a_proof_that_refreshed_once_refreshes_no_more() {
    let town = Town::open().await;
    let (wallet, offered) = (Instance::new(&town), town.offered().await);
    let tokens = wallet.redeemed_offer(&offered).await;
    let request = wallet.refreshing_alone(&tokens["refresh_token"], &[]).await;
    let again = request.try_clone().expect("a body in memory");
    assert_eq!(send(request).await.status, 200);
    town.refuses(again, 400, "invalid_dpop_proof").await;
}

#[tokio::test]
async fn reuse_ends_the_family() {
    let town = Town::open().await;
    let (wallet, offered) = (Instance::new(&town), town.offered().await);
    let tokens = wallet.redeemed_offer(&offered).await;
    let second = send(wallet.refreshing_alone(&tokens["refresh_token"], &[]).await).await.json();
    let third = send(wallet.refreshing_alone(&second["refresh_token"], &[]).await).await.json();
    let reply = send(wallet.refreshing_alone(&tokens["refresh_token"], &[]).await).await;
    assert_eq!(reply.told(), (400, "invalid_grant".to_owned()), "{}", reply.text());
    assert_eq!(town.grant(&offered).await.state, "revoked");
    let last = wallet.refreshing_alone(&third["refresh_token"], &[]).await;
    refused(&town, &offered, last, (400, "invalid_grant")).await;
    let copies = wallet.asking_copies(access(&third), 1).await;
    refused(&town, &offered, copies, (401, "invalid_token")).await;
}

#[tokio::test]
async fn an_attested_family_is_refreshed_with_the_attestation_alone() {
    let town = Town::open().await;
    let (wallet, offered) = (Instance::new(&town), town.offered().await);
    let reply = send(wallet.attested(wallet.redeeming_offer(&offered).await)).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    let token = &reply.json()["refresh_token"];
    for more in [&[][..], &[("client_id", "https://wallet.example")]] {
        let request = wallet.refreshing_alone(token, more).await;
        town.refuses(request, 401, "invalid_client").await;
    }
    let namesake = Instance { dpop: copied(&wallet.dpop), ..Instance::new(&town) };
    refused(&town, &offered, namesake.refreshing(token).await, (400, "invalid_grant")).await;
    let other = Instance { dpop: copied(&wallet.dpop), ..Instance::of(&town, "https://other.example") };
    refused(&town, &offered, other.refreshing(token).await, (400, "invalid_grant")).await;
    let reply = send(wallet.refreshing(token).await).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
}

fn copied(key: &mibun_crypto::key::SoftwareKey) -> mibun_crypto::key::SoftwareKey {
    mibun_crypto::key::SoftwareKey::from_pkcs8_der(&key.to_pkcs8_der()).expect("a key")
}

#[tokio::test]
async fn a_bad_attestation_beside_a_good_proof_refreshes_nothing() {
    let town = Town::open().await;
    let (wallet, offered) = (Instance::new(&town), town.offered().await);
    let tokens = wallet.redeemed_offer(&offered).await;
    let stranger = crate::support::wallets::Provider::new();
    let attestation = wallet.attestation_with(&stranger, |_| {});
    let request = wallet.refreshing_alone(&tokens["refresh_token"], &[]).await;
    let request = wallet.presenting(request, &attestation, &wallet.possession_with(|_| {}));
    town.refuses(request, 401, "invalid_client").await;
}

#[tokio::test]
async fn a_family_ends_with_the_card() {
    let town = Town::open().await;
    let (wallet, offered) = (Instance::new(&town), town.offered().await);
    let tokens = wallet.redeemed_offer(&offered).await;
    collected(&wallet, access(&tokens), CONFIGURATION).await;
    town.revoke_all().await;
    let refreshed = send(wallet.refreshing_alone(&tokens["refresh_token"], &[]).await).await.json();
    let request = wallet.asking_copies(access(&refreshed), 1).await;
    refused(&town, &offered, request, (400, "credential_request_denied")).await;
}

#[tokio::test]
async fn a_used_code_in_any_hand_ends_nothing() {
    let town = Town::open().await;
    let (wallet, offered) = (Instance::new(&town), town.offered().await);
    let tokens = wallet.redeemed_offer(&offered).await;
    let thief = Instance { dpop: key(), ..Instance::new(&town) };
    for hand in [&wallet, &thief] {
        let request = hand.redeeming_offer(&offered).await;
        refused(&town, &offered, request, (400, "invalid_grant")).await;
    }
    assert_eq!(send(wallet.refreshing_alone(&tokens["refresh_token"], &[]).await).await.status, 200);
}
