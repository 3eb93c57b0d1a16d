//! Signing in with the ID password: what is counted, and what is refused.

use mibun_crypto::key::SoftwareKey;
use mibun_proofing::device_proof::Purpose;
use serde_json::json;

use crate::support::Town;
use crate::support::holders::{PASSWORD, WRONG};
use crate::support::issuing::key;
use crate::support::wire::{Reply, send};

/// A registered device whose person has an ID password.
async fn device(town: &Town) -> SoftwareKey {
    let (token, device) = (town.full_token().await, key());
    town.registered(&token, &device).await;
    device
}

fn tries_left(reply: &Reply) -> u64 {
    assert_eq!(reply.status, 200, "{}", reply.text());
    reply.json()["tries_left"].as_u64().expect("a number")
}

fn exchange(reply: &Reply) -> String {
    reply.json()["exchange"].as_str().expect("an exchange").to_owned()
}

/// Waits as long as told, and no second less.
async fn waits(town: &Town, device: &SoftwareKey, longest: i64) {
    let reply = town.knocks(device, WRONG).await;
    assert_eq!(reply.told(), (429, "password_wait".to_owned()), "{}", reply.text());
    let wait: i64 = reply.header("retry-after").parse().expect("seconds");
    assert!((1..=longest).contains(&wait), "{wait}");
    town.clock.advance_seconds(wait - 1);
    assert_eq!(town.knocks(device, WRONG).await.status, 429);
    town.clock.advance_seconds(1);
}

#[tokio::test]
async fn after_three_tries_a_minute_after_six_a_quarter_of_an_hour_after_ten_nothing() {
    let town = Town::open().await;
    let device = device(&town).await;
    for left in [9, 8, 7] {
        assert_eq!(tries_left(&town.knocks(&device, WRONG).await), left);
    }
    for left in [6, 5, 4] {
        waits(&town, &device, 60).await;
        assert_eq!(tries_left(&town.knocks(&device, WRONG).await), left);
    }
    for left in [3, 2, 1, 0] {
        waits(&town, &device, 900).await;
        assert_eq!(tries_left(&town.knocks(&device, WRONG).await), left);
    }
    town.clock.advance_seconds(86_400);
    let right = town.knocking(&device, PASSWORD).await.1;
    town.refuses(right, 409, "password_locked").await;
    town.full_token().await;
    town.signs_in(&device, PASSWORD).await;
}

#[tokio::test]
async fn the_right_password_begins_a_new_round() {
    let town = Town::open().await;
    let device = device(&town).await;
    for left in [9, 8] {
        assert_eq!(tries_left(&town.knocks(&device, WRONG).await), left);
    }
    town.signs_in(&device, PASSWORD).await;
    assert_eq!(tries_left(&town.knocks(&device, WRONG).await), 9);
}

#[tokio::test]
async fn of_64_tries_at_once_no_more_than_allowed_are_answered() {
    let town = Town::open().await;
    let device = device(&town).await;
    let mut tries = Vec::new();
    for _ in 0..64 {
        tries.push(send(town.knocking(&device, WRONG).await.1));
    }
    let replies = futures_util::future::join_all(tries).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 200).count(), 3);
    for reply in replies.iter().filter(|reply| reply.status != 200) {
        assert_eq!(reply.told(), (429, "password_wait".to_owned()), "{}", reply.text());
    }
}

#[tokio::test]
async fn a_wrong_last_message_ends_the_exchange() {
    let town = Town::open().await;
    let device = device(&town).await;
    let exchange = exchange(&town.knocks(&device, WRONG).await);
    let reply = send(town.finishing(&exchange, &[7; 64])).await;
    assert_eq!(reply.told(), (422, "wrong_password".to_owned()));
    town.refuses(town.finishing(&exchange, &[7; 64]), 422, "wrong_password").await;
    town.refuses(town.preparing("bm90LWEtdG9rZW4", &exchange, 1), 401, "unauthorized").await;
}

#[tokio::test]
async fn an_exchange_is_finished_once_and_in_time() {
    let town = Town::open().await;
    let device = device(&town).await;
    let session = town.signs_in(&device, PASSWORD).await;
    town.refuses(town.finishing(&session.exchange, &[7; 64]), 422, "wrong_password").await;
    let late = exchange(&town.knocks(&device, PASSWORD).await);
    town.clock.advance_seconds(120);
    town.refuses(town.finishing(&late, &[7; 64]), 422, "wrong_password").await;
}

#[tokio::test]
async fn a_device_that_is_not_known_is_told_what_a_wrong_password_is_told() {
    let town = Town::open().await;
    let (known, stranger) = (device(&town).await, key());
    let (one, other) = (town.knocks(&known, WRONG).await, town.knocks(&stranger, WRONG).await);
    let shape = |reply: &Reply| {
        let body = reply.json();
        let members = body.as_object().expect("an object").iter();
        (reply.status, members.map(|(name, value)| (name.clone(), value.to_string().len())).collect::<Vec<_>>())
    };
    assert_eq!(shape(&one), shape(&other));
    assert_eq!((tries_left(&one), tries_left(&other)), (9, 9));
    for reply in [one, other] {
        let last = send(town.finishing(&exchange(&reply), &[7; 64])).await;
        assert_eq!(last.told(), (422, "wrong_password".to_owned()));
    }
}

#[tokio::test]
async fn a_retired_device_is_not_known() {
    let town = Town::open().await;
    let old = device(&town).await;
    let new = device(&town).await;
    let reply = town.knocks(&old, PASSWORD).await;
    assert_eq!(tries_left(&reply), 9);
    assert_eq!(tries_left(&town.knocks(&new, WRONG).await), 9, "the person's tries are not touched");
}

/// A first message that costs no try.
async fn refused(proof_over: &[u8], purpose: Purpose, request: &[u8], (status, code): (u16, &str)) {
    let town = Town::open().await;
    let device = device(&town).await;
    let proof = town.device_proof(purpose, proof_over, &device).await;
    let body = json!({ "proof": proof, "request": mibun_crypto::base64url::encode(request) });
    town.refuses(town.post("/api/holder/login/start").json(&body), status, code).await;
}

#[tokio::test]
async fn a_proof_beside_another_message_is_refused() {
    refused(b"another", Purpose::SignIn, &[7; 96], (422, "device_proof_over")).await;
}

#[tokio::test]
async fn a_proof_for_registering_does_not_sign_in() {
    refused(&[7; 96], Purpose::Registration, &[7; 96], (422, "device_proof_malformed")).await;
}

#[tokio::test]
async fn a_first_message_of_another_length_is_refused() {
    refused(&[7; 95], Purpose::SignIn, &[7; 95], (422, "malformed_password_message")).await;
}

#[tokio::test]
async fn a_first_message_is_good_once() {
    let town = Town::open().await;
    let device = device(&town).await;
    let request = town.knocking(&device, WRONG).await.1;
    let again = request.try_clone().expect("a body in memory");
    assert_eq!(send(request).await.status, 200);
    town.refuses(again, 409, "nonce_used").await;
}

#[tokio::test]
async fn a_first_message_that_was_held_back_is_refused() {
    let town = Town::open().await;
    let device = device(&town).await;
    let request = town.knocking(&device, WRONG).await.1;
    town.clock.advance_seconds(300);
    town.refuses(request, 422, "nonce_expired").await;
}
