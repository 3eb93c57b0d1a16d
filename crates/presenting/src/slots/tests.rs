use mibun_crypto::entropy::SeededEntropy;

use super::*;

/// The first second of a slot.
const START: Timestamp = Timestamp(1_800_000_000);

fn key() -> SlotKey {
    SlotKey::generate(&mut SeededEntropy::new("slots"))
}

fn at(seconds: i64) -> Timestamp {
    START.plus_seconds(seconds)
}

fn verdict(seconds: i64) -> Result<String, SlotError> {
    let code = key().issue("chk_1", START);
    key().verify(&code.request_id, at(seconds)).map(str::to_owned)
}

#[test]
fn a_fresh_code_names_its_check() {
    assert_eq!(verdict(0), Ok("chk_1".to_owned()));
}

#[test]
fn the_code_of_the_slot_before_is_still_good() {
    assert_eq!(verdict(29), Ok("chk_1".to_owned()));
}

#[test]
fn a_code_two_slots_old_has_expired() {
    assert_eq!(verdict(30), Err(SlotError::Expired));
}

#[test]
fn a_code_from_the_future_is_refused() {
    assert_eq!(verdict(-1), Err(SlotError::NotYetValid));
}

#[test]
fn the_code_changes_every_slot_and_says_when() {
    let (now, next) = (key().issue("chk_1", START), key().issue("chk_1", at(15)));
    assert_eq!(now.replaced_at, at(15));
    assert_eq!(now, key().issue("chk_1", at(14)));
    assert_ne!(now.request_id, next.request_id);
}

#[test]
fn a_code_moved_to_another_check_is_forged() {
    let code = key().issue("chk_1", START).request_id.replace("chk_1", "chk_2");
    assert_eq!(key().verify(&code, START), Err(SlotError::Forged));
}

#[test]
fn a_code_moved_to_a_later_slot_is_forged() {
    let code = key().issue("chk_1", START).request_id.replace("120000000", "120000001");
    assert_eq!(key().verify(&code, at(15)), Err(SlotError::Forged));
}

#[test]
fn a_code_of_another_server_is_forged() {
    let code = SlotKey::from_bytes([7; 32]).issue("chk_1", START).request_id;
    assert_eq!(key().verify(&code, START), Err(SlotError::Forged));
}

#[test]
fn a_shortened_tag_is_forged() {
    let mut code = key().issue("chk_1", START).request_id;
    code.truncate(code.len() - 4);
    assert_eq!(key().verify(&code, START), Err(SlotError::Forged));
}

#[test]
fn a_tag_that_is_not_base64url_is_malformed() {
    assert_eq!(key().verify("chk_1.120000000.a=b", START), Err(SlotError::Malformed));
}

#[test]
fn a_bare_check_id_is_malformed() {
    assert_eq!(key().verify("chk_1", START), Err(SlotError::Malformed));
}

#[test]
fn a_fourth_part_is_malformed() {
    let code = key().issue("chk_1", START).request_id + ".x";
    assert_eq!(key().verify(&code, START), Err(SlotError::Malformed));
}

#[test]
fn an_empty_check_is_malformed() {
    assert_eq!(key().verify(".120000000.AAAA", START), Err(SlotError::Malformed));
}

#[test]
fn another_spelling_of_the_slot_is_malformed() {
    let code = key().issue("chk_1", START).request_id.replace("120000000", "+120000000");
    assert_eq!(key().verify(&code, START), Err(SlotError::Malformed));
}

#[test]
fn the_key_does_not_print() {
    assert_eq!(format!("{:?}", key()), "SlotKey([redacted])");
}
