//! What holds for every input.

use mibun_crypto::entropy::SeededEntropy;
use mibun_crypto::json::Limits;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::dc_api::{Call, Origin, Protocol, read};
use crate::dcql::{Content, HeldCard, Query, VpToken};
use crate::request::{Accepting, RequestLink, UriPolicy};
use crate::response::{Expected, Posting, answer, receive};
use crate::slots::SlotKey;
use crate::testing::*;

/// `text` with one bit flipped, if it is still text.
fn flipped(text: &str, position: usize, bit: u8) -> Option<String> {
    let mut bytes = text.as_bytes().to_vec();
    let length = bytes.len();
    bytes[position % length] ^= 1 << bit;
    String::from_utf8(bytes).ok()
}

/// Claims over a few names, so that the paths of [`any_query`] often meet them.
fn any_claims() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![Just(Value::Null), any::<bool>().prop_map(Value::from), (0..3_i64).prop_map(Value::from)];
    leaf.prop_recursive(4, 24, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::vec((prop::sample::select(NAMES.to_vec()), inner), 0..4)
                .prop_map(|members| members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()),
        ]
    })
}

fn any_path() -> impl Strategy<Value = Value> {
    let name = prop::sample::select(NAMES.to_vec()).prop_map(Value::from);
    let part = prop_oneof![2 => name.clone(), 1 => (0..3_u64).prop_map(Value::from), 1 => Just(Value::Null)];
    (name, prop::collection::vec(part, 0..2)).prop_map(|(first, rest)| [vec![first], rest].concat().into())
}

/// A valid query for one card of the type `card`, with a claim set over the first claim when `sets` says so.
fn any_query() -> impl Strategy<Value = Value> {
    (prop::collection::vec(any_path(), 1..4), any::<bool>()).prop_map(|(paths, sets)| {
        let claims: Vec<Value> =
            paths.iter().enumerate().map(|(i, path)| json!({ "id": format!("c{i}"), "path": path })).collect();
        let mut card = json!({
            "id": "card",
            "format": "dc+sd-jwt",
            "meta": { "vct_values": ["card"] },
            "claims": claims,
        });
        if sets {
            card["claim_sets"] = json!([["c0"]]);
        }
        json!({ "credentials": [card] })
    })
}

const NAMES: [&str; 3] = ["a", "b", "c"];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn a_request_with_any_bit_flipped_is_refused(position: usize, bit in 0_u8..8) {
        let object = object(None);
        if let Some(flipped) = flipped(&object, position, bit) {
            prop_assert!(wallet_verifies(&flipped).is_err());
        }
    }

    #[test]
    fn an_encrypted_answer_with_any_bit_flipped_is_refused(position: usize, bit in 0_u8..8) {
        let request = wallet_verifies(&object(None)).expect("the request is fine");
        let token = VpToken::single("card", "eyJhbGciOiJFUzI1NiJ9.e30.c2ln~kb");
        let Posting { form, .. } = answer(&request, &token, &mut SeededEntropy::new("flip")).expect("an answer");
        let key = response_key();
        let expected = Expected::Encrypted { key: &key, kid: KID };
        if let Some(flipped) = flipped(&form[0].1, position, bit) {
            let form = [("response".to_owned(), flipped)];
            prop_assert!(receive(&form, &expected, &Limits::default()).is_err());
        }
    }

    #[test]
    fn a_window_code_with_any_bit_flipped_is_refused(position: usize, bit in 0_u8..8) {
        let key = SlotKey::from_bytes([7; 32]);
        let code = key.issue("chk_1", NOW).request_id;
        if let Some(flipped) = flipped(&code, position, bit) {
            prop_assert!(key.verify(&flipped, NOW).is_err());
        }
    }

    #[test]
    fn a_query_survives_writing(value in any_query()) {
        let query = Query::from_value(&value).expect("a valid query");
        prop_assert_eq!(query.to_value(), value);
    }

    #[test]
    fn only_what_is_there_and_was_asked_is_revealed(value in any_query(), claims in any_claims()) {
        let query = Query::from_value(&value).expect("a valid query");
        let asked: Vec<_> = query.credentials[0].claims.iter().map(|claim| claim.path.clone()).collect();
        let card = HeldCard { content: Content::SdJwtVc { vct: "card", claims: &claims }, bound: true, authority_keys: &[] };
        let all_there = asked.iter().all(|path| path.resolve(&claims).is_ok());
        let found = query.find(&[card]);
        prop_assert!(found.is_ok() || !all_there);
        for wanted in found.map(|found| found.wanted).unwrap_or_default() {
            for path in wanted.candidates.iter().flat_map(|candidate| candidate.reveal.iter().flatten()) {
                prop_assert!(asked.contains(path) && path.resolve(&claims).is_ok());
            }
        }
    }

    #[test]
    fn no_value_brings_the_reader_of_queries_down(value in any_claims()) {
        for member in ["credentials", "credential_sets"] {
            let read = Query::from_value(&json!({ member: value }));
            prop_assert!(read.is_err());
        }
    }

    #[test]
    fn no_link_brings_the_reader_down(text in "\\PC{0,200}") {
        let _ = RequestLink::parse(&text, UriPolicy::HttpsOrLoopback);
        let _ = RequestLink::parse(&format!("openid4vp://?{text}"), UriPolicy::Https);
    }

    #[test]
    fn a_signed_call_with_any_bit_flipped_is_refused(position: usize, bit in 0_u8..8, several: bool) {
        let (object, anchors) = (object(None), [authority().root]);
        if let Some(flipped) = flipped(&object, position, bit) {
            let parts: Vec<&str> = flipped.splitn(3, '.').collect();
            let (protocol, data) = match parts.as_slice() {
                [protected, payload, signature] if several => {
                    let signatures = json!([{ "protected": protected, "signature": signature }]);
                    (Protocol::Multisigned, json!({ "request": { "payload": payload, "signatures": signatures } }))
                }
                _ => (Protocol::Signed, json!({ "request": flipped })),
            };
            let origin = Origin::parse("https://hotel.example", UriPolicy::Https).expect("an origin");
            let call = Call { origin: &origin, protocol: protocol.name(), data: &data };
            prop_assert!(read(&call, &Accepting::haip(&anchors), NOW).is_err());
        }
    }

    #[test]
    fn no_call_brings_the_reader_down(value in any_claims(), member in "[a-z_]{1,20}") {
        let origin = Origin::parse("https://hotel.example", UriPolicy::Https).expect("an origin");
        for data in [value.clone(), json!({ "request": value, member: value })] {
            for protocol in Protocol::ALL {
                let call = Call { origin: &origin, protocol: protocol.name(), data: &data };
                prop_assert!(read(&call, &Accepting::haip(&[]), NOW).is_err());
            }
        }
    }
}
