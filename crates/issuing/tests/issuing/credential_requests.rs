//! The credential endpoint's reading and its checks over all proofs: nothing is reserved or spent for a bad request.

use mibun_issuing::credential::CredentialError;
use mibun_issuing::error::Code;
use mibun_issuing::grant::AccessError;
use mibun_issuing::nonce::NonceError;
use mibun_issuing::token::BearerError;
use serde_json::{Value, json};

use crate::desk::{CONFIGURATION, Desk, Refused};
use crate::wallet::{authorization, body, proof};

/// Sends a body made of a nonce, which must be refused without a trace.
fn refused(make: impl FnOnce(&str) -> String) -> (CredentialError, Code) {
    let (mut desk, token, nonce) = Desk::redeemed();
    let refused = desk.credential(Some(&authorization(&token)), &make(&nonce)).expect_err("a bad request");
    assert!(desk.is_untouched(), "a bad request must not change anything");
    let code = refused.code();
    let Refused::Credential(refusal) = refused else { panic!("{refused:?}") };
    (refusal, code)
}

/// A good body with one proof and a change.
fn changed(change: impl FnOnce(&mut Value)) -> (CredentialError, Code) {
    refused(|nonce| {
        let mut body = json!({
            "credential_configuration_id": CONFIGURATION,
            "proofs": { "jwt": [proof("holder", nonce)] },
        });
        change(&mut body);
        body.to_string()
    })
}

fn remove(value: &mut Value, member: &str) {
    value.as_object_mut().expect("an object").remove(member);
}

#[test]
fn unknown_members_are_ignored() {
    let (mut desk, token, nonce) = Desk::redeemed();
    let mut body: Value = serde_json::from_str(&body(&[proof("a", &nonce)])).expect("JSON");
    body["zz"] = json!({ "top": [1, 2] });
    body["format"] = "dc+sd-jwt".into();
    desk.credential(Some(&authorization(&token)), &body.to_string()).expect("strangers are ignored");
}

#[test]
fn without_access_token() {
    let (mut desk, _, nonce) = Desk::redeemed();
    let refused = desk.credential(None, &body(&[proof("a", &nonce)])).expect_err("no token");
    assert_eq!((refused.code(), &refused), (Code::InvalidToken, &Refused::Bearer(BearerError::Missing)));
    assert!(desk.is_untouched());
}

#[test]
fn with_access_token_under_dpop() {
    let (mut desk, token, nonce) = Desk::redeemed();
    let authorization = format!("DPoP {}", token.expose());
    let refused = desk.credential(Some(&authorization), &body(&[proof("a", &nonce)]));
    assert_eq!(refused, Err(Refused::Access(AccessError::NotBound)));
    assert!(desk.is_untouched());
}

#[test]
fn that_is_no_json() {
    let refusal = refused(|_| "credential_configuration_id=mibun-light".to_owned());
    assert_eq!(refusal, (CredentialError::Json, Code::InvalidCredentialRequest));
}

#[test]
fn that_is_an_array() {
    assert_eq!(refused(|_| "[]".to_owned()), (CredentialError::Json, Code::InvalidCredentialRequest));
}

#[test]
fn that_is_empty() {
    assert_eq!(refused(|_| String::new()), (CredentialError::Json, Code::InvalidCredentialRequest));
}

#[test]
fn that_is_cut_short() {
    let refusal = refused(|nonce| {
        let body = body(&[proof("a", nonce)]);
        body[..body.len() - 1].to_owned()
    });
    assert_eq!(refusal, (CredentialError::Json, Code::InvalidCredentialRequest));
}

#[test]
fn with_a_member_twice() {
    let refusal = refused(|nonce| body(&[proof("a", nonce)]).replacen('{', r#"{"proofs":{},"#, 1));
    assert_eq!(refusal, (CredentialError::Json, Code::InvalidCredentialRequest));
}

#[test]
fn that_is_oversized() {
    let refusal = changed(|body| body["zz"] = "z".repeat(300_000).into());
    assert_eq!(refusal, (CredentialError::Json, Code::InvalidCredentialRequest));
}

#[test]
fn that_is_nested_too_deeply() {
    let refusal = refused(|_| format!("{}{}", r#"{"a":"#.repeat(60), "}".repeat(60)));
    assert_eq!(refusal, (CredentialError::Json, Code::InvalidCredentialRequest));
}

#[test]
fn without_what_is_wanted() {
    let refusal = changed(|body| remove(body, "credential_configuration_id"));
    assert_eq!(refusal, (CredentialError::Requested, Code::InvalidCredentialRequest));
}

#[test]
fn with_configuration_and_identifier() {
    let refusal = changed(|body| body["credential_identifier"] = "one".into());
    assert_eq!(refusal, (CredentialError::Requested, Code::InvalidCredentialRequest));
}

#[test]
fn with_a_number_for_the_configuration() {
    let refusal = changed(|body| body["credential_configuration_id"] = 1.into());
    assert_eq!(refusal, (CredentialError::Requested, Code::InvalidCredentialRequest));
}

#[test]
fn with_an_empty_configuration() {
    let refusal = changed(|body| body["credential_configuration_id"] = "".into());
    assert_eq!(refusal, (CredentialError::Requested, Code::InvalidCredentialRequest));
}

#[test]
fn for_an_unknown_configuration() {
    let refusal = changed(|body| body["credential_configuration_id"] = "mibun-full".into());
    assert_eq!(refusal, (CredentialError::UnknownConfiguration, Code::UnknownCredentialConfiguration));
}

#[test]
fn for_an_unknown_identifier() {
    let refusal = changed(|body| {
        remove(body, "credential_configuration_id");
        body["credential_identifier"] = CONFIGURATION.into();
    });
    assert_eq!(refusal, (CredentialError::UnknownIdentifier, Code::UnknownCredentialIdentifier));
}

#[test]
fn for_an_encrypted_answer() {
    let refusal = changed(|body| body["credential_response_encryption"] = json!({ "jwk": {}, "enc": "A128GCM" }));
    assert_eq!(refusal, (CredentialError::Encryption, Code::InvalidEncryptionParameters));
}

#[test]
fn without_proofs() {
    assert_eq!(changed(|body| remove(body, "proofs")), (CredentialError::MissingProofs, Code::InvalidProof));
}

#[test]
fn with_the_singular_proof_of_the_drafts() {
    let refusal = changed(|body| {
        let proof = body["proofs"]["jwt"][0].take();
        remove(body, "proofs");
        body["proof"] = json!({ "proof_type": "jwt", "jwt": proof });
    });
    assert_eq!(refusal, (CredentialError::MissingProofs, Code::InvalidProof));
}

#[test]
fn with_empty_proofs() {
    assert_eq!(changed(|body| body["proofs"] = json!({})), (CredentialError::MissingProofs, Code::InvalidProof));
}

#[test]
fn with_no_proof_of_the_type() {
    let refusal = changed(|body| body["proofs"] = json!({ "jwt": [] }));
    assert_eq!(refusal, (CredentialError::MissingProofs, Code::InvalidProof));
}

#[test]
fn with_proofs_of_two_types() {
    let refusal = changed(|body| body["proofs"]["attestation"] = json!(["e30.e30.e30"]));
    assert_eq!(refusal, (CredentialError::ProofsForm, Code::InvalidProof));
}

#[test]
fn with_proofs_of_an_unsupported_type() {
    let refusal = changed(|body| body["proofs"] = json!({ "di_vp": ["e30.e30.e30"] }));
    assert_eq!(refusal, (CredentialError::ProofType, Code::InvalidProof));
}

#[test]
fn with_proofs_as_an_array() {
    let refusal = changed(|body| body["proofs"] = body["proofs"]["jwt"].take());
    assert_eq!(refusal, (CredentialError::ProofsForm, Code::InvalidProof));
}

#[test]
fn with_a_proof_outside_an_array() {
    let refusal = changed(|body| body["proofs"]["jwt"] = body["proofs"]["jwt"][0].take());
    assert_eq!(refusal, (CredentialError::ProofsForm, Code::InvalidProof));
}

#[test]
fn with_a_proof_that_is_no_text() {
    let refusal = changed(|body| body["proofs"]["jwt"] = json!([{}]));
    assert_eq!(refusal, (CredentialError::ProofsForm, Code::InvalidProof));
}

#[test]
fn with_more_proofs_than_the_batch_size() {
    let refusal = refused(|nonce| body(&["a", "b", "c", "d"].map(|name| proof(name, nonce))));
    assert_eq!(refusal, (CredentialError::TooManyProofs, Code::InvalidCredentialRequest));
}

#[test]
fn with_one_key_twice() {
    let refusal = refused(|nonce| body(&["a", "b", "a"].map(|name| proof(name, nonce))));
    assert_eq!(refusal, (CredentialError::RepeatedKey, Code::InvalidProof));
}

#[test]
fn with_different_nonces() {
    let (mut desk, token, first) = Desk::redeemed();
    let second = desk.nonce();
    let refused = desk.credential(Some(&authorization(&token)), &body(&[proof("a", &first), proof("b", &second)]));
    assert_eq!(refused, Err(Refused::Credential(CredentialError::DifferentNonces)));
    assert!(desk.is_untouched());
}

#[test]
fn with_a_foreign_nonce() {
    let refusal = refused(|_| body(&[proof("a", "a nonce of somebody else")]));
    assert_eq!(refusal, (CredentialError::Nonce(NonceError::Foreign), Code::InvalidNonce));
}

#[test]
fn with_an_expired_nonce() {
    let (mut desk, token, _) = Desk::redeemed();
    desk.now = desk.now.plus_seconds(-300);
    let stale = desk.nonce();
    desk.now = desk.now.plus_seconds(300);
    let refused = desk.credential(Some(&authorization(&token)), &body(&[proof("a", &stale)])).expect_err("stale");
    assert_eq!(refused, Refused::Credential(CredentialError::Nonce(NonceError::Expired)));
    assert_eq!(refused.code(), Code::InvalidNonce);
    assert!(desk.is_untouched());
}

#[test]
fn with_a_spent_nonce() {
    let (mut desk, token, nonce) = Desk::redeemed();
    let id = desk.nonce_key.check(&nonce, desk.now).expect("a fresh nonce").id;
    desk.spent.insert(id);
    let refused = desk.credential(Some(&authorization(&token)), &body(&[proof("a", &nonce)])).expect_err("spent");
    assert_eq!((refused.code(), &refused), (Code::InvalidNonce, &Refused::Credential(CredentialError::SpentNonce)));
    assert_eq!((desk.grant.state(), desk.writes, desk.batches.len()), ("redeemed", 0, 0));
}

#[test]
fn after_a_refusal_the_same_nonce_is_still_good() {
    let (mut desk, token, nonce) = Desk::redeemed();
    let bad = body(&[proof("a", &nonce), proof("a", &nonce)]);
    let _ = desk.credential(Some(&authorization(&token)), &bad);
    desk.credential(Some(&authorization(&token)), &body(&[proof("a", &nonce)])).expect("nothing was spent");
}
