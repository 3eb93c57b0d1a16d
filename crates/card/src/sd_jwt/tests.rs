use mibun_crypto::entropy::SeededEntropy;
use mibun_crypto::json::Limits;
use mibun_crypto::jws;
use mibun_crypto::key::SoftwareKey;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::{Disclosure, DisclosureError, SdJwt, SdJwtError, conceal};
use crate::path::ClaimPath;

fn key() -> SoftwareKey {
    SoftwareKey::generate(&mut SeededEntropy::new("issuer"))
}

fn sign(payload: &Value) -> String {
    jws::sign(Map::new(), payload.to_string().as_bytes(), &key()).expect("signs")
}

fn disclosure(name: Option<&str>, value: Value) -> Disclosure {
    Disclosure::make(name, value, &mut SeededEntropy::new(format!("{name:?}")))
}

fn parse(text: &str) -> Result<SdJwt, SdJwtError> {
    SdJwt::parse(text, &Limits::default())
}

/// A token over `payload` that comes with `disclosures`.
fn token(payload: &Value, disclosures: &[&Disclosure]) -> String {
    let tail: String = disclosures.iter().map(|disclosure| format!("{}~", disclosure.as_str())).collect();
    format!("{}~{tail}", sign(payload))
}

fn refusal(payload: &Value, disclosures: &[&Disclosure]) -> SdJwtError {
    parse(&token(payload, disclosures)).and_then(|token| token.process()).expect_err("must be refused")
}

fn claims(payload: &Value, disclosures: &[&Disclosure]) -> Value {
    Value::Object(parse(&token(payload, disclosures)).and_then(|token| token.process()).expect("accepted").claims)
}

fn issued(claims: Value) -> SdJwt {
    let Value::Object(claims) = claims else { panic!("claims are an object") };
    let concealed = conceal(claims, &mut SeededEntropy::new("salts"));
    SdJwt::assemble(sign(&Value::Object(concealed.payload)), concealed.disclosures).expect("a token")
}

fn path(value: Value) -> ClaimPath {
    ClaimPath::from_value(&value).expect("a path")
}

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
fn a_plain_token_is_no_sd_jwt() {
    assert_eq!(parse(&sign(&json!({}))).map(|_| ()), Err(SdJwtError::Form));
}

#[test]
fn an_empty_disclosure_is_refused() {
    let text = format!("{}~~", sign(&json!({})));
    assert!(matches!(parse(&text).map(|_| ()), Err(SdJwtError::Disclosure { index: 0, .. })));
}

#[test]
fn a_token_that_is_too_long_is_refused() {
    let limits = Limits { bytes: 100, ..Limits::default() };
    let refused = SdJwt::parse(&token(&json!({ "x": "y".repeat(200) }), &[]), &limits);
    assert_eq!(refused.map(|_| ()), Err(SdJwtError::TooLong));
}

#[test]
fn too_many_disclosures_are_refused() {
    let text = format!("{}~{}", sign(&json!({})), "WyJhIiwxXQ~".repeat(super::MAX_DISCLOSURES + 1));
    assert_eq!(parse(&text).map(|_| ()), Err(SdJwtError::TooManyDisclosures));
}

#[test]
fn an_unreferenced_disclosure_is_refused() {
    let name = disclosure(Some("name"), json!("A"));
    assert_eq!(refusal(&json!({}), &[&name]), SdJwtError::Unreferenced);
}

#[test]
fn a_disclosure_sent_twice_is_refused() {
    let name = disclosure(Some("name"), json!("A"));
    assert_eq!(refusal(&json!({ "_sd": [name.digest()] }), &[&name, &name]), SdJwtError::RepeatedDisclosure);
}

#[test]
fn a_digest_in_two_places_is_refused_even_when_nothing_is_shown() {
    assert_eq!(refusal(&json!({ "_sd": ["a", "a"] }), &[]), SdJwtError::RepeatedDigest);
    assert_eq!(refusal(&json!({ "_sd": ["a"], "o": { "_sd": ["a"] } }), &[]), SdJwtError::RepeatedDigest);
    assert_eq!(refusal(&json!({ "_sd": ["a"], "o": [{ "...": "a" }] }), &[]), SdJwtError::RepeatedDigest);
}

#[test]
fn a_disclosed_claim_cannot_replace_a_signed_one() {
    let exp = disclosure(Some("exp"), json!(9_999_999_999_u64));
    assert_eq!(refusal(&json!({ "_sd": [exp.digest()], "exp": 1 }), &[&exp]), SdJwtError::Collision);
}

#[test]
fn two_disclosures_of_one_name_collide() {
    let one = Disclosure::make(Some("a"), json!(1), &mut SeededEntropy::new("1"));
    let two = Disclosure::make(Some("a"), json!(2), &mut SeededEntropy::new("2"));
    assert_eq!(refusal(&json!({ "_sd": [one.digest(), two.digest()] }), &[&one, &two]), SdJwtError::Collision);
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
fn digests_that_are_no_array_of_text_are_refused() {
    for sd in [json!("a"), json!({}), json!([1]), json!(null), json!([["a"]])] {
        assert_eq!(refusal(&json!({ "_sd": sd }), &[]), SdJwtError::MalformedDigests);
    }
}

#[test]
fn the_element_member_in_an_object_is_refused() {
    assert_eq!(refusal(&json!({ "...": "a" }), &[]), SdJwtError::MisplacedElement);
    assert_eq!(refusal(&json!({ "o": { "...": "a" } }), &[]), SdJwtError::MisplacedElement);
}

#[test]
fn an_element_digest_with_company_or_of_another_type_is_refused() {
    assert_eq!(refusal(&json!({ "n": [{ "...": "a", "b": 1 }] }), &[]), SdJwtError::MisplacedElement);
    assert_eq!(refusal(&json!({ "n": [{ "...": 1 }] }), &[]), SdJwtError::MisplacedElement);
}

#[test]
fn another_digest_algorithm_is_refused() {
    for alg in [json!("sha-512"), json!("SHA-256"), json!("none"), json!(256), json!(null)] {
        assert_eq!(refusal(&json!({ "_sd_alg": alg }), &[]), SdJwtError::Algorithm);
    }
}

#[test]
fn the_algorithm_below_the_top_is_refused() {
    assert_eq!(refusal(&json!({ "o": { "_sd_alg": "sha-256" } }), &[]), SdJwtError::MisplacedAlgorithm);
}

#[test]
fn reserved_names_in_disclosures_are_refused() {
    for name in ["_sd", "..."] {
        let text = mibun_crypto::base64url::encode(json!(["salt", name, 1]).to_string().as_bytes());
        assert_eq!(Disclosure::parse(&text, &Limits::default()), Err(DisclosureError::ReservedName));
    }
}

#[test]
fn disclosures_of_another_form_are_refused() {
    for parts in [json!([]), json!(["s"]), json!(["s", "n", 1, 2]), json!([1, "n", 1]), json!({}), json!(["s", 1, 1])] {
        let text = mibun_crypto::base64url::encode(parts.to_string().as_bytes());
        assert_eq!(Disclosure::parse(&text, &Limits::default()), Err(DisclosureError::Form), "{parts}");
    }
}

#[test]
fn a_disclosure_with_padding_is_refused() {
    assert_eq!(Disclosure::parse("WyJhIiwxXQ==", &Limits::default()), Err(DisclosureError::Encoding));
}

#[test]
fn a_disclosure_with_a_duplicate_member_is_refused() {
    let text = mibun_crypto::base64url::encode(br#"["s","n",{"a":1,"a":2}]"#);
    assert!(matches!(Disclosure::parse(&text, &Limits::default()), Err(DisclosureError::Json(_))));
}

#[test]
fn disclosures_nested_without_end_are_refused() {
    let mut inner = disclosure(Some("x"), json!(1));
    let mut all = vec![inner.clone()];
    for level in 0..40 {
        let value = json!({ "_sd": [inner.digest()] });
        inner = Disclosure::make(Some("x"), value, &mut SeededEntropy::new(format!("{level}")));
        all.push(inner.clone());
    }
    let shown: Vec<&Disclosure> = all.iter().collect();
    assert_eq!(refusal(&json!({ "_sd": [inner.digest()] }), &shown), SdJwtError::TooDeep);
}

#[test]
fn a_selection_brings_parents_and_nothing_else() {
    let token = issued(json!({ "a": "1", "address": { "city": "Kyoto", "street": "S" }, "n": ["JP", "US"] }));
    let shown = token.select(&[path(json!(["address", "city"]))]).expect("a selection");
    assert_eq!(Value::Object(shown.process().expect("fits").claims), json!({ "address": { "city": "Kyoto" } }));
    let shown = token.select(&[path(json!(["n"]))]).expect("a selection");
    assert_eq!(Value::Object(shown.process().expect("fits").claims), json!({ "n": ["JP", "US"] }));
    assert!(token.select(&[]).expect("nothing").disclosures().is_empty());
}

#[test]
fn nothing_about_the_claims_is_signed_in_the_open() {
    let token = issued(json!({ "family_name": "Yamada", "nationalities": ["JP"] }));
    let payload = String::from_utf8_lossy(token.jws().payload()).into_owned();
    for word in ["family", "Yamada", "nationalities", "JP"] {
        assert!(!payload.contains(word), "{payload}");
    }
    let digests = token.jws().payload_json(&Limits::default()).expect("JSON")["_sd"].as_array().map(Vec::len);
    assert_eq!(digests, Some(8), "filled up with decoys");
}

#[test]
fn the_hash_covers_what_is_shown_and_not_the_proof() {
    let token = issued(json!({ "a": "1", "b": "2" }));
    let one = token.select(&[path(json!(["a"]))]).expect("a selection");
    assert_ne!(one.sd_hash(), token.sd_hash());
    let shown = parse(&one.with_key_binding("a.b.c")).expect("a presentation");
    assert_eq!(shown.key_binding(), Some("a.b.c"));
    assert_eq!(shown.sd_hash(), one.sd_hash());
    assert_eq!(shown.to_string(), one.with_key_binding("a.b.c"));
}

#[test]
fn debug_shows_no_claim() {
    let token = issued(json!({ "family_name": "Yamada" }));
    let printed = format!("{token:?} {:?} {:?}", token.process().expect("fits"), token.disclosures());
    assert!(!printed.contains("Yamada") && !printed.contains("family"), "{printed}");
}

fn any_claim() -> impl Strategy<Value = Value> {
    let text = "[a-z]{1,8}".prop_map(Value::from);
    prop_oneof![
        text.clone(),
        any::<i32>().prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        prop::collection::vec("[A-Z]{2}".prop_map(Value::from), 1..4).prop_map(Value::from),
        prop::collection::btree_map("[a-z]{1,6}", text, 1..4)
            .prop_map(|members| Value::Object(members.into_iter().collect())),
    ]
}

proptest! {
    #[test]
    fn what_is_issued_is_read_back(claims in prop::collection::btree_map("[a-z]{1,8}", any_claim(), 1..10)) {
        let claims = Value::Object(claims.into_iter().collect());
        let token = parse(&issued(claims.clone()).to_string()).expect("our own");
        prop_assert_eq!(Value::Object(token.process().expect("fits").claims), claims);
    }

    #[test]
    fn a_selection_shows_just_what_is_asked(
        claims in prop::collection::btree_map("[a-z]{1,8}", any_claim(), 1..8),
        pick in any::<prop::sample::Index>(),
    ) {
        let name = claims.keys().nth(pick.index(claims.len())).expect("a name").clone();
        let expected = json!({ (name.clone()): claims[&name] });
        let token = issued(Value::Object(claims.into_iter().collect()));
        let shown = token.select(&[ClaimPath::of_names(&[&name])]).expect("a selection");
        prop_assert_eq!(Value::Object(shown.process().expect("fits").claims), expected);
    }

    #[test]
    fn a_changed_letter_is_never_the_same_claims(at in any::<prop::sample::Index>()) {
        let token = issued(json!({ "family_name": "Yamada", "address": { "city": "Kyoto" }, "n": ["JP"] }));
        let text = token.to_string();
        let at = at.index(text.len() - 1);
        let mut changed = text.clone().into_bytes();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).expect("ASCII");
        prop_assume!(changed != text);
        let verified = parse(&changed).ok().filter(|token| {
            token.jws().verify(mibun_crypto::key::Signer::public_key(&key())).is_ok()
        });
        prop_assert!(verified.is_none_or(|token| token.process().is_err()));
    }
}
