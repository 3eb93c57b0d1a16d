use mibun_crypto::base64url;
use mibun_crypto::json::{self, Limits};
use serde_json::Value;

use super::*;
use crate::testing::*;

fn published() -> Value {
    let text = mibun_vectors::read_text("vectors/openid4vp/mdoc_session_transcript.json");
    json::parse(text.as_bytes(), &Limits::default()).expect("the published example")
}

fn thumbprint_of_example() -> [u8; 32] {
    let document = published();
    let hex = document["jwk_thumbprint_sha256"].as_str().expect("text");
    mibun_vectors::from_hex(hex).expect("hexadecimal").try_into().expect("32 bytes")
}

#[test]
fn the_published_key_has_the_published_thumbprint() {
    let document = published();
    let (key, part) = (Jwk::from_value(&document["jwk"]).expect("a key"), &document["redirect"]);
    let text = |name: &str| part[name].as_str().expect("text").to_owned();
    let handover = Handover::redirect(&text("client_id"), &text("nonce"), Some(&key), &text("response_uri"));
    let expected = Handover::Redirect {
        client_id: text("client_id"),
        nonce: text("nonce"),
        jwk_thumbprint: Some(thumbprint_of_example()),
        response_uri: text("response_uri"),
    };
    assert_eq!(handover, expected);
}

#[test]
fn through_the_browser_the_origin_takes_the_place_of_asker_and_address() {
    let document = published();
    let (key, part) = (Jwk::from_value(&document["jwk"]).expect("a key"), &document["dcapi"]);
    let text = |name: &str| part[name].as_str().expect("text").to_owned();
    let handover = Handover::dc_api(&text("origin"), &text("nonce"), Some(&key));
    let jwk_thumbprint = Some(thumbprint_of_example());
    assert_eq!(handover, Handover::DcApi { origin: text("origin"), nonce: text("nonce"), jwk_thumbprint });
}

#[test]
fn both_sides_have_the_same_inputs() {
    let request = wallet_verifies(&object(None)).expect("the request is fine");
    let key = response_key().public_jwk(KID);
    let asker = Handover::redirect(&hotel().client_id(), NONCE, Some(&key), response_uri().as_str());
    assert_eq!(request.handover, asker);
}

#[test]
fn the_address_enters_letter_by_letter() {
    let mut payload = payload();
    payload["response_uri"] = "https://HOTEL.example".into();
    let request = wallet_verifies(&hotel().sign(&payload, |_| {})).expect("the request is fine");
    let Handover::Redirect { response_uri, .. } = request.handover else { panic!("of the redirect flow") };
    assert_eq!(
        (response_uri.as_str(), request.response_uri.as_str()),
        ("https://HOTEL.example", "https://hotel.example/")
    );
}

#[test]
fn an_answer_in_the_open_has_no_thumbprint() {
    let Handover::DcApi { jwk_thumbprint, .. } = Handover::dc_api("https://hotel.example", NONCE, None) else {
        panic!("of the browser's API")
    };
    assert_eq!(jwk_thumbprint, None);
}

#[test]
fn a_key_off_the_curve_has_no_thumbprint() {
    let key = response_key().public_jwk(KID);
    let broken = Jwk { y: Some(base64url::encode(&[1; 32])), ..key };
    assert_eq!(thumbprint(&broken), None);
}
