use std::sync::LazyLock;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::envelope::content_key;
use super::*;
use crate::base64url;
use crate::entropy::SeededEntropy;
use crate::json::{JsonError, Limits};
use crate::key::Jwk;

const BOTH: [Enc; 2] = [Enc::A128Gcm, Enc::A256Gcm];

fn key(seed: &str) -> EphemeralKey {
    EphemeralKey::generate(&mut SeededEntropy::new(seed))
}

fn message(recipient: &Jwk, enc: Enc) -> String {
    encrypt(b"{\"vp_token\":{}}", recipient, enc, PartyInfo::default(), &mut SeededEntropy::new("jwe"))
        .expect("encrypts")
}

fn open(text: &str, key: &EphemeralKey) -> Result<Decrypted, JweError> {
    decrypt(text, key, &BOTH, &Limits::default())
}

/// A good message under a header changed by `change`; the content no longer matters, for the header is refused first.
fn refused(change: impl FnOnce(&mut Value)) -> Option<JweError> {
    let receiver = key("receiver");
    let text = message(&receiver.public_jwk("1"), Enc::A128Gcm);
    let (header, rest) = text.split_once('.').expect("five parts");
    let header = base64url::decode(header).expect("base64url");
    let mut header: Value = serde_json::from_slice(&header).expect("JSON");
    change(&mut header);
    open(&format!("{}.{rest}", base64url::encode(header.to_string().as_bytes())), &receiver).err()
}

#[test]
fn rfc_7518_appendix_c() {
    let alice = EphemeralKey::from_jwk(&json!({
        "kty": "EC", "crv": "P-256", "x": "gI0GAILBdu7T53akrFmMyGcsF3n5dO7MmwNBHKW5SV0",
        "y": "SLW_xSffzlPWrHEVI30DHM_4egVwt3NQqeUD7nMFpps", "d": "0_NxaRPUMQoAJt50Gz8YiTr8gRTwyEaCumd-MToTmIo",
    }));
    let bob = EphemeralKey::from_jwk(&json!({
        "kty": "EC", "crv": "P-256", "x": "weNJy2HscCSM6AEDTDg04biOvhFhyyWvOHQfeF_PxMQ",
        "y": "e8lnCO-AlStT-NJVX-crhB7QRYhiix03illJOVAOyck", "d": "VEmDZpDXXK8p8N0Cndsxs924q6nS1RXFASRl6BfUqdw",
    }));
    let (alice, bob) = (alice.expect("Alice's key"), bob.expect("Bob's key"));
    let shared = alice.agree(&bob.public_jwk("bob")).expect("agrees");
    assert_eq!(shared, bob.agree(&alice.public_jwk("alice")).expect("agrees"));
    let derived = content_key(Enc::A128Gcm, &shared, b"Alice", b"Bob");
    assert_eq!(base64url::encode(&derived), "VqqN6vgjbSBcIijNcacQGg");
}

#[test]
fn what_is_encrypted_opens_for_the_receiver_alone() {
    let receiver = key("receiver");
    for enc in BOTH {
        let text = message(&receiver.public_jwk("key-1"), enc);
        let opened = open(&text, &receiver).expect("opens");
        assert_eq!(opened.payload.as_slice(), b"{\"vp_token\":{}}");
        assert_eq!((opened.header.enc(), opened.header.kid()), (enc, Some("key-1")));
        assert_eq!(open(&text, &key("other")).err(), Some(JweError::Decryption));
    }
}

#[test]
fn what_is_said_about_the_parties_goes_into_the_key() {
    let receiver = key("receiver");
    let party = PartyInfo { apu: Some(b"wallet"), apv: Some(b"nonce") };
    let text = encrypt(b"x", &receiver.public_jwk("1"), Enc::A256Gcm, party, &mut SeededEntropy::new("jwe"));
    let opened = open(&text.expect("encrypts"), &receiver).expect("opens");
    assert_eq!((opened.header.apu(), opened.header.apv()), (&b"wallet"[..], &b"nonce"[..]));
}

#[test]
fn a_key_survives_its_encodings() {
    let receiver = key("receiver");
    let public = receiver.public_jwk("1");
    assert_eq!((public.alg.as_deref(), public.public_key_use.as_deref()), (Some("ECDH-ES"), Some("enc")));
    assert_eq!(EphemeralKey::from_jwk(&receiver.to_jwk()).expect("our own JWK").public_jwk("1"), public);
    assert_eq!(EphemeralKey::from_bytes(&receiver.to_bytes()).expect("our own bytes").public_jwk("1"), public);
    assert_eq!(format!("{receiver:?}"), "EphemeralKey([redacted])");
    for bad in [vec![0; 32], vec![0xff; 32], vec![1; 31], Vec::new()] {
        assert_eq!(EphemeralKey::from_bytes(&bad).err(), Some(JweError::PublicKey));
    }
    let mut foreign = receiver.to_jwk();
    foreign["d"] = key("other").to_jwk()["d"].clone();
    assert_eq!(EphemeralKey::from_jwk(&foreign).err(), Some(JweError::PublicKey));
}

#[test]
fn other_algorithms_are_refused() {
    for name in ["ECDH-ES+A128KW", "RSA-OAEP", "RSA1_5", "dir", "A128KW", "PBES2-HS256+A128KW", "none", ""] {
        assert_eq!(refused(|header| header["alg"] = json!(name)), Some(JweError::Algorithm), "{name}");
    }
    for name in ["A192GCM", "A128CBC-HS256", "none", ""] {
        assert_eq!(refused(|header| header["enc"] = json!(name)), Some(JweError::Encryption), "{name}");
    }
    let receiver = key("receiver");
    let text = message(&receiver.public_jwk("1"), Enc::A128Gcm);
    let result = decrypt(&text, &receiver, &[Enc::A256Gcm], &Limits::default());
    assert_eq!(result.err(), Some(JweError::Encryption));
}

#[test]
fn headers_that_demand_more_are_refused() {
    assert_eq!(refused(|header| header["zip"] = json!("DEF")), Some(JweError::Compressed));
    assert_eq!(refused(|header| header["zip"] = Value::Null), Some(JweError::Compressed));
    assert_eq!(refused(|header| header["crit"] = json!(["exp"])), Some(JweError::Critical));
}

#[test]
fn malformed_headers_are_refused() {
    for (member, value) in [
        ("alg", json!(1)),
        ("enc", json!({})),
        ("kid", json!(1)),
        ("apu", json!("=")),
        ("apv", json!(["QQ"])),
        ("epk", json!("x")),
        ("epk", json!({"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA", "d": "AA"})),
    ] {
        assert_eq!(refused(|header| header[member] = value.clone()), Some(JweError::HeaderMember(member)), "{value}");
    }
    assert_eq!(
        refused(|header| drop(header.as_object_mut().map(|all| all.remove("epk")))),
        Some(JweError::HeaderMember("epk"))
    );
    assert_eq!(refused(|header| header["kid"] = json!("x".repeat(2 * MAX_HEADER_BYTES))), Some(JweError::TooLong));
    assert_eq!(refused(|header| *header = json!([])), Some(JweError::Form));
}

#[test]
fn a_member_named_twice_is_refused() {
    let receiver = key("receiver");
    let header = base64url::encode(br#"{"alg":"ECDH-ES","enc":"A128GCM","alg":"ECDH-ES"}"#);
    let result = open(&format!("{header}..AAAAAAAAAAAAAAAA.AA.AAAAAAAAAAAAAAAAAAAAAA"), &receiver);
    assert_eq!(result.err(), Some(JweError::HeaderJson(JsonError::DuplicateMember)));
}

#[test]
fn a_point_off_the_curve_is_refused() {
    let edge = base64url::encode(&[1; 32]);
    let point = |x: &str, y: &str| json!({"kty": "EC", "crv": "P-256", "x": x, "y": y});
    let zero = base64url::encode(&[0; 32]);
    for epk in [
        point(&edge, &edge),
        point(&zero, &zero),
        point(&edge, ""),
        json!({"kty": "EC", "crv": "P-384", "x": edge, "y": edge}),
        json!({"kty": "OKP", "crv": "X25519", "x": edge}),
    ] {
        assert_eq!(refused(|header| header["epk"] = epk.clone()), Some(JweError::PublicKey), "{epk}");
    }
}

#[test]
fn keys_meant_for_something_else_are_not_encrypted_to() {
    let good = key("receiver").public_jwk("1");
    let mut entropy = SeededEntropy::new("jwe");
    for recipient in [
        Jwk { public_key_use: Some("sig".to_owned()), ..good.clone() },
        Jwk { alg: Some("ES256".to_owned()), ..good.clone() },
        Jwk { key_ops: Some(vec!["verify".to_owned()]), ..good.clone() },
        Jwk { crv: Some("P-384".to_owned()), ..good.clone() },
        Jwk { y: good.x.clone(), ..good.clone() },
    ] {
        let result = encrypt(b"", &recipient, Enc::A128Gcm, PartyInfo::default(), &mut entropy);
        assert_eq!(result, Err(JweError::PublicKey), "{recipient:?}");
    }
    let browser = Jwk { key_ops: Some(Vec::new()), ..good };
    assert!(encrypt(b"", &browser, Enc::A128Gcm, PartyInfo::default(), &mut entropy).is_ok());
}

#[test]
fn other_shapes_of_message_are_refused() {
    let receiver = key("receiver");
    let text = message(&receiver.public_jwk("1"), Enc::A128Gcm);
    let parts: Vec<&str> = text.split('.').collect();
    let rebuilt = |at: usize, part: &str| {
        let mut parts = parts.clone();
        parts[at] = part;
        parts.join(".")
    };
    for text in [
        String::new(),
        "....".to_owned(),
        parts[..4].join("."),
        format!("{text}.x"),
        rebuilt(1, "AA"),
        rebuilt(2, ""),
        rebuilt(2, "AAAA"),
        rebuilt(4, ""),
        rebuilt(4, &parts[4][..16]),
        rebuilt(3, "="),
    ] {
        assert!(open(&text, &receiver).is_err(), "{text}");
    }
    let limits = Limits { bytes: text.len() - 1, ..Limits::default() };
    assert_eq!(decrypt(&text, &receiver, &BOTH, &limits).err(), Some(JweError::TooLong));
}

static SENT: LazyLock<(String, EphemeralKey)> = LazyLock::new(|| {
    let receiver = key("flips");
    (message(&receiver.public_jwk("1"), Enc::A256Gcm), receiver)
});

proptest! {
    #[test]
    fn any_changed_letter_is_refused(at in 0..SENT.0.len(), letter in "[A-Za-z0-9_.-]") {
        let (text, receiver) = &*SENT;
        let mut changed = text.clone();
        changed.replace_range(at..=at, &letter);
        prop_assume!(changed != *text);
        prop_assert!(open(&changed, receiver).is_err());
    }
}
