use mibun_crypto::entropy::SeededEntropy;
use mibun_crypto::jws::JwsError;
use mibun_crypto::key::{Algorithm, Signer, SoftwareKey};
use mibun_crypto::time::Timestamp;
use mibun_crypto::x509::{Certificate, ChainError, Purpose};
use mibun_trust::Scene;
use serde_json::{Value, json};

use super::*;
use crate::testing::*;

mod algorithms;
mod authentication;
mod by_value;
mod content;
mod fetching;
mod links;
mod prefixes;
mod transactions;

/// The error for the hotel's request after `change`, properly signed.
fn refusal(change: impl FnOnce(&mut Value)) -> RequestError {
    refused(change).error
}

fn refused(change: impl FnOnce(&mut Value)) -> Refused {
    let mut payload = payload();
    change(&mut payload);
    wallet_verifies(&hotel().sign(&payload, |_| {})).expect_err("the request must be refused")
}

/// What the wallet makes of the hotel's request after `change`, properly signed.
fn accepted(change: impl FnOnce(&mut Value)) -> VerifiedRequest {
    let mut payload = payload();
    change(&mut payload);
    wallet_verifies(&hotel().sign(&payload, |_| {})).expect("the request is fine")
}

fn without(payload: &mut Value, member: &str) {
    payload.as_object_mut().and_then(|object| object.remove(member)).expect("the member was there");
}

fn parcel() -> Scene {
    mibun_trust::scene::load(include_str!("../../../../scenes/parcel-drop-off.toml")).expect("a shipped scene")
}

#[test]
fn a_good_request_names_its_asker_from_the_certificate() {
    let request = wallet_verifies(&object(None)).expect("the request is fine");
    assert_eq!(request.organisation, "Hotel Sakura");
    assert_eq!(request.client_id, hotel().client_id());
    assert_eq!(request.nonce, NONCE);
    assert_eq!(request.state.as_deref(), Some(STATE));
    assert_eq!(request.query, query());
    assert_eq!(request.response_uri, response_uri());
}

#[test]
fn the_stronger_encryption_is_chosen() {
    let request = wallet_verifies(&object(None)).expect("the request is fine");
    let ResponseWay::Encrypted { key, enc } = request.response else { panic!("encryption was asked for") };
    assert_eq!((key.kid.as_deref(), enc), (Some(KID), Enc::A256Gcm));
}

#[test]
fn the_client_id_is_the_hash_of_the_leaf() {
    assert_eq!(client_id(b"leaf"), format!("x509_hash:{}", base64url::encode(&digest::sha256(b"leaf"))));
}

#[test]
fn a_scene_travels_as_a_notice() {
    let (query, notice) = (query(), SceneNotice::of(&parcel()));
    let uri = response_uri();
    let spec = RequestSpec { notice: Some(&notice), ..spec(&query, &uri, AnswerBy::DirectPost) };
    let object = spec.sign(&hotel().identity()).expect("the request is signed");
    let request = wallet_verifies(&object).expect("the request is fine");
    assert_eq!(request.notice, Some(notice));
    assert_eq!(request.response, ResponseWay::Plain);
}

#[test]
fn an_identity_without_certificates_makes_no_request() {
    let key = SoftwareKey::generate(&mut SeededEntropy::new("no certificate"));
    let query = query();
    let uri = response_uri();
    let made = spec(&query, &uri, AnswerBy::DirectPost).sign(&AccessIdentity { chain: &[], signer: &key });
    assert_eq!(made.expect_err("nobody asks"), MakeError::NoCertificate);
}

#[test]
fn a_verified_request_does_not_print_its_nonce() {
    let request = wallet_verifies(&object(None)).expect("the request is fine");
    let printed = format!("{request:?}");
    assert!(!printed.contains(NONCE) && !printed.contains(STATE), "{printed}");
}
