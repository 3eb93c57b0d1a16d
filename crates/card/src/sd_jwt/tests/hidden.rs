//! What the issuer signs gives nothing away.

use std::collections::HashSet;

use mibun_crypto::json::Limits;
use serde_json::{Map, Value, json};

use super::{conceal, issued, path, processed};
use crate::sd_jwt::{ConcealError, Disclosure, MAX_DISCLOSURES, SdJwt, Template};

fn refused(claims: Value) -> ConcealError {
    let Value::Object(claims) = claims else { panic!("claims are an object") };
    Template::new(&claims).expect_err("must be refused")
}

fn payload(token: &SdJwt) -> Value {
    token.jws().payload_json(&Limits::default()).expect("JSON")
}

fn digests(value: &Value) -> usize {
    value["_sd"].as_array().map_or(0, Vec::len)
}

#[test]
fn nothing_about_the_claims_is_signed_in_the_open() {
    let token = issued(json!({ "family_name": "Yamada", "nationalities": ["JP"] }));
    let payload = String::from_utf8_lossy(token.jws().payload()).into_owned();
    for word in ["family", "Yamada", "nationalities", "JP"] {
        assert!(!payload.contains(word), "{payload}");
    }
}

#[test]
fn the_number_of_claims_is_filled_up_with_decoys() {
    let of = |count: usize| {
        let claims: Map<String, Value> = (0..count).map(|number| (number.to_string(), json!(number))).collect();
        digests(&payload(&issued(Value::Object(claims))))
    };
    assert_eq!([of(0), of(1), of(7), of(8), of(9)], [8, 8, 8, 8, 16]);
}

#[test]
fn digests_come_sorted_so_that_no_order_shows() {
    let token = issued(json!({ "z": 1, "a": 2, "m": 3 }));
    let payload = payload(&token);
    let digests = payload["_sd"].as_array().expect("digests");
    assert!(digests.windows(2).all(|pair| pair[0].as_str() < pair[1].as_str()));
}

#[test]
fn one_nationality_shown_does_not_tell_of_a_second() {
    let elements = |claims: Value| {
        let token = issued(claims).select(&[path(json!(["n", 0]))]).expect("a selection");
        assert_eq!(processed(&token), json!({ "n": ["JP"] }));
        let array = token.disclosures().iter().find(|disclosure| disclosure.name() == Some("n")).expect("the array");
        array.value().as_array().map(Vec::len)
    };
    assert_eq!(elements(json!({ "n": ["JP"] })), elements(json!({ "n": ["JP", "US"] })));
}

#[test]
fn decoys_in_an_array_stand_between_the_elements_and_not_only_behind() {
    let first_place = |seed: usize| {
        let claims = Map::from_iter([("n".to_owned(), json!(["JP"]))]);
        let concealed = conceal(&claims, &seed.to_string());
        let read = |text| Disclosure::parse(text, &Limits::default()).expect("a disclosure");
        let disclosures: Vec<_> = concealed.disclosures().map(read).collect();
        let element = disclosures.iter().find(|disclosure| disclosure.name().is_none()).expect("an element");
        let array = disclosures.iter().find(|disclosure| disclosure.name().is_some()).expect("the array");
        let digests = array.value().as_array().expect("digests");
        digests.iter().position(|digest| digest["..."] == element.digest()).expect("its digest")
    };
    assert_eq!((0..50).map(first_place).collect::<HashSet<_>>(), HashSet::from([0, 1, 2, 3]));
}

#[test]
fn the_parts_of_an_address_are_filled_up_with_decoys() {
    let token = issued(json!({ "address": { "country": "JP" } }));
    let address = token.disclosures().iter().find(|disclosure| disclosure.name() == Some("address"));
    assert_eq!(digests(address.expect("the address").value()), 4);
}

#[test]
fn empty_objects_and_arrays_come_back_empty() {
    let claims = json!({ "o": {}, "n": [] });
    assert_eq!(processed(&issued(claims.clone())), claims);
}

#[test]
fn salts_have_128_bits_and_never_repeat() {
    let token = issued(json!({ "a": ["x", "x", "x"], "o": { "p": 1, "q": 1 }, "s": "x" }));
    let salt = |text: &str| {
        let bytes = mibun_crypto::base64url::decode(text).expect("base64url");
        let parts: Value = serde_json::from_slice(&bytes).expect("JSON");
        mibun_crypto::base64url::decode(parts[0].as_str().expect("a salt")).expect("base64url")
    };
    let salts: Vec<_> = token.disclosures().iter().map(|disclosure| salt(disclosure.as_str())).collect();
    assert!(salts.iter().all(|salt| salt.len() == 16));
    assert_eq!(salts.iter().collect::<HashSet<_>>().len(), token.disclosures().len());
}

#[test]
fn a_claim_with_a_reserved_name_cannot_be_issued() {
    for name in ["_sd", "...", "_sd_alg"] {
        assert_eq!(refused(json!({ (name): "x" })), ConcealError::ReservedName, "{name}");
    }
}

#[test]
fn a_reserved_name_inside_of_a_claim_cannot_be_issued() {
    assert_eq!(refused(json!({ "a": { "b": { "_sd": [] } } })), ConcealError::ReservedName);
    assert_eq!(refused(json!({ "a": [1, { "...": "x" }] })), ConcealError::ReservedName);
    assert_eq!(refused(json!({ "a": [[{ "_sd_alg": "x" }]] })), ConcealError::ReservedName);
}

#[test]
fn more_claims_than_a_reader_accepts_cannot_be_issued() {
    let elements = |count: usize| json!({ "n": vec!["x"; count] });
    assert_eq!(processed(&issued(elements(MAX_DISCLOSURES - 1)))["n"].as_array().map(Vec::len), Some(199));
    assert_eq!(refused(elements(MAX_DISCLOSURES)), ConcealError::TooMany);
}

#[test]
fn debug_shows_no_claim() {
    let token = issued(json!({ "family_name": "Yamada" }));
    let printed = format!("{token:?} {:?} {:?}", token.process().expect("fits"), token.disclosures());
    assert!(!printed.contains("Yamada") && !printed.contains("family"), "{printed}");
}
