//! The holder's browser comes back with its code: to the session in which the check was opened, once.

use url::Url;

use crate::support::Town;
use crate::support::asking::Asked;
use crate::support::wire::{Reply, send};

const REFUSED: &str = "/window/?refused=return";

/// A check on the same device that was answered, and the address the wallet opens then.
async fn answered(town: &Town) -> (Asked, Url) {
    let holder = town.holder().await;
    let asked = town.asks_on_the_same_device("hotel-checkin-jp").await;
    let reply = town.answered(&asked, &holder).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    let back = reply.json()["redirect_uri"].as_str().expect("a page to come back to").parse().expect("an address");
    (asked, back)
}

fn location(reply: &Reply) -> (u16, &str) {
    (reply.status, reply.header("location"))
}

/// The browser comes back in a way that releases nothing and changes nothing.
async fn refused(town: &Town, asked: &Asked, back: &str, cookie: &str) {
    let before = town.record().await;
    let reply = send(town.get(back).header("cookie", cookie)).await;
    assert_eq!(location(&reply), (303, REFUSED));
    assert!(town.record().await == before, "a refused return left a trace in the record");
    assert_eq!(town.sees(asked).await["state"], "scanned");
}

#[tokio::test]
async fn the_right_browser_gets_the_result() {
    let town = Town::open().await;
    let (asked, back) = answered(&town).await;
    let waiting = town.sees(&asked).await;
    assert_eq!((&waiting["state"], &waiting["verdict"]), (&"scanned".into(), &serde_json::Value::Null));
    let reply = send(town.get(back.as_str()).header("cookie", &asked.cookie)).await;
    assert_eq!(location(&reply), (303, format!("/window/?check={}", asked.id).as_str()));
    assert_eq!(town.sees(&asked).await["state"], "verified");
}

#[tokio::test]
async fn another_browser_gets_nothing() {
    let town = Town::open().await;
    let (asked, back) = answered(&town).await;
    let other = town.asks_on_the_same_device("hotel-checkin-jp").await;
    refused(&town, &asked, back.as_str(), &other.cookie).await;
}

#[tokio::test]
async fn a_browser_without_a_session_gets_nothing() {
    let town = Town::open().await;
    let (asked, back) = answered(&town).await;
    refused(&town, &asked, back.as_str(), "").await;
}

#[tokio::test]
async fn a_made_up_code_gets_nothing() {
    let town = Town::open().await;
    let (asked, _) = answered(&town).await;
    let back = format!("/check/return?check={}&response_code=bm90LWEtY29kZQ", asked.id);
    refused(&town, &asked, &back, &asked.cookie).await;
}

#[tokio::test]
async fn the_code_of_another_check_gets_nothing() {
    let town = Town::open().await;
    let (asked, _) = answered(&town).await;
    let (_, other) = answered(&town).await;
    let code = other.query_pairs().find(|(name, _)| name == "response_code").expect("a code").1.into_owned();
    let back = format!("/check/return?check={}&response_code={code}", asked.id);
    refused(&town, &asked, &back, &asked.cookie).await;
}

#[tokio::test]
async fn a_code_is_good_once() {
    let town = Town::open().await;
    let (asked, back) = answered(&town).await;
    send(town.get(back.as_str()).header("cookie", &asked.cookie)).await;
    let before = town.record().await;
    let again = send(town.get(back.as_str()).header("cookie", &asked.cookie)).await;
    assert_eq!(location(&again), (303, REFUSED));
    assert!(town.record().await == before);
    assert_eq!(town.sees(&asked).await["state"], "verified", "the first result stands");
}

#[tokio::test]
async fn of_16_returns_at_once_one_gets_the_result() {
    let town = Town::open().await;
    let (asked, back) = answered(&town).await;
    let returns = (0..16).map(|_| send(town.get(back.as_str()).header("cookie", &asked.cookie)));
    let replies = futures_util::future::join_all(returns).await;
    assert_eq!(replies.iter().filter(|reply| reply.header("location") != REFUSED).count(), 1);
}

#[tokio::test]
async fn a_code_that_comes_late_gets_nothing() {
    let town = Town::open().await;
    let (asked, back) = answered(&town).await;
    town.clock.advance_seconds(121);
    let before = town.record().await;
    let reply = send(town.get(back.as_str()).header("cookie", &asked.cookie)).await;
    assert_eq!(location(&reply), (303, REFUSED));
    assert!(town.record().await == before);
    assert_eq!(town.sees(&asked).await["state"], "expired");
}

#[tokio::test]
async fn a_return_without_a_code_is_refused() {
    let town = Town::open().await;
    let (asked, _) = answered(&town).await;
    let reply = town.refuses(town.get(&format!("/check/return?check={}", asked.id)), 400, "").await;
    assert_eq!(reply.header("location"), "");
}
