//! The cases that the web wallet is tested with, too: both sides make the same bytes.

use mibun_card::mdoc::{DeviceAuthentication, SessionTranscript, recognised_by};
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

fn public(jwk: &Value) -> PublicKey {
    let jwk = Jwk::from_value(jwk).expect("a JWK");
    PublicKey::from_jwk(&jwk).expect("a key")
}

/// The cases of the part of the document that has them.
fn cases_of(part: fn(&Value) -> &Value) -> Vec<Case> {
    let document: Value = serde_json::from_str(VECTORS).expect("JSON");
    let session = base64url::decode(document["session_key"].as_str().expect("text")).expect("base64url");
    let session = SessionKey::from_bytes(&session.try_into().expect("64 bytes"));
    let part = part(&document);
    let cases = part["cases"].as_array().expect("cases").iter();
    cases
        .map(|case| Case {
            key: public(&document["copy_key"]),
            device: public(&part["device_key"]),
            mac_key: InstructionKey::of(&session),
            now: Timestamp(case["now"].as_i64().expect("a time")),
            case: case.clone(),
        })
        .collect()
}

/// Of texts to sign.
fn cases() -> Vec<Case> {
    cases_of(|document| document)
}

/// Of device authentications.
fn device_authentications() -> Vec<Case> {
    cases_of(|document| &document["device_authentications"])
}

impl Case {
    fn text(&self, name: &str) -> &str {
        self.case[name].as_str().expect("text")
    }

    fn confirmed(&self) -> Confirmed {
        match self.text("confirmed") {
            "password" => Confirmed::Password,
            "passkey" => Confirmed::Passkey,
            other => panic!("confirmed by {other}"),
        }
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
        assert_eq!(input, SigningInput::Jws(case.text("signing_input").to_owned()));
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
        assert_eq!(to_sign.signing_input.as_bytes(), case.text("signing_input").as_bytes());
    }
}

#[test]
fn both_sides_make_the_same_bytes_for_an_mdoc() {
    let cases = device_authentications();
    let is_by = |confirmed| cases.iter().filter(|case| case.confirmed() == confirmed).count();
    assert!(is_by(Confirmed::Password) >= 2 && is_by(Confirmed::Passkey) >= 2);
    for case in cases {
        let (subject, consent, confirmed) = (case.subject(), case.consent(), case.confirmed());
        let Consent::DeviceAuthentication { doc_type, client_id, nonce, response_uri, key_thumbprint } = &consent
        else {
            panic!("a device authentication")
        };
        let session = SessionTranscript::openid4vp(client_id, nonce, key_thumbprint.as_ref(), response_uri);
        assert_eq!(hex(session.as_bytes()), case.text("session_transcript"));
        let made = DeviceAuthentication::new(doc_type, recognised_by(confirmed.methods()), &session);
        assert_eq!(hex(made.namespaces()), case.text("device_namespaces"));
        assert_eq!(hex(made.as_bytes()), case.text("device_authentication"));
        let input = consent.signing_input(&case.key, case.now, confirmed);
        assert!(matches!(input, SigningInput::Cose(_)));
        assert_eq!(base64url::encode(input.as_bytes()), case.text("to_be_signed"));
        assert_eq!(base64url::encode(&sha256(input.as_bytes())), case.text("signing_input_sha256"));
        let draft = Draft { subject: &subject, key: &case.key, consent: &consent, now: case.now };
        assert_eq!(made::payload(&draft, confirmed, case.text("jti").to_owned()), case.text("payload"));
    }
}

#[test]
fn the_statements_about_an_mdoc_are_good() {
    for case in device_authentications() {
        let statement = mibun_crypto::jws::parse(case.text("statement"), &Default::default()).expect("a JWS");
        statement.verify(&case.device).expect("by the device");
        assert_eq!(statement.payload(), case.text("payload").as_bytes());
        if case.confirmed() == Confirmed::Passkey {
            assert!(case.case["mac"].is_null());
            assert_eq!(case.subject().exchange, NO_EXCHANGE);
            continue;
        }
        let subject = case.subject();
        let expected =
            Expected { subject: &subject, key: &case.key, device: &case.device, mac_key: &case.mac_key, now: case.now };
        let instruction = Instruction { statement: case.text("statement").into(), mac: case.text("mac").into() };
        let to_sign = verify(&instruction, &expected).expect("good").spend(true).expect("fresh");
        assert_eq!(base64url::encode(to_sign.signing_input.as_bytes()), case.text("to_be_signed"));
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
