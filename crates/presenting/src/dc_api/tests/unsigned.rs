//! `openid4vp-v1-unsigned`.

use super::*;
use crate::transaction_data::TransactionDataError;

fn accepted(change: impl FnOnce(&mut Value)) -> BrowserRequest {
    let mut data = unsigned_data();
    change(&mut data);
    wallet_reads(Protocol::Unsigned, &data).expect("the request is fine")
}

fn refusal(change: impl FnOnce(&mut Value)) -> RequestError {
    let mut data = unsigned_data();
    change(&mut data);
    of_request(wallet_reads(Protocol::Unsigned, &data).expect_err("the request must be refused"))
}

#[test]
fn the_asker_is_its_origin() {
    let request = accepted(|_| {});
    assert_eq!((request.signer.as_ref(), request.audience().as_str()), (None, "origin:https://hotel.example"));
    assert_eq!((request.nonce.as_str(), &request.query), (NONCE, &query()));
    let key = response_key().public_jwk(KID);
    assert_eq!(request.handover, Handover::dc_api(HOTEL, NONCE, Some(&key)));
}

#[test]
fn what_an_unsigned_request_says_of_its_asker_is_ignored() {
    let request = accepted(|data| {
        data["client_id"] = "x509_hash:abc".into();
        data["expected_origins"] = json!(["https://evil.example"]);
        data["state"] = STATE.into();
        data["iss"] = "https://evil.example".into();
    });
    assert_eq!((request.signer, request.origin), (None, origin()));
}

#[test]
fn an_unsigned_request_carries_no_identifier() {
    let data = unsigned_data();
    for name in ["client_id", "expected_origins", "aud", "state", "response_uri"] {
        assert_eq!(data.get(name), None, "{name}");
    }
}

#[test]
fn without_a_key_the_answer_is_asked_in_the_open() {
    let data = with_spec(|spec| BrowserSpec { answer_key: None, ..*spec }.unsigned());
    let request = wallet_reads(Protocol::Unsigned, &data).expect("the request is fine");
    assert_eq!((request.response, data["response_mode"].as_str()), (ResponseWay::Plain, Some("dc_api")));
}

#[test]
fn data_that_are_no_object_are_refused() {
    for data in [json!([]), json!("x"), json!(null)] {
        assert_eq!(wallet_reads(Protocol::Unsigned, &data).map(|_| ()), Err(CallError::NotAnObject));
    }
}

macro_rules! refuses {
    ($($name:ident: $change:expr => $error:expr;)*) => {
        $(#[test]
        fn $name() {
            assert_eq!(refusal($change), $error);
        })*
    };
}

refuses! {
    a_mode_of_the_redirect_flow_is_refused:
        |d| d["response_mode"] = "direct_post.jwt".into() => RequestError::UnsupportedResponseMode;
    a_missing_mode_is_refused: |d| without(d, "response_mode") => RequestError::Missing("response_mode");
    a_missing_nonce_is_refused: |d| without(d, "nonce") => RequestError::Missing("nonce");
    a_short_nonce_is_refused: |d| d["nonce"] = "n-0S6_WzA2Mj".into() => RequestError::WeakNonce;
    a_missing_query_is_refused: |d| without(d, "dcql_query") => RequestError::Missing("dcql_query");
    a_scope_is_refused: |d| d["scope"] = "identity".into() => RequestError::ScopeNotSupported;
    another_response_type_is_refused: |d| d["response_type"] = "code".into() => RequestError::UnsupportedResponseType;
    missing_metadata_are_refused: |d| without(d, "client_metadata") => RequestError::Missing("client_metadata");
    encryption_without_keys_is_refused: |d| without(&mut d["client_metadata"], "jwks") => RequestError::Missing("jwks");
    an_asker_of_other_formats_is_refused:
        |d| d["client_metadata"]["vp_formats_supported"] = json!({ "ldp_vc": {} }) => RequestError::FormatsNotSupported;
    transaction_data_of_an_unknown_type_are_refused:
        |d| d["transaction_data"] = json!([base64url::encode(br#"{"type":"x","credential_ids":["card"]}"#)])
        => RequestError::TransactionData(TransactionDataError::UnknownType);
}
