use mibun_crypto::base64url;
use mibun_crypto::entropy::SeededEntropy;
use mibun_crypto::json::JsonError;
use mibun_crypto::jws::{self, JwsError};
use mibun_crypto::key::{Signer, SoftwareKey};
use mibun_crypto::time::Timestamp;
use serde_json::{Map, Value, json};

use super::{Binding, KeyBinding, KeyBindingError, TYP, TransactionHashes, create, create_over};
use crate::sd_jwt::SdJwt;
use crate::sd_jwt::tests::issued;

const BINDING: Binding<'_> = Binding { audience: "x509_hash:abc", nonce: "n-123", now: Timestamp(1_800_000_000) };

fn key(seed: &str) -> SoftwareKey {
    SoftwareKey::generate(&mut SeededEntropy::new(seed))
}

fn shown() -> SdJwt {
    issued(json!({}))
}

fn forged(typ: &str, change: impl FnOnce(&mut Value)) -> Result<KeyBinding, KeyBindingError> {
    let mut payload = json!({ "iat": 1, "aud": "a", "nonce": "n", "sd_hash": "h" });
    change(&mut payload);
    let mut header = Map::new();
    header.insert("typ".into(), typ.into());
    KeyBinding::parse(&jws::sign(header, payload.to_string().as_bytes(), &key("holder")).expect("signs"))
}

#[test]
fn a_proof_says_what_it_binds() {
    let shown = shown();
    let proof = KeyBinding::parse(&create(&shown, &BINDING, &key("holder")).expect("signs")).expect("reads");
    assert_eq!(proof.audience, BINDING.audience);
    assert_eq!(proof.nonce, BINDING.nonce);
    assert_eq!(proof.issued_at, BINDING.now);
    assert_eq!(proof.sd_hash, shown.sd_hash());
    assert_eq!(proof.verify(key("holder").public_key()), Ok(()));
}

#[test]
fn another_key_did_not_sign() {
    let proof = KeyBinding::parse(&create(&shown(), &BINDING, &key("holder")).expect("signs")).expect("reads");
    assert_eq!(proof.verify(key("thief").public_key()), Err(JwsError::Signature));
}

#[test]
fn another_type_is_refused() {
    for typ in ["JWT", "KB+JWT", "dc+sd-jwt"] {
        assert_eq!(forged(typ, |_| {}).map(|_| ()), Err(KeyBindingError::WrongType));
    }
}

#[test]
fn each_missing_member_is_named() {
    for name in ["iat", "aud", "nonce", "sd_hash"] {
        let refused = forged(TYP, |payload| {
            payload.as_object_mut().expect("an object").remove(name);
        });
        assert_eq!(refused.map(|_| ()), Err(KeyBindingError::Member(name)));
    }
}

#[test]
fn an_audience_of_several_is_refused() {
    assert_eq!(
        forged(TYP, |payload| payload["aud"] = json!(["a", "b"])).map(|_| ()),
        Err(KeyBindingError::Member("aud"))
    );
}

fn refused(text: &str) -> KeyBindingError {
    KeyBinding::parse(text).map(|_| ()).expect_err("must be refused")
}

/// The text of a proof with this header and payload, and any signature.
fn spelt(header: &Value, payload: &str) -> String {
    format!("{}.{}.AAAA", base64url::encode(header.to_string().as_bytes()), base64url::encode(payload.as_bytes()))
}

#[test]
fn an_unsigned_proof_is_refused() {
    assert_eq!(refused(&spelt(&json!({ "alg": "none", "typ": TYP }), "{}")), KeyBindingError::Jws(JwsError::Algorithm));
}

#[test]
fn a_proof_with_a_shared_secret_is_refused() {
    assert_eq!(
        refused(&spelt(&json!({ "alg": "HS256", "typ": TYP }), "{}")),
        KeyBindingError::Jws(JwsError::Algorithm)
    );
}

#[test]
fn a_proof_with_a_member_twice_is_refused() {
    let text =
        spelt(&json!({ "alg": "ES256", "typ": TYP }), r#"{"iat":1,"aud":"a","aud":"b","nonce":"n","sd_hash":"h"}"#);
    assert_eq!(refused(&text), KeyBindingError::Jws(JwsError::PayloadJson(JsonError::DuplicateMember)));
}

#[test]
fn a_proof_that_is_no_object_is_refused() {
    let text = spelt(&json!({ "alg": "ES256", "typ": TYP }), "[]");
    assert_eq!(refused(&text), KeyBindingError::Jws(JwsError::PayloadNotAnObject));
}

#[test]
fn a_proof_that_is_too_long_is_refused() {
    assert_eq!(refused(&"A".repeat(16 * 1024 + 1)), KeyBindingError::Jws(JwsError::TooLong));
}

#[test]
fn text_that_is_no_token_is_refused() {
    for text in ["", "a", "a.b", "not a token", "a.b.c.d"] {
        assert_eq!(refused(text), KeyBindingError::Jws(JwsError::Form), "{text:?}");
    }
}

#[test]
fn a_time_that_is_no_whole_number_is_refused() {
    for iat in [json!("1"), json!(1.5), json!(null), json!([1])] {
        let refused = forged(TYP, |payload| payload["iat"] = iat);
        assert_eq!(refused.map(|_| ()), Err(KeyBindingError::Member("iat")));
    }
}

#[test]
fn members_of_the_wrong_kind_are_named() {
    for name in ["aud", "nonce", "sd_hash"] {
        let refused = forged(TYP, |payload| payload[name] = json!(1));
        assert_eq!(refused.map(|_| ()), Err(KeyBindingError::Member(name)));
    }
}

#[test]
fn a_card_is_no_proof() {
    let mut header = Map::new();
    header.insert("typ".into(), "dc+sd-jwt".into());
    let card = jws::sign(header, br#"{"vct":"t"}"#, &key("holder")).expect("signs");
    assert_eq!(refused(&card), KeyBindingError::WrongType);
}

#[test]
fn a_proof_over_one_selection_does_not_fit_another() {
    let card = issued(json!({ "a": 1, "b": 2 }));
    let only = |name: &str| card.select(&[crate::path::ClaimPath::of_names(&[name])]).expect("a selection");
    let proof = KeyBinding::parse(&create(&only("a"), &BINDING, &key("holder")).expect("signs")).expect("reads");
    assert_eq!(proof.sd_hash, only("a").sd_hash());
    assert_ne!(proof.sd_hash, only("b").sd_hash());
    assert_ne!(proof.sd_hash, card.sd_hash());
}

#[test]
fn a_proof_over_transaction_data_is_read_as_it_was_made() {
    let shown = shown();
    for algorithm in [None, Some("sha-256".to_owned())] {
        let hashes = TransactionHashes { algorithm, hashes: vec!["aGFzaA".into(), "b3RoZXI".into()] };
        let proof = create_over(&shown, &BINDING, &hashes, &key("holder")).expect("signs");
        let proof = KeyBinding::parse(&proof).expect("reads");
        assert_eq!(proof.verify(key("holder").public_key()), Ok(()));
        assert_eq!((proof.transaction_data, proof.sd_hash), (Some(hashes), shown.sd_hash()));
    }
    let proof = KeyBinding::parse(&create(&shown, &BINDING, &key("holder")).expect("signs")).expect("reads");
    assert_eq!(proof.transaction_data, None);
}

#[test]
fn transaction_hashes_of_the_wrong_kind_are_named() {
    for hashes in [json!("h"), json!([]), json!([1]), json!({})] {
        let refused = forged(TYP, |payload| payload["transaction_data_hashes"] = hashes);
        assert_eq!(refused.map(|_| ()), Err(KeyBindingError::Member("transaction_data_hashes")));
    }
    let refused = forged(TYP, |payload| payload["transaction_data_hashes_alg"] = json!(["sha-256"]));
    assert_eq!(refused.map(|_| ()), Err(KeyBindingError::Member("transaction_data_hashes_alg")));
}
