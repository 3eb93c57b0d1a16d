//! Enrolling, as far as it goes without a face: what strangers and the impatient are told.

use reqwest::RequestBuilder;
use serde_json::{Value, json};

use crate::support::Town;
use crate::support::town::NUMBER;
use crate::support::wire::{Reply, send};

/// A journey that was opened, and its token.
struct Journey {
    id: String,
    token: String,
}

fn opening(town: &Town, number: &str, name: &str) -> RequestBuilder {
    town.post("/api/journeys").json(&json!({ "number": number, "name": name }))
}

async fn opened(town: &Town) -> Journey {
    journey(&send(opening(town, NUMBER, "Aokigahara Kenzaburo")).await)
}

fn journey(reply: &Reply) -> Journey {
    assert_eq!(reply.status, 201, "{}", reply.text());
    let text = |name: &str| reply.json()[name].as_str().expect("a text").to_owned();
    Journey { id: text("id"), token: text("token") }
}

fn beginning(town: &Town, journey: &Journey) -> RequestBuilder {
    town.post(&format!("/api/journeys/{}/captures", journey.id)).bearer_auth(&journey.token)
}

/// A frame of the capture with this name.
fn framing(town: &Town, journey: &Journey, capture: &str, image: Vec<u8>) -> RequestBuilder {
    let address = format!("/api/journeys/{}/captures/{capture}/frames?seq=1", journey.id);
    town.post(&address).bearer_auth(&journey.token).header("content-type", "image/jpeg").body(image)
}

async fn begun(town: &Town, journey: &Journey) -> String {
    let reply = send(beginning(town, journey)).await;
    assert_eq!(reply.status, 201, "{}", reply.text());
    reply.json()["capture"].as_str().expect("a capture").to_owned()
}

#[tokio::test]
async fn somebody_who_is_not_in_the_register_is_told_the_same() {
    let town = Town::open().await;
    let members = |reply: &Reply| {
        let body = reply.json();
        body.as_object()
            .expect("an object")
            .iter()
            .map(|(name, value)| (name.clone(), value.to_string().len()))
            .collect()
    };
    let known = send(opening(&town, NUMBER, "Aokigahara Kenzaburo")).await;
    for (number, name) in
        [("ZZ999999", "Nobody Else"), (NUMBER, "Wrong Name"), ("not a number", "Aokigahara Kenzaburo")]
    {
        let unknown = send(opening(&town, number, name)).await;
        let shapes: [Vec<(String, usize)>; 2] = [members(&known), members(&unknown)];
        assert_eq!(unknown.status, 201);
        assert_eq!(shapes[0], shapes[1], "{number} {name}");
        let stranger = journey(&unknown);
        let view = send(town.get(&format!("/api/journeys/{}", stranger.id)).bearer_auth(&stranger.token)).await;
        assert_eq!(
            view.json(),
            json!({ "state": "open", "goal": "light", "chip": false, "password": false, "decision": null, "offer": null, "later": null, "awaited": false })
        );
        begun(&town, &stranger).await;
    }
}

#[tokio::test]
async fn a_journey_is_closed_to_whoever_has_no_token() {
    let town = Town::open().await;
    let journey = opened(&town).await;
    town.refuses(town.get(&format!("/api/journeys/{}", journey.id)), 401, "unauthorized").await;
}

#[tokio::test]
async fn a_journey_is_closed_to_the_token_of_another() {
    let town = Town::open().await;
    let (one, other) = (opened(&town).await, opened(&town).await);
    let crossed = Journey { id: one.id, token: other.token };
    town.refuses(town.get(&format!("/api/journeys/{}", crossed.id)).bearer_auth(&crossed.token), 401, "unauthorized")
        .await;
    town.refuses(beginning(&town, &crossed), 401, "unauthorized").await;
}

#[tokio::test]
async fn a_token_in_the_query_is_not_read() {
    let town = Town::open().await;
    let journey = opened(&town).await;
    let address = format!("/api/journeys/{}?token={}", journey.id, journey.token);
    town.refuses(town.get(&address), 401, "unauthorized").await;
}

#[tokio::test]
async fn a_journey_nobody_opened_looks_like_a_closed_one() {
    let town = Town::open().await;
    let journey = Journey { id: "00000000000000000000000000000000".into(), token: opened(&town).await.token };
    town.refuses(beginning(&town, &journey), 401, "unauthorized").await;
}

#[tokio::test]
async fn a_journey_that_is_over_takes_no_capture() {
    let town = Town::open().await;
    let journey = opened(&town).await;
    town.clock.advance_seconds(30 * 86_400);
    let before = town.record().await;
    let reply = send(beginning(&town, &journey)).await;
    assert!(matches!(reply.status, 401 | 409 | 410), "{} {}", reply.status, reply.text());
    assert!(town.record().await == before, "no attempt is counted");
}

#[tokio::test]
async fn a_fourth_capture_within_ten_minutes_waits() {
    let town = Town::open().await;
    for _ in 0..3 {
        let journey = opened(&town).await;
        begun(&town, &journey).await;
    }
    let journey = opened(&town).await;
    let reply = send(beginning(&town, &journey)).await;
    assert_eq!(reply.told(), (429, "too_many_requests".to_owned()), "{}", reply.text());
    let wait: i64 = reply.header("retry-after").parse().expect("seconds");
    assert!((1..=600).contains(&wait), "{wait}");
    town.clock.advance_seconds(wait);
    begun(&town, &opened(&town).await).await;
}

#[tokio::test]
async fn captures_of_a_number_that_is_nobodys_are_counted_alike() {
    let town = Town::open().await;
    for _ in 0..3 {
        begun(&town, &journey(&send(opening(&town, "ZZ999999", "Nobody")).await)).await;
    }
    let fourth = journey(&send(opening(&town, "ZZ-999-999", "Nobody")).await);
    let reply = send(beginning(&town, &fourth)).await;
    assert_eq!(reply.told(), (429, "too_many_requests".to_owned()), "another spelling is the same number");
}

#[tokio::test]
async fn of_24_captures_at_once_no_more_than_allowed_begin() {
    let town = Town::open().await;
    let mut journeys = Vec::new();
    for _ in 0..24 {
        journeys.push(opened(&town).await);
    }
    let replies = futures_util::future::join_all(journeys.iter().map(|journey| send(beginning(&town, journey)))).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 201).count(), 3);
    for reply in replies.iter().filter(|reply| reply.status != 201) {
        assert_eq!(reply.told(), (429, "too_many_requests".to_owned()), "{}", reply.text());
    }
}

#[tokio::test]
async fn an_address_that_opens_journey_after_journey_waits() {
    let town = Town::open().await;
    for number in 0..30 {
        let reply = send(opening(&town, &format!("QQ{number:06}"), "Nobody")).await;
        assert_eq!(reply.status, 201, "{}", reply.text());
    }
    let reply = send(opening(&town, NUMBER, "Aokigahara Kenzaburo")).await;
    assert_eq!(reply.told(), (429, "too_many_requests".to_owned()));
}

/// A frame that is refused, of a capture that goes on.
async fn refused_frame(image: Vec<u8>, change: impl FnOnce(RequestBuilder) -> RequestBuilder, status: u16, code: &str) {
    let town = Town::open().await;
    let journey = opened(&town).await;
    let capture = begun(&town, &journey).await;
    let request = change(framing(&town, &journey, &capture, image));
    town.refuses(request, status, code).await;
}

#[tokio::test]
async fn a_frame_beyond_all_bounds_is_not_even_read() {
    refused_frame(vec![0xff; 600 * 1024], |request| request, 413, "too_large").await;
}

#[tokio::test]
async fn ten_megabytes_of_noise_are_not_even_read() {
    let noise = (0..10 * 1024 * 1024_u32).map(|number| (number.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    refused_frame(noise, |request| request, 413, "too_large").await;
}

#[tokio::test]
async fn a_frame_of_another_media_type_is_refused() {
    let as_png = |request: RequestBuilder| {
        let mut request = request.build().expect("a request");
        let png = reqwest::header::HeaderValue::from_static("image/png");
        request.headers_mut().insert(reqwest::header::CONTENT_TYPE, png);
        RequestBuilder::from_parts(reqwest::Client::new(), request)
    };
    refused_frame(vec![0; 10], as_png, 415, "unsupported_media_type").await;
}

#[tokio::test]
async fn a_frame_of_a_capture_that_never_began_is_refused() {
    let town = Town::open().await;
    let journey = opened(&town).await;
    town.refuses(framing(&town, &journey, "bm90LWEtY2FwdHVyZQ", vec![0; 10]), 410, "gone").await;
}

#[tokio::test]
async fn a_frame_for_the_capture_of_another_journey_is_refused() {
    let town = Town::open().await;
    let (one, other) = (opened(&town).await, opened(&town).await);
    let capture = begun(&town, &one).await;
    town.refuses(framing(&town, &other, &capture, vec![0; 10]), 404, "not_found").await;
}

#[tokio::test]
async fn a_frame_without_the_journeys_token_is_refused() {
    let town = Town::open().await;
    let journey = opened(&town).await;
    let capture = begun(&town, &journey).await;
    let stranger = Journey { id: journey.id, token: "bm90LXRoZS10b2tlbg".into() };
    town.refuses(framing(&town, &stranger, &capture, vec![0; 10]), 401, "unauthorized").await;
}

/// A body that opens no journey.
async fn refused_opening(body: Value) {
    let town = Town::open().await;
    town.refuses(town.post("/api/journeys").json(&body), 400, "malformed_json").await;
}

#[tokio::test]
async fn a_journey_without_a_number_is_refused() {
    refused_opening(json!({ "name": "Aokigahara Kenzaburo" })).await;
}

#[tokio::test]
async fn a_journey_with_a_number_that_is_no_text_is_refused() {
    refused_opening(json!({ "number": 123_456, "name": "Aokigahara Kenzaburo" })).await;
}

#[tokio::test]
async fn an_oversized_journey_is_not_even_read() {
    let town = Town::open().await;
    let body = json!({ "number": NUMBER, "name": "x".repeat(128 * 1024) });
    town.refuses(town.post("/api/journeys").json(&body), 413, "too_large").await;
}

#[tokio::test]
async fn a_capture_that_cannot_be_decided_now_waits_for_another_try() {
    let town = Town::open().await;
    let journey = opened(&town).await;
    let capture = begun(&town, &journey).await;
    // The frames have stopped, so the next one ends the capture; without models the engine cannot decide it.
    town.clock.advance_seconds(20);
    for _ in 0..2 {
        town.refuses(framing(&town, &journey, &capture, vec![0; 10]), 503, "busy").await;
    }
    town.clock.advance_seconds(120);
    begun(&town, &opened(&town).await).await;
    town.refuses(framing(&town, &journey, &capture, vec![0; 10]), 410, "gone").await;
}
