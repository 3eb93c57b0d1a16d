//! What is asked: members, time, encryption keys, purpose.

use super::*;
use crate::dcql::QueryError;
use crate::transaction_data::TransactionDataError;

macro_rules! refuses {
    ($($name:ident: $change:expr => $error:expr;)*) => {
        $(#[test]
        fn $name() {
            assert_eq!(refusal($change), $error);
        })*
    };
}

refuses! {
    another_audience_is_refused: |p| p["aud"] = "https://wallet.example".into() => RequestError::WrongAudience;
    two_audiences_are_refused: |p| p["aud"] = json!([STATIC_AUDIENCE, "https://w.example"]) => RequestError::WrongAudience;
    a_missing_audience_is_refused: |p| without(p, "aud") => RequestError::Missing("aud");
    a_redirect_uri_with_direct_post_is_refused:
        |p| p["redirect_uri"] = "https://hotel.example/back".into() => RequestError::RedirectUriWithDirectPost;
    another_response_type_is_refused: |p| p["response_type"] = "code".into() => RequestError::UnsupportedResponseType;
    a_missing_response_type_is_refused: |p| without(p, "response_type") => RequestError::Missing("response_type");
    the_fragment_mode_is_refused: |p| p["response_mode"] = "fragment".into() => RequestError::UnsupportedResponseMode;
    the_browser_mode_is_refused: |p| p["response_mode"] = "dc_api.jwt".into() => RequestError::UnsupportedResponseMode;
    a_missing_response_mode_is_refused: |p| without(p, "response_mode") => RequestError::Missing("response_mode");
    a_missing_response_uri_is_refused: |p| without(p, "response_uri") => RequestError::Missing("response_uri");
    an_http_response_uri_is_refused:
        |p| p["response_uri"] = "http://hotel.example/vp".into() => RequestError::UnsafeResponseUri;
    a_loopback_response_uri_is_refused_outside_development:
        |p| p["response_uri"] = "http://localhost:8080/vp".into() => RequestError::UnsafeResponseUri;
    a_response_uri_with_a_user_name_is_refused:
        |p| p["response_uri"] = "https://hotel@evil.example/".into() => RequestError::UnsafeResponseUri;
    a_response_uri_that_is_none_is_refused: |p| p["response_uri"] = "vp".into() => RequestError::UnsafeResponseUri;
    a_missing_nonce_is_refused: |p| without(p, "nonce") => RequestError::Missing("nonce");
    a_short_nonce_is_refused: |p| p["nonce"] = "n-0S6_WzA2Mj".into() => RequestError::WeakNonce;
    a_repetitive_nonce_is_refused: |p| p["nonce"] = "1".repeat(43).into() => RequestError::WeakNonce;
    a_nonce_with_spaces_is_refused: |p| p["nonce"] = format!("{NONCE} x").into() => RequestError::WeakNonce;
    a_nonce_that_is_a_number_is_refused: |p| p["nonce"] = 7.into() => RequestError::WrongJsonType("nonce");
    a_state_that_is_a_number_is_refused: |p| p["state"] = 7.into() => RequestError::WrongJsonType("state");
    an_expired_request_is_refused: |p| p["exp"] = (NOW.0 - 60).into() => RequestError::Expired;
    a_request_of_the_future_is_refused: |p| p["iat"] = (NOW.0 + 61).into() => RequestError::NotYetValid;
    a_request_not_before_tomorrow_is_refused: |p| p["nbf"] = (NOW.0 + 61).into() => RequestError::NotYetValid;
    a_scope_is_refused: |p| p["scope"] = "identity".into() => RequestError::ScopeNotSupported;
    a_missing_query_is_refused: |p| without(p, "dcql_query") => RequestError::Missing("dcql_query");
    an_empty_query_is_refused:
        |p| p["dcql_query"]["credentials"] = json!([]) => RequestError::Query(QueryError::Empty("credentials"));
    transaction_data_is_refused: |p| p["transaction_data"] = json!(["eyJ0eXBlIjoicGF5bWVudCJ9"]) => RequestError::TransactionData(TransactionDataError::UnknownType);
    empty_transaction_data_is_refused: |p| p["transaction_data"] = json!([]) => RequestError::TransactionData(TransactionDataError::Malformed);
    transaction_data_that_is_no_array_is_refused: |p| p["transaction_data"] = "x".into() => RequestError::TransactionData(TransactionDataError::Malformed);
    missing_metadata_is_refused: |p| without(p, "client_metadata") => RequestError::Missing("client_metadata");
    an_asker_who_reads_mdoc_only_is_refused:
        |p| p["client_metadata"]["vp_formats_supported"] = json!({ "mso_mdoc": {} }) => RequestError::FormatsNotSupported;
    an_asker_who_reads_other_algorithms_only_is_refused:
        |p| p["client_metadata"]["vp_formats_supported"]["dc+sd-jwt"]["kb-jwt_alg_values"] = json!(["ES384"])
        => RequestError::FormatsNotSupported;
    an_asker_who_reads_no_formats_is_refused:
        |p| without(&mut p["client_metadata"], "vp_formats_supported") => RequestError::Missing("vp_formats_supported");
    encryption_without_keys_is_refused: |p| without(&mut p["client_metadata"], "jwks") => RequestError::Missing("jwks");
    encryption_with_an_empty_key_set_is_refused:
        |p| p["client_metadata"]["jwks"]["keys"] = json!([]) => RequestError::NoUsableKey;
    an_encryption_key_without_algorithm_is_refused:
        |p| without(&mut p["client_metadata"]["jwks"]["keys"][0], "alg") => RequestError::NoUsableKey;
    an_encryption_key_without_name_is_refused:
        |p| without(&mut p["client_metadata"]["jwks"]["keys"][0], "kid") => RequestError::NoUsableKey;
    a_signature_key_for_encryption_is_refused:
        |p| p["client_metadata"]["jwks"]["keys"][0]["use"] = "sig".into() => RequestError::NoUsableKey;
    an_encryption_key_off_the_curve_is_refused: |p| {
        let x = p["client_metadata"]["jwks"]["keys"][0]["x"].clone();
        p["client_metadata"]["jwks"]["keys"][0]["y"] = x;
    } => RequestError::NoUsableKey;
    a_private_encryption_key_is_refused:
        |p| p["client_metadata"]["jwks"]["keys"][0] = response_key().to_jwk() => RequestError::NoUsableKey;
    an_unknown_content_encryption_is_refused:
        |p| p["client_metadata"]["encrypted_response_enc_values_supported"] = json!(["A128CBC-HS256"])
        => RequestError::NoCommonEncryption;
    verifier_info_without_format_is_refused:
        |p| p["verifier_info"] = json!([{ "data": {} }]) => RequestError::VerifierInfo(VerifierInfoError::Malformed);
    empty_verifier_info_is_refused:
        |p| p["verifier_info"] = json!([]) => RequestError::VerifierInfo(VerifierInfoError::Malformed);
    verifier_info_that_is_no_array_is_refused:
        |p| p["verifier_info"] = json!({}) => RequestError::VerifierInfo(VerifierInfoError::Malformed);
    verifier_info_that_is_text_is_refused:
        |p| p["verifier_info"] = json!(["x"]) => RequestError::VerifierInfo(VerifierInfoError::Malformed);
    verifier_info_without_data_is_refused:
        |p| p["verifier_info"] = json!([{ "format": "x" }]) => RequestError::VerifierInfo(VerifierInfoError::Malformed);
    verifier_info_with_a_number_as_data_is_refused: |p| p["verifier_info"] = json!([{ "format": "x", "data": 1 }])
        => RequestError::VerifierInfo(VerifierInfoError::Malformed);
    verifier_info_about_nothing_is_refused:
        |p| p["verifier_info"] = json!([{ "format": "x", "data": "y", "credential_ids": [] }])
        => RequestError::VerifierInfo(VerifierInfoError::Malformed);
    verifier_info_about_an_unasked_credential_is_refused:
        |p| p["verifier_info"] = json!([{ "format": "x", "data": "y", "credential_ids": ["passport"] }])
        => RequestError::VerifierInfo(VerifierInfoError::UnknownCredential("passport".into()));
    a_waived_proof_without_state_is_refused: |p| {
        without(p, "state");
        p["dcql_query"]["credentials"][0]["require_cryptographic_holder_binding"] = false.into();
    } => RequestError::Missing("state");
    an_mdoc_where_the_wallet_has_none_is_refused: |p| {
        p["dcql_query"]["credentials"] =
            json!([{ "id": "m", "format": "mso_mdoc", "meta": { "doctype_value": "org.iso.18013.5.1.mDL" } }]);
        p["client_metadata"]["vp_formats_supported"] = json!({ "mso_mdoc": {} });
    } => RequestError::FormatsNotSupported;
    a_format_nobody_speaks_is_refused: |p| {
        p["dcql_query"]["credentials"] = json!([{ "id": "m", "format": "ldp_vc", "meta": {} }]);
        p["client_metadata"]["vp_formats_supported"] = json!({ "ldp_vc": {} });
    } => RequestError::FormatsNotSupported;
    an_encryption_key_that_may_only_sign_is_refused:
        |p| p["client_metadata"]["jwks"]["keys"][0]["key_ops"] = json!(["verify"]) => RequestError::NoUsableKey;
    a_notice_without_purpose_is_refused:
        |p| p["verifier_info"] = json!([{ "format": SCENE_NOTICE_FORMAT, "data": { "scene": "x" } }])
        => RequestError::Notice(NoticeError::Malformed);
    two_notices_are_refused: |p| {
        let entry = SceneNotice::of(&parcel()).to_entry();
        p["verifier_info"] = json!([entry.clone(), entry]);
    } => RequestError::Notice(NoticeError::Twice);
    a_notice_that_reads_backwards_is_refused: |p| {
        let mut entry = SceneNotice::of(&parcel()).to_entry();
        entry["data"]["title"]["en"] = "\u{202E}knaB".into();
        p["verifier_info"] = json!([entry]);
    } => RequestError::Notice(NoticeError::Text(mibun_trust::text::TextError::Unprintable {
        language: mibun_trust::Language::English,
        character: 0x202E,
    }));
}

#[test]
fn a_request_is_good_until_a_minute_past_its_end() {
    assert_eq!(accepted(|p| p["exp"] = (NOW.0 - 59).into()).nonce, NONCE);
}

#[test]
fn a_request_is_good_from_a_minute_before_its_beginning() {
    assert_eq!(accepted(|p| p["iat"] = (NOW.0 + 60).into()).nonce, NONCE);
}

#[test]
fn unknown_members_are_ignored() {
    let request = accepted(|p| {
        p["sprinkled"] = json!({ "deep": [1, 2, 3] });
        p["client_metadata"]["sprinkled"] = true.into();
        p["dcql_query"]["sprinkled"] = 1.into();
        p["dcql_query"]["credentials"][0]["sprinkled"] = 1.into();
    });
    assert_eq!(request.query, query());
}

#[test]
fn an_audience_in_an_array_is_fine() {
    assert_eq!(accepted(|p| p["aud"] = json!([STATIC_AUDIENCE])).nonce, NONCE);
}

#[test]
fn a_request_without_state_is_fine() {
    assert_eq!(accepted(|p| without(p, "state")).state, None);
}

#[test]
fn a_key_without_use_is_fine() {
    let request = accepted(|p| without(&mut p["client_metadata"]["jwks"]["keys"][0], "use"));
    assert!(matches!(request.response, ResponseWay::Encrypted { .. }));
}

#[test]
fn keys_of_other_kinds_are_skipped() {
    let request = accepted(|p| {
        let good = p["client_metadata"]["jwks"]["keys"][0].clone();
        let post_quantum = json!({ "kty": "AKP", "alg": "ML-KEM-768", "kid": "pq", "pub": "AAAA" });
        p["client_metadata"]["jwks"]["keys"] = json!([post_quantum, { "kty": "odd" }, "text", good]);
    });
    let ResponseWay::Encrypted { key, .. } = request.response else { panic!("encryption was asked for") };
    assert_eq!(key.kid.as_deref(), Some(KID));
}

#[test]
fn without_a_list_of_encryptions_the_default_is_taken() {
    let request = accepted(|p| without(&mut p["client_metadata"], "encrypted_response_enc_values_supported"));
    assert!(matches!(request.response, ResponseWay::Encrypted { enc: Enc::A128Gcm, .. }));
}

#[test]
fn verifier_info_of_other_formats_is_handed_on() {
    let info = json!([{ "format": "registration_cert", "data": "eyJ...", "credential_ids": ["card"], "sprinkled": 1 }]);
    let request = accepted(|p| p["verifier_info"] = info);
    assert_eq!(request.notice, None);
    let handed_on =
        VerifierInfo { format: "registration_cert".into(), data: "eyJ...".into(), credential_ids: vec!["card".into()] };
    assert_eq!(request.verifier_info, [handed_on]);
}

#[test]
fn an_authenticated_asker_is_told_the_reason() {
    let refused = refused(|p| p["transaction_data"] = json!(["eyJ0eXBlIjoicGF5bWVudCJ9"]));
    assert_eq!(refused.error.code(), "invalid_transaction_data");
    let report = Report { response_uri: response_uri(), state: Some(STATE.into()) };
    assert_eq!(refused.report, Some(Box::new(report)));
}

#[test]
fn errors_map_to_the_codes_of_the_protocol() {
    let codes = [
        (RequestError::NoCertificate, "invalid_request"),
        (RequestError::ClientIdMismatch, "invalid_request"),
        (RequestError::PrefixCannotSign, "invalid_request"),
        (RequestError::RedirectUriWithDirectPost, "invalid_request"),
        (RequestError::WeakNonce, "invalid_request"),
        (RequestError::FormatsNotSupported, "vp_formats_not_supported"),
        (RequestError::ScopeNotSupported, "invalid_scope"),
    ];
    for (error, code) in codes {
        assert_eq!(error.code(), code, "{error}");
    }
}

fn fetched_by_post(object: &str, sent: &str) -> Result<VerifiedRequest, Refused> {
    let (hotel, anchors) = (hotel(), [authority().root]);
    let by = Authentication {
        link: &hotel.link(FetchMethod::Post),
        wallet_nonce: Some(sent),
        accepting: Accepting::haip(&anchors),
        policy: UriPolicy::Https,
        now: NOW,
    };
    verify(object, &by)
}

#[test]
fn the_wallets_nonce_comes_back() {
    let request = fetched_by_post(&object(Some(WALLET_NONCE)), WALLET_NONCE).expect("the request is fine");
    assert_eq!(request.nonce, NONCE);
}

#[test]
fn a_request_made_for_another_fetch_is_refused() {
    let refused = fetched_by_post(&object(Some("w-another0wallets1nonce")), WALLET_NONCE).expect_err("relayed");
    assert_eq!(refused.error, RequestError::WalletNonceMismatch);
}

#[test]
fn a_request_made_before_the_fetch_is_refused() {
    let refused = fetched_by_post(&object(None), WALLET_NONCE).expect_err("prepared");
    assert_eq!(refused.error, RequestError::WalletNonceMismatch);
}
