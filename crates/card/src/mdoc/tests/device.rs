//! The device's side of the verification.

use mibun_crypto::cbor::Value;
use mibun_crypto::cose::{self, CoseError, Payload};
use mibun_crypto::entropy::SeededEntropy;
use mibun_crypto::jwe::EphemeralKey;
use mibun_crypto::key::{Algorithm, Signer};
use mibun_crypto::x509::Certificate;

use super::fixture::*;
use super::*;

const BAD: Result<(), VerifyError> = Err(VerifyError::Device(CoseError::Signature));

fn anchors() -> Vec<Certificate> {
    vec![world().root.clone()]
}

fn in_session(transcript: &SessionTranscript) -> Result<(), VerifyError> {
    read_response(&world().response).verify(&anchors(), NOW, transcript, None)
}

/// Two elements of a document shown with the device's own.
fn shown_with(elements: Vec<(&str, Vec<(&str, Value)>)>) -> Showing {
    let document = read_copy(&world().copy).select(&[(PID_NAMESPACE, "family_name")]).expect("it has it");
    Showing::new(document, elements, &session())
}

#[test]
fn a_good_answer_is_believed() {
    assert_eq!(verdict(&world().response), Ok(()));
}

#[test]
fn only_what_was_chosen_is_shown() {
    let document = read_response(&world().response);
    let names: Vec<&str> = document.issuer_signed.items().iter().map(|item| item.name.as_str()).collect();
    assert_eq!(names, ["family_name", "assurance_level"]);
    let text = String::from_utf8_lossy(&world().response).into_owned();
    assert!(text.contains("YAMADA") && !text.contains("HANAKO") && !text.contains("11010519491231002X"));
}

#[test]
fn nothing_and_what_is_not_there_cannot_be_chosen() {
    let document = read_copy(&world().copy);
    assert_eq!(document.select(&[]).err(), Some(SelectError::Nothing));
    assert_eq!(document.select(&[(PID_NAMESPACE, "age")]).err(), Some(SelectError::NoSuchElement));
    assert_eq!(document.select(&[(OWN_NAMESPACE, "family_name")]).err(), Some(SelectError::NoSuchElement));
}

#[test]
fn another_devices_key_is_refused() {
    let response = shown(&world().copy).sign(&other_key("thief")).expect("the key signs");
    assert_eq!(verdict(&response), BAD);
}

#[test]
fn the_document_of_another_device_is_refused() {
    let world = world();
    let thief = other_key("thief");
    let copy = copy_for(&thief, &[world.leaf.der().to_vec()], &world.issuer);
    let response = shown(&copy).sign(&world.device).expect("the key signs");
    assert_eq!(verdict(&response), BAD);
}

#[test]
fn a_device_of_another_algorithm_is_refused() {
    let (world, key) = (world(), es384());
    let copy = copy_for(&key, &[world.leaf.der().to_vec()], &world.issuer);
    let response = shown(&copy).sign(&key).expect("the key signs");
    assert_eq!(verdict(&response), Err(VerifyError::Algorithm));
}

#[test]
fn an_algorithm_that_is_not_the_devices_is_refused() {
    let response = shown(&world().copy).sign(&es384()).expect("the key signs");
    assert_eq!(verdict(&response), Err(VerifyError::Device(CoseError::KeyMismatch)));
}

#[test]
fn a_replay_is_refused() {
    let other =
        SessionTranscript::openid4vp("x509_hash:abc", "other", Some(&[7; 32]), "https://verifier.example/response");
    assert_eq!(in_session(&other), BAD);
}

#[test]
fn an_answer_to_somebody_else_is_refused() {
    let other =
        SessionTranscript::openid4vp("x509_hash:def", "nonce", Some(&[7; 32]), "https://verifier.example/response");
    assert_eq!(in_session(&other), BAD);
}

#[test]
fn an_answer_to_another_address_is_refused() {
    let other =
        SessionTranscript::openid4vp("x509_hash:abc", "nonce", Some(&[7; 32]), "https://verifier.example/other");
    assert_eq!(in_session(&other), BAD);
}

#[test]
fn an_answer_encrypted_to_another_key_is_refused() {
    let with = |key: Option<&[u8; 32]>| {
        SessionTranscript::openid4vp("x509_hash:abc", "nonce", key, "https://verifier.example/response")
    };
    assert_eq!(in_session(&with(Some(&[8; 32]))), BAD);
    assert_eq!(in_session(&with(None)), BAD);
}

#[test]
fn an_answer_of_another_flow_is_refused() {
    assert_eq!(
        in_session(&SessionTranscript::openid4vp_dc_api("https://verifier.example", "nonce", Some(&[7; 32]))),
        BAD
    );
    assert_eq!(in_session(&SessionTranscript::iso_dc_api("nonce", "https://verifier.example")), BAD);
}

#[test]
fn another_type_than_the_issuer_signed_is_refused() {
    let renamed = edit(&world().response, &["documents", "0"], |document| {
        set(document, "docType", "org.iso.18013.5.1.mDL".into());
    });
    assert_eq!(verdict(&renamed), Err(VerifyError::DocType));
}

#[test]
fn an_attached_payload_is_refused() {
    let path = ["documents", "0", "deviceSigned", "deviceAuth"];
    let signature = cose::sign1(vec![], Payload::Attached(b"x"), &world().device);
    let attached = edit(&world().response, &path, |auth| {
        set(auth, "deviceSignature", signature.expect("the key signs"));
    });
    assert_eq!(verdict(&attached), Err(VerifyError::Device(CoseError::UnexpectedPayload)));
}

#[test]
fn an_element_that_is_added_after_the_proof_is_refused() {
    let elements = Value::object([(OWN_NAMESPACE, Value::object([(AMR, "pwd".into())]))]);
    let added = edit(&world().response, &["documents", "0", "deviceSigned"], |signed| {
        set(signed, "nameSpaces", Value::embedded(elements.to_bytes()));
    });
    assert_eq!(verdict(&added), BAD);
}

#[test]
fn what_the_device_may_say_is_believed() {
    let amr = Value::Array(vec!["pwd".into()]);
    let response = shown_with(vec![(OWN_NAMESPACE, vec![(AMR, amr)])]).sign(&world().device).expect("the key signs");
    assert_eq!(verdict(&response), Ok(()));
    let document = read_response(&response);
    let amr = document.device_signed.element(OWN_NAMESPACE, AMR).expect("it said so");
    assert_eq!(amr.array().and_then(|list| list[0].text()), Some("pwd"));
    assert!(document.device_signed.element(PID_NAMESPACE, AMR).is_none());
}

#[test]
fn what_the_device_may_not_say_is_refused() {
    for (namespace, name) in [(OWN_NAMESPACE, "assurance_level"), (PID_NAMESPACE, "family_name"), ("other", AMR)] {
        let showing = shown_with(vec![(namespace, vec![(name, "x".into())])]);
        let response = showing.sign(&world().device).expect("the key signs");
        assert_eq!(verdict(&response), Err(VerifyError::Unauthorised));
    }
}

#[test]
fn a_whole_namespace_can_be_authorised() {
    let all = KeyAuthorizations { namespaces: vec!["n".into()], elements: vec![("m".into(), vec!["a".into()])] };
    assert!(all.allow("n", "anything") && all.allow("m", "a"));
    assert!(!all.allow("m", "b") && !all.allow("o", "a"));
}

/// A device whose key agrees on keys, and a reader.
fn by_mac(change: impl FnOnce(&mut [u8; 32])) -> (Vec<u8>, EphemeralKey) {
    let world = world();
    let reader = EphemeralKey::generate(&mut SeededEntropy::new("reader"));
    let device = EphemeralKey::from_jwk(&world.device.to_private_jwk()).expect("a key on P-256");
    let mut key = mac_key(&device, &reader.public_key(), &session()).expect("keys on P-256");
    change(&mut key);
    (shown(&world.copy).authenticate(&key), reader)
}

fn mac_verdict(response: &[u8], reader: Option<&EphemeralKey>) -> Result<(), VerifyError> {
    read_response(response).verify(&anchors(), NOW, &session(), reader)
}

#[test]
fn a_code_is_believed_by_its_reader() {
    let (response, reader) = by_mac(|_| {});
    assert_eq!(mac_verdict(&response, Some(&reader)), Ok(()));
}

#[test]
fn a_code_for_another_reader_is_refused() {
    let (response, _) = by_mac(|_| {});
    assert_eq!(mac_verdict(&response, Some(&EphemeralKey::generate(&mut SeededEntropy::new("other")))), BAD);
}

#[test]
fn a_code_without_a_readers_key_is_refused() {
    let (response, _) = by_mac(|_| {});
    assert_eq!(mac_verdict(&response, None), Err(VerifyError::NoReaderKey));
}

#[test]
fn a_code_under_another_key_is_refused() {
    let (response, reader) = by_mac(|key| key[0] ^= 1);
    assert_eq!(mac_verdict(&response, Some(&reader)), BAD);
}

#[test]
fn a_signature_made_elsewhere_is_the_same() {
    let (world, showing) = (world(), shown(&world().copy));
    let signature = world.device.sign(&showing.to_be_signed(Algorithm::Es256)).expect("the key signs");
    assert_eq!(verdict(&showing.attach(Algorithm::Es256, signature)), Ok(()));
    assert_eq!(verdict(&showing.attach(Algorithm::Es256, vec![1; 64])), BAD);
}

#[test]
fn nothing_prints_what_is_shown() {
    let document = read_response(&world().response);
    let printed = format!("{document:?} {:?}", session());
    assert!(!printed.contains("YAMADA") && !printed.contains("nonce"), "{printed}");
}
