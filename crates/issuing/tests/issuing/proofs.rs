//! Proofs of possession: each flaw has its error, and nothing is reserved or spent for it.

use mibun_crypto::base64url;
use mibun_crypto::json::JsonError;
use mibun_crypto::jws::JwsError;
use mibun_crypto::key::Signer;
use mibun_issuing::credential::CredentialError;
use mibun_issuing::error::Code;
use mibun_issuing::proof::ProofError;
use serde_json::{Value, json};

use crate::desk::{Desk, NOW, Refused};
use crate::wallet::{Draft, authorization, body, key, other_curve, proof};

/// Sends one proof made of `nonce`, which must be refused without a trace.
fn refused(make: impl FnOnce(&str) -> String) -> ProofError {
    let (mut desk, token, nonce) = Desk::redeemed();
    let refused = desk.credential(Some(&authorization(&token)), &body(&[make(&nonce)])).expect_err("a bad proof");
    assert!(desk.is_untouched(), "a bad proof must not change anything");
    assert_eq!(refused.code(), Code::InvalidProof);
    let Refused::Credential(CredentialError::Proof { index: 0, source }) = refused else { panic!("{refused:?}") };
    source
}

/// A proof that differs from a good one by `change`.
fn changed(change: impl FnOnce(&mut Draft)) -> ProofError {
    refused(|nonce| {
        let key = key("holder");
        let mut draft = Draft::new(&key, nonce);
        change(&mut draft);
        draft.sign(&key)
    })
}

/// A proof under a header that no honest library writes.
fn raw_header(header: impl FnOnce(Value) -> Value) -> ProofError {
    refused(|nonce| {
        let key = key("holder");
        let jwk = key.public_key().to_jwk().to_value();
        let header = header(json!({ "alg": "ES256", "typ": "openid4vci-proof+jwt", "jwk": jwk }));
        Draft::new(&key, nonce).sign_raw(&header, &key)
    })
}

#[test]
fn a_good_proof_binds_its_key() {
    let (mut desk, token, nonce) = Desk::redeemed();
    let served = desk.credential(Some(&authorization(&token)), &body(&[proof("a", &nonce)])).expect("a good proof");
    assert_eq!(served.accepted.keys, vec![key("a").public_key().clone()]);
    assert_eq!((desk.spent.len(), desk.batches.len(), desk.grant.state()), (1, 1, "collected"));
}

#[test]
fn alg_none() {
    let error = refused(|nonce| {
        let key = key("holder");
        let draft = Draft::new(&key, nonce);
        let header =
            json!({ "alg": "none", "typ": "openid4vci-proof+jwt", "jwk": key.public_key().to_jwk().to_value() });
        let part = |value: &Value| base64url::encode(value.to_string().as_bytes());
        format!("{}.{}.", part(&header), part(&draft.claims))
    });
    assert_eq!(error, ProofError::Algorithm);
}

#[test]
fn alg_hs256() {
    let error = raw_header(|mut header| {
        header["alg"] = "HS256".into();
        header
    });
    assert_eq!(error, ProofError::Algorithm);
}

#[test]
fn alg_missing() {
    let error = raw_header(|mut header| {
        header.as_object_mut().expect("an object").remove("alg");
        header
    });
    assert_eq!(error, ProofError::Algorithm);
}

#[test]
fn alg_outside_the_policy() {
    let error = refused(|nonce| {
        let key = other_curve();
        Draft::new(&key, nonce).sign(&key)
    });
    assert_eq!(error, ProofError::Algorithm);
}

#[test]
fn alg_of_another_key() {
    let error = raw_header(|mut header| {
        header["jwk"] = other_curve().public_key().to_jwk().to_value();
        header
    });
    assert_eq!(error, ProofError::Key);
}

#[test]
fn typ_missing() {
    assert_eq!(changed(|draft| drop(draft.header.remove("typ"))), ProofError::Type);
}

#[test]
fn typ_of_a_plain_jwt() {
    assert_eq!(changed(|draft| drop(draft.header.insert("typ".to_owned(), "JWT".into()))), ProofError::Type);
}

#[test]
fn typ_of_a_key_binding() {
    assert_eq!(changed(|draft| drop(draft.header.insert("typ".to_owned(), "kb+jwt".into()))), ProofError::Type);
}

#[test]
fn typ_of_the_drafts() {
    let error = changed(|draft| drop(draft.header.insert("typ".to_owned(), "openid4vci-proof+JWT".into())));
    assert_eq!(error, ProofError::Type);
}

#[test]
fn no_key_at_all() {
    assert_eq!(changed(|draft| drop(draft.header.remove("jwk"))), ProofError::KeyMembers);
}

#[test]
fn jwk_and_kid() {
    let error = changed(|draft| drop(draft.header.insert("kid".to_owned(), "holder".into())));
    assert_eq!(error, ProofError::KeyMembers);
}

#[test]
fn jwk_and_x5c() {
    let error = changed(|draft| drop(draft.header.insert("x5c".to_owned(), json!(["AAAA"]))));
    assert_eq!(error, ProofError::KeyMembers);
}

#[test]
fn jwk_and_trust_chain() {
    let error = changed(|draft| drop(draft.header.insert("trust_chain".to_owned(), json!(["e30.e30.e30"]))));
    assert_eq!(error, ProofError::KeyMembers);
}

#[test]
fn kid_alone() {
    let error = changed(|draft| {
        draft.header.remove("jwk");
        draft.header.insert("kid".to_owned(), "did:example:holder#0".into());
    });
    assert_eq!(error, ProofError::KeyMethod);
}

#[test]
fn x5c_alone() {
    let error = changed(|draft| {
        draft.header.remove("jwk");
        draft.header.insert("x5c".to_owned(), json!(["AAAA"]));
    });
    assert_eq!(error, ProofError::KeyMethod);
}

#[test]
fn private_key_in_jwk() {
    let error = changed(|draft| drop(draft.header.insert("jwk".to_owned(), key("holder").to_private_jwk())));
    assert_eq!(error, ProofError::Key);
}

#[test]
fn symmetric_key_in_jwk() {
    let error = changed(|draft| drop(draft.header.insert("jwk".to_owned(), json!({ "kty": "oct", "k": "AAAA" }))));
    assert_eq!(error, ProofError::Key);
}

#[test]
fn point_off_the_curve() {
    let error = changed(|draft| {
        let x = draft.header["jwk"]["x"].clone();
        draft.header["jwk"]["y"] = x;
    });
    assert_eq!(error, ProofError::Key);
}

#[test]
fn key_meant_for_encryption() {
    assert_eq!(changed(|draft| draft.header["jwk"]["use"] = "enc".into()), ProofError::Key);
}

#[test]
fn signature_of_a_foreign_key() {
    let error = refused(|nonce| Draft::new(&key("holder"), nonce).sign(&key("thief")));
    assert_eq!(error, ProofError::Signature);
}

#[test]
fn signature_of_zeroes() {
    let error = refused(|nonce| {
        let proof = proof("holder", nonce);
        let (signed, _) = proof.rsplit_once('.').expect("a compact JWS");
        format!("{signed}.{}", base64url::encode(&[0; 64]))
    });
    assert_eq!(error, ProofError::Signature);
}

#[test]
fn signature_cut_short() {
    let error = refused(|nonce| {
        let proof = proof("holder", nonce);
        let (signed, signature) = proof.rsplit_once('.').expect("a compact JWS");
        let signature = base64url::decode(signature).expect("base64url");
        format!("{signed}.{}", base64url::encode(&signature[..63]))
    });
    assert_eq!(error, ProofError::Signature);
}

#[test]
fn claims_changed_after_signing() {
    let error = refused(|nonce| {
        let (good, other) = (proof("holder", nonce), proof("holder", "another nonce"));
        let [good, other]: [Vec<&str>; 2] = [&good, &other].map(|proof| proof.split('.').collect());
        [good[0], other[1], good[2]].join(".")
    });
    assert_eq!(error, ProofError::Signature);
}

#[test]
fn aud_missing() {
    assert_eq!(changed(|draft| draft.claims["aud"] = Value::Null), ProofError::Audience);
}

#[test]
fn aud_of_another_issuer() {
    assert_eq!(changed(|draft| draft.claims["aud"] = "https://other.example".into()), ProofError::Audience);
}

#[test]
fn aud_with_a_slash_too_much() {
    assert_eq!(changed(|draft| draft.claims["aud"] = "https://id.example/mibun/".into()), ProofError::Audience);
}

#[test]
fn aud_of_the_credential_endpoint() {
    assert_eq!(
        changed(|draft| draft.claims["aud"] = "https://id.example/mibun/credential".into()),
        ProofError::Audience
    );
}

#[test]
fn aud_as_an_array() {
    assert_eq!(changed(|draft| draft.claims["aud"] = json!(["https://id.example/mibun"])), ProofError::Audience);
}

#[test]
fn iat_missing() {
    assert_eq!(changed(|draft| draft.claims["iat"] = Value::Null), ProofError::MissingTime);
}

#[test]
fn iat_as_text() {
    assert_eq!(changed(|draft| draft.claims["iat"] = NOW.0.to_string().into()), ProofError::MissingTime);
}

#[test]
fn iat_one_second_too_old() {
    assert_eq!(changed(|draft| draft.claims["iat"] = (NOW.0 - 301).into()), ProofError::Old);
}

#[test]
fn iat_one_second_too_far_ahead() {
    assert_eq!(changed(|draft| draft.claims["iat"] = (NOW.0 + 61).into()), ProofError::Future);
}

#[test]
fn iat_in_milliseconds() {
    assert_eq!(changed(|draft| draft.claims["iat"] = (NOW.0 * 1000).into()), ProofError::Future);
}

#[test]
fn iat_at_the_end_of_the_scale() {
    assert_eq!(changed(|draft| draft.claims["iat"] = i64::MIN.into()), ProofError::Old);
}

#[test]
fn iat_at_both_edges_is_good() {
    for offset in [-300, 60] {
        let (mut desk, token, nonce) = Desk::redeemed();
        let key = key("holder");
        let mut draft = Draft::new(&key, &nonce);
        draft.claims["iat"] = (NOW.0 + offset).into();
        desk.credential(Some(&authorization(&token)), &body(&[draft.sign(&key)])).expect("still within the window");
    }
}

#[test]
fn nonce_missing() {
    assert_eq!(changed(|draft| draft.claims["nonce"] = Value::Null), ProofError::MissingNonce);
}

#[test]
fn nonce_as_a_number() {
    assert_eq!(changed(|draft| draft.claims["nonce"] = 7.into()), ProofError::MissingNonce);
}

#[test]
fn crit_in_the_header() {
    let error = raw_header(|mut header| {
        header["crit"] = json!(["exp"]);
        header
    });
    assert_eq!(error, ProofError::Form(JwsError::Critical));
}

#[test]
fn member_twice_in_the_claims() {
    let error = refused(|nonce| {
        let key = key("holder");
        let draft = Draft::new(&key, nonce);
        let claims = draft.claims.to_string().replacen('{', r#"{"iat":0,"#, 1);
        mibun_crypto::jws::sign(draft.header, claims.as_bytes(), &key).expect("the key signs")
    });
    assert_eq!(error, ProofError::Payload);
}

#[test]
fn claims_that_are_no_object() {
    let error = refused(|nonce| {
        let key = key("holder");
        mibun_crypto::jws::sign(Draft::new(&key, nonce).header, b"[]", &key).expect("the key signs")
    });
    assert_eq!(error, ProofError::Payload);
}

#[test]
fn text_that_is_no_jwt() {
    assert_eq!(refused(|_| "not a jwt".to_owned()), ProofError::Form(JwsError::Form));
}

#[test]
fn empty_text() {
    assert_eq!(refused(|_| String::new()), ProofError::Form(JwsError::Form));
}

#[test]
fn oversized_proof() {
    assert_eq!(changed(|draft| draft.claims["zz"] = "z".repeat(70_000).into()), ProofError::Form(JwsError::TooLong));
}

#[test]
fn deeply_nested_header() {
    let error = raw_header(|mut header| {
        header["zz"] = json!([[[[[[[[[[1]]]]]]]]]]);
        header
    });
    assert_eq!(error, ProofError::Form(JwsError::HeaderJson(JsonError::TooDeep)));
}

#[test]
fn the_second_of_two_proofs_is_named() {
    let (mut desk, token, nonce) = Desk::redeemed();
    let bad = Draft::new(&key("b"), &nonce).sign(&key("thief"));
    let refused = desk.credential(Some(&authorization(&token)), &body(&[proof("a", &nonce), bad]));
    let expected = CredentialError::Proof { index: 1, source: ProofError::Signature };
    assert_eq!(refused, Err(Refused::Credential(expected)));
    assert!(desk.is_untouched());
}
