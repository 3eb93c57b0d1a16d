//! Digests and disclosures that do not fit each other (RFC 9901 section 7.1).

use mibun_crypto::json::JsonError;
use mibun_crypto::jws::{self, JwsError};
use serde_json::{Map, Value, json};

use super::{SdJwtError, claims, disclosure, key, parse, refusal};

#[test]
fn a_disclosed_member_takes_its_place() {
    let name = disclosure(Some("name"), json!("A"));
    assert_eq!(claims(&json!({ "_sd": [name.digest()], "x": 1 }), &[&name]), json!({ "name": "A", "x": 1 }));
}

#[test]
fn a_disclosed_element_takes_its_place_and_a_hidden_one_leaves_none() {
    let (one, two) = (disclosure(None, json!("US")), disclosure(None, json!("DE")));
    let payload = json!({ "n": [{ "...": one.digest() }, "FR", { "...": two.digest() }] });
    assert_eq!(claims(&payload, &[&two]), json!({ "n": ["FR", "DE"] }));
}

#[test]
fn a_disclosure_may_hold_digests_of_others() {
    let inner = disclosure(Some("city"), json!("Kyoto"));
    let outer = disclosure(Some("address"), json!({ "_sd": [inner.digest()] }));
    let payload = json!({ "_sd": [outer.digest()] });
    assert_eq!(claims(&payload, &[&outer]), json!({ "address": {} }));
    assert_eq!(claims(&payload, &[&inner, &outer]), json!({ "address": { "city": "Kyoto" } }));
}

#[test]
fn an_array_inside_of_an_array_is_opened() {
    let inner = disclosure(None, json!("x"));
    let outer = disclosure(None, json!([{ "...": inner.digest() }, "y"]));
    let payload = json!({ "n": [{ "...": outer.digest() }] });
    assert_eq!(claims(&payload, &[&outer, &inner]), json!({ "n": [["x", "y"]] }));
}

#[test]
fn digests_of_nothing_leave_nothing() {
    let payload = json!({ "_sd": ["decoy"], "o": { "_sd": [] }, "n": [{ "...": "another" }], "_sd_alg": "sha-256" });
    assert_eq!(claims(&payload, &[]), json!({ "o": {}, "n": [] }));
}

#[test]
fn an_unreferenced_disclosure_is_refused() {
    let name = disclosure(Some("name"), json!("A"));
    assert_eq!(refusal(&json!({}), &[&name]), SdJwtError::Unreferenced);
}

#[test]
fn an_unreferenced_element_is_refused() {
    let element = disclosure(None, json!("A"));
    assert_eq!(refusal(&json!({ "n": ["B"] }), &[&element]), SdJwtError::Unreferenced);
}

#[test]
fn a_child_without_its_parent_is_refused() {
    let inner = disclosure(Some("city"), json!("Kyoto"));
    let outer = disclosure(Some("address"), json!({ "_sd": [inner.digest()] }));
    assert_eq!(refusal(&json!({ "_sd": [outer.digest()] }), &[&inner]), SdJwtError::Unreferenced);
}

#[test]
fn a_digest_that_is_mere_text_gives_a_disclosure_no_place() {
    let name = disclosure(Some("name"), json!("A"));
    let payload = json!({ "note": name.digest(), "list": [name.digest()] });
    assert_eq!(refusal(&payload, &[&name]), SdJwtError::Unreferenced);
}

#[test]
fn a_disclosure_sent_twice_is_refused() {
    let name = disclosure(Some("name"), json!("A"));
    assert_eq!(refusal(&json!({ "_sd": [name.digest()] }), &[&name, &name]), SdJwtError::RepeatedDisclosure);
}

#[test]
fn a_digest_twice_in_one_object_is_refused_even_when_nothing_is_shown() {
    assert_eq!(refusal(&json!({ "_sd": ["a", "a"] }), &[]), SdJwtError::RepeatedDigest);
}

#[test]
fn a_digest_in_two_objects_is_refused() {
    assert_eq!(refusal(&json!({ "_sd": ["a"], "o": { "_sd": ["a"] } }), &[]), SdJwtError::RepeatedDigest);
}

#[test]
fn a_digest_in_an_object_and_an_array_is_refused() {
    assert_eq!(refusal(&json!({ "_sd": ["a"], "o": [{ "...": "a" }] }), &[]), SdJwtError::RepeatedDigest);
}

#[test]
fn a_digest_in_two_arrays_is_refused() {
    let payload = json!({ "m": [{ "...": "a" }], "o": [{ "...": "a" }] });
    assert_eq!(refusal(&payload, &[]), SdJwtError::RepeatedDigest);
}

#[test]
fn a_digest_again_inside_of_a_disclosure_is_refused() {
    let outer = disclosure(Some("o"), json!({ "_sd": ["a"] }));
    assert_eq!(refusal(&json!({ "_sd": [outer.digest(), "a"] }), &[&outer]), SdJwtError::RepeatedDigest);
}

#[test]
fn a_disclosed_claim_cannot_replace_a_signed_one() {
    let exp = disclosure(Some("exp"), json!(9_999_999_999_u64));
    assert_eq!(refusal(&json!({ "_sd": [exp.digest()], "exp": 1 }), &[&exp]), SdJwtError::Collision);
}

#[test]
fn a_disclosed_member_cannot_replace_a_signed_one_further_down() {
    let city = disclosure(Some("city"), json!("Kyoto"));
    let payload = json!({ "address": { "_sd": [city.digest()], "city": "Nara" } });
    assert_eq!(refusal(&payload, &[&city]), SdJwtError::Collision);
}

#[test]
fn two_disclosures_of_one_name_collide() {
    let (one, two) = (disclosure(Some("a"), json!(1)), disclosure(Some("a"), json!(2)));
    assert_eq!(refusal(&json!({ "_sd": [one.digest(), two.digest()] }), &[&one, &two]), SdJwtError::Collision);
}

#[test]
fn one_name_in_two_objects_is_no_collision() {
    let (one, two) = (disclosure(Some("a"), json!(1)), disclosure(Some("a"), json!(2)));
    let payload = json!({ "_sd": [one.digest()], "o": { "_sd": [two.digest()] } });
    assert_eq!(claims(&payload, &[&one, &two]), json!({ "a": 1, "o": { "a": 2 } }));
}

#[test]
fn an_element_in_place_of_a_member_is_refused() {
    let element = disclosure(None, json!(1));
    assert_eq!(refusal(&json!({ "_sd": [element.digest()] }), &[&element]), SdJwtError::WrongKind);
}

#[test]
fn a_member_in_place_of_an_element_is_refused() {
    let member = disclosure(Some("a"), json!(1));
    assert_eq!(refusal(&json!({ "n": [{ "...": member.digest() }] }), &[&member]), SdJwtError::WrongKind);
}

#[test]
fn digests_that_are_text_are_refused() {
    assert_eq!(refusal(&json!({ "_sd": "a" }), &[]), SdJwtError::MalformedDigests);
}

#[test]
fn digests_that_are_an_object_or_null_are_refused() {
    assert_eq!(refusal(&json!({ "_sd": {} }), &[]), SdJwtError::MalformedDigests);
    assert_eq!(refusal(&json!({ "_sd": null }), &[]), SdJwtError::MalformedDigests);
}

#[test]
fn a_digest_that_is_a_number_is_refused() {
    assert_eq!(refusal(&json!({ "_sd": ["a", 1] }), &[]), SdJwtError::MalformedDigests);
}

#[test]
fn digests_in_an_array_of_their_own_are_refused() {
    assert_eq!(refusal(&json!({ "_sd": [["a"]] }), &[]), SdJwtError::MalformedDigests);
}

#[test]
fn malformed_digests_inside_of_a_disclosure_are_refused() {
    let outer = disclosure(Some("o"), json!({ "_sd": "a" }));
    assert_eq!(refusal(&json!({ "_sd": [outer.digest()] }), &[&outer]), SdJwtError::MalformedDigests);
}

#[test]
fn the_element_member_at_the_top_is_refused() {
    assert_eq!(refusal(&json!({ "...": "a" }), &[]), SdJwtError::MisplacedElement);
}

#[test]
fn the_element_member_in_an_object_is_refused() {
    assert_eq!(refusal(&json!({ "o": { "...": "a" } }), &[]), SdJwtError::MisplacedElement);
}

#[test]
fn the_element_member_in_a_disclosed_object_is_refused() {
    let outer = disclosure(Some("o"), json!({ "...": "a" }));
    assert_eq!(refusal(&json!({ "_sd": [outer.digest()] }), &[&outer]), SdJwtError::MisplacedElement);
}

#[test]
fn an_element_digest_with_company_is_refused() {
    assert_eq!(refusal(&json!({ "n": [{ "...": "a", "b": 1 }] }), &[]), SdJwtError::MisplacedElement);
}

#[test]
fn an_element_digest_that_is_no_text_is_refused() {
    assert_eq!(refusal(&json!({ "n": [{ "...": 1 }] }), &[]), SdJwtError::MisplacedElement);
}

#[test]
fn an_element_digest_as_a_disclosed_element_is_refused() {
    // RFC 9901 section 7.1 replaces the element by the value; the value must not be a placeholder itself.
    let inner = disclosure(None, json!("x"));
    let outer = disclosure(None, json!({ "...": inner.digest() }));
    let payload = json!({ "n": [{ "...": outer.digest() }] });
    assert_eq!(refusal(&payload, &[&outer, &inner]), SdJwtError::MisplacedElement);
}

#[test]
fn a_stronger_digest_algorithm_is_refused_all_the_same() {
    assert_eq!(refusal(&json!({ "_sd_alg": "sha-512" }), &[]), SdJwtError::Algorithm);
}

#[test]
fn the_digest_algorithm_in_other_letters_is_refused() {
    assert_eq!(refusal(&json!({ "_sd_alg": "SHA-256" }), &[]), SdJwtError::Algorithm);
    assert_eq!(refusal(&json!({ "_sd_alg": "sha256" }), &[]), SdJwtError::Algorithm);
}

#[test]
fn a_digest_algorithm_that_is_no_text_is_refused() {
    assert_eq!(refusal(&json!({ "_sd_alg": 256 }), &[]), SdJwtError::Algorithm);
    assert_eq!(refusal(&json!({ "_sd_alg": null }), &[]), SdJwtError::Algorithm);
}

#[test]
fn the_algorithm_below_the_top_is_refused() {
    assert_eq!(refusal(&json!({ "o": { "_sd_alg": "sha-256" } }), &[]), SdJwtError::MisplacedAlgorithm);
}

#[test]
fn the_algorithm_in_an_array_is_refused() {
    assert_eq!(refusal(&json!({ "n": [{ "_sd_alg": "sha-256" }] }), &[]), SdJwtError::MisplacedAlgorithm);
}

#[test]
fn the_algorithm_in_a_disclosed_object_is_refused() {
    let outer = disclosure(Some("o"), json!({ "_sd_alg": "sha-256" }));
    assert_eq!(refusal(&json!({ "_sd": [outer.digest()] }), &[&outer]), SdJwtError::MisplacedAlgorithm);
}

#[test]
fn a_disclosed_algorithm_is_refused() {
    let algorithm = disclosure(Some("_sd_alg"), json!("sha-256"));
    assert_eq!(refusal(&json!({ "_sd": [algorithm.digest()] }), &[&algorithm]), SdJwtError::MisplacedAlgorithm);
}

#[test]
fn disclosures_nested_without_end_are_refused() {
    let mut inner = disclosure(Some("x"), json!(1));
    let mut all = vec![inner.clone()];
    for _ in 0..40 {
        inner = disclosure(Some("x"), json!({ "_sd": [inner.digest()] }));
        all.push(inner.clone());
    }
    let shown: Vec<_> = all.iter().collect();
    assert_eq!(refusal(&json!({ "_sd": [inner.digest()] }), &shown), SdJwtError::TooDeep);
}

fn payload_refused(payload: &[u8]) -> SdJwtError {
    let signed = jws::sign(Map::new(), payload, &key()).expect("signs");
    parse(&format!("{signed}~")).and_then(|token| token.process()).expect_err("must be refused")
}

#[test]
fn a_payload_that_is_no_object_is_refused() {
    assert_eq!(payload_refused(b"[]"), SdJwtError::Jws(JwsError::PayloadNotAnObject));
}

#[test]
fn a_payload_with_a_duplicate_member_is_refused() {
    let refused = payload_refused(br#"{"exp":1,"exp":9999999999}"#);
    assert_eq!(refused, SdJwtError::Jws(JwsError::PayloadJson(JsonError::DuplicateMember)));
}

#[test]
fn a_payload_that_is_nested_too_deeply_is_refused() {
    let payload = format!("{{\"a\":{}1{}}}", "[".repeat(40), "]".repeat(40));
    let refused = payload_refused(payload.as_bytes());
    assert_eq!(refused, SdJwtError::Jws(JwsError::PayloadJson(JsonError::TooDeep)));
}

#[test]
fn what_came_out_of_a_disclosure_is_told_from_what_was_signed_in_the_open() {
    let jwk = disclosure(Some("jwk"), json!({ "kty": "EC" }));
    let name = disclosure(Some("name"), json!("A"));
    let payload = json!({ "_sd": [name.digest()], "cnf": { "_sd": [jwk.digest()] }, "exp": 1 });
    let token = parse(&super::token(&payload, &[&jwk, &name])).expect("reads");
    let processed = token.process().expect("fits");
    let selective = |name: &str| processed.is_selective(name);
    assert!(selective("name") && selective("cnf"));
    assert!(!selective("exp") && !selective("jwk") && !selective("nothing"));
    assert_eq!(Value::Object(processed.claims.clone())["cnf"]["jwk"]["kty"], "EC");
}
