//! Relays that do not behave, limits, and codes for terminals.

use std::time::Duration;

use mibun_chip::testing::country::Country;
use mibun_chip::testing::specimen::Abilities;
use mibun_chip::virtual_chip::VirtualChip;
use mibun_crypto::base64url;
use mibun_proofing::attempts::Rung;
use mibun_server::config::Config;
use reqwest::Method;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::{self, Message, client::IntoClientRequest};

use crate::support::Town;
use crate::support::reader::{Does, Line, Under, assert_refused, by_zone, first, kenzaburo, passport, utopia};
use crate::support::wire::send;

async fn town_with(change: impl FnOnce(&mut Config)) -> (Town, Country) {
    let town = Town::with(change).await;
    let country = utopia(&town);
    town.trusts(&country).await;
    (town, country)
}

pub(crate) async fn town() -> (Town, Country) {
    town_with(|_| {}).await
}

/// Begins a reading and hands on what `does` says; the server's last word.
async fn relayed(town: &Town, under: &Under, does: impl FnMut(u64, Vec<u8>) -> Does) -> Value {
    let mut line = town.line_of(under).await;
    line.say(&first(under, by_zone(&kenzaburo()), json!({ "extended": false }))).await;
    line.relay(does).await.expect("a last word")
}

#[tokio::test(flavor = "multi_thread")]
async fn garbage_is_refused_by_name_and_leaves_nothing() {
    let (town, _) = town().await;
    let under = town.upgrading().await;
    let before = town.kept(&under).await;
    let response = |n: u64, bytes: &str| json!({ "type": "response", "n": n, "bytes": bytes }).to_string();
    let bad: [fn(u64) -> String; 5] = [
        |_| "no JSON".to_owned(),
        |_| json!({ "type": "apdu", "n": 1, "bytes": "" }).to_string(),
        |n| json!({ "type": "response", "n": n + 1, "bytes": "kAA" }).to_string(),
        |n| json!({ "type": "response", "n": n, "bytes": "+/=" }).to_string(),
        |n| json!({ "type": "response", "n": n, "bytes": "kAA", "more": 1 }).to_string(),
    ];
    for says in bad {
        let last = relayed(&town, &under, |n, _| Does::Says(says(n))).await;
        assert_refused(&last, "bad_message");
    }
    assert_refused(&relayed(&town, &under, |_, _| Does::Sends(vec![0x90, 0])).await, "bad_message");
    // A good status behind bytes that are no file.
    let noise = base64url::encode(&[[0x5a; 40].as_slice(), &[0x90, 0]].concat());
    assert_refused(&relayed(&town, &under, |n, _| Does::Says(response(n, &noise))).await, "unreadable");
    assert!(town.kept(&under).await == before);
    town.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn first_messages_of_another_form_are_refused() {
    let (town, _) = town().await;
    let under = town.upgrading().await;
    let (zone, relay) = (by_zone(&kenzaburo()), json!({ "extended": false }));
    let firsts = [
        (json!({ "password": zone, "relay": relay }), "bad_message"),
        (json!({ "token": under.token, "relay": relay }), "bad_message"),
        (first(&under, json!({}), relay.clone()), "bad_message"),
        (first(&under, json!({ "can": "123456", "birth_date": "800102" }), relay.clone()), "bad_message"),
        (first(&under, json!({ "can": "12345" }), relay.clone()), "wrong_chip_password"),
        (json!({ "token": "another", "password": zone, "relay": relay }), "unauthorized"),
    ];
    for (message, code) in firsts {
        let mut line = town.line_of(&under).await;
        line.say(&message).await;
        let last = line.command().await.expect_err("no command");
        assert_refused(&last, code);
    }
    let mut line = Line::open(&town, "/api/journeys/00000000000000000000000000000000/chip").await;
    line.say(&first(&under, zone, relay)).await;
    assert_refused(&line.command().await.expect_err("no command"), "unauthorized");
    town.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_longer_than_any_answer_are_not_read() {
    let (town, _) = town().await;
    let under = town.upgrading().await;
    let long = "A".repeat(70 * 1024);
    let last =
        relayed(&town, &under, |n, _| Does::Says(json!({ "type": "response", "n": n, "bytes": long }).to_string()));
    assert_refused(&last.await, "bad_message");
    // Beyond twice the limit the connection is cut without a word.
    let mut line = town.line_of(&under).await;
    line.say(&first(&under, by_zone(&kenzaburo()), json!({ "extended": false }))).await;
    let (n, _) = line.command().await.expect("a command");
    line.throw(Message::text(json!({ "type": "response", "n": n, "bytes": "A".repeat(300 * 1024) }).to_string())).await;
    while let Some(message) = line.hear().await {
        assert_ne!(message["type"], "apdu", "the reading goes on");
    }
    town.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_relays_at_once_are_one_too_many() {
    let (town, mut country) = town().await;
    let under = town.upgrading().await;
    let mut chip = VirtualChip::new(passport(&mut country, Abilities::ALL), "it");
    let mut line = town.line_of(&under).await;
    line.say(&first(&under, by_zone(&kenzaburo()), json!({ "extended": false }))).await;
    let (n, command) = line.command().await.expect("a command");
    let second = town.reads(&under, by_zone(&kenzaburo()), passport(&mut country, Abilities::ALL)).await;
    assert_refused(&second, "already_reading");
    line.answer(n, &chip.transmit(&command)).await;
    let last = line.relay(|_, command| Does::Answers(chip.transmit(&command))).await.expect("a last word");
    assert_eq!(last["type"], "done", "the first is not disturbed: {last}");
    town.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn readings_are_counted_before_they_begin() {
    let two = Rung { seconds: 600, most: 2 };
    let (town, mut country) = town_with(|config| config.chip.attempts.per_record = vec![two]).await;
    let under = town.upgrading().await;
    for _ in 0..2 {
        let mut chip = passport(&mut country, Abilities::ALL);
        chip.faults.push(mibun_chip::virtual_chip::Fault::DropAfter(3));
        town.refuses_chip(&under, by_zone(&kenzaburo()), chip, "chip_unreachable").await;
    }
    let last = town.reads(&under, by_zone(&kenzaburo()), passport(&mut country, Abilities::ALL)).await;
    assert_refused(&last, "too_many_requests");
    assert!(last["retry_after"].as_u64().is_some_and(|wait| (1..=600).contains(&wait)), "{last}");
    // Another journey of the same source is not touched by it.
    let other = town.upgrading().await;
    let last = town.reads(&other, by_zone(&kenzaburo()), passport(&mut country, Abilities::ALL)).await;
    assert_eq!(last["type"], "done", "{last}");
    town.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn readings_from_one_source_are_counted_too() {
    let two = Rung { seconds: 600, most: 2 };
    let (town, mut country) = town_with(|config| config.chip.attempts.per_source = vec![two]).await;
    for code in [None, None, Some("too_many_requests")] {
        let under = town.upgrading().await;
        let last = town.reads(&under, by_zone(&kenzaburo()), passport(&mut country, Abilities::ALL)).await;
        assert_eq!(last["code"].as_str(), code, "{last}");
    }
    town.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chip_that_is_too_slow_and_a_relay_that_says_nothing() {
    let (town, mut country) = town_with(|config| config.chip.response_seconds = 1).await;
    let under = town.upgrading().await;
    let mut line = town.line_of(&under).await;
    line.say(&first(&under, by_zone(&kenzaburo()), json!({ "extended": false }))).await;
    line.command().await.expect("a command");
    let last = line.command().await.expect_err("no second command");
    assert_refused(&last, "chip_unreachable");
    town.stop().await;
    let (town, _) = town_with(|config| config.chip.reading_seconds = 1).await;
    let under = town.upgrading().await;
    let mut chip = VirtualChip::new(passport(&mut country, Abilities::ALL), "it");
    let last = relayed(&town, &under, |_, command| {
        std::thread::sleep(Duration::from_millis(150));
        Does::Answers(chip.transmit(&command))
    });
    assert_refused(&last.await, "too_slow");
    assert!(town.chip_of(&under).await.is_none());
    town.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_so_many_readings_at_once_and_silence_takes_no_place() {
    let (town, mut country) = town_with(|config| config.chip.relays = 1).await;
    let (first_one, other) = (town.upgrading().await, town.upgrading().await);
    let silent = town.line_of(&other).await;
    let mut line = town.line_of(&first_one).await;
    line.say(&first(&first_one, by_zone(&kenzaburo()), json!({ "extended": false }))).await;
    while line.hear().await.expect("a command")["type"] != "apdu" {}
    let refused = town.reads(&other, by_zone(&kenzaburo()), passport(&mut country, Abilities::ALL)).await;
    assert_refused(&refused, "busy");
    drop((line, silent));
    // The server may see the end of the first reading a moment later than we do.
    let mut last = refused;
    for _ in 0..100 {
        last = town.reads(&other, by_zone(&kenzaburo()), passport(&mut country, Abilities::ALL)).await;
        if last["code"] != "busy" {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(last["type"], "done", "{last}");
    town.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_page_of_another_site_relays() {
    let (town, _) = town().await;
    let under = town.upgrading().await;
    let address = town.app.url(&format!("/api/journeys/{}/chip", under.id)).replacen("http", "ws", 1);
    let status = async |origin: Option<&str>| {
        let mut request = address.as_str().into_client_request().expect("an address");
        if let Some(origin) = origin {
            request.headers_mut().insert("origin", origin.parse().expect("a header value"));
        }
        match tokio_tungstenite::connect_async(request).await {
            Ok((_, response)) => response.status().as_u16(),
            Err(tungstenite::Error::Http(response)) => response.status().as_u16(),
            Err(error) => panic!("{error}"),
        }
    };
    assert_eq!(status(Some("https://evil.example")).await, 403);
    assert_eq!(status(Some(&town.app.config.server.public_url)).await, 101);
    assert_eq!(status(None).await, 101, "a program says nothing of pages");
    let page = send(town.get("/")).await;
    let sockets = town.app.config.server.public_url.replacen("http", "ws", 1);
    let policy = page.header("content-security-policy");
    assert!(policy.contains(&format!("connect-src 'self' {sockets};")), "{policy}");
    town.stop().await;
}

pub(crate) async fn code(town: &Town, under: &Under) -> String {
    let path = format!("/api/journeys/{}/pairings", under.id);
    let reply = send(town.page(Method::POST, &path).bearer_auth(&under.token)).await;
    assert_eq!(reply.status, 201, "{}", reply.text());
    reply.json()["code"].as_str().expect("a code").to_owned()
}

pub(crate) async fn standing(town: &Town, under: &Under, code: &str) -> Value {
    let path = format!("/api/journeys/{}/pairings/{code}", under.id);
    send(town.get(&path).bearer_auth(&under.token)).await.json()
}

/// A terminal reads with a code; the server's last word.
async fn at_terminal(town: &Town, code: &str, chip: &mut VirtualChip) -> Value {
    let mut line = Line::open(town, &format!("/api/terminal/{code}/chip")).await;
    line.say(&json!({ "password": by_zone(&kenzaburo()), "relay": { "extended": false } })).await;
    line.relay(|_, command| Does::Answers(chip.transmit(&command))).await.expect("a last word")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_brings_one_terminal_to_a_journey_once() {
    let (town, mut country) = town().await;
    let under = town.upgrading().await;
    let shown = code(&town, &under).await;
    assert_eq!(shown.len(), 8);
    assert!(!shown.contains(['0', 'O', '1', 'I', 'L']), "{shown}");
    assert_eq!(standing(&town, &under, &shown).await, json!({ "state": "waiting" }));
    let mut chip = VirtualChip::new(passport(&mut country, Abilities::ALL), "it");
    // Typed in small letters and with a hyphen, as people do.
    let typed = format!("{}-{}", &shown[..4], &shown[4..]).to_lowercase();
    let last = at_terminal(&town, &typed, &mut chip).await;
    assert_eq!(last["type"], "done", "{last}");
    assert!(town.chip_of(&under).await.is_some());
    assert_eq!(standing(&town, &under, &shown).await, json!({ "state": "done" }));
    assert_refused(&at_terminal(&town, &shown, &mut chip).await, "unknown_code");
    town.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_wallet_sees_why_a_terminal_failed_and_shows_another_code() {
    let (town, mut country) = town().await;
    let under = town.upgrading().await;
    let shown = code(&town, &under).await;
    let mut profile = passport(&mut country, Abilities::ALL);
    profile.faults.push(mibun_chip::virtual_chip::Fault::DropAfter(5));
    let last = at_terminal(&town, &shown, &mut VirtualChip::new(profile, "it")).await;
    assert_refused(&last, "chip_unreachable");
    let seen = standing(&town, &under, &shown).await;
    assert_eq!((&seen["state"], &seen["refusal"]["code"]), (&json!("refused"), &json!("chip_unreachable")), "{seen}");
    let mut chip = VirtualChip::new(passport(&mut country, Abilities::ALL), "it");
    assert_refused(&at_terminal(&town, &shown, &mut chip).await, "unknown_code");
    let second = code(&town, &under).await;
    assert_eq!(at_terminal(&town, &second, &mut chip).await["type"], "done");
    town.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn codes_end_and_belong_to_one_journey() {
    let (town, mut country) = town().await;
    let (under, other) = (town.upgrading().await, town.upgrading().await);
    let shown = code(&town, &under).await;
    let path = format!("/api/journeys/{}/pairings/{shown}", other.id);
    assert_eq!(send(town.get(&path).bearer_auth(&other.token)).await.told(), (404, "not_found".to_owned()));
    let path = format!("/api/journeys/{}/pairings", under.id);
    town.refuses(town.page(Method::POST, &path).bearer_auth("another"), 401, "unauthorized").await;
    town.clock.advance_seconds(i64::from(town.app.config.chip.pairing_minutes) * 60);
    let mut chip = VirtualChip::new(passport(&mut country, Abilities::ALL), "it");
    assert_refused(&at_terminal(&town, &shown, &mut chip).await, "unknown_code");
    town.stop().await;
}
