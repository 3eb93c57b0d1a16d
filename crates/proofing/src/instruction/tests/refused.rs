//! Every way in which nothing is signed.

use mibun_crypto::json::JsonError;
use mibun_crypto::jws::{self, JwsError};
use serde_json::{Map, Value, json};

use super::*;

fn refusal(instruction: &Instruction, expected: &Expected<'_>) -> Option<Refusal> {
    verify(instruction, expected).err()
}

/// An instruction whose proofs are good and whose payload is `payload`.
fn forged(world: &World, typ: &str, payload: &[u8]) -> Instruction {
    let mut header = Map::new();
    header.insert("typ".to_owned(), typ.into());
    resealed(world, jws::sign(header, payload, &world.device).expect("signs"))
}

fn resealed(world: &World, statement: String) -> Instruction {
    let mac = base64url::encode(&world.mac_key.mac(&statement));
    Instruction { statement, mac }
}

/// The payload of a good instruction after `change`, with good proofs again.
fn changed(world: &World, change: impl FnOnce(&mut Value)) -> Option<Refusal> {
    let good = made::payload(&world.draft(&key_binding()), Confirmed::Password, "AAAAAAAAAAAAAAAAAAAAAA".to_owned());
    let mut payload: Value = serde_json::from_str(&good).expect("JSON");
    change(&mut payload);
    refusal(&forged(world, TYP, payload.to_string().as_bytes()), &world.expected())
}

#[test]
fn the_unchanged_payload_is_good() {
    assert_eq!(changed(&world(), |_| {}), None);
}

#[test]
fn another_device_key() {
    let world = world();
    let other = World { device: key("thief"), ..super::world() };
    assert_eq!(refusal(&other.instruct(&key_binding()), &world.expected()), Some(Refusal::Device));
}

#[test]
fn a_foreign_mac_key() {
    let world = world();
    let other = World { mac_key: mac_key(8), ..super::world() };
    assert_eq!(refusal(&other.instruct(&key_binding()), &world.expected()), Some(Refusal::Mac));
}

#[test]
fn the_mac_of_another_instruction() {
    let world = world();
    let instruction = Instruction { mac: world.instruct(&key_proof()).mac, ..world.instruct(&key_binding()) };
    assert_eq!(refusal(&instruction, &world.expected()), Some(Refusal::Mac));
}

#[test]
fn a_malformed_mac() {
    let world = world();
    let good = world.instruct(&key_binding());
    let mac = good.mac.clone();
    for mac in [String::new(), mac[1..].to_owned(), format!("{mac}A"), format!("{mac}="), mac.replace(&mac[..1], "+")] {
        assert_eq!(refusal(&Instruction { mac, ..good.clone() }, &world.expected()), Some(Refusal::MacForm));
    }
}

#[test]
fn a_replayed_identifier() {
    let world = world();
    let unspent = verify(&world.instruct(&key_binding()), &world.expected()).expect("good");
    assert_eq!(unspent.spend(false), Err(Refusal::Replayed));
}

#[test]
fn stale_and_from_the_future() {
    let world = world();
    let instruction = world.instruct(&key_binding());
    let at = |seconds| refusal(&instruction, &Expected { now: NOW.plus_seconds(seconds), ..world.expected() });
    assert_eq!(at(MAX_AGE_S + 1), Some(Refusal::Stale));
    assert_eq!(at(-MAX_SKEW_S - 1), Some(Refusal::Future));
    assert_eq!(changed(&world, |payload| payload["iat"] = json!(i64::MIN)), Some(Refusal::Stale));
    assert_eq!(changed(&world, |payload| payload["iat"] = json!(i64::MAX)), Some(Refusal::Future));
}

#[test]
fn consent_and_hash_that_disagree() {
    let world = world();
    for (member, other) in [
        ("client_id", json!("x509_hash:another")),
        ("nonce", json!("another")),
        ("sd_hash", json!(base64url::encode(&[8; 32]))),
    ] {
        assert_eq!(
            changed(&world, |payload| payload["consent"][member] = other),
            Some(Refusal::SigningInput),
            "{member}"
        );
    }
    let other_hash = json!(base64url::encode(&[0; 32]));
    assert_eq!(changed(&world, |payload| payload["signing_input_sha256"] = other_hash), Some(Refusal::SigningInput));
    // The time in what is signed is that of the statement.
    assert_eq!(changed(&world, |payload| payload["iat"] = json!(NOW.0 + 1)), Some(Refusal::SigningInput));
}

#[test]
fn a_hash_for_one_purpose_under_the_name_of_another() {
    let world = world();
    let proof =
        json!({ "purpose": "credential_request_proof", "credential_issuer": "https://id.example", "c_nonce": "c" });
    assert_eq!(changed(&world, |payload| payload["consent"] = proof), Some(Refusal::SigningInput));
}

#[test]
fn another_key_of_the_person() {
    let world = world();
    let proof = world.instruct(&key_proof());
    let other = key("another copy");
    let expected = Expected { key: other.public_key(), ..world.expected() };
    assert_eq!(refusal(&proof, &expected), Some(Refusal::SigningInput));
}

#[test]
fn another_authority_person_card_copy_or_exchange() {
    let world = world();
    for (member, expected) in [
        ("authority", Refusal::Authority),
        ("person", Refusal::Person),
        ("card", Refusal::Card),
        ("copy", Refusal::Copy),
        ("exchange", Refusal::Exchange),
    ] {
        assert_eq!(changed(&world, |payload| payload["subject"][member] = json!("another")), Some(expected));
    }
}

#[test]
fn alg_none_a_mac_and_other_algorithms() {
    let world = world();
    let good = world.instruct(&key_binding()).statement;
    let payload = good.split('.').nth(1).expect("a payload");
    for (header, expected) in [
        (json!({ "alg": "none", "typ": TYP }), Refusal::Statement(JwsError::Algorithm)),
        (json!({ "alg": "HS256", "typ": TYP }), Refusal::Statement(JwsError::Algorithm)),
        (json!({ "alg": "ES384", "typ": TYP }), Refusal::Device),
        (json!({ "typ": TYP }), Refusal::Statement(JwsError::HeaderMember("alg"))),
        (json!({ "alg": "ES256", "typ": TYP, "crit": ["x"] }), Refusal::Statement(JwsError::Critical)),
    ] {
        let header = base64url::encode(header.to_string().as_bytes());
        for signature in ["", "AAAA", &base64url::encode(&[1; 64])] {
            let statement = format!("{header}.{payload}.{signature}");
            assert_eq!(refusal(&resealed(&world, statement), &world.expected()), Some(expected));
        }
    }
}

#[test]
fn a_message_signed_for_something_else() {
    let world = world();
    let payload = made::payload(&world.draft(&key_binding()), Confirmed::Password, "AAAAAAAAAAAAAAAAAAAAAA".to_owned());
    for typ in ["kb+jwt", "JWT", "openid4vci-proof+jwt", "mibun-signing-instruction"] {
        assert_eq!(refusal(&forged(&world, typ, payload.as_bytes()), &world.expected()), Some(Refusal::Type));
    }
}

#[test]
fn every_truncation_and_every_changed_letter() {
    let world = world();
    let good = world.instruct(&key_binding());
    for end in 0..good.statement.len() {
        let cut = Instruction { statement: good.statement[..end].to_owned(), mac: good.mac.clone() };
        assert_eq!(refusal(&cut, &world.expected()), Some(Refusal::Mac));
        // Even who has the password's key cannot use a part of what the device signed.
        let refused = refusal(&resealed(&world, cut.statement), &world.expected());
        assert!(matches!(refused, Some(Refusal::Statement(_) | Refusal::Device)), "{end}: {refused:?}");
    }
    for at in 0..good.statement.len() {
        let mut letters = good.statement.clone().into_bytes();
        letters[at] = if letters[at] == b'A' { b'B' } else { b'A' };
        let statement = String::from_utf8(letters).expect("ASCII");
        let refused = refusal(&resealed(&world, statement), &world.expected());
        assert!(matches!(refused, Some(Refusal::Statement(_) | Refusal::Device | Refusal::Type)), "{at}: {refused:?}");
    }
}

#[test]
fn members_missing_unknown_doubled_or_of_the_wrong_kind() {
    let world = world();
    for member in ["jti", "iat", "subject", "consent", "signing_input_sha256"] {
        let without = |payload: &mut Value| drop(payload.as_object_mut().expect("an object").remove(member));
        assert_eq!(changed(&world, without), Some(Refusal::Member), "{member}");
        assert_eq!(changed(&world, |payload| payload[member] = json!([])), Some(Refusal::Member), "{member}");
    }
    assert_eq!(changed(&world, |payload| payload["extra"] = json!(1)), Some(Refusal::Member));
    assert_eq!(changed(&world, |payload| payload["subject"]["extra"] = json!(1)), Some(Refusal::Member));
    assert_eq!(changed(&world, |payload| payload["consent"]["extra"] = json!(1)), Some(Refusal::Member));
    assert_eq!(changed(&world, |payload| payload["consent"]["purpose"] = json!("anything")), Some(Refusal::Member));
    for jti in ["", "AAAA", "AAAAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAA="] {
        assert_eq!(changed(&world, |payload| payload["jti"] = json!(jti)), Some(Refusal::Member), "{jti}");
    }
    let good = made::payload(&world.draft(&key_binding()), Confirmed::Password, "AAAAAAAAAAAAAAAAAAAAAA".to_owned());
    let doubled = good.replacen('{', r#"{"iat":0,"#, 1);
    let refused = refusal(&forged(&world, TYP, doubled.as_bytes()), &world.expected());
    assert_eq!(refused, Some(Refusal::Payload(JsonError::DuplicateMember)));
    assert_eq!(refusal(&forged(&world, TYP, b"[]"), &world.expected()), Some(Refusal::Member));
}

#[test]
fn texts_out_of_bounds() {
    let world = world();
    let long = |length: usize| json!("x".repeat(length));
    for (member, values) in [
        ("client_id", [json!(""), long(2049)]),
        ("nonce", [json!(""), long(513)]),
        ("response_uri", [json!(""), long(2049)]),
        ("sd_hash", [long(42), json!("+".repeat(43))]),
    ] {
        for value in values {
            assert_eq!(
                changed(&world, |payload| payload["consent"][member] = value),
                Some(Refusal::Member),
                "{member}"
            );
        }
    }
    let statement = "x".repeat(MAX_BYTES + 1);
    let expected = Some(Refusal::Statement(JwsError::TooLong));
    assert_eq!(refusal(&resealed(&world, statement), &world.expected()), expected);
}
