//! What goes back.

use mibun_crypto::jwe::{Enc, EphemeralKey, JweError, PartyInfo, encrypt};

use super::*;
use crate::dcql::{AnswerError, VpToken};
use crate::response::{ErrorCode, Expected, Received, ResponseError};

fn token() -> VpToken {
    VpToken::single("card", "eyJhbGciOiJFUzI1NiJ9.e30.c2ln~kb")
}

fn entropy() -> SeededEntropy {
    SeededEntropy::new("browser")
}

fn answered() -> Received {
    Received::Answer { token: token(), state: None }
}

fn encrypted(data: &Value) -> Result<Received, ResponseError> {
    let key = response_key();
    let expected = Expected::Encrypted { key: &key, kid: KID };
    receive((Protocol::Signed.name(), data), &[Protocol::Signed], &expected, &Limits::default())
}

fn plain(data: &Value) -> Result<Received, ResponseError> {
    receive((Protocol::Unsigned.name(), data), &[Protocol::Unsigned], &Expected::Plain, &Limits::default())
}

fn envelope(text: &str, key: &EphemeralKey, kid: &str, enc: Enc) -> Value {
    let jwk = key.public_jwk(kid);
    let sealed = encrypt(text.as_bytes(), &jwk, enc, PartyInfo::default(), &mut entropy()).expect("it encrypts");
    json!({ "response": sealed })
}

fn request(encrypted: bool) -> BrowserRequest {
    let data = with_spec(|spec| BrowserSpec { answer_key: spec.answer_key.filter(|_| encrypted), ..*spec }.unsigned());
    wallet_reads(Protocol::Unsigned, &data).expect("the request is fine")
}

#[test]
fn an_encrypted_answer_arrives() {
    let data = answer(&request(true), &token(), &mut entropy()).expect("an answer");
    assert_eq!(data.as_object().map(serde_json::Map::len), Some(1));
    assert_eq!(encrypted(&data), Ok(answered()));
}

#[test]
fn the_envelope_names_the_key_and_prefers_the_stronger_encryption() {
    let data = answer(&request(true), &token(), &mut entropy()).expect("an answer");
    let text = data["response"].as_str().expect("a compact message");
    let opened = mibun_crypto::jwe::decrypt(text, &response_key(), &[Enc::A256Gcm], &Limits::default());
    let header = opened.expect("it decrypts").header;
    assert_eq!((header.kid(), header.enc(), header.apv()), (Some(KID), Enc::A256Gcm, NONCE.as_bytes()));
}

#[test]
fn a_plain_answer_arrives() {
    let data = answer(&request(false), &token(), &mut entropy()).expect("an answer");
    assert_eq!(data, json!({ "vp_token": token().to_value() }));
    assert_eq!(plain(&data), Ok(answered()));
}

#[test]
fn the_weaker_encryption_is_read_too() {
    let text = json!({ "vp_token": token().to_value() }).to_string();
    assert_eq!(encrypted(&envelope(&text, &response_key(), KID, Enc::A128Gcm)), Ok(answered()));
}

#[test]
fn a_refusal_arrives_in_either_mode() {
    let data = refuse(ErrorCode::AccessDenied);
    let declined = Received::Declined { code: ErrorCode::AccessDenied, state: None };
    assert_eq!(data, json!({ "error": "access_denied" }));
    assert_eq!((encrypted(&data), plain(&data)), (Ok(declined.clone()), Ok(declined)));
}

#[test]
fn unknown_members_are_ignored() {
    let mut data = json!({ "vp_token": token().to_value() });
    data["sprinkled"] = json!([1]);
    data["state"] = STATE.into();
    assert_eq!(plain(&data), Ok(answered()));
}

#[test]
fn an_answer_of_another_protocol_is_refused() {
    let data = refuse(ErrorCode::AccessDenied);
    for protocol in ["openid4vp-v1-multisigned", "org-iso-mdoc", "openid4vp", ""] {
        let asked = [Protocol::Signed, Protocol::Unsigned];
        let refused = receive((protocol, &data), &asked, &Expected::Plain, &Limits::default());
        assert_eq!(refused, Err(ResponseError::WrongProtocol), "{protocol}");
    }
}

#[test]
fn an_answer_that_travels_the_wrong_way_is_refused() {
    assert_eq!(encrypted(&json!({ "vp_token": {} })), Err(ResponseError::NotEncrypted));
    assert_eq!(plain(&json!({ "response": "x" })), Err(ResponseError::NotPlain));
}

#[test]
fn an_answer_that_contradicts_itself_is_refused() {
    for data in [
        json!({ "response": "x", "vp_token": {} }),
        json!({ "response": "x", "error": "access_denied" }),
        json!({ "vp_token": {}, "error": "access_denied" }),
    ] {
        assert_eq!(plain(&data), Err(ResponseError::Contradictory), "{data}");
    }
}

#[test]
fn an_answer_without_content_is_refused() {
    assert_eq!(plain(&json!({})), Err(ResponseError::Empty));
    assert_eq!(encrypted(&json!({})), Err(ResponseError::Empty));
    assert_eq!(plain(&json!([])), Err(ResponseError::Malformed));
    assert_eq!(plain(&json!({ "error": 1 })), Err(ResponseError::Malformed));
    assert_eq!(encrypted(&json!({ "response": 1 })), Err(ResponseError::Malformed));
}

#[test]
fn a_token_that_is_none_is_refused() {
    let token = |value: Value| plain(&json!({ "vp_token": value }));
    assert_eq!(token(json!("eyJ...~")), Err(ResponseError::Token(AnswerError::NotAnObject)));
    assert_eq!(token(json!({ "card": "eyJ...~" })), Err(ResponseError::Token(AnswerError::NotAnArray)));
    assert_eq!(token(json!({ "card": [{}] })), Err(ResponseError::Token(AnswerError::NotAnArray)));
}

#[test]
fn an_envelope_for_another_key_is_refused() {
    let other = EphemeralKey::generate(&mut SeededEntropy::new("other"));
    let foreign = encrypted(&envelope("{}", &other, KID, Enc::A256Gcm));
    assert_eq!(foreign, Err(ResponseError::Jwe(JweError::Decryption)));
    let misnamed = encrypted(&envelope("{}", &response_key(), "answer-2", Enc::A256Gcm));
    assert_eq!(misnamed, Err(ResponseError::WrongKey));
}

/// What a page gets back from a wallet that shows `shown`, and how often it was asked to show something.
fn responded(protocol: &str, data: &Value, shown: Result<VpToken, ErrorCode>) -> (Value, usize) {
    let (anchors, origin, mut asked) = ([authority().root], origin(), 0);
    let call = Call { origin: &origin, protocol, data };
    let show = |request: &BrowserRequest, _: &mut dyn mibun_crypto::entropy::Entropy| {
        assert_eq!(request.origin, origin);
        asked += 1;
        shown
    };
    let data = respond(&call, &Accepting::haip(&anchors), NOW, &mut entropy(), show).expect("it encrypts");
    (data, asked)
}

#[test]
fn a_call_is_answered_from_beginning_to_end() {
    let identity = Identity::X509Hash(hotel().identity());
    let data = with_spec(|spec| spec.signed(&identity)).expect("the request is signed");
    let (answer, asked) = responded(Protocol::Signed.name(), &data, Ok(token()));
    assert_eq!((encrypted(&answer), asked), (Ok(answered()), 1));
}

#[test]
fn a_refused_call_shows_nothing() {
    let mut data = unsigned_data();
    without(&mut data, "nonce");
    let refused = responded(Protocol::Unsigned.name(), &data, Ok(token()));
    assert_eq!(refused, (json!({ "error": "invalid_request" }), 0));
    let mut data = unsigned_data();
    data["transaction_data"] = json!([base64url::encode(br#"{"type":"x"}"#)]);
    let refused = responded(Protocol::Unsigned.name(), &data, Ok(token()));
    assert_eq!(refused, (json!({ "error": "invalid_transaction_data" }), 0));
    let refused = responded("openid4vp-v2-unsigned", &unsigned_data(), Ok(token()));
    assert_eq!(refused, (json!({ "error": "invalid_request" }), 0));
}

#[test]
fn a_holder_who_declines_sends_no_token() {
    let data = unsigned_data();
    for nothing in [Err(ErrorCode::AccessDenied), Ok(VpToken::default()), Err(crate::dcql::NothingFits.into())] {
        let refused = responded(Protocol::Unsigned.name(), &data, nothing);
        assert_eq!(refused, (json!({ "error": "access_denied" }), 1));
    }
}

#[test]
fn an_mdoc_travels_as_text() {
    let licence =
        json!({ "id": "licence", "format": "mso_mdoc", "meta": { "doctype_value": "org.iso.18013.5.1.mDL" } });
    let query = Query::from_value(&json!({ "credentials": [licence] })).expect("a valid query");
    let data = with_spec(|spec| BrowserSpec { query: &query, ..*spec }.unsigned());
    assert_eq!(
        wallet_reads(Protocol::Unsigned, &data).map(|_| ()).map_err(of_request),
        Err(RequestError::FormatsNotSupported)
    );

    let accepting = Accepting { formats: &[mibun_card::CardFormat::Mdoc], ..Accepting::haip(&[]) };
    let origin = origin();
    let call = Call { origin: &origin, protocol: Protocol::Unsigned.name(), data: &data };
    let show = |request: &BrowserRequest, _: &mut dyn mibun_crypto::entropy::Entropy| {
        let key = response_key().public_jwk(KID);
        assert_eq!(request.handover, Handover::dc_api(HOTEL, NONCE, Some(&key)));
        let mut token = VpToken::default();
        token.add_device_response("licence", &[0xa0, 0xff]);
        Ok(token)
    };
    let answer = respond(&call, &accepting, NOW, &mut entropy(), show).expect("it encrypts");
    let Ok(Received::Answer { token, .. }) = encrypted(&answer) else { panic!("an answer was awaited") };
    assert_eq!(token.check(&query), Ok(()));
    assert_eq!(token.device_responses("licence"), Ok(vec![vec![0xa0, 0xff]]));
}
