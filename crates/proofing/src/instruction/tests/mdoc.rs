//! Instructions for the device signature of an mdoc.

use mibun_card::mdoc::elements::PID;
use mibun_card::mdoc::{
    AMR, DeviceResponse, Edition, EditionSpec, IssuerSigned, KeyAuthorizations, OWN_NAMESPACE, SessionTranscript,
    Showing, recognised_by,
};
use mibun_crypto::cbor::Item;
use mibun_crypto::jws;
use mibun_crypto::key::Algorithm;
use mibun_crypto::x509::{self, AuthoritySpec, Validity, issue_root};
use serde_json::{Map, Value, json};

use super::*;

const THUMBPRINT: [u8; 32] = [5; 32];

pub(super) fn device_authentication() -> Consent {
    Consent::DeviceAuthentication {
        doc_type: PID.doc_type.to_owned(),
        client_id: "x509_hash:Uvo3HtuIxuhC92rShpgqcT3YXwrqRxWEviRiA0OZszk".to_owned(),
        nonce: "n-0S6_WzA2Mj".to_owned(),
        response_uri: "https://hotel.example/vp/responses/1".to_owned(),
        key_thumbprint: Some(THUMBPRINT),
    }
}

fn session() -> SessionTranscript {
    let client_id = "x509_hash:Uvo3HtuIxuhC92rShpgqcT3YXwrqRxWEviRiA0OZszk";
    let response_uri = "https://hotel.example/vp/responses/1";
    SessionTranscript::openid4vp(client_id, "n-0S6_WzA2Mj", Some(&THUMBPRINT), response_uri)
}

/// A document for the copy's key, which may say itself how its holder was recognised.
fn document(world: &World) -> IssuerSigned {
    let claims = json!({ "family_name": "YAMADA", "given_name": "HANAKO", "birthdate": "1990-04-01",
        "place_of_birth": { "country": "JP" }, "nationalities": ["JP"], "date_of_expiry": "2030-01-01",
        "issuing_authority": "Mibun", "issuing_country": "JP", "assurance_level": "full" });
    let elements = PID.elements_of(claims.as_object().expect("an object")).expect("a PID");
    let authorizations =
        KeyAuthorizations { elements: vec![(OWN_NAMESPACE.to_owned(), vec![AMR.to_owned()])], ..Default::default() };
    let issuer = key("issuer");
    let subject = x509::Subject { common_name: "issuer".to_owned(), organisation: None, country: None };
    let validity = Validity { not_before: NOW.plus_days(-30), not_after: NOW.plus_days(365) };
    let authority = AuthoritySpec { subject, validity, path_length: None };
    let certificate = issue_root(&authority, &issuer, &mut SeededEntropy::new("issuer")).expect("a certificate");
    let spec = EditionSpec {
        document_type: &PID,
        elements: &elements,
        authorizations: &authorizations,
        issued_at: NOW.plus_days(-1),
        expires_at: NOW.plus_days(90),
        x5chain: &[certificate.der().to_vec()],
    };
    let edition = Edition::new(&spec, &issuer).expect("an edition");
    let status = json!({ "status_list": { "idx": 1, "uri": "https://id.example/lists/1" } });
    let copy = edition.copy(world.copy.public_key(), &status, &mut SeededEntropy::new("copy")).expect("a copy");
    IssuerSigned::parse(&copy).expect("a document")
}

#[test]
fn an_mdoc_signed_by_instruction_proves_itself_and_says_how_its_holder_was_recognised() {
    let world = world();
    let signature = base64url::decode(&world.signed(&device_authentication())).expect("base64url");
    assert_eq!(signature.len(), 64);
    let shown = document(&world).select(&[("eu.europa.ec.eudi.pid.1", "family_name")]).expect("it has it");
    let showing = Showing::new(shown, recognised_by(Confirmed::Password.methods()), &session());
    let response = showing.attach(Algorithm::Es256, signature);
    let mut documents = DeviceResponse::parse(&response).expect("a response").documents;
    let document = documents.remove(0);
    assert_eq!(document.verify_device(&session(), None), Ok(()));
    let amr = document.device_signed.element(OWN_NAMESPACE, AMR).expect("it is there");
    assert_eq!(amr.array().expect("a list").iter().filter_map(Item::text).collect::<Vec<_>>(), ["pwd"]);
    let other = SessionTranscript::openid4vp("x509_hash:other", "n", None, "https://hotel.example/");
    assert!(document.verify_device(&other, None).is_err());
}

/// The payload of a good instruction after `change`, with good proofs again.
fn changed(change: impl FnOnce(&mut Value)) -> Option<Refusal> {
    let world = world();
    let consent = device_authentication();
    let good = made::payload(&world.draft(&consent), Confirmed::Password, "AAAAAAAAAAAAAAAAAAAAAA".to_owned());
    let mut payload: Value = serde_json::from_str(&good).expect("JSON");
    change(&mut payload);
    let mut header = Map::new();
    header.insert("typ".to_owned(), TYP.into());
    let statement = jws::sign(header, payload.to_string().as_bytes(), &world.device).expect("signs");
    let mac = base64url::encode(&world.mac_key.mac(&statement));
    verify(&Instruction { statement, mac }, &world.expected()).err()
}

#[test]
fn the_unchanged_payload_is_good() {
    assert_eq!(changed(|_| {}), None);
    let in_the_open = |payload: &mut Value| payload["consent"]["key_thumbprint"] = Value::Null;
    assert_eq!(changed(in_the_open), Some(Refusal::SigningInput), "and is another one");
}

#[test]
fn every_changed_member_is_refused() {
    for (member, other) in [
        ("doc_type", json!("org.iso.18013.5.1.mDL")),
        ("client_id", json!("x509_hash:another")),
        ("nonce", json!("another")),
        ("response_uri", json!("https://hotel.example/vp/responses/2")),
        ("key_thumbprint", json!(base64url::encode(&[6; 32]))),
    ] {
        let refused = changed(|payload| payload["consent"][member] = other);
        assert_eq!(refused, Some(Refusal::SigningInput), "{member}");
    }
    let other_hash = json!(base64url::encode(&[0; 32]));
    assert_eq!(changed(|payload| payload["signing_input_sha256"] = other_hash), Some(Refusal::SigningInput));
}

#[test]
fn a_hash_for_one_format_under_the_name_of_the_other() {
    let consent = serde_json::to_value(key_binding()).expect("JSON");
    assert_eq!(changed(|payload| payload["consent"] = consent), Some(Refusal::SigningInput));
}

#[test]
fn malformed_members_are_refused() {
    let long = |length: usize| json!("x".repeat(length));
    for (member, values) in [
        ("doc_type", vec![json!(""), long(256), json!(1), Value::Null]),
        ("client_id", vec![json!(""), long(2049), json!(1), Value::Null]),
        ("nonce", vec![json!(""), long(513), json!(1), Value::Null]),
        ("response_uri", vec![json!(""), long(2049), json!(1), Value::Null]),
        (
            "key_thumbprint",
            vec![
                json!(""),
                long(42),
                long(44),
                json!("+".repeat(43)),
                json!(format!("{}B", "A".repeat(42))),
                json!(format!("{}=", base64url::encode(&THUMBPRINT))),
                json!([1]),
            ],
        ),
    ] {
        for value in values {
            let refused = changed(|payload| payload["consent"][member] = value.clone());
            assert_eq!(refused, Some(Refusal::Member), "{member}: {value}");
        }
        let without = |payload: &mut Value| drop(payload["consent"].as_object_mut().expect("an object").remove(member));
        assert_eq!(changed(without), Some(Refusal::Member), "{member}");
    }
    assert_eq!(changed(|payload| payload["consent"]["sd_hash"] = long(43)), Some(Refusal::Member));
}

#[test]
fn texts_at_their_bounds_are_good() {
    let text = |length: usize| "x".repeat(length);
    let consent = Consent::DeviceAuthentication {
        doc_type: text(255),
        client_id: text(2048),
        nonce: text(512),
        response_uri: text(2048),
        key_thumbprint: None,
    };
    let world = world();
    assert_eq!(verify(&world.instruct(&consent), &world.expected()).map(drop), Ok(()));
}

#[test]
fn a_mac_device_signature_or_identifier_that_is_not_good_is_refused() {
    let (world, consent) = (world(), device_authentication());
    let refusal = |other: &World| verify(&other.instruct(&consent), &world.expected()).map(drop);
    assert_eq!(refusal(&World { device: key("thief"), ..super::world() }), Err(Refusal::Device));
    assert_eq!(refusal(&World { mac_key: mac_key(8), ..super::world() }), Err(Refusal::Mac));
    let unspent = verify(&world.instruct(&consent), &world.expected()).expect("good");
    assert_eq!(unspent.spend(false), Err(Refusal::Replayed));
}

#[test]
fn nothing_prints_where_a_document_is_shown() {
    let (world, consent) = (world(), device_authentication());
    let unspent = verify(&world.instruct(&consent), &world.expected()).expect("good");
    let input = consent.signing_input(world.copy.public_key(), NOW, Confirmed::Password);
    let printed = format!("{consent:?} {unspent:?} {input:?} {:?}", input.clone().attach(&[1; 64]));
    assert_eq!(printed, format!("DeviceAuthentication([redacted]) {unspent:?} Cose([redacted]) Signature([redacted])"));
    assert!(!printed.contains("hotel") && !printed.contains("x509_hash"), "{printed}");
}
