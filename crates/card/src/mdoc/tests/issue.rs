//! Making documents.

use std::collections::BTreeSet;

use mibun_crypto::cbor::{self, Value};
use mibun_crypto::entropy::SeededEntropy;
use mibun_crypto::key::Signer;
use mibun_crypto::x509::{CertificateError, Purpose, Validity};
use serde_json::json;

use super::super::elements::{ElementError, IssuedElement, PID};
use super::fixture::*;
use super::*;

fn edition_error(change: impl FnOnce(&mut EditionSpec<'_>)) -> Option<IssueError> {
    let (world, elements, authorizations) = (world(), elements(), authorizations());
    let x5chain = [world.leaf.der().to_vec()];
    let mut spec = EditionSpec {
        document_type: &PID,
        elements: &elements,
        authorizations: &authorizations,
        issued_at: NOW.plus_days(-3),
        expires_at: NOW.plus_days(30),
        x5chain: &x5chain,
    };
    change(&mut spec);
    Edition::new(&spec, &world.issuer).err()
}

#[test]
fn a_document_says_what_was_asked() {
    let document = read_copy(&world().copy);
    assert_eq!(document.mso().doc_type, PID.doc_type);
    assert_eq!(document.mso().device_key, *world().device.public_key());
    assert_eq!(document.mso().status, Some(status()));
    assert_eq!(document.mso().authorizations, authorizations());
    assert_eq!(document.items().len(), elements().len());
    assert_eq!(document.to_bytes(), world().copy);
}

#[test]
fn times_are_whole_days_without_fractions_in_utc() {
    let validity = read_copy(&world().copy).mso().validity;
    assert_eq!(validity.signed, NOW.plus_days(-3).floor_to_day());
    assert_eq!(validity.valid_from, validity.signed);
    assert_eq!(validity.valid_until, NOW.plus_days(30).floor_to_day());
    let text = validity.signed.to_rfc3339();
    let written = [&b"\x66signed\xc0\x74"[..], text.as_bytes()].concat();
    assert!(world().copy.windows(written.len()).any(|window| window == written));
}

#[test]
fn dates_are_tagged_and_the_portrait_is_bytes() {
    let document = read_copy(&world().copy);
    let value = |name| document.item(PID_NAMESPACE, name).expect("an element").value().expect("a value").raw().to_vec();
    assert_eq!(value("birth_date"), b"\xd9\x03\xec\x6a1990-04-01");
    assert_eq!(value("portrait"), b"\x44\xff\xd8\xff\xe0");
    assert_eq!(value("nationality"), b"\x81\x62JP");
    assert_eq!(value("sex"), b"\x02");
    assert_eq!(value("place_of_birth"), b"\xa2\x67country\x62JP\x68locality\x65Kyoto");
}

#[test]
fn two_copies_have_nothing_in_common_but_what_they_say() {
    let world = world();
    let (elements, authorizations) = (elements(), authorizations());
    let x5chain = [world.leaf.der().to_vec()];
    let spec = EditionSpec {
        document_type: &PID,
        elements: &elements,
        authorizations: &authorizations,
        issued_at: NOW,
        expires_at: NOW.plus_days(30),
        x5chain: &x5chain,
    };
    let edition = Edition::new(&spec, &world.issuer).expect("a document");
    let mut entropy = SeededEntropy::new("batch");
    let keys = ["a", "b"].map(other_key);
    let copies = keys.each_ref().map(|key| edition.copy(key.public_key(), &status(), &mut entropy).expect("a copy"));
    let mut seen = BTreeSet::new();
    for (copy, key) in copies.iter().zip(&keys) {
        let document = read_copy(copy);
        assert_eq!(document.mso().device_key, *key.public_key());
        let randoms = document.items().iter().map(|item| {
            let item = cbor::parse(&item.tagged, &LIMITS).expect("tag 24").encoded().expect("tag 24").to_vec();
            let item =
                cbor::parse(&item, &LIMITS).expect("an item").get("random").and_then(|r| r.bytes().map(<[u8]>::to_vec));
            item.expect("a random part")
        });
        for random in randoms {
            assert!(random.len() == 32 && seen.insert(random), "random parts are fresh");
        }
    }
    assert_eq!(seen.len(), 2 * elements.len());
}

#[test]
fn a_document_without_certificate_is_not_made() {
    assert_eq!(edition_error(|spec| spec.x5chain = &[]), Some(IssueError::NoCertificate));
}

#[test]
fn a_document_under_a_certificate_that_cannot_be_read_is_not_made() {
    assert_eq!(
        edition_error(|spec| spec.x5chain = vec![vec![0x30, 0]].leak()),
        Some(IssueError::Certificate(CertificateError::Form))
    );
}

#[test]
fn on_the_first_day_of_a_certificate_a_document_begins_with_it() {
    let world = world();
    let start = NOW.floor_to_day().plus_seconds(7200);
    let fresh = Validity { not_before: start, not_after: NOW.plus_days(9) };
    let leaf = certify(&world.root, &world.root_key, &world.issuer, Purpose::DocumentSigner, fresh);
    let (elements, authorizations, x5chain) = (elements(), authorizations(), [leaf.der().to_vec()]);
    let spec = EditionSpec {
        document_type: &PID,
        elements: &elements,
        authorizations: &authorizations,
        issued_at: start.plus_seconds(60),
        expires_at: NOW.plus_days(5),
        x5chain: &x5chain,
    };
    let edition = Edition::new(&spec, &world.issuer).expect("a document");
    let copy = edition.copy(world.device.public_key(), &status(), &mut SeededEntropy::new("copy")).expect("a copy");
    assert_eq!(read_copy(&copy).mso().validity.signed, start);
    let verified = read_copy(&copy).verify(std::slice::from_ref(&world.root), start.plus_seconds(60));
    assert_eq!(verified.map(drop), Ok(()));
}

#[test]
fn a_document_that_ends_before_it_begins_is_not_made() {
    assert_eq!(edition_error(|spec| spec.expires_at = spec.issued_at), Some(IssueError::Validity));
    assert_eq!(edition_error(|spec| spec.expires_at = NOW.plus_days(-4)), Some(IssueError::Validity));
}

#[test]
fn a_document_without_a_mandatory_element_is_not_made() {
    let elements: Vec<_> = elements().into_iter().filter(|element| element.name != "birth_date").collect();
    let found = edition_error(|spec| spec.elements = elements.leak());
    assert_eq!(found, Some(IssueError::Element(ElementError::Missing("birth_date"))));
}

#[test]
fn a_document_with_an_element_twice_is_not_made() {
    let mut elements = elements();
    elements.push(elements[0].clone());
    let found = edition_error(|spec| spec.elements = elements.leak());
    assert_eq!(found, Some(IssueError::Element(ElementError::Duplicate)));
}

#[test]
fn a_document_with_a_foreign_element_in_its_own_namespace_is_not_made() {
    let with = |namespace: &str| {
        let mut elements = elements();
        elements.push(IssuedElement { namespace: namespace.into(), name: "shoe_size".into(), value: 42.into() });
        edition_error(|spec| spec.elements = elements.leak())
    };
    assert_eq!(with(PID_NAMESPACE), Some(IssueError::Element(ElementError::Unknown)));
    assert_eq!(with(OWN_NAMESPACE), Some(IssueError::Element(ElementError::Unknown)));
    assert_eq!(with("example.shop"), None);
}

#[test]
fn a_document_with_a_value_of_the_wrong_kind_is_not_made() {
    let mut elements = elements();
    let birth = elements.iter_mut().find(|element| element.name == "birth_date").expect("a date of birth");
    birth.value = Value::from("1990-04-01");
    let found = edition_error(|spec| spec.elements = elements.leak());
    assert_eq!(found, Some(IssueError::Element(ElementError::Value("birth_date"))));
}

#[test]
fn a_copy_without_a_status_is_not_made() {
    let (world, elements, authorizations) = (world(), elements(), authorizations());
    let spec = EditionSpec {
        document_type: &PID,
        elements: &elements,
        authorizations: &authorizations,
        issued_at: NOW,
        expires_at: NOW.plus_days(30),
        x5chain: &[world.leaf.der().to_vec()],
    };
    let edition = Edition::new(&spec, &world.issuer).expect("a document");
    for status in
        [json!({}), json!({ "status_list": { "idx": 1 } }), json!({ "status_list": { "idx": -1, "uri": "u" } })]
    {
        let found = edition.copy(world.device.public_key(), &status, &mut SeededEntropy::new("copy"));
        assert_eq!(found, Err(IssueError::Status));
    }
}
