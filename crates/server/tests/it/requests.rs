//! Requests that are not handed out: the code of the counter is too old, not ours, or another wallet was first.

use serde_json::json;

use crate::support::Town;
use crate::support::asking::WALLET_NONCE;
use crate::support::showing::tampered;
use crate::support::wire::send;

const ANOTHER_NONCE: &str = "Qm7xL2wE9sUjd4HtYfBaRg";

#[tokio::test]
async fn another_wallet_gets_nothing() {
    let town = Town::open().await;
    let asked = town.asks("hotel-checkin-jp").await;
    town.fetched(&asked).await;
    town.refuses(town.fetching(&asked, ANOTHER_NONCE), 400, "invalid_request").await;
}

#[tokio::test]
async fn a_wallet_without_a_nonce_is_another_wallet() {
    let town = Town::open().await;
    let asked = town.asks("hotel-checkin-jp").await;
    town.fetched(&asked).await;
    town.refuses(town.get(&asked.request_uri), 400, "invalid_request").await;
}

#[tokio::test]
async fn the_same_wallet_may_fetch_again() {
    let town = Town::open().await;
    let asked = town.asks("hotel-checkin-jp").await;
    let (one, again) = (town.fetched(&asked).await, town.fetched(&asked).await);
    assert_eq!((one.nonce, one.state), (again.nonce, again.state));
}

#[tokio::test]
async fn a_code_of_half_a_minute_ago_is_refused() {
    let town = Town::open().await;
    let asked = town.asks("hotel-checkin-jp").await;
    town.clock.advance_seconds(31);
    town.refuses(town.fetching(&asked, WALLET_NONCE), 400, "invalid_request").await;
}

#[tokio::test]
async fn a_code_of_the_slot_before_is_taken() {
    let town = Town::open().await;
    let asked = town.asks("hotel-checkin-jp").await;
    town.clock.advance_seconds(15);
    assert_eq!(send(town.fetching(&asked, WALLET_NONCE)).await.status, 200);
}

#[tokio::test]
async fn a_code_from_the_future_is_refused() {
    let town = Town::open().await;
    let asked = town.asks("hotel-checkin-jp").await;
    town.clock.advance_seconds(-60);
    town.refuses(town.fetching(&asked, WALLET_NONCE), 400, "invalid_request").await;
}

#[tokio::test]
async fn a_forged_code_is_refused() {
    let town = Town::open().await;
    let mut asked = town.asks("hotel-checkin-jp").await;
    asked.request_uri = tampered(&asked.request_uri, asked.request_uri.len() - 3);
    town.refuses(town.fetching(&asked, WALLET_NONCE), 400, "invalid_request").await;
}

#[tokio::test]
async fn a_code_with_a_later_slot_written_in_is_refused() {
    let town = Town::open().await;
    let mut asked = town.asks("hotel-checkin-jp").await;
    let parts: Vec<&str> = asked.request_uri.rsplitn(3, '.').collect();
    let later: i64 = parts[1].parse::<i64>().expect("a slot") + 1;
    asked.request_uri = format!("{}.{later}.{}", parts[2], parts[0]);
    town.clock.advance_seconds(15);
    town.refuses(town.fetching(&asked, WALLET_NONCE), 400, "invalid_request").await;
}

#[tokio::test]
async fn the_code_of_one_check_does_not_open_another() {
    let town = Town::open().await;
    let mut asked = town.asks("hotel-checkin-jp").await;
    let other = town.asks("rail-ticket").await;
    asked.request_uri = asked.request_uri.replace(&asked.id, &other.id);
    town.refuses(town.fetching(&asked, WALLET_NONCE), 400, "invalid_request").await;
}

#[tokio::test]
async fn a_code_that_is_none_is_refused() {
    let town = Town::open().await;
    town.refuses(town.get("/vp/requests/a.b.c"), 400, "invalid_request").await;
}

#[tokio::test]
async fn a_counters_request_is_not_there_without_the_code() {
    let town = Town::open().await;
    let asked = town.asks("hotel-checkin-jp").await;
    let bare = format!("/vp/requests/{}", asked.id);
    town.refuses(town.post(&bare).form(&[("wallet_nonce", WALLET_NONCE)]), 404, "invalid_request").await;
}

#[tokio::test]
async fn a_request_nobody_made_is_not_there() {
    let town = Town::open().await;
    town.refuses(town.get("/vp/requests/00000000000000000000000000000000"), 404, "invalid_request").await;
}

#[tokio::test]
async fn a_guessable_wallet_nonce_is_refused() {
    let town = Town::open().await;
    let asked = town.asks("hotel-checkin-jp").await;
    town.refuses(town.fetching(&asked, "1"), 400, "invalid_request").await;
}

#[tokio::test]
async fn two_wallet_nonces_are_refused() {
    let town = Town::open().await;
    let asked = town.asks("hotel-checkin-jp").await;
    let twice = [("wallet_nonce", WALLET_NONCE), ("wallet_nonce", ANOTHER_NONCE)];
    town.refuses(town.post(&asked.request_uri).form(&twice), 400, "invalid_request").await;
}

#[tokio::test]
async fn a_wallet_nonce_in_json_is_refused() {
    let town = Town::open().await;
    let asked = town.asks("hotel-checkin-jp").await;
    let request = town.post(&asked.request_uri).json(&json!({ "wallet_nonce": WALLET_NONCE }));
    town.refuses(request, 400, "invalid_request").await;
}

#[tokio::test]
async fn an_oversized_fetch_is_not_even_read() {
    let town = Town::open().await;
    let asked = town.asks("hotel-checkin-jp").await;
    let request = town.post(&asked.request_uri).form(&[("wallet_metadata", "x".repeat(128 * 1024))]);
    town.refuses(request, 413, "invalid_request").await;
}

#[tokio::test]
async fn an_expired_check_hands_nothing_out() {
    let town = Town::open().await;
    let asked = town.asks_on_the_same_device("hotel-checkin-jp").await;
    town.clock.advance_seconds(i64::from(town.app.config.limits.check_minutes) * 60);
    town.refuses(town.fetching(&asked, WALLET_NONCE), 400, "invalid_request").await;
    assert_eq!(town.sees(&asked).await["state"], "expired");
}

#[tokio::test]
async fn an_answered_check_hands_nothing_out() {
    let town = Town::open().await;
    let holder = town.holder().await;
    let asked = town.asks("hotel-checkin-jp").await;
    assert_eq!(town.answered(&asked, &holder).await.status, 200);
    town.refuses(town.fetching(&asked, WALLET_NONCE), 400, "invalid_request").await;
}

#[tokio::test]
async fn of_16_wallets_at_once_one_gets_the_request() {
    let town = Town::open().await;
    let asked = town.asks("hotel-checkin-jp").await;
    let nonces: Vec<String> = (0..16).map(|number| format!("{WALLET_NONCE}{number}")).collect();
    let fetches = nonces.iter().map(|nonce| send(town.fetching(&asked, nonce)));
    let replies = futures_util::future::join_all(fetches).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 200).count(), 1);
    for reply in replies.iter().filter(|reply| reply.status != 200) {
        assert_eq!(reply.told(), (400, "invalid_request".to_owned()), "{}", reply.text());
    }
}
