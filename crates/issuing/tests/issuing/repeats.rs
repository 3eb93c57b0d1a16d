//! A wallet that did not get the answer asks again: it meets its first answer and nothing is made twice.

use mibun_crypto::key::Signer;
use mibun_issuing::credential::RequestKey;
use mibun_issuing::secret::Secret;

use crate::desk::Desk;
use crate::wallet::{authorization, body, key, proof};

#[test]
fn the_same_request_is_served_again_without_spending_anything() {
    let (mut desk, token, nonce) = Desk::redeemed();
    let request = body(&["a", "b"].map(|name| proof(name, &nonce)));
    let first = desk.credential(Some(&authorization(&token)), &request).expect("the request is good");
    let again = desk.credential(Some(&authorization(&token)), &request).expect("the request is repeated");
    assert!(!first.repeated && again.repeated);
    assert_eq!(first.notification_id, again.notification_id);
    assert_eq!((desk.spent.len(), desk.batches.len(), desk.writes), (1, 1, 1));
}

#[test]
fn a_fresh_nonce_and_another_order_do_not_make_it_another_request() {
    let (mut desk, token, nonce) = Desk::redeemed();
    let first = body(&["a", "b"].map(|name| proof(name, &nonce)));
    let first = desk.credential(Some(&authorization(&token)), &first).expect("the request is good");
    let nonce = desk.nonce();
    let again = body(&["b", "a"].map(|name| proof(name, &nonce)));
    let again = desk.credential(Some(&authorization(&token)), &again).expect("the request is repeated");
    assert_eq!(first.accepted.request, again.accepted.request);
    assert_eq!((again.repeated, desk.spent.len(), desk.batches.len()), (true, 1, 1));
}

#[test]
fn another_token_makes_it_another_request() {
    let keys = [key("a").public_key().clone()];
    assert_ne!(RequestKey::of(&Secret::new("one"), &keys), RequestKey::of(&Secret::new("two"), &keys));
}

#[test]
fn more_or_fewer_keys_make_it_another_request() {
    let [a, b] = ["a", "b"].map(|name| key(name).public_key().clone());
    let token = Secret::new("one");
    let requests = [vec![], vec![a.clone()], vec![b.clone()], vec![a, b]].map(|keys| RequestKey::of(&token, &keys));
    for (at, request) in requests.iter().enumerate() {
        assert!(!requests[..at].contains(request));
    }
}
