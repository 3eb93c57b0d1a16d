//! A wallet that did not get the answer asks again: it meets its first answer and nothing is made twice.

use mibun_crypto::key::Signer;
use mibun_issuing::credential::RequestKey;
use mibun_issuing::grant::{AccessError, MAX_WRONG_TRIES};
use mibun_issuing::secret::Secret;
use mibun_issuing::token::PreAuthorizedRequest;
use proptest::prelude::*;

use crate::desk::{CONFIGURATION, Desk, Refused};
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
fn a_fresh_nonce_does_not_make_it_another_request() {
    let (mut desk, token, nonce) = Desk::redeemed();
    let first = body(&["a", "b"].map(|name| proof(name, &nonce)));
    let first = desk.credential(Some(&authorization(&token)), &first).expect("the request is good");
    let nonce = desk.nonce();
    let again = body(&["a", "b"].map(|name| proof(name, &nonce)));
    let again = desk.credential(Some(&authorization(&token)), &again).expect("the request is repeated");
    assert_eq!(first.accepted.request, again.accepted.request);
    assert_eq!((again.repeated, desk.spent.len(), desk.batches.len()), (true, 1, 1));
}

#[test]
fn another_order_makes_it_another_request_for_which_the_token_is_used_up() {
    let (mut desk, token, nonce) = Desk::redeemed();
    let first = body(&["a", "b"].map(|name| proof(name, &nonce)));
    desk.credential(Some(&authorization(&token)), &first).expect("the request is good");
    let nonce = desk.nonce();
    let again = body(&["b", "a"].map(|name| proof(name, &nonce)));
    let refused = desk.credential(Some(&authorization(&token)), &again);
    assert_eq!(refused, Err(Refused::Access(AccessError::AlreadyCollected)));
    assert_eq!((desk.spent.len(), desk.batches.len()), (1, 1));
}

#[test]
fn another_token_makes_it_another_request() {
    let keys = [key("a").public_key().clone()];
    assert_ne!(
        RequestKey::of(&Secret::new("one"), CONFIGURATION, &keys),
        RequestKey::of(&Secret::new("two"), CONFIGURATION, &keys)
    );
}

#[test]
fn more_or_fewer_keys_make_it_another_request() {
    let [a, b] = ["a", "b"].map(|name| key(name).public_key().clone());
    let token = Secret::new("one");
    let requests =
        [vec![], vec![a.clone()], vec![b.clone()], vec![a, b]].map(|keys| RequestKey::of(&token, CONFIGURATION, &keys));
    for (at, request) in requests.iter().enumerate() {
        assert!(!requests[..at].contains(request));
    }
}

/// What somebody with the code of an offer can do at the token endpoint.
#[derive(Debug, Clone, Copy)]
enum Move {
    Right,
    Wrong,
    Missing,
    OtherCode,
    Wait,
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let each = [Move::Right, Move::Wrong, Move::Wrong, Move::Missing, Move::OtherCode, Move::Wait];
    prop::collection::vec(prop::sample::select(each.to_vec()), 0..20)
}

proptest! {
    /// Whatever is tried in whatever order: one token at most, none after the fifth wrong code or the end of the offer.
    #[test]
    fn no_order_of_requests_gets_more_than_it_may(moves in moves()) {
        let (mut desk, secrets) = Desk::open(true);
        let (mut tokens, mut wrong, mut waited) = (0, 0, 0);
        for step in moves {
            let (code, tx_code) = match step {
                Move::Right => (secrets.code.clone(), secrets.tx_code.clone()),
                Move::Wrong => (secrets.code.clone(), Some(Secret::new("wrong"))),
                Move::Missing => (secrets.code.clone(), None),
                Move::OtherCode => (Secret::new("other"), secrets.tx_code.clone()),
                Move::Wait => {
                    waited += 200;
                    desk.later(200);
                    continue;
                }
            };
            let open = tokens == 0 && wrong < MAX_WRONG_TRIES && waited < 600;
            let got = desk.token(&PreAuthorizedRequest { code, tx_code }.to_form()).is_ok();
            prop_assert_eq!(got, open && matches!(step, Move::Right));
            tokens += u32::from(got);
            wrong += u8::from(open && matches!(step, Move::Wrong));
        }
    }
}

#[test]
fn the_same_keys_in_another_configuration_are_another_request() {
    let (token, keys) = (Secret::new("one"), [key("a").public_key().clone()]);
    assert_ne!(RequestKey::of(&token, CONFIGURATION, &keys), RequestKey::of(&token, "another", &keys));
}
