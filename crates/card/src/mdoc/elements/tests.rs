use std::collections::BTreeSet;

use mibun_crypto::cbor::{self, Item};
use mibun_crypto::entropy::SeededEntropy;
use mibun_crypto::key::Signer;
use serde_json::json;

use super::super::tests::fixture::{NOW, world};
use super::super::{Edition, EditionSpec, KeyAuthorizations, LIMITS};
use super::*;
use crate::assurance::{Assurance, Evidence, Level, Method};
use crate::pid::PersonalData;

/// Everything that a card can say.
fn claims() -> Map<String, Json> {
    let claims = json!({
        "family_name": "YAMADA",
        "given_name": "HANAKO",
        "family_name_native": "山田",
        "given_name_native": "花子",
        "birth_family_name": "SATO",
        "birthdate": "1990-04-01",
        "sex": 2,
        "nationalities": ["JP"],
        "place_of_birth": { "country": "JP", "region": "Kyoto-fu", "locality": "Kyoto" },
        "address": {
            "formatted": "Kyoto, Sakyo 1-2-3",
            "country": "JP",
            "region": "Kyoto-fu",
            "locality": "Kyoto",
            "postal_code": "606-0001",
            "street_address": "Sakyo",
            "house_number": "1-2-3",
        },
        "personal_administrative_number": "11010519491231002X",
        "document_number": "TK1234567",
        "date_of_issuance": "2026-01-01",
        "date_of_expiry": "2036-01-01",
        "issuing_authority": "Registry",
        "issuing_country": "JP",
        "picture": "data:image/jpeg;base64,/9j/4A==",
        "age_equal_or_over": { "14": true, "16": true, "18": true, "20": true, "21": true, "65": false },
        "assurance_level": "full",
        "evidence": [{ "type": "document", "check_details": [{ "check_method": "bvr", "false_match_rate": 1e-5 }] }],
    });
    claims.as_object().expect("an object").clone()
}

fn document(document_type: &'static DocumentType, elements: &[IssuedElement]) -> IssuerSigned {
    let spec = EditionSpec {
        document_type,
        elements,
        authorizations: &KeyAuthorizations::default(),
        issued_at: NOW,
        expires_at: NOW.plus_days(1),
        x5chain: &[world().leaf.der().to_vec()],
    };
    let edition = Edition::new(&spec, &world().issuer).expect("a document");
    let status = json!({ "status_list": { "idx": 1, "uri": "u" } });
    let copy = edition.copy(world().device.public_key(), &status, &mut SeededEntropy::new("copy")).expect("a copy");
    IssuerSigned::parse(&copy).expect("a document")
}

fn with_claim(name: &str, claim: Json) -> Result<Vec<IssuedElement>, ElementError> {
    let mut claims = claims();
    claims.insert(name.to_owned(), claim);
    PID.elements_of(&claims)
}

/// The claim of a value, written by hand.
fn read(encoding: Encoding, bytes: &[u8]) -> Option<Json> {
    encoding.read(&cbor::parse(bytes, &LIMITS).expect("CBOR"))
}

#[test]
fn all_that_a_card_says_survives_a_pid() {
    let elements = PID.elements_of(&claims()).expect("claims of a card");
    let shown = PID.claims_of(&document(&PID, &elements)).expect("our own document");
    assert_eq!(Json::Object(shown.claims), Json::Object(claims()));
    assert!(shown.others.is_empty());
}

#[test]
fn the_person_and_the_assurance_of_a_pid_are_those_of_the_card() {
    let person = PersonalData::from_claims(&claims()).expect("a person");
    let mut claims = person.to_claims().expect("a person");
    let assurance = Assurance {
        level: Level::Full,
        evidence: vec![
            Evidence { method: Method::RegisterMatch, at: NOW.floor_to_day() },
            Evidence { method: Method::LiveFace { false_match_rate: 1e-5 }, at: NOW.floor_to_day() },
            Evidence { method: Method::IdPassword, at: NOW.floor_to_day() },
        ],
    };
    assurance.add_to(&mut claims, "Register");
    let elements = PID.elements_of(&claims).expect("claims of a card");
    let shown = PID.claims_of(&document(&PID, &elements)).expect("our own document").claims;
    assert_eq!(PersonalData::from_claims(&shown).as_ref(), Ok(&person));
    assert_eq!(Assurance::from_claims(&shown).as_ref(), Ok(&assurance));
}

#[test]
fn a_photo_id_says_the_same_but_for_what_it_has_no_name_for() {
    let elements = PHOTO_ID.elements_of(&claims()).expect("claims of a card");
    let shown = PHOTO_ID.claims_of(&document(&PHOTO_ID, &elements)).expect("our own document");
    let mut expected = claims();
    expected.remove("family_name_native");
    expected.remove("given_name_native");
    assert_eq!(Json::Object(shown.claims), Json::Object(expected));
}

#[test]
fn a_licence_needs_what_a_card_does_not_know() {
    let mut elements = MDL.elements_of(&claims()).expect("claims of a card");
    assert_eq!(MDL.check(&elements), Err(ElementError::Missing("document_number")));
    for (name, value) in [
        ("document_number", Value::from("L1")),
        ("driving_privileges", Value::Array(Vec::new())),
        ("un_distinguishing_sign", Value::from("J")),
    ] {
        elements.push(IssuedElement { namespace: "org.iso.18013.5.1".into(), name: name.into(), value });
    }
    assert_eq!(MDL.check(&elements), Ok(()));
    let shown = MDL.claims_of(&document(&MDL, &elements)).expect("our own document");
    assert_eq!(shown.claims["family_name"], "YAMADA");
    assert_eq!(shown.claims["assurance_level"], "full");
    assert!(!shown.claims.contains_key("document_number"), "the number of a licence is not that of the card");
    assert_eq!(shown.others.len(), 3);
}

#[test]
fn no_element_and_no_claim_stands_twice_in_a_table() {
    for document_type in [&PID, &PHOTO_ID, &MDL] {
        let mut names = BTreeSet::new();
        let mut claims = BTreeSet::new();
        for element in document_type.elements() {
            assert!(names.insert((element.namespace, element.name)), "{}", element.name);
            assert!(element.claim.is_empty() || claims.insert(element.claim), "{:?}", element.claim);
        }
        assert_eq!(
            DocumentType::by_name(document_type.doc_type).map(|known| known.doc_type),
            Some(document_type.doc_type)
        );
    }
    assert!(DocumentType::by_name("other").is_none());
}

#[test]
fn a_query_finds_the_elements_of_a_claim() {
    let names = |path: &[&str]| PID.elements_for(path).iter().map(|element| element.name).collect::<Vec<_>>();
    assert_eq!(names(&["birthdate"]), ["birth_date"]);
    assert_eq!(names(&["address", "formatted"]), ["resident_address"]);
    assert_eq!(names(&["address"]).len(), 7);
    assert_eq!(names(&["place_of_birth", "country"]), ["place_of_birth"]);
    assert_eq!(names(&["age_equal_or_over", "18"]), ["age_over_18"]);
    assert!(names(&["shoe_size"]).is_empty());
}

#[test]
fn claims_of_the_wrong_kind_are_refused() {
    for (name, claim, element) in [
        ("family_name", json!(1), "family_name"),
        ("family_name", json!("x".repeat(151)), "family_name"),
        ("birthdate", json!("1990-02-30"), "birth_date"),
        ("nationalities", json!("JP"), "nationality"),
        ("nationalities", json!([1]), "nationality"),
        ("sex", json!(-1), "sex"),
        ("sex", json!("2"), "sex"),
        ("place_of_birth", json!({ "country": 1 }), "place_of_birth"),
        ("picture", json!("https://example.com/a.jpg"), "portrait"),
        ("picture", json!("data:image/jpeg;base64,*"), "portrait"),
        ("age_equal_or_over", json!({ "18": "yes" }), "age_over_18"),
    ] {
        assert_eq!(with_claim(name, claim).err(), Some(ElementError::Claim(element)), "{name}");
    }
}

#[test]
fn a_date_is_read_from_either_form() {
    assert_eq!(read(Encoding::FullDate, b"\xd9\x03\xec\x6a1990-04-01"), Some(json!("1990-04-01")));
    assert_eq!(read(Encoding::FullDate, b"\xc0\x741990-04-01T09:00:00Z"), Some(json!("1990-04-01")));
}

#[test]
fn dates_of_other_forms_are_refused() {
    for bytes in [
        &b"\x6a1990-04-01"[..],
        b"\xd9\x03\xec\x6a1990-02-30",
        b"\xd9\x03\xec\x01",
        b"\xd8\x64\x19\x1c\xeb",
        b"\xc0\x78\x191990-04-01T09:00:00+09:00",
        b"\xc0\x761990-04-01T09:00:00.5Z",
    ] {
        assert_eq!(read(Encoding::FullDate, bytes), None);
    }
}

#[test]
fn values_of_the_wrong_kind_are_refused() {
    for (encoding, bytes) in [
        (Encoding::Text, &b"\x01"[..]),
        (Encoding::Text, b"\x41a"),
        (Encoding::Jpeg, b"\x61a"),
        (Encoding::Unsigned, b"\x20"),
        (Encoding::Unsigned, b"\xf9\x3c\x00"),
        (Encoding::Bool, b"\x01"),
        (Encoding::Texts, b"\x61a"),
        (Encoding::Texts, b"\x81\x01"),
        (Encoding::FirstText, b"\x81\x61a"),
        (Encoding::TextMap, b"\xa1\x01\x61a"),
        (Encoding::TextMap, b"\xa1\x61a\x01"),
        (Encoding::Json, b"\x41a"),
        (Encoding::Json, b"\xc0\x61a"),
        (Encoding::Json, b"\xf7"),
        (Encoding::Json, b"\xf9\x7e\x00"),
        (Encoding::Json, b"\xa1\x01\x01"),
        (Encoding::Any, b"\x01"),
    ] {
        assert_eq!(read(encoding, bytes), None, "{encoding:?}");
    }
}

#[test]
fn a_portrait_that_somebody_did_without_is_an_empty_text() {
    assert_eq!(read(Encoding::Jpeg, b"\x40"), Some(json!("")));
}

#[test]
fn elements_that_are_not_known_are_told_apart() {
    let mut elements = PID.elements_of(&claims()).expect("claims of a card");
    elements.push(IssuedElement { namespace: "example.shop".into(), name: "points".into(), value: 7.into() });
    let shown = PID.claims_of(&document(&PID, &elements)).expect("our own document");
    assert_eq!(shown.others, [["example.shop".to_owned(), "points".to_owned()]]);
}

#[test]
fn a_malformed_element_is_named() {
    let mut elements = PID.elements_of(&claims()).expect("claims of a card");
    elements.retain(|element| element.name != "sex");
    let copy = document(&PID, &elements);
    // As another type reads it, whose element of that name is of another kind.
    static OTHER: [Element; 1] = [Element {
        namespace: "eu.europa.ec.eudi.pid.1",
        name: "family_name",
        encoding: Encoding::Bool,
        mandatory: false,
        claim: &["family_name"],
    }];
    let other = DocumentType { doc_type: "other", own: &OTHER, besides: &[] };
    assert_eq!(other.claims_of(&copy), Err(MdocError::Member("family_name")));
}

#[test]
fn nothing_prints_a_value() {
    let elements = PID.elements_of(&claims()).expect("claims of a card");
    let copy = document(&PID, &elements);
    let printed = format!("{elements:?} {copy:?} {:?}", PID.claims_of(&copy));
    assert!(!printed.contains("YAMADA") && !printed.contains("1990"), "{printed}");
    assert_eq!(
        copy.item("eu.europa.ec.eudi.pid.1", "sex").map(|item| item.value().map(|v| v.integer())),
        Some(Ok(Some(2)))
    );
    assert!(copy.items().iter().all(|item| item.value().is_ok_and(|value: Item<'_>| !value.raw().is_empty())));
}
