//! Answers that are not even judged: a stranger's attempt changes nothing and does not end the check.

use mibun_crypto::jwe::{self, EphemeralKey, PartyInfo};
use mibun_presenting::dcql::{Query, VpToken};
use mibun_presenting::request::{ResponseWay, VerifiedRequest};
use mibun_server::entropy::SystemEntropy;
use serde_json::{Value, json};

use crate::support::Town;
use crate::support::asking::Asked;
use crate::support::issuing::Holder;
use crate::support::showing::{Showing, tampered};
use crate::support::wire::send;

/// A check that was asked and fetched, and a holder who can answer it.
async fn fetched(town: &Town) -> (Holder, Asked, VerifiedRequest) {
    let holder = town.holder().await;
    let asked = town.asks("hotel-checkin-jp").await;
    let request = town.fetched(&asked).await;
    (holder, asked, request)
}

async fn fetched_in_the_open(town: &Town) -> (Holder, Asked, VerifiedRequest) {
    let holder = town.holder().await;
    let asked = town.asks_in_the_open("hotel-checkin-jp").await;
    let request = town.fetched(&asked).await;
    (holder, asked, request)
}

fn vp_token(town: &Town, holder: &Holder, request: &VerifiedRequest) -> String {
    let presentation = Showing::honest(town, holder, request).presentation();
    VpToken::single(Query::CARD, presentation).to_value().to_string()
}

/// The check goes on: the honest holder can still answer.
async fn goes_on(town: &Town, asked: &Asked, holder: &Holder, request: &VerifiedRequest) {
    assert_eq!(town.sees(asked).await["state"], "scanned");
    let presentation = Showing::honest(town, holder, request).presentation();
    let reply = send(town.answering(request, &presentation)).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
}

#[tokio::test]
async fn an_answer_before_the_request_was_fetched_is_refused() {
    let town = Town::open().await;
    let asked = town.asks_in_the_open("hotel-checkin-jp").await;
    let form = [("vp_token", r#"{"card":["x"]}"#), ("state", "guessed")];
    town.refuses(town.post(&format!("/vp/responses/{}", asked.id)).form(&form), 400, "invalid_request").await;
    assert_eq!(town.sees(&asked).await["state"], "waiting");
}

#[tokio::test]
async fn a_refusal_before_the_request_was_fetched_is_refused() {
    let town = Town::open().await;
    let asked = town.asks("hotel-checkin-jp").await;
    let form = [("error", "access_denied"), ("state", "guessed")];
    town.refuses(town.post(&format!("/vp/responses/{}", asked.id)).form(&form), 400, "invalid_request").await;
}

#[tokio::test]
async fn an_answer_with_another_state_is_refused() {
    let town = Town::open().await;
    let (holder, asked, request) = fetched(&town).await;
    let presentation = Showing::honest(&town, &holder, &request).presentation();
    let state = request.state.as_deref().map(|state| tampered(state, 4));
    let other = VerifiedRequest { state, ..request.clone() };
    town.refuses(town.answering(&other, &presentation), 400, "invalid_request").await;
    goes_on(&town, &asked, &holder, &request).await;
}

#[tokio::test]
async fn an_answer_without_a_state_is_refused() {
    let town = Town::open().await;
    let (holder, asked, request) = fetched(&town).await;
    let presentation = Showing::honest(&town, &holder, &request).presentation();
    let other = VerifiedRequest { state: None, ..request.clone() };
    town.refuses(town.answering(&other, &presentation), 400, "invalid_request").await;
    goes_on(&town, &asked, &holder, &request).await;
}

#[tokio::test]
async fn a_strangers_refusal_does_not_end_the_check() {
    let town = Town::open().await;
    let (holder, asked, request) = fetched(&town).await;
    let form = [("error", "access_denied"), ("state", "guessed")];
    town.refuses(town.post(request.response_uri.as_str()).form(&form), 400, "invalid_request").await;
    goes_on(&town, &asked, &holder, &request).await;
}

#[tokio::test]
async fn a_second_answer_is_refused() {
    let town = Town::open().await;
    let (holder, asked, request) = fetched(&town).await;
    goes_on(&town, &asked, &holder, &request).await;
    let presentation = Showing::honest(&town, &holder, &request).presentation();
    town.refuses(town.answering(&request, &presentation), 400, "invalid_request").await;
}

#[tokio::test]
async fn of_64_answers_at_once_one_is_accepted() {
    let town = Town::open().await;
    let (holder, asked, request) = fetched(&town).await;
    let presentation = Showing::honest(&town, &holder, &request).presentation();
    let answers = (0..64).map(|_| send(town.answering(&request, &presentation)));
    let replies = futures_util::future::join_all(answers).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 200).count(), 1);
    for reply in replies.iter().filter(|reply| reply.status != 200) {
        assert_eq!(reply.told(), (400, "invalid_request".to_owned()), "{}", reply.text());
    }
    assert_eq!(town.sees(&asked).await["state"], "verified");
    assert_eq!(town.guests("hotel-checkin-jp").await.len(), 1);
}

#[tokio::test]
async fn an_open_answer_where_encryption_was_asked_is_refused() {
    let town = Town::open().await;
    let (holder, asked, request) = fetched(&town).await;
    let state = request.state.clone().expect("a state");
    let form = [("vp_token", vp_token(&town, &holder, &request)), ("state", state)];
    town.refuses(town.post(request.response_uri.as_str()).form(&form), 400, "invalid_request").await;
    goes_on(&town, &asked, &holder, &request).await;
}

#[tokio::test]
async fn an_encrypted_answer_where_none_was_asked_is_refused() {
    let town = Town::open().await;
    let (holder, asked, request) = fetched_in_the_open(&town).await;
    let key = EphemeralKey::generate(&mut SystemEntropy::new()).public_jwk("response");
    let envelope = jwe::encrypt(b"{}", &key, jwe::Enc::A256Gcm, PartyInfo::default(), &mut SystemEntropy::new());
    let form = [("response", envelope.expect("an envelope"))];
    town.refuses(town.post(request.response_uri.as_str()).form(&form), 400, "invalid_request").await;
    goes_on(&town, &asked, &holder, &request).await;
}

/// The answer in an envelope to the key that `change` makes of the right one.
async fn refused_envelope(change: impl FnOnce(&mut mibun_crypto::key::Jwk)) {
    let town = Town::open().await;
    let (holder, asked, request) = fetched(&town).await;
    let presentation = Showing::honest(&town, &holder, &request).presentation();
    let ResponseWay::Encrypted { mut key, enc } = request.response.clone() else { panic!("encryption was asked") };
    change(&mut key);
    let other = VerifiedRequest { response: ResponseWay::Encrypted { key, enc }, ..request.clone() };
    town.refuses(town.answering(&other, &presentation), 400, "invalid_request").await;
    goes_on(&town, &asked, &holder, &request).await;
}

#[tokio::test]
async fn an_answer_to_another_key_is_refused() {
    refused_envelope(|key| *key = EphemeralKey::generate(&mut SystemEntropy::new()).public_jwk("response")).await;
}

#[tokio::test]
async fn an_answer_that_names_another_key_is_refused() {
    refused_envelope(|key| key.kid = Some("another".to_owned())).await;
}

#[tokio::test]
async fn an_answer_that_names_no_key_is_refused() {
    refused_envelope(|key| key.kid = None).await;
}

#[tokio::test]
async fn a_tampered_envelope_is_refused() {
    let town = Town::open().await;
    let (holder, asked, request) = fetched(&town).await;
    let token = VpToken::single(Query::CARD, Showing::honest(&town, &holder, &request).presentation());
    let posting = mibun_presenting::response::answer(&request, &token, &mut SystemEntropy::new()).expect("an answer");
    let envelope = &posting.form[0].1;
    let form = [("response", tampered(envelope, envelope.len() / 2))];
    town.refuses(town.post(request.response_uri.as_str()).form(&form), 400, "invalid_request").await;
    goes_on(&town, &asked, &holder, &request).await;
}

#[tokio::test]
async fn an_overlong_answer_is_not_even_read() {
    let town = Town::open().await;
    let (holder, asked, request) = fetched(&town).await;
    let form = [("response", "x".repeat(300 * 1024))];
    town.refuses(town.post(request.response_uri.as_str()).form(&form), 413, "invalid_request").await;
    goes_on(&town, &asked, &holder, &request).await;
}

#[tokio::test]
async fn an_empty_answer_is_refused() {
    let town = Town::open().await;
    let (holder, asked, request) = fetched(&town).await;
    let form: [(&str, &str); 0] = [];
    town.refuses(town.post(request.response_uri.as_str()).form(&form), 400, "invalid_request").await;
    goes_on(&town, &asked, &holder, &request).await;
}

#[tokio::test]
async fn an_answer_in_json_is_refused() {
    let town = Town::open().await;
    let (holder, asked, request) = fetched(&town).await;
    town.refuses(town.post(request.response_uri.as_str()).json(&json!({ "vp_token": {} })), 400, "invalid_request")
        .await;
    goes_on(&town, &asked, &holder, &request).await;
}

#[tokio::test]
async fn two_answers_in_one_form_are_refused() {
    let town = Town::open().await;
    let (holder, asked, request) = fetched_in_the_open(&town).await;
    let token = vp_token(&town, &holder, &request);
    let form = [("vp_token", token.as_str()), ("vp_token", token.as_str())];
    town.refuses(town.post(request.response_uri.as_str()).form(&form), 400, "invalid_request").await;
    goes_on(&town, &asked, &holder, &request).await;
}

#[tokio::test]
async fn an_answer_beside_a_refusal_is_refused() {
    let town = Town::open().await;
    let (holder, asked, request) = fetched_in_the_open(&town).await;
    let token = vp_token(&town, &holder, &request);
    let form = [("vp_token", token.as_str()), ("error", "access_denied")];
    town.refuses(town.post(request.response_uri.as_str()).form(&form), 400, "invalid_request").await;
    goes_on(&town, &asked, &holder, &request).await;
}

/// An answer of another shape than was asked for.
async fn refused_token(make: impl FnOnce(String) -> VpToken) {
    let town = Town::open().await;
    let (holder, asked, request) = fetched(&town).await;
    let token = make(Showing::honest(&town, &holder, &request).presentation());
    town.refuses(town.answering_with(&request, &token), 400, "invalid_request").await;
    goes_on(&town, &asked, &holder, &request).await;
}

#[tokio::test]
async fn a_card_that_was_not_asked_for_is_refused() {
    refused_token(|presentation| VpToken::single("passport", presentation)).await;
}

#[tokio::test]
async fn two_cards_where_one_was_asked_are_refused() {
    refused_token(|presentation| {
        let mut token = VpToken::single(Query::CARD, presentation.clone());
        token.add(Query::CARD, presentation);
        token
    })
    .await;
}

#[tokio::test]
async fn no_card_where_one_was_asked_is_refused() {
    refused_token(|_| VpToken::default()).await;
}

#[tokio::test]
async fn a_token_that_is_no_object_is_refused() {
    let town = Town::open().await;
    let (holder, asked, request) = fetched_in_the_open(&town).await;
    let state = request.state.as_deref().expect("a state");
    let form = [("vp_token", "[]"), ("state", state)];
    town.refuses(town.post(request.response_uri.as_str()).form(&form), 400, "invalid_request").await;
    goes_on(&town, &asked, &holder, &request).await;
}

#[tokio::test]
async fn an_answer_to_a_check_nobody_asked_is_refused() {
    let town = Town::open().await;
    let form = [("vp_token", "{}"), ("state", "x")];
    let address = "/vp/responses/00000000000000000000000000000000";
    town.refuses(town.post(address).form(&form), 404, "invalid_request").await;
}

#[tokio::test]
async fn an_answer_that_comes_too_late_is_refused() {
    let town = Town::open().await;
    let (holder, asked, request) = fetched(&town).await;
    town.clock.advance_seconds(i64::from(town.app.config.limits.check_minutes) * 60);
    let presentation = Showing::honest(&town, &holder, &request).presentation();
    town.refuses(town.answering(&request, &presentation), 400, "invalid_request").await;
    assert_eq!(town.sees(&asked).await["state"], "expired");
}

#[tokio::test]
async fn a_holder_who_says_no_ends_the_check() {
    let town = Town::open().await;
    let (_, asked, request) = fetched(&town).await;
    let before = town.counts().await;
    let form = [("error", "access_denied"), ("state", request.state.as_deref().expect("a state"))];
    assert_eq!(send(town.post(request.response_uri.as_str()).form(&form)).await.status, 200);
    let view = town.sees(&asked).await;
    assert_eq!((&view["state"], &view["verdict"]["outcome"]), (&"refused".into(), &"declined".into()));
    assert_eq!(view["verdict"]["fields"], Value::Array(Vec::new()));
    assert_eq!(town.counts().await, before);
}
