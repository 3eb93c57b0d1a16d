use mibun_crypto::entropy::SeededEntropy;
use mibun_crypto::jws;
use mibun_crypto::key::{Algorithm, Signer, SoftwareKey};
use mibun_crypto::time::Timestamp;
use serde_json::{Map, Value, json};

use super::{Context, MAX_AGE_S, MAX_SKEW_S, Purpose, Refusal, make, verify};

const NOW: Timestamp = Timestamp(1_800_000_000);

fn context() -> Context<'static> {
    Context { purpose: Purpose::Registration, authority: "https://id.example", over: b"token", now: NOW }
}

fn device() -> SoftwareKey {
    SoftwareKey::generate(&mut SeededEntropy::new("device"))
}

fn made() -> String {
    make(&context(), "nonce", &device()).expect("the device signs")
}

#[test]
fn a_proof_tells_key_and_nonce() {
    let proven = verify(&made(), &context()).expect("a good proof");
    assert_eq!((&proven.key, proven.nonce.as_str()), (device().public_key(), "nonce"));
}

#[test]
fn a_registration_does_not_sign_in() {
    let sign_in = Context { purpose: Purpose::SignIn, ..context() };
    assert_eq!(verify(&made(), &sign_in), Err(Refusal::Type));
}

#[test]
fn a_proof_for_another_authority_is_refused() {
    let other = Context { authority: "https://id.example.org", ..context() };
    assert_eq!(verify(&made(), &other), Err(Refusal::Authority));
}

#[test]
fn a_proof_beside_another_token_is_refused() {
    let other = Context { over: b"another token", ..context() };
    assert_eq!(verify(&made(), &other), Err(Refusal::Over));
}

#[test]
fn a_proof_is_good_until_it_is_old() {
    let at = |seconds| verify(&made(), &Context { now: NOW.plus_seconds(seconds), ..context() }).map(drop);
    assert_eq!(at(MAX_AGE_S), Ok(()));
    assert_eq!(at(MAX_AGE_S + 1), Err(Refusal::Stale));
    assert_eq!(at(-MAX_SKEW_S), Ok(()));
    assert_eq!(at(-MAX_SKEW_S - 1), Err(Refusal::Future));
}

/// A proof with these members, signed by `signer`.
fn signed(header: &Value, payload: &Value, signer: &dyn Signer) -> String {
    let header: Map<String, Value> = header.as_object().expect("an object").clone();
    jws::sign(header, payload.to_string().as_bytes(), signer).expect("the key signs")
}

fn header(key: &SoftwareKey) -> Value {
    json!({ "typ": Purpose::Registration.typ(), "jwk": key.public_key().to_jwk().to_value() })
}

fn payload() -> Value {
    let over = mibun_crypto::base64url::encode(&mibun_crypto::digest::sha256(b"token"));
    json!({ "aud": "https://id.example", "iat": NOW, "nonce": "nonce", "over": over })
}

#[test]
fn a_proof_signed_by_another_key_is_refused() {
    let other = SoftwareKey::generate(&mut SeededEntropy::new("another device"));
    assert_eq!(verify(&signed(&header(&device()), &payload(), &other), &context()), Err(Refusal::Signature));
}

#[test]
fn a_proof_without_a_key_is_refused() {
    let bare = json!({ "typ": Purpose::Registration.typ() });
    assert_eq!(verify(&signed(&bare, &payload(), &device()), &context()), Err(Refusal::Key));
}

#[test]
fn a_key_for_another_algorithm_is_refused() {
    let other = SoftwareKey::generate_for(Algorithm::EdDsa, &mut SeededEntropy::new("device"));
    assert_eq!(verify(&signed(&header(&other), &payload(), &other), &context()), Err(Refusal::Key));
}

#[test]
fn a_member_more_is_refused() {
    let mut more = payload();
    more["sub"] = "somebody".into();
    assert_eq!(verify(&signed(&header(&device()), &more, &device()), &context()), Err(Refusal::Payload));
}

#[test]
fn a_member_less_is_refused() {
    let mut less = payload();
    less.as_object_mut().expect("an object").remove("over");
    assert_eq!(verify(&signed(&header(&device()), &less, &device()), &context()), Err(Refusal::Payload));
}

#[test]
fn what_is_no_jws_is_refused() {
    assert!(matches!(verify("a.b", &context()), Err(Refusal::Form(_))));
}
