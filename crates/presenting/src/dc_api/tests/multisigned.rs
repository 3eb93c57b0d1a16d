//! `openid4vp-v1-multisigned`.

use super::*;
use crate::request::{MakeError, VerifierInfo, VerifierInfoError};

/// The same organisation under an authority that the wallet does not know.
fn stranger() -> Organisation {
    Authority::new("Somebody else").admit("Hotel Sakura", Purpose::AccessCertificate, Algorithm::Es256)
}

fn info(data: &str) -> VerifierInfo {
    VerifierInfo { format: "registration_cert".into(), data: data.into(), credential_ids: vec![] }
}

/// A request signed by these, in this order, each with a statement of its own.
fn signed_by(askers: &[&Organisation]) -> Value {
    let statements: Vec<_> = (0..askers.len()).map(|at| [info(&at.to_string())]).collect();
    let signers: Vec<_> = askers
        .iter()
        .zip(&statements)
        .map(|(asker, info)| Cosigner { identity: Identity::X509Hash(asker.identity()), verifier_info: info })
        .collect();
    with_spec(|spec| spec.multisigned(&signers)).expect("the request is signed")
}

fn refused(data: &Value) -> CallError {
    wallet_reads(Protocol::Multisigned, data).expect_err("the request must be refused")
}

/// The error for a request of the hotel alone after `change` of the serialised signatures.
fn refusal(change: impl FnOnce(&mut Value)) -> CallError {
    let mut data = signed_by(&[hotel()]);
    change(&mut data["request"]);
    refused(&data)
}

/// The hotel's request with another payload and header, properly signed.
fn resigned(payload: &Value, change: impl FnOnce(&mut serde_json::Map<String, Value>)) -> Value {
    let object = hotel().sign(payload, |header| {
        header.insert("client_id".into(), hotel().client_id().into());
        change(header);
    });
    let parts: Vec<&str> = object.split('.').collect();
    json!({ "request": { "payload": parts[1], "signatures": [{ "protected": parts[0], "signature": parts[2] }] } })
}

#[test]
fn one_signature_that_is_believed_is_enough() {
    let stranger = stranger();
    for askers in [&[hotel(), &stranger], &[&stranger, hotel()]] {
        let request = wallet_reads(Protocol::Multisigned, &signed_by(askers)).expect("the request is fine");
        assert_eq!(request.signer.map(|signer| signer.client_id), Some(hotel().client_id()));
        assert_eq!(request.origin, origin());
    }
}

#[test]
fn one_broken_signature_spoils_itself_only() {
    let mut data = signed_by(&[hotel(), hotel()]);
    data["request"]["signatures"][0]["signature"] = base64url::encode(&[7; 64]).into();
    assert!(wallet_reads(Protocol::Multisigned, &data).is_ok());
    data["request"]["signatures"][1]["signature"] = base64url::encode(&[7; 64]).into();
    assert_eq!(of_request(refused(&data)), RequestError::Jws(JwsError::Signature));
}

#[test]
fn one_unreadable_signature_spoils_itself_only() {
    for broken in [json!("x"), json!({}), json!({ "protected": "e30", "signature": "a+/=" })] {
        let mut data = signed_by(&[hotel(), hotel()]);
        data["request"]["signatures"][0] = broken;
        assert!(wallet_reads(Protocol::Multisigned, &data).is_ok());
    }
}

#[test]
fn what_others_say_belongs_to_the_signature_that_is_believed() {
    let stranger = stranger();
    let request = wallet_reads(Protocol::Multisigned, &signed_by(&[&stranger, hotel()])).expect("the request is fine");
    assert_eq!(request.verifier_info, [info("1")]);
}

#[test]
fn what_the_payload_says_of_its_asker_is_ignored() {
    let mut payload = payload();
    payload["client_id"] = "x509_hash:evil".into();
    payload["verifier_info"] = json!([{ "format": "x", "data": "y" }]);
    let request = wallet_reads(Protocol::Multisigned, &resigned(&payload, |_| {})).expect("the request is fine");
    assert_eq!(
        (request.signer.map(|signer| signer.client_id), request.verifier_info),
        (Some(hotel().client_id()), vec![])
    );
}

#[test]
fn a_signature_without_type_is_fine_and_one_of_another_type_is_not() {
    let untyped = resigned(&payload(), |header| drop(header.remove("typ")));
    assert!(wallet_reads(Protocol::Multisigned, &untyped).is_ok());
    let other = resigned(&payload(), |header| header["typ"] = "JWT".into());
    assert_eq!(of_request(refused(&other)), RequestError::WrongType);
}

#[test]
fn signatures_of_strangers_alone_are_refused() {
    let stranger = stranger();
    let refused = refused(&signed_by(&[&stranger, &stranger]));
    assert_eq!(of_request(refused), RequestError::Chain(ChainError::UnknownAuthority));
}

#[test]
fn a_signature_over_another_payload_is_refused() {
    let mut other = payload();
    other["nonce"] = WALLET_NONCE.into();
    let mut data = resigned(&other, |_| {});
    data["request"]["payload"] = signed_by(&[hotel()])["request"]["payload"].clone();
    assert_eq!(of_request(refused(&data)), RequestError::Jws(JwsError::Signature));
}

#[test]
fn a_request_for_another_page_is_refused() {
    let mut payload = payload();
    payload["expected_origins"] = json!(["https://other.example"]);
    assert_eq!(refused(&resigned(&payload, |_| {})), CallError::WrongOrigin);
}

#[test]
fn a_signature_that_names_no_asker_is_refused() {
    let nameless = resigned(&payload(), |header| drop(header.remove("client_id")));
    assert_eq!(of_request(refused(&nameless)), RequestError::Missing("client_id"));
}

#[test]
fn a_signature_that_names_another_asker_is_refused() {
    let other = resigned(&payload(), |header| header["client_id"] = "x509_hash:abc".into());
    assert_eq!(of_request(refused(&other)), RequestError::CertificateMismatch);
}

#[test]
fn a_signature_that_names_the_browser_is_refused() {
    let other = resigned(&payload(), |header| header["client_id"] = "origin:https://hotel.example".into());
    assert_eq!(of_request(refused(&other)), RequestError::ClientId(ClientIdError::Reserved));
}

#[test]
fn a_malformed_statement_of_others_is_refused() {
    let data = resigned(&payload(), |header| drop(header.insert("verifier_info".into(), json!([]))));
    assert_eq!(of_request(refused(&data)), RequestError::VerifierInfo(VerifierInfoError::Malformed));
}

#[test]
fn malformed_signatures_are_refused() {
    let nine = vec![signed_by(&[hotel()])["request"]["signatures"][0].clone(); 9];
    let malformed: [fn(&mut Value); 3] = [
        |request| without(request, "payload"),
        |request| without(request, "signatures"),
        |request| request["signatures"] = json!([]),
    ];
    for change in malformed {
        assert_eq!(refusal(change), CallError::MalformedSignatures);
    }
    assert_eq!(refusal(|request| request["signatures"] = nine.into()), CallError::MalformedSignatures);
    assert_eq!(refusal(|request| request["payload"] = "a".repeat(65 * 1024).into()), CallError::MalformedSignatures);
    assert_eq!(CallError::MalformedSignatures.code(), "invalid_request");
}

#[test]
fn members_of_the_wrong_type_are_refused() {
    assert_eq!(of_request(refusal(|request| request["payload"] = 1.into())), RequestError::WrongJsonType("payload"));
    let refused = refusal(|request| request["signatures"] = "x".into());
    assert_eq!(of_request(refused), RequestError::WrongJsonType("signatures"));
    let refused = refusal(|request| request["signatures"][0]["protected"] = 1.into());
    assert_eq!(of_request(refused), RequestError::WrongJsonType("protected"));
}

#[test]
fn a_dot_in_a_part_makes_no_other_message() {
    let refused = refusal(|request| {
        let payload = request["payload"].as_str().unwrap_or_default().to_owned();
        request["payload"] = format!("{payload}.{payload}").into();
    });
    assert_eq!(of_request(refused), RequestError::Jws(JwsError::Form));
}

#[test]
fn the_two_serialisations_are_not_confused() {
    let compact = json!({ "request": hotel().sign(&payload(), |_| {}) });
    assert_eq!(of_request(refused(&compact)), RequestError::WrongJsonType("request"));
    let several = wallet_reads(Protocol::Signed, &signed_by(&[hotel()])).expect_err("not compact");
    assert_eq!(of_request(several), RequestError::WrongJsonType("request"));
}

#[test]
fn nobody_and_nowhere_make_no_request() {
    assert_eq!(with_spec(|spec| spec.multisigned(&[])).err(), Some(MakeError::NoSigner));
    let signer = Cosigner { identity: Identity::X509Hash(hotel().identity()), verifier_info: &[] };
    let made = with_spec(|spec| BrowserSpec { origins: &[], ..*spec }.multisigned(&[signer]));
    assert_eq!(made.err(), Some(MakeError::NoOrigins));
}
