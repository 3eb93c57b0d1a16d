//! The cases that the web wallet is tested with, too: both sides make the same bytes.

use mibun_crypto::digest::sha256;
use mibun_crypto::key::{Jwk, PublicKey};
use serde_json::Value;

use super::*;

const VECTORS: &str = include_str!("../../../tests/instructions.json");

struct Case {
    key: PublicKey,
    device: PublicKey,
    mac_key: InstructionKey,
    now: Timestamp,
    case: Value,
}

fn cases() -> Vec<Case> {
    let document: Value = serde_json::from_str(VECTORS).expect("JSON");
    let public = |name: &str| {
        let jwk = Jwk::from_value(&document[name]).expect("a JWK");
        PublicKey::from_jwk(&jwk).expect("a key")
    };
    let session = base64url::decode(document["session_key"].as_str().expect("text")).expect("base64url");
    let session = SessionKey::from_bytes(&session.try_into().expect("64 bytes"));
    let cases = document["cases"].as_array().expect("cases").iter();
    cases
        .map(|case| Case {
            key: public("copy_key"),
            device: public("device_key"),
            mac_key: InstructionKey::of(&session),
            now: Timestamp(case["now"].as_i64().expect("a time")),
            case: case.clone(),
        })
        .collect()
}

impl Case {
    fn text(&self, name: &str) -> &str {
        self.case[name].as_str().expect("text")
    }

    fn subject(&self) -> Subject {
        serde_json::from_value(self.case["subject"].clone()).expect("a subject")
    }

    fn consent(&self) -> Consent {
        serde_json::from_value(self.case["consent"].clone()).expect("a consent")
    }
}

#[test]
fn both_sides_make_the_same_bytes() {
    assert!(cases().len() >= 4);
    for case in cases() {
        let (subject, consent) = (case.subject(), case.consent());
        let draft = Draft { subject: &subject, key: &case.key, consent: &consent, now: case.now };
        let input = consent.signing_input(&case.key, case.now, Confirmed::Password);
        assert_eq!(input, case.text("signing_input"));
        assert_eq!(base64url::encode(&sha256(input.as_bytes())), case.text("signing_input_sha256"));
        assert_eq!(made::payload(&draft, Confirmed::Password, case.text("jti").to_owned()), case.text("payload"));
        assert_eq!(base64url::encode(case.mac_key.expose()), case.text("mac_key"));
        assert_eq!(base64url::encode(&case.mac_key.mac(case.text("statement"))), case.text("mac"));
    }
}

#[test]
fn the_statements_of_both_sides_are_good() {
    for case in cases() {
        let subject = case.subject();
        let expected =
            Expected { subject: &subject, key: &case.key, device: &case.device, mac_key: &case.mac_key, now: case.now };
        let instruction = Instruction { statement: case.text("statement").into(), mac: case.text("mac").into() };
        let to_sign = verify(&instruction, &expected).expect("good").spend(true).expect("fresh");
        assert_eq!(to_sign.signing_input, case.text("signing_input"));
    }
}
