//! The window's page asks through the browser's Digital Credentials API: what is accepted, what is refused, by whom.

use mibun_crypto::jwe::EphemeralKey;
use mibun_presenting::dc_api::{BrowserRequest, Call, CallError};
use mibun_presenting::dcql::{Query, VpToken};
use mibun_presenting::request::ResponseWay;
use mibun_proofing::id_password::IdPassword;
use mibun_server::entropy::SystemEntropy;
use mibun_server::work::windows;
use mibun_wallet::{Choice, Failure, JourneyAccess};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::Town;
use crate::support::calling::{Called, SIGNED, origin, sealed};
use crate::support::holders::PASSWORD;
use crate::support::issuing::{Holder, key};
use crate::support::showing::{Showing, tampered};
use crate::support::wire::send;

/// A check that was opened in the page, what it asks with, and a holder who can answer it.
async fn called(town: &Town) -> (Holder, Called, BrowserRequest) {
    let holder = town.holder().await;
    let called = town.calls(json!({})).await;
    let request = town.read(&called).await;
    (holder, called, request)
}

/// The check goes on: the honest holder can still answer.
async fn goes_on(town: &Town, called: &Called, holder: &Holder, request: &BrowserRequest) {
    assert_eq!(town.sees(&called.asked).await["state"], "waiting");
    let card = town.shows(holder, request).presentation();
    let reply = send(town.brings_card(called, request, &card)).await;
    assert_eq!((reply.status, &reply.json()["state"]), (200, &"verified".into()), "{}", reply.text());
}

#[tokio::test]
async fn the_wallet_of_the_same_device_shows_a_card() {
    let town = Town::open().await;
    let mut wallet = town.wallet_with_card().await;
    let called = town.calls(json!({})).await;
    let requests = town.requests(&called).await;
    assert_eq!(requests.len(), 1, "a card in the other format cannot be had in the protocol of ISO");
    let call = Call { origin: &town.origin(), protocol: SIGNED, data: &requests[0]["data"] };
    let prepared = wallet.prepare_call(&call, Choice::default()).expect("the request is good");
    assert_eq!(prepared.organisation(), "Utopia Grand Hotel");
    let data = wallet.answer_call(prepared).await.expect("an answer");
    let reply = send(town.brings(&called, SIGNED, &data)).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    let view = reply.json();
    assert_eq!((&view["state"], &view["verdict"]["outcome"]), (&"verified".into(), &"accepted".into()));
    let fields = view["verdict"]["fields"].as_array().expect("fields");
    let family_name = fields.iter().find(|field| field["path"] == json!(["family_name"])).expect("it is asked for");
    assert_eq!(family_name["value"], "Aokigahara");
    assert_eq!(town.guests("hotel-checkin-jp").await.len(), 1);
}

#[tokio::test]
async fn a_full_card_is_shown_with_a_key_that_the_authority_keeps() {
    let town = Town::open().await;
    let (journey, mut wallet) = (town.full_journey().await, town.wallet());
    town.reads_chip(&journey).await;
    let address = town.app.url(&format!("/api/journeys/{}", journey.id));
    let password = IdPassword::enter(PASSWORD).expect("eight digits");
    let access = JourneyAccess { address: &address, token: &journey.token };
    wallet.set_password(access, &password).await.expect("the password is set");
    let (offer, tx_code) = town.accepts(&journey.id, &journey.token).await;
    wallet.collect_full(&offer, Some(&tx_code), &password).await.expect("a full card");
    let called = town.calls(json!({ "scene": "bank-account" })).await;
    let requests = town.requests(&called).await;
    let call = Call { origin: &town.origin(), protocol: SIGNED, data: &requests[0]["data"] };
    let prepared = wallet.prepare_call(&call, Choice::default()).expect("the request is good");
    let data = wallet.answer_call(prepared).await.expect("an answer");
    let view = send(town.brings(&called, SIGNED, &data)).await.json();
    assert_eq!((&view["state"], &view["verdict"]["level"]), (&"verified".into(), &"full".into()), "{view}");
}

#[tokio::test]
async fn a_wallet_shows_nothing_to_a_page_of_another_origin() {
    let town = Town::open().await;
    let mut wallet = town.wallet_with_card().await;
    let called = town.calls(json!({})).await;
    let other = origin("https://phisher.example");
    assert_eq!(town.read_at(&called, &other).await.map(|_| ()), Err(CallError::WrongOrigin));
    let requests = town.requests(&called).await;
    let call = Call { origin: &other, protocol: SIGNED, data: &requests[0]["data"] };
    let refused = wallet.prepare_call(&call, Choice::default());
    assert!(matches!(refused, Err(Failure::Call(CallError::WrongOrigin))), "{refused:?}");
}

#[tokio::test]
async fn a_holder_who_says_no_ends_the_check() {
    let town = Town::open().await;
    let mut wallet = town.wallet_with_card().await;
    let called = town.calls(json!({})).await;
    let before = town.counts().await;
    let requests = town.requests(&called).await;
    let call = Call { origin: &town.origin(), protocol: SIGNED, data: &requests[0]["data"] };
    let prepared = wallet.prepare_call(&call, Choice::default()).expect("the request is good");
    let data = wallet.decline_call(&prepared).expect("it is noted");
    let reply = send(town.brings(&called, SIGNED, &data)).await;
    let view = reply.json();
    assert_eq!((&view["state"], &view["verdict"]["outcome"]), (&"refused".into(), &"declined".into()));
    assert_eq!(view["verdict"]["fields"], Value::Array(Vec::new()));
    assert_eq!(town.counts().await, before);
}

#[tokio::test]
async fn an_answer_in_the_open_is_accepted_where_it_was_asked_for() {
    let town = Town::open().await;
    let holder = town.holder().await;
    let called = town.calls(json!({ "encrypted": false, "format": "dc+sd-jwt" })).await;
    let request = town.read(&called).await;
    assert_eq!(request.response, ResponseWay::Plain);
    goes_on(&town, &called, &holder, &request).await;
}

/// The answer is judged and refused for this reason: the check is over, and nothing of the card is kept.
async fn judged(town: &Town, called: &Called, answer: reqwest::RequestBuilder, refusal: &str) {
    let before = town.counts().await;
    let reply = send(answer).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    let view = reply.json();
    assert_eq!((&view["state"], &view["verdict"]["outcome"]), (&"refused".into(), &"refused".into()));
    assert_eq!(view["verdict"]["refusal"]["code"], refusal);
    assert_eq!((&view["verdict"]["fields"], &view["retain_until"]), (&json!([]), &Value::Null));
    assert_eq!(town.guests(&called.asked.scene).await, Vec::<Value>::new());
    assert_eq!(town.counts().await, before, "nothing but the verdict is stored");
}

async fn judged_with(refusal: &str, change: impl FnOnce(&mut Showing<'_>, &BrowserRequest)) {
    let town = Town::open().await;
    let (holder, called, request) = called(&town).await;
    let mut showing = town.shows(&holder, &request);
    change(&mut showing, &request);
    judged(&town, &called, town.brings_card(&called, &request, &showing.presentation()), refusal).await;
}

#[tokio::test]
async fn a_proof_for_another_origin_is_refused() {
    judged_with("wrong_audience", |showing, _| showing.audience = "origin:https://phisher.example".into()).await;
}

#[tokio::test]
async fn a_proof_for_the_organisation_in_place_of_the_origin_is_refused() {
    judged_with("wrong_audience", |showing, request| {
        showing.audience = request.signer.as_ref().expect("it is signed").client_id.clone();
    })
    .await;
}

#[tokio::test]
async fn a_proof_with_another_nonce_is_refused() {
    judged_with("wrong_nonce", |showing, _| showing.nonce = "bm90IHRoZSBub25jZSB3ZSBzZW50".into()).await;
}

#[tokio::test]
async fn a_proof_of_another_key_is_refused() {
    let thief = key();
    let town = Town::open().await;
    let (holder, called, request) = called(&town).await;
    let showing = Showing { key: &thief, ..town.shows(&holder, &request) };
    let answer = town.brings_card(&called, &request, &showing.presentation());
    judged(&town, &called, answer, "invalid_key_binding").await;
}

#[tokio::test]
async fn a_presentation_replayed_from_another_check_is_refused() {
    let town = Town::open().await;
    let (holder, _, first) = called(&town).await;
    let called = town.calls(json!({})).await;
    let request = town.read(&called).await;
    let replayed = town.shows(&holder, &first).presentation();
    judged(&town, &called, town.brings_card(&called, &request, &replayed), "wrong_nonce").await;
}

#[tokio::test]
async fn a_revoked_card_is_refused() {
    let town = Town::open().await;
    let (holder, called, request) = called(&town).await;
    town.revoke_all().await;
    let card = town.shows(&holder, &request).presentation();
    judged(&town, &called, town.brings_card(&called, &request, &card), "revoked").await;
}

/// The page brings something that is not even judged: it is refused by this name, and the check goes on.
async fn refused((status, code): (u16, &str), remake: impl FnOnce(&BrowserRequest, &VpToken) -> (&'static str, Value)) {
    let town = Town::open().await;
    let (holder, called, request) = called(&town).await;
    let token = VpToken::single(Query::CARD, town.shows(&holder, &request).presentation());
    let (protocol, data) = remake(&request, &token);
    town.refuses(town.brings(&called, protocol, &data), status, code).await;
    goes_on(&town, &called, &holder, &request).await;
}

#[tokio::test]
async fn answers_under_protocols_that_were_not_asked_for_are_refused() {
    for protocol in ["openid4vp-v1-unsigned", "openid4vp-v1-multisigned", "org-iso-mdoc", "openid4vp", ""] {
        refused((422, "wrong_protocol"), |request, token| (protocol, sealed(request, token))).await;
    }
}

/// The answer in an envelope to the key that `change` makes of the right one.
async fn refused_envelope(change: impl FnOnce(&mut mibun_crypto::key::Jwk)) {
    refused((422, "answer_not_decrypted"), |request, token| {
        let ResponseWay::Encrypted { mut key, enc } = request.response.clone() else { panic!("encryption was asked") };
        change(&mut key);
        let response = ResponseWay::Encrypted { key, enc };
        (SIGNED, sealed(&BrowserRequest { response, ..request.clone() }, token))
    })
    .await;
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
async fn a_tampered_envelope_is_refused() {
    refused((422, "answer_not_decrypted"), |request, token| {
        let envelope = sealed(request, token)["response"].as_str().expect("an envelope").to_owned();
        (SIGNED, json!({ "response": tampered(&envelope, envelope.len() / 2) }))
    })
    .await;
}

#[tokio::test]
async fn an_open_answer_where_encryption_was_asked_is_refused() {
    refused((422, "answer_not_encrypted"), |_, token| (SIGNED, json!({ "vp_token": token.to_value() }))).await;
}

#[tokio::test]
async fn malformed_answers_are_refused() {
    for data in [json!({}), json!([]), json!("x"), json!({ "response": 1 }), json!({ "error": 1 })] {
        refused((422, "answer_malformed"), |_, _| (SIGNED, data)).await;
    }
}

#[tokio::test]
async fn an_answer_that_contradicts_itself_is_refused() {
    refused((422, "answer_malformed"), |request, token| {
        let mut data = sealed(request, token);
        data["error"] = "access_denied".into();
        (SIGNED, data)
    })
    .await;
}

#[tokio::test]
async fn a_card_that_was_not_asked_for_is_refused() {
    refused((422, "answer_not_asked_for"), |request, _| (SIGNED, sealed(request, &VpToken::single("passport", "x"))))
        .await;
}

#[tokio::test]
async fn an_overlong_answer_is_not_even_read() {
    refused((413, "too_large"), |_, _| (SIGNED, json!({ "response": "x".repeat(300 * 1024) }))).await;
}

#[tokio::test]
async fn a_body_that_is_no_answer_is_refused() {
    let town = Town::open().await;
    let (holder, called, request) = called(&town).await;
    let posting = || town.page(Method::POST, &called.address()).header("cookie", &called.cookies);
    town.refuses(posting().json(&json!({ "protocol": SIGNED })), 400, "malformed_json").await;
    let form = posting().form(&[("protocol", SIGNED), ("data", "{}")]);
    town.refuses(form, 415, "unsupported_media_type").await;
    goes_on(&town, &called, &holder, &request).await;
}

#[tokio::test]
async fn a_second_answer_is_refused() {
    let town = Town::open().await;
    let (holder, called, request) = called(&town).await;
    goes_on(&town, &called, &holder, &request).await;
    let card = town.shows(&holder, &request).presentation();
    town.refuses(town.brings_card(&called, &request, &card), 409, "already_answered").await;
    town.refuses(town.get(&called.address()).header("cookie", &called.cookies), 409, "already_answered").await;
    assert_eq!(town.guests("hotel-checkin-jp").await.len(), 1);
}

#[tokio::test]
async fn of_16_answers_at_once_one_is_accepted() {
    let town = Town::open().await;
    let (holder, called, request) = called(&town).await;
    let card = town.shows(&holder, &request).presentation();
    let answers = (0..16).map(|_| send(town.brings_card(&called, &request, &card)));
    let replies = futures_util::future::join_all(answers).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 200).count(), 1);
    for reply in replies.iter().filter(|reply| reply.status != 200) {
        assert_eq!(reply.told(), (409, "already_answered".to_owned()), "{}", reply.text());
    }
    assert_eq!(town.guests("hotel-checkin-jp").await.len(), 1);
}

#[tokio::test]
async fn an_answer_that_comes_too_late_is_refused() {
    let town = Town::open().await;
    let (holder, called, request) = called(&town).await;
    town.clock.advance_seconds(i64::from(town.app.config.limits.check_minutes) * 60);
    let card = town.shows(&holder, &request).presentation();
    town.refuses(town.brings_card(&called, &request, &card), 410, "gone").await;
    assert_eq!(town.sees(&called.asked).await["state"], "expired");
}

/// Somebody else than the page in which the check was opened asks for its requests, and brings an answer.
async fn closed_to(cookies: impl AsyncFnOnce(&Town, &Called) -> String, status: u16, code: &str) {
    let town = Town::open().await;
    let (holder, called, request) = called(&town).await;
    let cookies = cookies(&town, &called).await;
    town.refuses(town.get(&called.address()).header("cookie", &cookies), status, code).await;
    let card = town.shows(&holder, &request).presentation();
    let body = json!({ "protocol": SIGNED, "data": sealed(&request, &VpToken::single(Query::CARD, card)) });
    let posting = town.page(Method::POST, &called.address()).header("cookie", &cookies).json(&body);
    town.refuses(posting, status, code).await;
    goes_on(&town, &called, &holder, &request).await;
}

#[tokio::test]
async fn a_page_that_is_not_signed_in_gets_and_brings_nothing() {
    closed_to(async |_, called| called.asked.cookie.clone(), 401, "unauthorized").await;
}

#[tokio::test]
async fn the_window_in_another_browser_gets_and_brings_nothing() {
    closed_to(async |town, _| town.counter().await, 403, "forbidden").await;
}

#[tokio::test]
async fn the_page_of_another_check_gets_and_brings_nothing() {
    closed_to(async |town, _| town.calls(json!({})).await.cookies, 403, "forbidden").await;
}

#[tokio::test]
async fn another_window_gets_and_brings_nothing() {
    let another = async |town: &Town, called: &Called| {
        let organisation = town.window().await.window.organisation;
        let scenes = vec!["hotel-checkin-jp".to_owned()];
        let window = windows::add_window(&town.app, organisation, "Bar", &scenes).await.expect("a window");
        let credentials = json!({ "window": window.id.to_string(), "secret": window.secret });
        let cookie = send(town.page(Method::POST, "/api/window/session").json(&credentials)).await.cookie();
        format!("{cookie}; {}", called.asked.cookie)
    };
    closed_to(another, 404, "not_found").await;
}

#[tokio::test]
async fn a_page_of_another_site_brings_nothing() {
    let town = Town::open().await;
    let (holder, called, request) = called(&town).await;
    let card = town.shows(&holder, &request).presentation();
    let body = json!({ "protocol": SIGNED, "data": sealed(&request, &VpToken::single(Query::CARD, card)) });
    let posting = town.post(&called.address()).header("cookie", &called.cookies).json(&body);
    town.refuses(posting, 403, "forbidden").await;
    goes_on(&town, &called, &holder, &request).await;
}

#[tokio::test]
async fn what_a_page_asks_cannot_be_fetched_or_answered_by_post() {
    let town = Town::open().await;
    let (holder, called, request) = called(&town).await;
    assert_eq!((called.asked.link.as_str(), called.asked.request_uri.as_str()), ("", ""));
    let id = &called.asked.id;
    town.refuses(town.get(&format!("/vp/requests/{id}")), 404, "invalid_request").await;
    let form = [("error", "access_denied"), ("state", "guessed")];
    town.refuses(town.post(&format!("/vp/responses/{id}")).form(&form), 400, "invalid_request").await;
    goes_on(&town, &called, &holder, &request).await;
}

#[tokio::test]
async fn what_a_window_asks_by_its_code_is_not_asked_through_the_browser() {
    let town = Town::open().await;
    let asked = town.asks("hotel-checkin-jp").await;
    let cookies = format!("{}; {}", town.counter().await, asked.cookie);
    let address = format!("/api/checks/{}/digital-credential", asked.id);
    town.refuses(town.get(&address).header("cookie", cookies), 403, "forbidden").await;
    assert_eq!(town.sees(&asked).await["state"], "waiting");
}
