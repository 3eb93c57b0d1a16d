use mibun_crypto::base64url;
use mibun_crypto::cbor::{CborError, Value};
use mibun_crypto::cose::CoseKeyError;
use mibun_crypto::entropy::SeededEntropy;
use mibun_crypto::hpke::HpkeError;
use mibun_crypto::jwe::EphemeralKey;
use mibun_crypto::key::Signer;

use super::super::annex_c::{AnnexCError, EncryptionInfo, open, seal};
use super::fixture::*;
use super::*;

fn reader() -> EphemeralKey {
    EphemeralKey::generate(&mut SeededEntropy::new("reader"))
}

fn info() -> EncryptionInfo {
    EncryptionInfo::new(&reader(), &mut SeededEntropy::new("nonce"))
}

fn of_session() -> SessionTranscript {
    SessionTranscript::iso_dc_api(&info().to_base64url(), "https://verifier.example")
}

fn text(value: &Value) -> String {
    base64url::encode(&value.to_bytes())
}

fn envelope(members: Vec<(&str, Value)>) -> String {
    text(&Value::Array(vec!["dcapi".into(), Value::object(members)]))
}

fn info_error(text: &str) -> Option<AnnexCError> {
    EncryptionInfo::from_base64url(text).err()
}

fn open_error(text: &str) -> Option<AnnexCError> {
    open(text, &reader(), &of_session()).err()
}

#[test]
fn a_request_survives() {
    assert_eq!(EncryptionInfo::from_base64url(&info().to_base64url()).as_ref(), Ok(&info()));
}

#[test]
fn an_answer_is_opened_by_its_reader_in_its_session_alone() {
    let answer = seal(&world().response, &info(), &of_session(), &mut SeededEntropy::new("seal")).expect("sealed");
    let opened = open(&answer, &reader(), &of_session()).expect("opened");
    assert_eq!(*opened, world().response);
    let other = EphemeralKey::generate(&mut SeededEntropy::new("other"));
    let failed = Some(AnnexCError::Hpke(HpkeError::Decryption));
    assert_eq!(open(&answer, &other, &of_session()).err(), failed);
    assert_eq!(open(&answer, &reader(), &session()).err(), failed);
}

#[test]
fn text_that_is_not_base64url_is_refused() {
    assert_eq!(info_error("a+b="), Some(AnnexCError::Base64));
    assert_eq!(open_error("a+b="), Some(AnnexCError::Base64));
}

#[test]
fn text_that_is_too_long_is_refused() {
    let long = "A".repeat(800_000);
    assert_eq!(open_error(&long), Some(AnnexCError::Mdoc(MdocError::Cbor(CborError::TooLong))));
}

#[test]
fn another_envelope_is_refused() {
    for other in [
        Value::Null,
        Value::Array(vec!["dcapi".into()]),
        Value::Array(vec!["other".into(), Value::object([])]),
        Value::Array(vec!["dcapi".into(), 1.into()]),
        Value::Array(vec!["dcapi".into(), Value::object([]), 1.into()]),
    ] {
        assert_eq!(info_error(&text(&other)), Some(AnnexCError::Member("EncryptionInfo")));
        assert_eq!(open_error(&text(&other)), Some(AnnexCError::Member("EncryptedResponse")));
    }
}

#[test]
fn members_that_are_missing_or_malformed_are_refused() {
    let key = || reader().public_key().to_cose_key();
    let nonce = || Value::Bytes(vec![1; 16]);
    assert_eq!(info_error(&envelope(vec![("recipientPublicKey", key())])), Some(AnnexCError::Member("nonce")));
    assert_eq!(info_error(&envelope(vec![("nonce", nonce())])), Some(AnnexCError::Member("recipientPublicKey")));
    assert_eq!(open_error(&envelope(vec![("cipherText", nonce())])), Some(AnnexCError::Member("enc")));
    assert_eq!(open_error(&envelope(vec![("enc", nonce())])), Some(AnnexCError::Member("cipherText")));
    let wrong = envelope(vec![("nonce", nonce()), ("recipientPublicKey", 1.into())]);
    assert_eq!(info_error(&wrong), Some(AnnexCError::Mdoc(MdocError::Key(CoseKeyError::Parameter("kty")))));
}

#[test]
fn a_short_nonce_is_refused() {
    let short = vec![("nonce", vec![1; 15].into()), ("recipientPublicKey", reader().public_key().to_cose_key())];
    assert_eq!(info_error(&envelope(short)), Some(AnnexCError::ShortNonce));
}

#[test]
fn a_key_of_another_curve_is_refused() {
    let other = vec![("nonce", vec![1; 16].into()), ("recipientPublicKey", es384().public_key().to_cose_key())];
    assert_eq!(info_error(&envelope(other)), Some(AnnexCError::Hpke(HpkeError::PublicKey)));
}

#[test]
fn an_encapsulated_key_that_is_no_point_is_refused() {
    let wrong = envelope(vec![("enc", vec![4; 65].into()), ("cipherText", vec![1; 32].into())]);
    assert_eq!(open_error(&wrong), Some(AnnexCError::Hpke(HpkeError::PublicKey)));
}
