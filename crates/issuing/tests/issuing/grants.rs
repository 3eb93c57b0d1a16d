//! The life of a grant: every step, every refusal, and what is stored for it.

use mibun_issuing::error::{Code, Refusal};
use mibun_issuing::grant::{AccessError, MAX_WRONG_TRIES, OfferSecrets, RedeemError, TxCodeKey};
use mibun_issuing::secret::Secret;
use mibun_issuing::token::PreAuthorizedRequest;

use crate::desk::{Desk, Refused};
use crate::wallet::{authorization, body, proof};

fn form(secrets: &OfferSecrets) -> String {
    PreAuthorizedRequest { code: secrets.code.clone(), tx_code: secrets.tx_code.clone() }.to_form()
}

/// The same offer with another transaction code.
fn wrong(secrets: &OfferSecrets) -> OfferSecrets {
    let right = secrets.tx_code.as_ref().expect("a transaction code was asked for").expose();
    let last = if right.ends_with('0') { "1" } else { "0" };
    OfferSecrets { tx_code: Some(Secret::new(format!("{}{last}", &right[..right.len() - 1]))), ..secrets.clone() }
}

#[test]
fn a_code_gives_a_token_once_and_the_digests_are_stored() {
    let (mut desk, secrets) = Desk::open(true);
    let token = desk.token(&form(&secrets)).expect("code and transaction code are good");
    assert_eq!(desk.grant.token(), Some(&token.hash()));
    assert_eq!((desk.grant.state(), desk.writes), ("redeemed", 1));
}

#[test]
fn a_used_code_is_refused_and_the_token_stays() {
    let (mut desk, secrets) = Desk::open(true);
    let token = desk.token(&form(&secrets)).expect("the code is good");
    assert_eq!(desk.token(&form(&secrets)), Err(Refused::Redeem(RedeemError::Used)));
    assert_eq!((desk.grant.token(), desk.writes), (Some(&token.hash()), 1));
}

#[test]
fn a_used_code_is_refused_after_collecting() {
    let (mut desk, secrets) = Desk::open(false);
    let token = desk.token(&form(&secrets)).expect("the code is good");
    let nonce = desk.nonce();
    desk.credential(Some(&authorization(&token)), &body(&[proof("a", &nonce)])).expect("the request is good");
    assert_eq!(desk.token(&form(&secrets)), Err(Refused::Redeem(RedeemError::Used)));
    assert_eq!((desk.grant.state(), desk.batches.len()), ("collected", 1));
}

#[test]
fn an_unknown_code_is_refused_and_counts_nothing() {
    let (mut desk, secrets) = Desk::open(true);
    let stranger = OfferSecrets { code: Secret::new("somebody else's code"), ..secrets };
    let refused = desk.token(&form(&stranger)).expect_err("the code is unknown");
    assert_eq!((refused.code(), &refused), (Code::InvalidGrant, &Refused::Redeem(RedeemError::UnknownCode)));
    assert!(desk.is_untouched());
}

#[test]
fn a_code_is_good_until_the_second_before_its_end() {
    let (mut desk, secrets) = Desk::open(true);
    desk.later(599).token(&form(&secrets)).expect("one second is left");
}

#[test]
fn a_code_at_its_end_is_refused_and_the_end_is_stored() {
    let (mut desk, secrets) = Desk::open(true);
    assert_eq!(desk.later(600).token(&form(&secrets)), Err(Refused::Redeem(RedeemError::Expired)));
    assert_eq!((desk.grant.state(), desk.writes), ("expired", 1));
}

#[test]
fn an_expired_code_does_not_tell_whether_the_transaction_code_was_right() {
    let (mut desk, secrets) = Desk::open(true);
    assert_eq!(desk.later(600).token(&form(&wrong(&secrets))), Err(Refused::Redeem(RedeemError::Expired)));
}

#[test]
fn an_expired_code_stays_expired_when_the_clock_goes_back() {
    let (mut desk, secrets) = Desk::open(true);
    let _ = desk.later(600).token(&form(&secrets));
    assert_eq!(desk.later(-600).token(&form(&secrets)), Err(Refused::Redeem(RedeemError::Expired)));
}

#[test]
fn a_missing_tx_code_is_a_malformed_request_and_costs_no_try() {
    let (mut desk, secrets) = Desk::open(true);
    let refused = desk.token(&form(&OfferSecrets { tx_code: None, ..secrets })).expect_err("it is missing");
    assert_eq!((refused.code(), &refused), (Code::InvalidRequest, &Refused::Redeem(RedeemError::MissingTxCode)));
    assert!(desk.is_untouched());
}

#[test]
fn an_unexpected_tx_code_is_a_malformed_request() {
    let (mut desk, secrets) = Desk::open(false);
    let refused = desk.token(&form(&OfferSecrets { tx_code: Some(Secret::new("123456")), ..secrets }));
    assert_eq!(refused, Err(Refused::Redeem(RedeemError::UnexpectedTxCode)));
    assert!(desk.is_untouched());
}

#[test]
fn a_wrong_tx_code_is_counted() {
    let (mut desk, secrets) = Desk::open(true);
    let refused = desk.token(&form(&wrong(&secrets))).expect_err("it is wrong");
    let tries_left = MAX_WRONG_TRIES - 1;
    assert_eq!(refused, Refused::Redeem(RedeemError::WrongTxCode { tries_left }));
    assert_eq!((refused.code(), desk.grant.wrong_tries(), desk.writes), (Code::InvalidGrant, 1, 1));
}

#[test]
fn a_tx_code_with_a_blank_is_wrong() {
    let (mut desk, secrets) = Desk::open(true);
    let right = secrets.tx_code.as_ref().expect("a transaction code was asked for").expose().to_owned();
    let blank = OfferSecrets { tx_code: Some(Secret::new(format!(" {right}"))), ..secrets };
    assert_eq!(desk.token(&form(&blank)), Err(Refused::Redeem(RedeemError::WrongTxCode { tries_left: 4 })));
}

#[test]
fn the_right_tx_code_after_four_wrong_ones_is_accepted() {
    let (mut desk, secrets) = Desk::open(true);
    for _ in 0..4 {
        let _ = desk.token(&form(&wrong(&secrets)));
    }
    assert_eq!(desk.grant.wrong_tries(), 4);
    desk.token(&form(&secrets)).expect("one try is left");
}

#[test]
fn the_fifth_wrong_tx_code_locks() {
    let (mut desk, secrets) = Desk::open(true);
    for _ in 0..4 {
        let _ = desk.token(&form(&wrong(&secrets)));
    }
    assert_eq!(desk.token(&form(&wrong(&secrets))), Err(Refused::Redeem(RedeemError::Locked)));
    assert_eq!((desk.grant.state(), desk.writes), ("locked", 5));
}

#[test]
fn a_locked_grant_refuses_the_right_tx_code() {
    let (mut desk, secrets) = Desk::open(true);
    for _ in 0..5 {
        let _ = desk.token(&form(&wrong(&secrets)));
    }
    assert_eq!(desk.token(&form(&secrets)), Err(Refused::Redeem(RedeemError::Locked)));
    assert_eq!((desk.grant.token(), desk.writes), (None, 5));
}

#[test]
fn a_tx_code_under_another_key_is_wrong() {
    let (mut desk, secrets) = Desk::open(true);
    desk.policy.tx_code_key = TxCodeKey::from_bytes([7; 32]);
    assert_eq!(desk.token(&form(&secrets)), Err(Refused::Redeem(RedeemError::WrongTxCode { tries_left: 4 })));
}

#[test]
fn two_who_redeem_one_version_get_two_changes_of_which_the_store_takes_one() {
    let (mut desk, secrets) = Desk::open(false);
    let request = PreAuthorizedRequest { code: secrets.code, tx_code: None };
    let before = desk.grant.clone();
    let first = before.redeem(&request, None, &desk.policy, desk.now, &mut desk.entropy);
    let second = before.redeem(&request, None, &desk.policy, desk.now, &mut desk.entropy);
    assert_ne!(first.answer.expect("good").token, second.answer.expect("good").token);
    let stored = first.store.expect("a redeemed grant is stored");
    let again = stored.redeem(&request, None, &desk.policy, desk.now, &mut desk.entropy);
    assert_eq!((again.store, again.answer), (None, Err(RedeemError::Used)));
}

#[test]
fn a_token_at_its_end_gives_no_access_and_ends_the_grant() {
    let (mut desk, token, _) = Desk::redeemed();
    desk.later(300);
    let nonce = desk.nonce();
    let proof = crate::wallet::key("a");
    let mut draft = crate::wallet::Draft::new(&proof, &nonce);
    draft.claims["iat"] = desk.now.0.into();
    let refused = desk.credential(Some(&authorization(&token)), &body(&[draft.sign(&proof)]));
    assert_eq!(refused, Err(Refused::Access(AccessError::Expired)));
    assert_eq!((desk.grant.state(), desk.spent.len(), desk.batches.len()), ("expired", 0, 0));
}

#[test]
fn an_unknown_token_gives_no_access() {
    let (mut desk, _, nonce) = Desk::redeemed();
    let refused = desk.credential(Some("Bearer stranger"), &body(&[proof("a", &nonce)])).expect_err("unknown");
    assert_eq!((refused.code(), &refused), (Code::InvalidToken, &Refused::Access(AccessError::UnknownToken)));
    assert!(desk.is_untouched());
}

#[test]
fn the_code_is_no_token() {
    let (mut desk, secrets) = Desk::open(false);
    let nonce = desk.nonce();
    let refused = desk.credential(Some(&authorization(&secrets.code)), &body(&[proof("a", &nonce)]));
    assert_eq!(refused, Err(Refused::Access(AccessError::UnknownToken)));
    assert!(desk.is_untouched());
}

#[test]
fn collected_with_one_set_of_keys_is_denied_to_another() {
    let (mut desk, token, nonce) = Desk::redeemed();
    desk.credential(Some(&authorization(&token)), &body(&[proof("a", &nonce)])).expect("the request is good");
    let nonce = desk.nonce();
    let refused = desk.credential(Some(&authorization(&token)), &body(&[proof("b", &nonce)])).expect_err("taken");
    assert_eq!(refused, Refused::Access(AccessError::AlreadyCollected));
    assert_eq!(refused.code(), Code::CredentialRequestDenied);
    assert_eq!((desk.spent.len(), desk.batches.len(), desk.writes), (1, 1, 1));
}

#[test]
fn a_stored_grant_holds_no_secret() {
    let (mut desk, secrets) = Desk::open(true);
    let offered = serde_json::to_string(&desk.grant).expect("a grant can be stored");
    let token = desk.token(&form(&secrets)).expect("the code is good");
    let redeemed = serde_json::to_string(&desk.grant).expect("a grant can be stored");
    let tx_code = secrets.tx_code.expect("a transaction code was asked for");
    for secret in [&secrets.code, &tx_code, &token] {
        assert!(!offered.contains(secret.expose()) && !redeemed.contains(secret.expose()));
    }
}

#[test]
fn nothing_secret_is_printed() {
    let (desk, secrets) = Desk::open(true);
    let printed = format!("{secrets:?} {:?} {:?}", desk.grant, desk.policy);
    assert!(!printed.contains(secrets.code.expose()));
    assert!(!printed.contains(secrets.tx_code.expect("a transaction code was asked for").expose()));
}

#[test]
fn refusals_describe_themselves_without_secrets() {
    let body = RedeemError::WrongTxCode { tries_left: 2 }.body();
    let text = serde_json::to_string(&body).expect("a refusal can be written");
    assert_eq!(text, r#"{"error":"invalid_grant","error_description":"the transaction code is wrong; tries left: 2"}"#);
}
