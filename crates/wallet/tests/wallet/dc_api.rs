//! Calls of pages, which the browser's platform hands over: what is answered, to whom it is bound, and what is refused.

use mibun_crypto::json::Limits;
use mibun_crypto::policy::Accepted;
use mibun_presenting::dc_api::{BrowserSpec, Call, CallError, Origin, Protocol};
use mibun_presenting::dcql::Query;
use mibun_presenting::request::{RequestError, UriPolicy};
use mibun_wallet::store::Event;
use mibun_wallet::{Choice, Failure, Fault, Wallet};
use serde_json::{Value, json};

use crate::asker::{NONCE, query};
use crate::world::{NOW, World};

const PAGE: &str = "https://hotel.example";

fn origin() -> Origin {
    Origin::parse(PAGE, UriPolicy::Https).expect("an origin")
}

/// What the page asks with, in nobody's name and for an answer in the open.
fn unsigned(query: &Value) -> Value {
    let query = Query::from_value(query).expect("a query");
    let spec = BrowserSpec {
        query: &query,
        cards: Accepted::HAIP,
        notice: None,
        verifier_info: &[],
        transaction_data: &[],
        nonce: NONCE,
        answer_key: None,
        origins: &[],
        issued_at: NOW,
        expires_at: NOW.plus_seconds(300),
    };
    spec.unsigned()
}

fn refusal(wallet: &mut Wallet, protocol: &str, data: &Value) -> Failure {
    let refused = wallet.prepare_call(&Call { origin: &origin(), protocol, data }, Choice::default());
    let failure = refused.expect_err("the call must be refused");
    assert_eq!(wallet.cards()[0].used, 0, "a refused call must not use up a copy");
    assert!(matches!(wallet.history().last().map(|entry| &entry.event), Some(Event::Declined { .. })));
    assert_eq!(failure.fault(), Fault::RefusedByUs);
    failure
}

#[tokio::test]
async fn a_page_that_signs_nothing_is_answered_under_its_origin() {
    let mut wallet = World::new().wallet_with_card().await;
    let data = unsigned(&query(&[&["family_name"]]));
    let call = Call { origin: &origin(), protocol: Protocol::Unsigned.name(), data: &data };
    let prepared = wallet.prepare_call(&call, Choice::default()).expect("the request is good");
    assert_eq!((prepared.organisation(), prepared.fields()), (PAGE, vec!["family_name".to_owned()]));
    let answer = wallet.answer_call(prepared).await.expect("an answer");
    let presentation = answer["vp_token"]["card"][0].as_str().expect("a presentation");
    let proof = presentation.rsplit('~').next().expect("a key binding");
    let limits = Limits::default();
    let proof = mibun_crypto::jws::parse(proof, &limits).and_then(|proof| proof.payload_json(&limits)).expect("a JWT");
    assert_eq!((&proof["aud"], &proof["nonce"]), (&json!("origin:https://hotel.example"), &json!(NONCE)));
    assert_eq!(wallet.cards()[0].used, 1);
    let Some(Event::Presented { organisation, fields, .. }) = wallet.history().last().map(|entry| &entry.event) else {
        panic!("what is shown is noted")
    };
    assert_eq!((organisation.as_str(), fields.as_slice()), (PAGE, ["family_name".to_owned()].as_slice()));
}

#[tokio::test]
async fn a_holder_who_declines_tells_the_page_and_uses_up_nothing() {
    let mut wallet = World::new().wallet_with_card().await;
    let data = unsigned(&query(&[&["family_name"]]));
    let call = Call { origin: &origin(), protocol: Protocol::Unsigned.name(), data: &data };
    let prepared = wallet.prepare_call(&call, Choice::default()).expect("the request is good");
    assert_eq!(wallet.decline_call(&prepared).expect("it is noted"), json!({ "error": "access_denied" }));
    assert_eq!(wallet.cards()[0].used, 0);
}

#[tokio::test]
async fn a_question_that_no_card_answers_is_refused() {
    let mut wallet = World::new().wallet_with_card().await;
    let failure = refusal(&mut wallet, Protocol::Unsigned.name(), &unsigned(&query(&[&["driving_licence"]])));
    assert!(matches!(failure, Failure::NothingFits(_)), "{failure:?}");
}

#[tokio::test]
async fn protocols_that_are_not_spoken_are_refused() {
    let mut wallet = World::new().wallet_with_card().await;
    for protocol in ["org-iso-mdoc", "openid4vp", ""] {
        let failure = refusal(&mut wallet, protocol, &unsigned(&query(&[&["family_name"]])));
        assert!(matches!(failure, Failure::Call(CallError::UnknownProtocol)), "{protocol}: {failure:?}");
    }
}

#[tokio::test]
async fn an_unsigned_request_does_not_pass_for_a_signed_one() {
    let mut wallet = World::new().wallet_with_card().await;
    let failure = refusal(&mut wallet, Protocol::Signed.name(), &unsigned(&query(&[&["family_name"]])));
    let missing = CallError::Request(RequestError::Missing("request"));
    assert!(matches!(&failure, Failure::Call(error) if *error == missing), "{failure:?}");
}
