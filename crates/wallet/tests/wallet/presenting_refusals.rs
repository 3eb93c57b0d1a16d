//! Requests that are not answered: what the asker learns, what is noted, and that no copy is used up.

use mibun_crypto::base64url;
use mibun_issuing::exchange::HttpResponse;
use mibun_presenting::request::{FetchMethod, LinkError, RequestError};
use mibun_presenting::response::{ErrorCode, Received};
use mibun_trust::TrustAnchors;
use mibun_wallet::store::Event;
use mibun_wallet::{Choice, Failure, Fault, Wallet};
use serde_json::{Value, json};

use crate::asker::{Asker, query, reply};
use crate::world::{Authority, World};

/// Tries to answer the asker's request after `change`; no copy may be used up. Gives back what the asker received.
async fn refused(change: impl FnOnce(&mut Asker)) -> (Failure, Vec<Received>, Wallet) {
    let world = World::new();
    let wallet = world.wallet_with_card().await;
    refused_by(&world, wallet, change).await
}

async fn refused_by(
    world: &World,
    mut wallet: Wallet,
    change: impl FnOnce(&mut Asker),
) -> (Failure, Vec<Received>, Wallet) {
    let link = {
        let asker = &mut world.outside().asker;
        change(asker);
        asker.link(FetchMethod::Get)
    };
    let failure = wallet.present(&link).await.expect_err("the request must be refused");
    assert_eq!(wallet.cards()[0].used, 0, "a refused request must not use up a copy");
    let received = world.outside().asker.received.clone();
    (failure, received, wallet)
}

fn declined(received: &[Received]) -> ErrorCode {
    let [Received::Declined { code, .. }] = received else { panic!("one refusal was expected: {received:?}") };
    *code
}

fn last(wallet: &Wallet) -> Option<&Event> {
    wallet.history().last().map(|entry| &entry.event)
}

#[tokio::test]
async fn nothing_fits() {
    let (failure, received, wallet) = refused(|asker| asker.query = query(&[&["driving_licence"]])).await;
    assert!(matches!(failure, Failure::NothingFits(_)));
    assert_eq!((failure.fault(), declined(&received)), (Fault::RefusedByUs, ErrorCode::AccessDenied));
    let (organisation, reason) = (Some("Hotel Sakura".to_owned()), "access_denied".to_owned());
    assert_eq!(last(&wallet), Some(&Event::Declined { organisation, reason }));
}

#[tokio::test]
async fn another_card_is_wanted() {
    let (failure, received, _) = refused(|asker| {
        asker.query["credentials"][0]["meta"]["vct_values"] = json!(["urn:example:other"]);
    })
    .await;
    assert!(matches!(failure, Failure::NothingFits(_)));
    assert_eq!(declined(&received), ErrorCode::AccessDenied);
}

#[tokio::test]
async fn another_issuer_is_wanted() {
    let (failure, received, _) = refused(|asker| {
        let stranger = base64url::encode(&[7; 20]);
        asker.query["credentials"][0]["trusted_authorities"] = json!([{ "type": "aki", "values": [stranger] }]);
    })
    .await;
    assert!(matches!(failure, Failure::NothingFits(_)));
    assert_eq!(declined(&received), ErrorCode::AccessDenied);
}

#[tokio::test]
async fn another_value_is_wanted() {
    let (failure, _, _) = refused(|asker| {
        asker.query["credentials"][0]["claims"] = json!([{ "path": ["family_name"], "values": ["SATO"] }]);
    })
    .await;
    assert!(matches!(failure, Failure::NothingFits(_)));
}

#[tokio::test]
async fn an_asker_of_an_unknown_authority_learns_nothing() {
    let world = World::new();
    let wallet = world.wallet_with_card().await;
    let wallet = wallet.trusting(TrustAnchors::single(&Authority::new("Another authority").root));
    let (failure, received, wallet) = refused_by(&world, wallet, |_| {}).await;
    assert!(matches!(failure, Failure::Request(RequestError::Chain(_))));
    assert_eq!(received, []);
    let reason = "invalid_request".to_owned();
    assert_eq!(last(&wallet), Some(&Event::Declined { organisation: None, reason }));
}

#[tokio::test]
async fn a_request_of_somebody_else_learns_nothing() {
    let (failure, received, _) = refused(|asker| {
        asker.tamper = |request| request["client_id"] = "x509_hash:AAAA".into();
    })
    .await;
    assert!(matches!(failure, Failure::Request(RequestError::ClientIdMismatch)));
    assert_eq!(received, []);
}

#[tokio::test]
async fn a_request_without_nonce() {
    let (failure, received, _) = refused(|asker| {
        asker.tamper = |request| drop(request.as_object_mut().expect("an object").remove("nonce"));
    })
    .await;
    assert!(matches!(failure, Failure::Request(RequestError::Missing("nonce"))));
    assert_eq!(declined(&received), ErrorCode::InvalidRequest);
}

#[tokio::test]
async fn a_request_that_has_expired() {
    let (failure, received, _) = refused(|asker| asker.tamper = |request| request["exp"] = 1.into()).await;
    assert!(matches!(failure, Failure::Request(RequestError::Expired)));
    assert_eq!(declined(&received), ErrorCode::InvalidRequest);
}

#[tokio::test]
async fn a_request_with_transaction_data() {
    let (failure, received, _) = refused(|asker| {
        asker.tamper = |request| request["transaction_data"] = json!([base64url::encode(b"{}")]);
    })
    .await;
    assert!(matches!(failure, Failure::Request(RequestError::TransactionData(_))));
    assert_eq!(declined(&received), ErrorCode::InvalidTransactionData);
}

#[tokio::test]
async fn a_request_with_redirect_uri() {
    let (failure, received, _) = refused(|asker| {
        asker.tamper = |request| request["redirect_uri"] = "https://evil.example".into();
    })
    .await;
    assert!(matches!(failure, Failure::Request(RequestError::RedirectUriWithDirectPost)));
    assert_eq!(declined(&received), ErrorCode::InvalidRequest);
}

#[tokio::test]
async fn an_answer_over_plain_http() {
    let (failure, received, _) = refused(|asker| {
        asker.tamper = |request| request["response_uri"] = "http://id.example/vp/responses/1".into();
    })
    .await;
    assert!(matches!(failure, Failure::Request(RequestError::UnsafeResponseUri)));
    assert_eq!(received, []);
}

#[tokio::test]
async fn a_request_that_is_gone() {
    let (failure, received, _) = refused(|asker| asker.gone = true).await;
    assert!(matches!(failure, Failure::RequestGone));
    assert_eq!((failure.fault(), received), (Fault::RefusedByThem, vec![]));
}

#[tokio::test]
async fn a_request_fetched_by_post_without_our_nonce() {
    let world = World::new();
    let mut wallet = world.wallet_with_card().await;
    let link = {
        let asker = &mut world.outside().asker;
        asker.tamper = |request| request["wallet_nonce"] = "somebody else's".into();
        asker.link(FetchMethod::Post)
    };
    let failure = wallet.prepare(&link, Choice::default()).await.expect_err("refused");
    assert!(matches!(failure, Failure::Request(RequestError::WalletNonceMismatch)));
}

#[tokio::test]
async fn a_link_over_plain_http() {
    let world = World::new();
    let link = "openid4vp://?client_id=x509_hash%3AAAAA&request_uri=http%3A%2F%2Fid.example%2Fvp%2Frequests%2F1";
    let failure = world.wallet().present(link).await.expect_err("refused");
    assert!(matches!(failure, Failure::Link(LinkError::UnsafeRequestUri)));
    assert_eq!(world.outside().calls, Vec::<String>::new());
}

#[tokio::test]
async fn the_holder_declines() {
    let world = World::new();
    let mut wallet = world.wallet_with_card().await;
    let link = world.outside().asker.link(FetchMethod::Get);
    let prepared = wallet.prepare(&link, Choice::default()).await.expect("the request is good");
    wallet.decline(prepared).await.expect("declining cannot fail");
    assert_eq!(declined(&world.outside().asker.received), ErrorCode::AccessDenied);
    assert_eq!(wallet.cards()[0].used, 0);
}

#[tokio::test]
async fn all_copies_are_used() {
    let world = World::new();
    let mut wallet = world.wallet_with_card().await;
    let link = world.outside().asker.link(FetchMethod::Get);
    for _ in 0..3 {
        wallet.present(&link).await.expect("a copy is left");
    }
    let failure = wallet.present(&link).await.expect_err("no copy is left");
    assert!(matches!(failure, Failure::NoCopiesLeft));
    assert!(matches!(world.outside().asker.received.last(), Some(Received::Declined { .. })));
    assert!(matches!(last(&wallet), Some(Event::Declined { reason, .. }) if reason == "no_copies_left"));
}

/// The failure after an answer was sent: its copy is used up, whatever the asker says.
async fn after_answering(change: impl FnOnce(&mut Asker)) -> (Failure, Option<Event>) {
    let world = World::new();
    let mut wallet = world.wallet_with_card().await;
    let link = {
        let asker = &mut world.outside().asker;
        change(asker);
        asker.link(FetchMethod::Get)
    };
    let failure = wallet.present(&link).await.expect_err("something is wrong");
    assert_eq!(wallet.cards()[0].used, 1, "what was sent counts as shown");
    (failure, last(&wallet).cloned())
}

#[tokio::test]
async fn an_answer_that_is_refused_is_still_noted() {
    let refusal = HttpResponse::new(400, *br#"{"error":"invalid_request"}"#);
    let (failure, event) = after_answering(|asker| asker.reply = refusal).await;
    assert!(matches!(&failure, Failure::AnswerRefused { code } if code == "invalid_request"));
    assert_eq!(failure.fault(), Fault::RefusedByThem);
    assert!(matches!(event, Some(Event::Presented { taken: false, .. })));
}

#[tokio::test]
async fn the_code_of_a_refusal_is_handed_on_and_free_text_is_not() {
    let cases: [(&[u8], &str); 4] = [
        (br#"{"error":"invalid_presentation","error_description":"level_too_low"}"#, "level_too_low"),
        (br#"{"error":"invalid_request","error_description":"call \u001b[31m this number"}"#, "invalid_request"),
        (br#"{"error":"Pay here: example"}"#, "unknown"),
        (b"<html>", "unknown"),
    ];
    for (body, expected) in cases {
        let refusal = HttpResponse::new(400, body.to_vec());
        let (failure, _) = after_answering(|asker| asker.reply = refusal).await;
        assert!(matches!(&failure, Failure::AnswerRefused { code } if code == expected), "{failure}");
    }
}

#[tokio::test]
async fn a_reply_that_leads_to_plain_http() {
    let bad = json!({ "redirect_uri": "http://evil.example/" });
    let (failure, _) = after_answering(|asker| asker.reply = reply(&bad)).await;
    assert!(matches!(failure, Failure::Reply));
}

#[tokio::test]
async fn a_reply_that_runs_script() {
    let bad = json!({ "redirect_uri": "javascript:alert(1)" });
    let (failure, _) = after_answering(|asker| asker.reply = reply(&bad)).await;
    assert!(matches!(failure, Failure::Reply));
}

#[tokio::test]
async fn a_reply_that_is_no_object() {
    let (failure, _) = after_answering(|asker| asker.reply = reply(&Value::Null)).await;
    assert!(matches!(failure, Failure::Reply));
}

#[tokio::test]
async fn an_asker_out_of_reach_may_have_seen_the_copy() {
    let world = World::new();
    let mut wallet = world.wallet_with_card().await;
    world.outside().unreachable.push("/vp/responses/1");
    let link = world.outside().asker.link(FetchMethod::Get);
    let failure = wallet.present(&link).await.expect_err("out of reach");
    assert_eq!((failure.fault(), wallet.cards()[0].used), (Fault::Network, 1));
    assert!(matches!(last(&wallet), Some(Event::Presented { taken: false, .. })));
}
