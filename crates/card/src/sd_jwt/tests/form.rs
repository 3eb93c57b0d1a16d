//! Texts that are no token, and disclosures that are none.

use mibun_crypto::base64url;
use mibun_crypto::json::{JsonError, Limits};
use mibun_crypto::jws::JwsError;
use serde_json::{Value, json};

use super::super::MAX_DISCLOSURES;
use super::{Disclosure, SdJwt, SdJwtError, disclosure, parse, sign, token};
use crate::sd_jwt::DisclosureError;

fn refused(text: &str) -> SdJwtError {
    parse(text).map(|_| ()).expect_err("must be refused")
}

/// Why a token with this text in place of its only disclosure is refused.
fn disclosure_refused(text: &str) -> DisclosureError {
    match refused(&format!("{}~{text}~", sign(&json!({})))) {
        SdJwtError::Disclosure { index: 0, source } => source,
        other => panic!("refused for another reason: {other}"),
    }
}

fn spelt(parts: &Value) -> String {
    base64url::encode(parts.to_string().as_bytes())
}

#[test]
fn a_plain_token_is_refused() {
    assert_eq!(refused(&sign(&json!({}))), SdJwtError::Form);
}

#[test]
fn empty_text_is_refused() {
    assert_eq!(refused(""), SdJwtError::Form);
}

#[test]
fn a_lone_tilde_is_refused() {
    assert_eq!(refused("~"), SdJwtError::Jws(JwsError::Form));
}

#[test]
fn a_token_without_signature_part_is_refused() {
    let signed = sign(&json!({}));
    let (unsigned, _) = signed.rsplit_once('.').expect("three parts");
    assert_eq!(refused(&format!("{unsigned}~")), SdJwtError::Jws(JwsError::Form));
}

#[test]
fn an_unsigned_token_is_refused() {
    let header = base64url::encode(br#"{"alg":"none"}"#);
    let payload = base64url::encode(b"{}");
    assert_eq!(refused(&format!("{header}.{payload}.~")), SdJwtError::Jws(JwsError::Algorithm));
}

#[test]
fn a_token_with_a_shared_secret_is_refused() {
    let header = base64url::encode(br#"{"alg":"HS256"}"#);
    let payload = base64url::encode(b"{}");
    assert_eq!(refused(&format!("{header}.{payload}.AAAA~")), SdJwtError::Jws(JwsError::Algorithm));
}

#[test]
fn a_critical_extension_is_refused() {
    let header = base64url::encode(br#"{"alg":"ES256","crit":["exp"],"exp":1}"#);
    let payload = base64url::encode(b"{}");
    assert_eq!(refused(&format!("{header}.{payload}.AAAA~")), SdJwtError::Jws(JwsError::Critical));
}

#[test]
fn a_space_before_the_token_is_refused() {
    assert_eq!(refused(&format!(" {}~", sign(&json!({})))), SdJwtError::Jws(JwsError::Form));
}

#[test]
fn a_line_break_after_a_disclosure_is_refused() {
    let name = disclosure(Some("name"), json!("A"));
    assert_eq!(disclosure_refused(&format!("{}\n", name.as_str())), DisclosureError::Encoding);
}

#[test]
fn the_json_serialisation_is_refused() {
    assert_eq!(refused(r#"{"payload":"e30","signature":"AAAA"}"#), SdJwtError::Form);
}

#[test]
fn an_empty_disclosure_is_refused() {
    assert_eq!(
        disclosure_refused(""),
        DisclosureError::Json(JsonError::Syntax { line: 1, column: 0 }),
        "two tildes in a row"
    );
}

#[test]
fn a_later_disclosure_is_named_by_its_place() {
    let name = disclosure(Some("name"), json!("A"));
    let text = format!("{}!!~", token(&json!({}), &[&name]));
    let refused = refused(&text);
    assert_eq!(refused, SdJwtError::Disclosure { index: 1, source: DisclosureError::Encoding });
}

#[test]
fn a_token_that_is_too_long_is_refused() {
    let limits = Limits { bytes: 100, ..Limits::default() };
    let refused = SdJwt::parse(&token(&json!({ "x": "y".repeat(200) }), &[]), &limits);
    assert_eq!(refused.map(|_| ()), Err(SdJwtError::TooLong));
}

#[test]
fn as_many_disclosures_as_allowed_are_read_and_one_more_is_refused() {
    let with = |count| format!("{}~{}", sign(&json!({})), "WyJhIiwxXQ~".repeat(count));
    assert_eq!(parse(&with(MAX_DISCLOSURES)).map(|token| token.disclosures().len()), Ok(MAX_DISCLOSURES));
    assert_eq!(refused(&with(MAX_DISCLOSURES + 1)), SdJwtError::TooManyDisclosures);
}

#[test]
fn a_disclosure_with_padding_is_refused() {
    assert_eq!(disclosure_refused("WyJhIiwxXQ=="), DisclosureError::Encoding);
}

#[test]
fn a_disclosure_in_the_other_alphabet_is_refused() {
    let text = base64url::encode(br#"["s","n","??>>"]"#);
    assert!(text.contains(['-', '_']), "the text tells the alphabets apart: {text}");
    assert_eq!(disclosure_refused(&text.replace('-', "+").replace('_', "/")), DisclosureError::Encoding);
}

#[test]
fn a_second_spelling_of_the_same_bytes_is_refused() {
    // `XQ` and `XR` stand for the same byte; only the first is canonical.
    assert_eq!(disclosure_refused("WyJhIiwxXR"), DisclosureError::Encoding);
}

#[test]
fn a_disclosure_that_is_no_json_is_refused() {
    let refused = disclosure_refused(&base64url::encode(b"[\"s\",\"n\""));
    assert_eq!(refused, DisclosureError::Json(JsonError::Syntax { line: 1, column: 8 }));
}

#[test]
fn a_disclosure_with_something_after_it_is_refused() {
    let refused = disclosure_refused(&base64url::encode(b"[\"s\",1]2"));
    assert_eq!(refused, DisclosureError::Json(JsonError::Syntax { line: 1, column: 8 }));
}

#[test]
fn a_disclosure_with_a_duplicate_member_is_refused() {
    let refused = disclosure_refused(&base64url::encode(br#"["s","n",{"a":1,"a":2}]"#));
    assert_eq!(refused, DisclosureError::Json(JsonError::DuplicateMember));
}

#[test]
fn a_disclosure_that_is_nested_too_deeply_is_refused() {
    let value = format!("[\"s\",{}1{}]", "[".repeat(40), "]".repeat(40));
    assert_eq!(disclosure_refused(&base64url::encode(value.as_bytes())), DisclosureError::Json(JsonError::TooDeep));
}

#[test]
fn an_empty_array_is_no_disclosure() {
    assert_eq!(disclosure_refused(&spelt(&json!([]))), DisclosureError::Form);
}

#[test]
fn a_salt_alone_is_no_disclosure() {
    assert_eq!(disclosure_refused(&spelt(&json!(["salt"]))), DisclosureError::Form);
}

#[test]
fn four_parts_are_no_disclosure() {
    assert_eq!(disclosure_refused(&spelt(&json!(["salt", "name", 1, 2]))), DisclosureError::Form);
}

#[test]
fn a_salt_that_is_no_text_is_refused() {
    assert_eq!(disclosure_refused(&spelt(&json!([1, "name", 1]))), DisclosureError::Form);
    assert_eq!(disclosure_refused(&spelt(&json!([1, 1]))), DisclosureError::Form);
}

#[test]
fn a_name_that_is_no_text_is_refused() {
    assert_eq!(disclosure_refused(&spelt(&json!(["salt", 1, 1]))), DisclosureError::Form);
}

#[test]
fn an_object_is_no_disclosure() {
    assert_eq!(disclosure_refused(&spelt(&json!({ "salt": "s" }))), DisclosureError::Form);
}

#[test]
fn a_disclosed_member_that_would_hold_digests_is_refused() {
    assert_eq!(disclosure_refused(&spelt(&json!(["salt", "_sd", ["digest"]]))), DisclosureError::ReservedName);
}

#[test]
fn a_disclosed_member_that_would_stand_for_an_element_is_refused() {
    assert_eq!(disclosure_refused(&spelt(&json!(["salt", "...", "digest"]))), DisclosureError::ReservedName);
}

#[test]
fn a_key_binding_may_follow_without_any_disclosure() {
    let token = parse(&format!("{}~a.b.c", sign(&json!({})))).expect("a presentation of nothing");
    assert_eq!(token.key_binding(), Some("a.b.c"));
    assert!(token.disclosures().is_empty());
}

#[test]
fn text_is_kept_as_received() {
    // The issuer's spaces and the order of its members are not ours to change: digests are over them.
    let spaced = base64url::encode(br#"[ "salt" , "name" , { "b" : 1 , "a" : 2 } ]"#);
    let read = Disclosure::parse(&spaced, &Limits::default()).expect("a disclosure");
    assert_eq!(read.as_str(), spaced);
    assert_eq!((read.name(), read.value()), (Some("name"), &json!({ "a": 2, "b": 1 })));
}
