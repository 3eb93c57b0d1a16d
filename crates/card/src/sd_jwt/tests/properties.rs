//! For any claims: what is issued is read back, what is selected is shown and nothing else, and what is changed is
//! noticed.

use mibun_crypto::json::Limits;
use mibun_crypto::key::{Signer, SoftwareKey};
use mibun_crypto::time::Timestamp;
use proptest::prelude::*;
use proptest::sample::{Index, subsequence};
use serde_json::{Map, Value, json};

use super::{issued, key, parse};
use crate::kb_jwt::{Binding, KeyBinding, create};
use crate::path::{ClaimPath, Step};
use crate::sd_jwt::SdJwt;

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        ".{0,12}".prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        Just(Value::Null),
    ]
}

/// Objects and arrays in each other, up to four deep.
fn value() -> impl Strategy<Value = Value> {
    scalar().prop_recursive(4, 24, 4, |inner| {
        prop_oneof![prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from), object(inner, 0..4)]
    })
}

fn object(
    inner: impl Strategy<Value = Value>,
    size: impl Into<prop::collection::SizeRange>,
) -> impl Strategy<Value = Value> {
    let members = prop::collection::btree_map("[a-z]{1,6}", inner, size);
    members.prop_map(|members| Value::Object(members.into_iter().collect()))
}

fn claims() -> impl Strategy<Value = Value> {
    object(value(), 1..6)
}

/// The path to everything in `value`, `value` itself left out.
fn all_paths(value: &Value) -> Vec<Vec<Step>> {
    let below = |step: Step, inner: &Value| {
        let deeper = all_paths(inner).into_iter().map(|path| [vec![step.clone()], path].concat()).collect::<Vec<_>>();
        [vec![vec![step]], deeper].concat()
    };
    match value {
        Value::Object(members) => {
            members.iter().flat_map(|(name, inner)| below(Step::Name(name.clone()), inner)).collect()
        }
        Value::Array(items) => {
            items.iter().enumerate().flat_map(|(index, inner)| below(Step::Index(index), inner)).collect()
        }
        _ => Vec::new(),
    }
}

fn claims_and_some_paths() -> impl Strategy<Value = (Value, Vec<Vec<Step>>)> {
    claims().prop_flat_map(|claims| {
        let paths = all_paths(&claims);
        let count = paths.len();
        (Just(claims), subsequence(paths, 0..=count.min(6)))
    })
}

/// What must be shown of `value` when the claims at `wanted` are asked for: a second implementation of selecting, by
/// the values alone, without digests.
fn expected(value: &Value, wanted: &[&[Step]]) -> Value {
    if wanted.iter().any(|path| path.is_empty()) {
        return value.clone();
    }
    let below = |step: &Step| -> Vec<&[Step]> {
        wanted.iter().filter(|path| path.first() == Some(step)).map(|path| &path[1..]).collect()
    };
    match value {
        Value::Object(members) => {
            let mut shown = Map::new();
            for (name, inner) in members {
                let wanted = below(&Step::Name(name.clone()));
                if !wanted.is_empty() {
                    shown.insert(name.clone(), expected(inner, &wanted));
                }
            }
            Value::Object(shown)
        }
        // An element is shown whole or not at all.
        Value::Array(items) => items
            .iter()
            .enumerate()
            .filter(|(at, _)| !below(&Step::Index(*at)).is_empty())
            .map(|(_, item)| item.clone())
            .collect(),
        other => other.clone(),
    }
}

fn holder() -> SoftwareKey {
    SoftwareKey::generate(&mut mibun_crypto::entropy::SeededEntropy::new("holder"))
}

/// What a checker does with a presentation, with time and trust left out.
fn is_accepted(text: &str) -> bool {
    let Ok(token) = SdJwt::parse(text, &Limits::default()) else { return false };
    let Some(Ok(proof)) = token.key_binding().map(KeyBinding::parse) else { return false };
    token.jws().verify(key().public_key()).is_ok()
        && token.process().is_ok()
        && proof.verify(holder().public_key()).is_ok()
        && proof.sd_hash == token.sd_hash()
}

fn presentation() -> String {
    let token = issued(json!({ "family_name": "Yamada", "address": { "city": "Kyoto" }, "n": ["JP", "US"] }));
    let shown = token.select(&[ClaimPath::of_names(&["address"]), ClaimPath::of_names(&["n"])]).expect("a selection");
    let binding = Binding { audience: "x509_hash:abc", nonce: "n-123", now: Timestamp(1_800_000_000) };
    shown.with_key_binding(&create(&shown, &binding, &holder()).expect("signs"))
}

#[test]
fn the_presentation_of_these_tests_is_accepted() {
    assert!(is_accepted(&presentation()));
}

#[test]
fn a_presentation_that_is_cut_off_is_refused() {
    let text = presentation();
    for length in 0..text.len() {
        assert!(!is_accepted(&text[..length]), "{length} of {} letters", text.len());
    }
}

#[test]
fn a_presentation_without_one_of_its_disclosures_is_refused() {
    let text = presentation();
    let parts: Vec<&str> = text.split('~').collect();
    for left_out in 1..parts.len() - 1 {
        let mut fewer = parts.clone();
        fewer.remove(left_out);
        assert!(!is_accepted(&fewer.join("~")), "without disclosure {left_out}");
    }
}

#[test]
fn a_presentation_with_two_disclosures_swapped_is_refused() {
    let text = presentation();
    let mut parts: Vec<&str> = text.split('~').collect();
    parts.swap(1, 2);
    assert!(!is_accepted(&parts.join("~")));
}

proptest! {
    #[test]
    fn what_is_issued_is_read_back(claims in claims()) {
        let token = parse(&issued(claims.clone()).to_string()).expect("our own");
        prop_assert_eq!(Value::Object(token.process().expect("fits").claims), claims);
    }

    #[test]
    fn a_selection_shows_just_what_is_asked((claims, paths) in claims_and_some_paths()) {
        let wanted: Vec<ClaimPath> = paths.iter().map(|path| ClaimPath::new(path.clone()).expect("a path")).collect();
        let token = parse(&issued(claims.clone()).to_string()).expect("our own");
        let shown = parse(&token.select(&wanted).expect("a selection").to_string()).expect("a presentation");
        let paths: Vec<&[Step]> = paths.iter().map(Vec::as_slice).collect();
        let expected = if paths.is_empty() { json!({}) } else { expected(&claims, &paths) };
        prop_assert_eq!(Value::Object(shown.process().expect("fits").claims), expected);
    }

    #[test]
    fn a_flipped_bit_is_refused(at in any::<Index>(), bit in 0_u8..8) {
        let mut bytes = presentation().into_bytes();
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        prop_assert!(!String::from_utf8(bytes).is_ok_and(|text| is_accepted(&text)), "bit {} of byte {}", bit, at);
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in "[A-Za-z0-9_.~-]{0,200}") {
        prop_assert!(!is_accepted(&text));
    }
}
