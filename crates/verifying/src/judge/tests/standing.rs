//! Is the card still good?

use mibun_crypto::key::{Algorithm, SoftwareKey};
use mibun_crypto::x509::Purpose;
use mibun_status::Status;
use mibun_status::token::{self, Claims};
use serde_json::{Value, json};

use super::fixture::*;
use super::*;

fn with_list(list: &str) -> Verdict {
    verdict_with(&good(), &expectation(hotel()), list)
}

/// The verdict with a good list whose claims are changed.
fn with_claims(change: impl FnOnce(&mut Claims)) -> Verdict {
    with_list(&list_token(Status::Valid, &world().status, change))
}

/// The verdict on the card with another claim `status`, properly signed.
fn with_status(change: impl FnOnce(&mut Value)) -> Verdict {
    let card = reissued(&world().card, |card| change(&mut card["status"]), |_| {});
    verdict(&present(&card, hotel(), &world().holder))
}

#[test]
fn a_revoked_card_is_refused() {
    assert_refused(&with_list(&list_token(Status::Invalid, &world().status, |_| {})), Refusal::Revoked);
}

#[test]
fn a_suspended_card_is_refused() {
    assert_refused(&with_list(&list_token(Status::Suspended, &world().status, |_| {})), Refusal::Suspended);
}

#[test]
fn a_status_without_meaning_is_not_good() {
    assert_refused(&with_list(&list_token(Status::Other(3), &world().status, |_| {})), Refusal::Suspended);
}

#[test]
fn without_any_list_the_card_is_refused() {
    let evidence = Evidence { anchors: &world().anchors, status_lists: &[] };
    assert_refused(&judge(&good(), &expectation(hotel()), &evidence), Refusal::StatusUnavailable);
}

#[test]
fn another_list_does_not_help() {
    let lists = [("https://id.example/status/2".to_owned(), ListEvidence::Token(world().list.as_str()))];
    let evidence = Evidence { anchors: &world().anchors, status_lists: &lists };
    assert_refused(&judge(&good(), &expectation(hotel()), &evidence), Refusal::StatusUnavailable);
}

#[test]
fn a_list_signed_for_another_address_is_refused() {
    let verdict = with_claims(|claims| claims.subject = "https://id.example/status/2".into());
    assert_refused(&verdict, Refusal::StatusUnavailable);
}

#[test]
fn a_list_is_good_until_a_minute_past_its_end() {
    assert_eq!(with_claims(|claims| claims.expires_at = Some(NOW.plus_seconds(-59))).refusal, None);
}

#[test]
fn a_list_is_refused_from_a_minute_past_its_end() {
    let verdict = with_claims(|claims| claims.expires_at = Some(NOW.plus_seconds(-60)));
    assert_refused(&verdict, Refusal::StatusUnavailable);
}

#[test]
fn a_list_of_the_future_is_refused() {
    let verdict = with_claims(|claims| claims.issued_at = NOW.plus_seconds(61));
    assert_refused(&verdict, Refusal::StatusUnavailable);
}

#[test]
fn a_list_a_minute_ahead_is_good() {
    assert_eq!(with_claims(|claims| claims.issued_at = NOW.plus_seconds(60)).refusal, None);
}

#[test]
fn a_list_without_end_counts_for_a_day() {
    let of_age = |seconds: i64| {
        with_claims(|claims| {
            claims.expires_at = None;
            claims.issued_at = NOW.plus_seconds(-seconds);
        })
    };
    assert_eq!(of_age(86_400).refusal, None);
    assert_refused(&of_age(86_400 + 60), Refusal::StatusUnavailable);
}

#[test]
fn a_list_verified_long_ago_is_looked_at_again() {
    let text = list_token(Status::Valid, &world().status, |claims| claims.expires_at = Some(NOW.plus_seconds(10)));
    let list = token::verify(&text, LIST, &world().anchors.status, NOW).expect("a good list");
    let lists = [(LIST.to_owned(), ListEvidence::Verified(&list))];
    let evidence = Evidence { anchors: &world().anchors, status_lists: &lists };
    let later = Expectation { now: NOW.plus_seconds(70), ..expectation(hotel()) };
    assert_refused(&judge(&good(), &later, &evidence), Refusal::StatusUnavailable);
}

#[test]
fn a_list_verified_for_another_address_is_refused() {
    let text = list_token(Status::Valid, &world().status, |claims| claims.subject = "https://other.example".into());
    let list = token::verify(&text, "https://other.example", &world().anchors.status, NOW).expect("a good list");
    let lists = [(LIST.to_owned(), ListEvidence::Verified(&list))];
    let evidence = Evidence { anchors: &world().anchors, status_lists: &lists };
    assert_refused(&judge(&good(), &expectation(hotel()), &evidence), Refusal::StatusUnavailable);
}

#[test]
fn a_list_of_another_authority_is_refused() {
    let stranger = Authority::new("Somebody else").admit(Purpose::StatusSigner, vec![], Algorithm::Es256);
    assert_refused(&with_list(&list_token(Status::Valid, &stranger, |_| {})), Refusal::StatusUnavailable);
}

#[test]
fn a_list_signed_by_a_card_signer_is_refused() {
    assert_refused(&with_list(&list_token(Status::Valid, &world().issuer, |_| {})), Refusal::StatusUnavailable);
}

#[test]
fn a_list_signed_with_a_foreign_key_is_refused() {
    let mut signer = world().authority.admit(Purpose::StatusSigner, vec![], Algorithm::Es256);
    signer.key = SoftwareKey::generate(&mut mibun_crypto::entropy::SeededEntropy::new("thief"));
    assert_refused(&with_list(&list_token(Status::Valid, &signer, |_| {})), Refusal::StatusUnavailable);
}

#[test]
fn an_unsigned_list_is_refused() {
    let forged = with_raw_header(&world().list, &json!({ "alg": "none", "typ": "statuslist+jwt" }));
    assert_refused(&with_list(&forged), Refusal::StatusUnavailable);
}

#[test]
fn a_truncated_list_is_refused() {
    assert_refused(&with_list(&world().list[..world().list.len() / 2]), Refusal::StatusUnavailable);
}

#[test]
fn an_error_page_in_place_of_the_list_is_refused() {
    assert_refused(&with_list("<html>502 Bad Gateway</html>"), Refusal::StatusUnavailable);
}

#[test]
fn a_card_in_place_of_the_list_is_refused() {
    let card = world().card.split('~').next().unwrap_or_default();
    assert_refused(&with_list(card), Refusal::StatusUnavailable);
}

#[test]
fn an_entry_past_the_end_of_the_list_is_refused() {
    assert_refused(&with_status(|status| status["status_list"]["idx"] = 1024.into()), Refusal::StatusUnavailable);
}

#[test]
fn a_negative_entry_is_refused() {
    assert_refused(&with_status(|status| status["status_list"]["idx"] = (-1).into()), Refusal::MissingStatus);
}

#[test]
fn a_card_with_an_unknown_kind_of_status_is_refused() {
    assert_refused(&with_status(|status| *status = json!({ "oracle": {} })), Refusal::MissingStatus);
}

#[test]
fn a_card_that_says_nothing_of_its_status_is_refused() {
    let card = reissued(
        &world().card,
        |card| {
            card.as_object_mut().and_then(|card| card.remove("status")).expect("it was there");
        },
        |_| {},
    );
    assert_refused(&verdict(&present(&card, hotel(), &world().holder)), Refusal::MissingStatus);
}

#[test]
fn a_revoked_card_does_not_tell_its_level() {
    assert_eq!(with_list(&list_token(Status::Invalid, &world().status, |_| {})).level, None);
}
