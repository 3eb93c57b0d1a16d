use mibun_crypto::entropy::SeededEntropy;
use mibun_crypto::jwe::{Enc, EphemeralKey, PartyInfo, encrypt};
use mibun_crypto::key::Jwk;
use serde_json::json;

use super::*;
use crate::request::{ResponseWay, VerifiedRequest};
use crate::testing::*;

fn request() -> VerifiedRequest {
    wallet_verifies(&object(None)).expect("the request is fine")
}

fn plain_request() -> VerifiedRequest {
    VerifiedRequest { response: ResponseWay::Plain, ..request() }
}

fn token() -> VpToken {
    VpToken::single("card", "eyJhbGciOiJFUzI1NiJ9.e30.c2ln~kb")
}

fn entropy() -> SeededEntropy {
    SeededEntropy::new("response")
}

fn form(fields: &[(&str, &str)]) -> Vec<(String, String)> {
    fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn received_form(posting: &Posting) -> Vec<(String, String)> {
    posting.form.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
}

fn plain(fields: &[(&str, &str)]) -> Result<Received, ResponseError> {
    receive(&form(fields), &Expected::Plain, &Limits::default())
}

fn encrypted(fields: &[(&str, &str)]) -> Result<Received, ResponseError> {
    let key = response_key();
    receive(&form(fields), &Expected::Encrypted { key: &key, kid: KID }, &Limits::default())
}

/// Text encrypted to the key of the request, under the name `kid`.
fn envelope(text: &str, kid: &str) -> String {
    let key = response_key().public_jwk(kid);
    encrypt(text.as_bytes(), &key, Enc::A256Gcm, PartyInfo::default(), &mut entropy()).expect("it encrypts")
}

fn opened(text: &str) -> Result<Received, ResponseError> {
    encrypted(&[("response", &envelope(text, KID))])
}

fn answered() -> Received {
    Received::Answer { token: token(), state: Some(STATE.into()) }
}

#[test]
fn a_plain_answer_arrives() {
    let posting = answer(&plain_request(), &token(), &mut entropy()).expect("an answer");
    assert_eq!(posting.uri, response_uri());
    assert_eq!(receive(&received_form(&posting), &Expected::Plain, &Limits::default()), Ok(answered()));
}

#[test]
fn an_encrypted_answer_arrives() {
    let posting = answer(&request(), &token(), &mut entropy()).expect("an answer");
    let names: Vec<_> = posting.form.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["response"], "nothing travels beside the envelope");
    let key = response_key();
    let expected = Expected::Encrypted { key: &key, kid: KID };
    assert_eq!(receive(&received_form(&posting), &expected, &Limits::default()), Ok(answered()));
}

#[test]
fn the_envelope_names_key_nonce_and_encryption() {
    let posting = answer(&request(), &token(), &mut entropy()).expect("an answer");
    let key = response_key();
    let opened = mibun_crypto::jwe::decrypt(&posting.form[0].1, &key, &[Enc::A256Gcm], &Limits::default());
    let header = opened.expect("it decrypts").header;
    assert_eq!((header.kid(), header.enc(), header.apv()), (Some(KID), Enc::A256Gcm, NONCE.as_bytes()));
    assert!(header.apu().len() >= 16);
}

#[test]
fn the_weaker_encryption_is_read_too() {
    let key = response_key().public_jwk(KID);
    let text = json!({ "vp_token": token().to_value(), "state": STATE }).to_string();
    let weak = encrypt(text.as_bytes(), &key, Enc::A128Gcm, PartyInfo::default(), &mut entropy());
    assert_eq!(encrypted(&[("response", &weak.expect("it encrypts"))]), Ok(answered()));
}

#[test]
fn a_refusal_arrives_in_the_open_in_either_mode() {
    let posting = decline(&request().report(), ErrorCode::AccessDenied);
    let declined = Received::Declined { code: ErrorCode::AccessDenied, state: Some(STATE.into()) };
    let fields = received_form(&posting);
    let key = response_key();
    let expected = Expected::Encrypted { key: &key, kid: KID };
    assert_eq!(receive(&fields, &Expected::Plain, &Limits::default()).as_ref(), Ok(&declined));
    assert_eq!(receive(&fields, &expected, &Limits::default()).as_ref(), Ok(&declined));
}

#[test]
fn a_refusal_may_be_encrypted() {
    let declined = Received::Declined { code: ErrorCode::InvalidRequest, state: None };
    assert_eq!(opened(r#"{"error":"invalid_request"}"#), Ok(declined));
}

#[test]
fn every_code_survives_the_wire() {
    for (code, wire) in KNOWN {
        assert_eq!((ErrorCode::from_wire(wire), code.wire()), (code, wire));
    }
    assert_eq!(ErrorCode::from_wire("out_of_paper"), ErrorCode::Other);
}

#[test]
fn unknown_fields_are_ignored() {
    let text = token().to_value().to_string();
    let received = plain(&[("vp_token", &text), ("state", STATE), ("sprinkled", "1"), ("sprinkled", "2")]);
    assert_eq!(received, Ok(answered()));
}

#[test]
fn a_state_beside_the_envelope_does_not_count() {
    let text = json!({ "vp_token": token().to_value() }).to_string();
    let received = encrypted(&[("response", &envelope(&text, KID)), ("state", STATE)]);
    assert_eq!(received, Ok(Received::Answer { token: token(), state: None }));
}

#[test]
fn an_answer_in_the_open_is_refused_where_encryption_was_asked() {
    assert_eq!(encrypted(&[("vp_token", "{}"), ("state", STATE)]), Err(ResponseError::NotEncrypted));
}

#[test]
fn an_encrypted_answer_is_refused_where_none_was_asked() {
    assert_eq!(plain(&[("response", &envelope("{}", KID))]), Err(ResponseError::NotPlain));
}

#[test]
fn an_empty_form_is_refused() {
    assert_eq!(plain(&[]), Err(ResponseError::Empty));
}

#[test]
fn a_form_with_state_alone_is_refused() {
    assert_eq!(plain(&[("state", STATE)]), Err(ResponseError::Empty));
}

#[test]
fn two_tokens_are_refused() {
    assert_eq!(plain(&[("vp_token", "{}"), ("vp_token", "{}")]), Err(ResponseError::Duplicate("vp_token")));
}

#[test]
fn two_states_are_refused() {
    let fields = [("vp_token", "{}"), ("state", "a"), ("state", "b")];
    assert_eq!(plain(&fields), Err(ResponseError::Duplicate("state")));
}

#[test]
fn an_answer_with_an_error_is_refused() {
    assert_eq!(plain(&[("vp_token", "{}"), ("error", "access_denied")]), Err(ResponseError::Contradictory));
}

#[test]
fn an_envelope_beside_an_open_answer_is_refused() {
    assert_eq!(encrypted(&[("response", "x"), ("vp_token", "{}")]), Err(ResponseError::Contradictory));
}

#[test]
fn an_open_token_that_is_not_json_is_refused() {
    let refused = plain(&[("vp_token", "eyJ...~")]).expect_err("not JSON");
    assert!(matches!(refused, ResponseError::Token(AnswerError::Json(JsonError::Syntax { .. }))), "{refused:?}");
}

#[test]
fn an_envelope_for_another_key_does_not_open() {
    let other = EphemeralKey::generate(&mut SeededEntropy::new("other")).public_jwk(KID);
    let text = encrypt(b"{}", &other, Enc::A256Gcm, PartyInfo::default(), &mut entropy()).expect("it encrypts");
    assert_eq!(encrypted(&[("response", &text)]), Err(ResponseError::Jwe(JweError::Decryption)));
}

#[test]
fn an_envelope_that_names_another_key_is_refused() {
    assert_eq!(encrypted(&[("response", &envelope("{}", "answer-2"))]), Err(ResponseError::WrongKey));
}

#[test]
fn an_envelope_that_names_no_key_is_refused() {
    let key = Jwk { kid: None, ..response_key().public_jwk(KID) };
    let text = encrypt(b"{}", &key, Enc::A256Gcm, PartyInfo::default(), &mut entropy()).expect("it encrypts");
    assert_eq!(encrypted(&[("response", &text)]), Err(ResponseError::WrongKey));
}

#[test]
fn a_changed_envelope_does_not_open() {
    let text = envelope("{}", KID);
    let mut parts: Vec<&str> = text.split('.').collect();
    parts[3] = "AAA";
    assert_eq!(encrypted(&[("response", &parts.join("."))]), Err(ResponseError::Jwe(JweError::Decryption)));
}

#[test]
fn an_envelope_that_is_none_is_refused() {
    assert_eq!(encrypted(&[("response", "hello")]), Err(ResponseError::Jwe(JweError::Form)));
}

#[test]
fn a_signed_message_in_place_of_the_envelope_is_refused() {
    assert_eq!(encrypted(&[("response", &object(None))]), Err(ResponseError::Jwe(JweError::Form)));
}

#[test]
fn an_oversized_envelope_is_refused() {
    let huge = "a".repeat(300 * 1024);
    assert_eq!(encrypted(&[("response", &huge)]), Err(ResponseError::Jwe(JweError::TooLong)));
}

#[test]
fn an_envelope_around_text_is_refused() {
    let refused = opened("hello").expect_err("not JSON");
    assert!(matches!(refused, ResponseError::Json(JsonError::Syntax { .. })), "{refused:?}");
}

#[test]
fn an_envelope_around_an_array_is_refused() {
    assert_eq!(opened("[]"), Err(ResponseError::Malformed));
}

#[test]
fn an_envelope_around_nothing_is_refused() {
    assert_eq!(opened("{}"), Err(ResponseError::Empty));
}

#[test]
fn an_envelope_around_answer_and_error_is_refused() {
    assert_eq!(opened(r#"{"vp_token":{},"error":"access_denied"}"#), Err(ResponseError::Contradictory));
}

#[test]
fn an_envelope_with_a_numeric_state_is_refused() {
    assert_eq!(opened(r#"{"vp_token":{},"state":7}"#), Err(ResponseError::Malformed));
}

#[test]
fn an_envelope_with_two_tokens_is_refused() {
    let twice = r#"{"vp_token":{},"vp_token":{}}"#;
    assert_eq!(opened(twice), Err(ResponseError::Json(JsonError::DuplicateMember)));
}

#[test]
fn an_envelope_around_a_bare_presentation_is_refused() {
    assert_eq!(opened(r#"{"vp_token":"eyJ...~"}"#), Err(ResponseError::Token(AnswerError::NotAnObject)));
}

fn acknowledged(body: &str) -> Result<Acknowledgement, AcknowledgementError> {
    Acknowledgement::parse(body.as_bytes(), UriPolicy::Https)
}

#[test]
fn an_acknowledgement_read_is_the_one_written() {
    let page = Url::parse("https://hotel.example/back?response_code=abc").expect("a valid address");
    let acknowledgement = Acknowledgement { redirect_uri: Some(page) };
    assert_eq!(acknowledged(&acknowledgement.to_value().to_string()), Ok(acknowledgement));
}

#[test]
fn an_acknowledgement_may_say_nothing() {
    assert_eq!(acknowledged("{}"), Ok(Acknowledgement::default()));
}

#[test]
fn a_code_in_the_fragment_is_kept() {
    let page = acknowledged(r##"{"redirect_uri":"https://hotel.example/back#response_code=abc"}"##).expect("fine");
    assert_eq!(
        page.redirect_uri.and_then(|page| page.fragment().map(str::to_owned)).as_deref(),
        Some("response_code=abc")
    );
}

#[test]
fn a_script_to_return_to_is_refused() {
    assert_eq!(acknowledged(r#"{"redirect_uri":"javascript:alert(1)"}"#), Err(AcknowledgementError::UnsafeRedirect));
}

#[test]
fn an_http_page_to_return_to_is_refused() {
    assert_eq!(acknowledged(r#"{"redirect_uri":"http://hotel.example/"}"#), Err(AcknowledgementError::UnsafeRedirect));
}

#[test]
fn an_acknowledgement_that_is_no_object_is_refused() {
    assert_eq!(acknowledged("[]"), Err(AcknowledgementError::Malformed));
}

#[test]
fn an_answer_does_not_print() {
    let printed = format!("{:?}", answer(&plain_request(), &token(), &mut entropy()).expect("an answer"));
    assert!(!printed.contains("eyJ") && !printed.contains(STATE), "{printed}");
}
