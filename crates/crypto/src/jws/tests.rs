use std::sync::LazyLock;

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::entropy::SeededEntropy;
use crate::key::{Algorithm, Jwk, SoftwareKey};

fn key(seed: &str) -> SoftwareKey {
    SoftwareKey::generate(&mut SeededEntropy::new(seed))
}

fn members(value: Value) -> Map<String, Value> {
    value.as_object().cloned().expect("an object")
}

/// A message with exactly this header, signed by `key` whatever the header says.
fn forged(header: &str, payload: &[u8], key: &SoftwareKey) -> String {
    let input = format!("{}.{}", base64url::encode(header.as_bytes()), base64url::encode(payload));
    let signature = key.sign(input.as_bytes()).expect("signs");
    format!("{input}.{}", base64url::encode(&signature))
}

fn refused(header: &str) -> Option<JwsError> {
    parse(&forged(header, b"{}", &key("jws")), &Limits::default()).err()
}

#[test]
fn rfc_7515_appendix_a_3_es256() {
    let text = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb\
                290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
    let jwk = json!({
        "kty": "EC", "crv": "P-256",
        "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    });
    let key = PublicKey::from_jwk(&Jwk::from_value(&jwk).expect("a JWK")).expect("the published key");
    let message = parse(text, &Limits::default()).expect("the published message");
    assert_eq!(message.verify(&key), Ok(()));
    let claims = message.payload_json(&Limits::default()).expect("JSON");
    assert_eq!(claims, json!({"iss": "joe", "exp": 1_300_819_380, "http://example.com/is_root": true}));
}

#[test]
fn rfc_7515_appendix_a_1_and_a_5_are_refused() {
    let payload = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
    let mac = format!("eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.{payload}.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
    assert_eq!(parse(&mac, &Limits::default()).err(), Some(JwsError::Algorithm));
    let unsecured = format!("eyJhbGciOiJub25lIn0.{payload}.");
    assert_eq!(parse(&unsecured, &Limits::default()).err(), Some(JwsError::Algorithm));
}

#[test]
fn what_is_signed_is_read_back() {
    for algorithm in Algorithm::ALL {
        let key = SoftwareKey::generate_for(algorithm, &mut SeededEntropy::new("jws"));
        let header = members(json!({"typ": "dc+sd-jwt", "kid": "1", "x5c": ["AQID", "BA=="]}));
        let text = sign(header, br#"{"a":1}"#, &key).expect("signs");
        let message = parse(&text, &Limits::default()).expect("our own message");
        assert_eq!(message.verify(key.public_key()), Ok(()));
        assert_eq!(message.header().alg(), algorithm);
        assert_eq!(message.header().typ(), Some("dc+sd-jwt"));
        assert_eq!(message.header().kid(), Some("1"));
        assert_eq!(message.header().x5c(), [vec![1, 2, 3], vec![4]]);
        assert_eq!(message.payload_json(&Limits::default()), Ok(json!({"a": 1})));
    }
}

#[test]
fn the_algorithm_is_that_of_the_key() {
    let small = key("jws");
    let large = SoftwareKey::generate_for(Algorithm::Es384, &mut SeededEntropy::new("jws"));
    let message = parse(&sign(Map::new(), b"{}", &small).expect("signs"), &Limits::default()).expect("parses");
    assert_eq!(message.verify(large.public_key()), Err(JwsError::KeyMismatch));
    assert_eq!(message.verify(key("other").public_key()), Err(JwsError::Signature));
    let lying = parse(&forged(r#"{"alg":"ES384"}"#, b"{}", &small), &Limits::default()).expect("parses");
    assert_eq!(lying.verify(small.public_key()), Err(JwsError::KeyMismatch));
}

#[test]
fn no_header_makes_a_key_sign_for_another_algorithm() {
    for own in Algorithm::ALL {
        let key = SoftwareKey::generate_for(own, &mut SeededEntropy::new("jws"));
        for named in Algorithm::ALL {
            let message = forged(&json!({ "alg": named }).to_string(), b"{}", &key);
            let message = parse(&message, &Limits::default()).expect("parses");
            let expected = if named == own { Ok(()) } else { Err(JwsError::KeyMismatch) };
            assert_eq!(message.verify(key.public_key()), expected, "a key of {own} under {named}");
        }
    }
}

#[test]
fn algorithms_that_are_not_spoken_are_refused() {
    for name in [
        "none",
        "None",
        "NONE",
        "HS256",
        "HS384",
        "RS256",
        "PS256",
        "ES512",
        "ES256K",
        "",
        "es256",
        "ML-DSA-44",
        "ML-DSA-87",
        "ml-dsa-65",
        "HashML-DSA-65",
    ] {
        assert_eq!(refused(&json!({ "alg": name }).to_string()), Some(JwsError::Algorithm), "{name}");
    }
    for header in [r#"{}"#, r#"{"alg":null}"#, r#"{"alg":["ES256"]}"#] {
        assert_eq!(refused(header), Some(JwsError::HeaderMember("alg")), "{header}");
    }
}

#[test]
fn headers_that_demand_more_are_refused() {
    for header in [
        r#"{"alg":"ES256","crit":["exp"],"exp":1}"#,
        r#"{"alg":"ES256","crit":[]}"#,
        r#"{"alg":"ES256","b64":false,"crit":["b64"]}"#,
        r#"{"alg":"ES256","b64":true}"#,
    ] {
        assert_eq!(refused(header), Some(JwsError::Critical), "{header}");
    }
    // Hints at keys elsewhere are carried, and nothing follows them.
    assert_eq!(refused(r#"{"alg":"ES256","jku":"https://a.example","x5u":"https://a.example"}"#), None);
}

#[test]
fn an_extension_that_is_understood_may_be_critical() {
    let read = |header: &str| {
        let text = format!("{}.e30.AAAA", base64url::encode(header.as_bytes()));
        parse_understanding(&text, &Limits::default(), &["sigT"]).err()
    };
    assert_eq!(read(r#"{"alg":"ES256","sigT":"t","crit":["sigT"]}"#), None);
    for header in [
        r#"{"alg":"ES256","sigT":"t","crit":["sigT","exp"],"exp":1}"#,
        r#"{"alg":"ES256","sigT":"t","crit":["sigT","sigT"]}"#,
        r#"{"alg":"ES256","crit":["sigT"]}"#,
        r#"{"alg":"ES256","sigT":"t","crit":[]}"#,
        r#"{"alg":"ES256","sigT":"t","crit":"sigT"}"#,
        r#"{"alg":"ES256","sigT":"t","crit":[1]}"#,
        r#"{"alg":"ES256","sigT":"t","crit":["sigT"],"b64":false}"#,
    ] {
        assert_eq!(read(header), Some(JwsError::Critical), "{header}");
    }
}

#[test]
fn malformed_headers_are_refused() {
    assert_eq!(refused(r#"{"alg":"ES256","alg":"ES256"}"#), Some(JwsError::HeaderJson(JsonError::DuplicateMember)));
    assert_eq!(refused(r#"["ES256"]"#), Some(JwsError::Form));
    assert!(matches!(refused("{"), Some(JwsError::HeaderJson(JsonError::Syntax { .. }))));
    for (member, value) in [
        ("typ", json!(1)),
        ("kid", json!([])),
        ("cty", json!({})),
        ("x5c", json!("AQID")),
        ("x5c", json!([])),
        ("x5c", json!([1])),
        ("x5c", json!(["_-8="])),
        ("x5c", json!(["AQID\n"])),
        ("x5c", json!(["AQID", "AQID", "AQID", "AQID", "AQID", "AQID", "AQID", "AQID", "AQID"])),
        ("jwk", json!("x")),
        ("jwk", json!({"kty": "EC", "d": "x"})),
    ] {
        let header = json!({"alg": "ES256", member: value}).to_string();
        assert_eq!(refused(&header), Some(JwsError::HeaderMember(member)), "{header}");
    }
}

#[test]
fn other_shapes_of_message_are_refused() {
    let good = sign(Map::new(), b"{}", &key("jws")).expect("signs");
    let parts: Vec<&str> = good.split('.').collect();
    for text in [
        String::new(),
        "..".to_owned(),
        parts[..2].join("."),
        format!("{good}.x"),
        format!("{good}="),
        format!("{good}\n"),
        format!(" {good}"),
        format!("{}.{}.!", parts[0], parts[1]),
        json!({"protected": parts[0], "payload": parts[1], "signature": parts[2]}).to_string(),
    ] {
        assert!(parse(&text, &Limits::default()).is_err(), "{text}");
    }
    let without_signature = format!("{}.{}.", parts[0], parts[1]);
    let message = parse(&without_signature, &Limits::default()).expect("three parts");
    assert_eq!(message.verify(key("jws").public_key()), Err(JwsError::Signature));
}

#[test]
fn long_messages_and_headers_are_refused() {
    let good = sign(Map::new(), &[b' '; 1000], &key("jws")).expect("signs");
    let limits = Limits { bytes: good.len(), ..Limits::default() };
    assert!(parse(&good, &limits).is_ok());
    assert_eq!(parse(&good, &Limits { bytes: good.len() - 1, ..limits }).err(), Some(JwsError::TooLong));
    let header = json!({"alg": "ES256", "kid": "x".repeat(MAX_HEADER_BYTES)}).to_string();
    assert_eq!(refused(&header), Some(JwsError::TooLong));
}

#[test]
fn a_payload_is_an_object_only_when_asked() {
    let read = |payload: &[u8]| {
        let text = sign(Map::new(), payload, &key("jws")).expect("signs");
        let message = parse(&text, &Limits::default()).expect("any payload is carried");
        assert_eq!(message.payload(), payload);
        message.payload_json(&Limits::default()).err()
    };
    assert_eq!(read(b"{}"), None);
    assert_eq!(read(b"[]"), Some(JwsError::PayloadNotAnObject));
    assert_eq!(read(br#"{"a":1,"a":2}"#), Some(JwsError::PayloadJson(JsonError::DuplicateMember)));
    assert!(matches!(read(b"\xff\x00"), Some(JwsError::PayloadJson(JsonError::Syntax { .. }))));
}

#[test]
fn a_header_cannot_contradict_its_signer() {
    let key = key("jws");
    assert!(sign(members(json!({"alg": "ES256"})), b"", &key).is_ok());
    for header in [json!({"alg": "none"}), json!({"crit": ["b64"]}), json!({"b64": false})] {
        assert_eq!(sign(members(header), b"", &key), Err(JwsSignError::Header));
    }
}

#[test]
fn a_message_does_not_print_its_payload() {
    let text = sign(members(json!({"kid": "holder-7"})), br#"{"family_name":"Mori"}"#, &key("jws")).expect("signs");
    let shown = format!("{:?}", parse(&text, &Limits::default()).expect("parses"));
    assert!(!shown.contains("Mori") && !shown.contains("holder-7"), "{shown}");
}

static SIGNED: LazyLock<(String, PublicKey)> = LazyLock::new(|| {
    let key = key("flips");
    let text = sign(members(json!({"typ": "JWT"})), br#"{"sub":"1234567890"}"#, &key).expect("signs");
    (text, key.public_key().clone())
});

proptest! {
    #[test]
    fn any_changed_letter_is_refused(at in 0..SIGNED.0.len(), letter in "[A-Za-z0-9_.-]") {
        let (text, key) = &*SIGNED;
        let mut changed = text.clone();
        changed.replace_range(at..=at, &letter);
        prop_assume!(changed != *text);
        let accepted = parse(&changed, &Limits::default()).and_then(|message| message.verify(key));
        prop_assert!(accepted.is_err());
    }

    #[test]
    fn noise_is_refused(text in "[A-Za-z0-9_.=-]{0,80}") {
        prop_assert!(parse(&text, &Limits::default()).is_err());
    }
}

#[test]
fn a_header_encoded_ahead_signs_the_same_message_and_no_other_algorithm() {
    let key = SoftwareKey::generate(&mut SeededEntropy::new("p256"));
    let header = || Map::from_iter([("typ".to_owned(), Value::from("t"))]);
    let ahead = ProtectedHeader::new(header(), Algorithm::Es256).expect("a header");
    let message = ahead.sign(b"{}", &key).expect("signs");
    let parsed = parse(&message, &Limits::default()).expect("reads");
    parsed.verify(key.public_key()).expect("the key's");
    assert_eq!(parsed.header().typ(), Some("t"));
    let other = SoftwareKey::generate_for(Algorithm::Es384, &mut SeededEntropy::new("p384"));
    assert_eq!(ahead.sign(b"{}", &other), Err(JwsSignError::Header));
}
