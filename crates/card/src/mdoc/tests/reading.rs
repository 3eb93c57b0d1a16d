//! Documents and answers of the wrong form, each with its exact error.

use mibun_crypto::cbor::{CborError, Value};
use mibun_crypto::cose::{self, CoseError, CoseKeyError, Payload};
use mibun_crypto::key::{PublicKeyError, Signer};

use super::fixture::*;
use super::*;

const FIRST_ITEM: [&str; 4] = ["nameSpaces", PID_NAMESPACE, "0", "#"];

#[track_caller]
fn copy_refused(copy: &[u8], expected: MdocError) {
    assert_eq!(IssuerSigned::parse(copy).err(), Some(expected));
}

#[track_caller]
fn response_refused(response: &[u8], expected: MdocError) {
    assert_eq!(DeviceResponse::parse(response).err(), Some(expected));
}

fn copy_with(path: &[&str], change: impl FnOnce(&mut Members)) -> Vec<u8> {
    edit(&world().copy, path, change)
}

fn response_with(path: &[&str], change: impl FnOnce(&mut Members)) -> Vec<u8> {
    edit(&world().response, path, change)
}

fn time(text: &str) -> Value {
    Value::Tag(0, Box::new(text.into()))
}

#[test]
fn empty_input_is_refused() {
    copy_refused(&[], MdocError::Cbor(CborError::CutOff));
    response_refused(&[], MdocError::Cbor(CborError::CutOff));
}

#[test]
fn something_after_the_document_is_refused() {
    let copy = [world().copy.as_slice(), &[0]].concat();
    copy_refused(&copy, MdocError::Cbor(CborError::Trailing));
    let response = [world().response.as_slice(), &[0]].concat();
    response_refused(&response, MdocError::Cbor(CborError::Trailing));
}

#[test]
fn a_document_that_is_too_long_is_refused() {
    copy_refused(&vec![0; LIMITS.bytes + 1], MdocError::Cbor(CborError::TooLong));
}

#[test]
fn deep_nesting_is_refused() {
    response_refused(&[0x81; 4096], MdocError::Cbor(CborError::TooDeep));
}

#[test]
fn deep_nesting_within_a_value_is_refused() {
    let deep = Value::Encoded([vec![0x81; 40], vec![0]].concat());
    copy_refused(&copy_with(&FIRST_ITEM, |item| set(item, "elementValue", deep)), MdocError::Cbor(CborError::TooDeep));
}

#[test]
fn a_document_of_many_items_is_refused() {
    let many = [&[0x99, 0x20, 0x00][..], &[0; 0x2000]].concat();
    copy_refused(&many, MdocError::Cbor(CborError::TooManyNodes));
}

#[test]
fn a_member_that_comes_twice_is_refused() {
    let twice = response_with(&[], |response| response.push(("status".into(), 0.into())));
    response_refused(&twice, MdocError::Cbor(CborError::DuplicateKey));
    let twice = copy_with(&FIRST_ITEM, |item| item.push(("random".into(), vec![1; 32].into())));
    copy_refused(&twice, MdocError::Cbor(CborError::DuplicateKey));
}

#[test]
fn a_digest_that_comes_twice_is_refused() {
    let twice = reissued(|mso| {
        let digests = Value::Map(vec![(0.into(), vec![1; 32].into()), (0.into(), vec![2; 32].into())]);
        set(mso, "valueDigests", Value::object([(PID_NAMESPACE, digests)]));
    });
    copy_refused(&twice, MdocError::Cbor(CborError::DuplicateKey));
}

#[test]
fn an_item_of_indefinite_length_is_refused() {
    let endless = copy_with(&FIRST_ITEM, |item| set(item, "elementValue", Value::Encoded(b"\x7f\x61a\xff".to_vec())));
    copy_refused(&endless, MdocError::Cbor(CborError::Indefinite));
}

#[test]
fn a_number_that_is_written_too_long_is_refused() {
    let long = copy_with(&FIRST_ITEM, |item| set(item, "digestID", Value::Encoded(b"\x18\x00".to_vec())));
    copy_refused(&long, MdocError::Cbor(CborError::NotShortest));
}

#[test]
fn an_object_of_indefinite_length_is_refused_though_it_is_signed() {
    let world = world();
    let endless = Value::embedded(b"\xbf\xff".to_vec()).to_bytes();
    let copy = resigned(|_| endless, &[world.leaf.der().to_vec()], &world.issuer);
    copy_refused(&copy, MdocError::Cbor(CborError::Indefinite));
}

#[test]
fn an_object_without_tag_24_is_refused() {
    let world = world();
    let copy = resigned(|_| Value::object([]).to_bytes(), &[world.leaf.der().to_vec()], &world.issuer);
    copy_refused(&copy, MdocError::Member("MobileSecurityObjectBytes"));
}

#[test]
fn a_document_without_signature_is_refused() {
    copy_refused(&copy_with(&[], |copy| unset(copy, "issuerAuth")), MdocError::Member("issuerAuth"));
}

#[test]
fn a_detached_object_is_refused() {
    let auth = Value::Array(vec![b"\xa1\x01\x26".to_vec().into(), Value::Map(vec![]), Value::Null, vec![0; 64].into()]);
    copy_refused(&copy_with(&[], |copy| set(copy, "issuerAuth", auth)), MdocError::Member("issuerAuth"));
}

#[test]
fn a_signature_of_an_unknown_algorithm_is_refused() {
    // ES512.
    let auth =
        Value::Array(vec![b"\xa1\x01\x38\x23".to_vec().into(), Value::Map(vec![]), vec![0].into(), vec![0; 64].into()]);
    copy_refused(&copy_with(&[], |copy| set(copy, "issuerAuth", auth)), MdocError::Cose(CoseError::Algorithm));
}

#[test]
fn a_signature_whose_algorithm_is_not_protected_is_refused() {
    let unprotected = Value::labels([(1, (-7).into())]);
    let auth = Value::Array(vec![Vec::<u8>::new().into(), unprotected, vec![0].into(), vec![0; 64].into()]);
    copy_refused(&copy_with(&[], |copy| set(copy, "issuerAuth", auth)), MdocError::Cose(CoseError::NoAlgorithm));
}

#[test]
fn a_code_in_place_of_the_signature_is_refused() {
    let auth = Value::Tag(17, Box::new(cose::mac0(Payload::Attached(b"x"), &[1])));
    copy_refused(&copy_with(&[], |copy| set(copy, "issuerAuth", auth)), MdocError::Cose(CoseError::WrongTag));
}

#[test]
fn a_document_that_shows_nothing_is_refused() {
    copy_refused(&copy_with(&[], |copy| unset(copy, "nameSpaces")), MdocError::NothingShown);
    copy_refused(&copy_with(&[], |copy| set(copy, "nameSpaces", Value::Map(vec![]))), MdocError::NothingShown);
}

#[test]
fn an_empty_namespace_is_refused() {
    let empty = copy_with(&["nameSpaces"], |spaces| set(spaces, PID_NAMESPACE, Value::Array(vec![])));
    copy_refused(&empty, MdocError::Member("nameSpaces"));
}

#[test]
fn namespaces_of_the_wrong_kind_are_refused() {
    copy_refused(&copy_with(&[], |copy| set(copy, "nameSpaces", 1.into())), MdocError::Member("nameSpaces"));
    let number = copy_with(&["nameSpaces"], |spaces| spaces.push((1.into(), Value::Array(vec![]))));
    copy_refused(&number, MdocError::Member("nameSpaces"));
}

#[test]
fn an_item_that_is_not_under_tag_24_is_refused() {
    let bare = copy_with(&["nameSpaces"], |spaces| set(spaces, PID_NAMESPACE, Value::Array(vec![vec![0].into()])));
    copy_refused(&bare, MdocError::Member("IssuerSignedItemBytes"));
}

#[test]
fn an_item_without_a_part_is_refused() {
    for name in ["digestID", "random", "elementIdentifier", "elementValue"] {
        copy_refused(&copy_with(&FIRST_ITEM, |item| unset(item, name)), MdocError::Member(name));
    }
}

#[test]
fn an_item_with_a_part_of_the_wrong_kind_is_refused() {
    for (name, value) in [("digestID", Value::from(-1)), ("random", "text".into()), ("elementIdentifier", 1.into())] {
        copy_refused(&copy_with(&FIRST_ITEM, |item| set(item, name, value)), MdocError::Member(name));
    }
}

#[test]
fn a_number_of_a_digest_past_31_bits_is_read() {
    let with = |id: i64| copy_with(&FIRST_ITEM, |item| set(item, "digestID", id.into()));
    for id in [(1 << 31) - 1, 1 << 31, 1 << 53, i64::MAX] {
        assert!(IssuerSigned::parse(&with(id)).is_ok(), "{id}");
    }
}

#[test]
fn a_short_random_part_is_refused() {
    let with = |bytes| copy_with(&FIRST_ITEM, |item| set(item, "random", vec![1; bytes].into()));
    copy_refused(&with(MIN_RANDOM - 1), MdocError::ShortRandom);
    assert!(IssuerSigned::parse(&with(MIN_RANDOM)).is_ok());
}

#[test]
fn an_element_that_is_shown_twice_is_refused() {
    let name = copy_with(&["nameSpaces", PID_NAMESPACE, "1", "#"], |item| {
        set(item, "elementIdentifier", "family_name".into());
    });
    copy_refused(&name, MdocError::DuplicateElement);
    let number = copy_with(&["nameSpaces", PID_NAMESPACE, "1", "#"], |item| set(item, "digestID", 0.into()));
    copy_refused(&number, MdocError::DuplicateElement);
}

#[test]
fn an_object_of_another_version_is_refused() {
    copy_refused(&reissued(|mso| set(mso, "version", "1.1".into())), MdocError::Version);
    copy_refused(&reissued(|mso| set(mso, "version", 1.into())), MdocError::Member("version"));
}

#[test]
fn another_digest_algorithm_is_refused() {
    for name in ["SHA-1", "SHA-384", "SHA-512", "sha-256"] {
        copy_refused(&reissued(|mso| set(mso, "digestAlgorithm", name.into())), MdocError::DigestAlgorithm);
    }
}

#[test]
fn an_object_without_a_part_is_refused() {
    for name in ["version", "digestAlgorithm", "valueDigests", "deviceKeyInfo", "docType", "validityInfo"] {
        copy_refused(&reissued(|mso| unset(mso, name)), MdocError::Member(name));
    }
}

#[test]
fn digests_of_the_wrong_form_are_refused() {
    let with = |digests: Value| reissued(|mso| set(mso, "valueDigests", Value::object([(PID_NAMESPACE, digests)])));
    for digests in [
        Value::Map(vec![]),
        Value::labels([(0, vec![0; 31].into())]),
        Value::labels([(0, "text".into())]),
        Value::labels([(-1, vec![0; 32].into())]),
        Value::object([("0", vec![0; 32].into())]),
    ] {
        copy_refused(&with(digests), MdocError::Member("valueDigests"));
    }
    copy_refused(&reissued(|mso| set(mso, "valueDigests", Value::Map(vec![]))), MdocError::Member("valueDigests"));
}

#[test]
fn an_object_without_the_devices_key_is_refused() {
    copy_refused(&reissued(|mso| set(mso, "deviceKeyInfo", Value::object([]))), MdocError::Member("deviceKey"));
}

#[test]
fn a_private_key_of_a_device_is_refused() {
    let key = Value::labels([(1, 2.into()), (-1, 1.into()), (-4, vec![1; 32].into())]);
    let copy = reissued(|mso| set(mso, "deviceKeyInfo", Value::object([("deviceKey", key)])));
    copy_refused(&copy, MdocError::Key(CoseKeyError::Private));
}

#[test]
fn a_devices_key_that_is_no_point_is_refused() {
    let key = Value::labels([(1, 2.into()), (-1, 1.into()), (-2, vec![1; 32].into()), (-3, vec![1; 32].into())]);
    let copy = reissued(|mso| set(mso, "deviceKeyInfo", Value::object([("deviceKey", key)])));
    copy_refused(&copy, MdocError::Key(CoseKeyError::Key(PublicKeyError::NotOnCurve)));
}

#[test]
fn authorizations_of_the_wrong_form_are_refused() {
    for wrong in [
        Value::object([("nameSpaces", "text".into())]),
        Value::object([("nameSpaces", Value::Array(vec![1.into()]))]),
        Value::object([("dataElements", Value::object([("n", 1.into())]))]),
        Value::object([("nameSpaces", Value::Array(vec![]))]),
        Value::object([("dataElements", Value::Map(vec![]))]),
        Value::object([("dataElements", Value::object([("n", Value::Array(vec![]))]))]),
        Value::Tag(24, Box::new(Value::object([("nameSpaces", Value::Array(vec!["n".into()]))]))),
        1.into(),
    ] {
        let key = world().device.public_key().to_cose_key();
        let copy = reissued(|mso| {
            set(mso, "deviceKeyInfo", Value::object([("deviceKey", key), ("keyAuthorizations", wrong)]));
        });
        copy_refused(&copy, MdocError::Member("keyAuthorizations"));
    }
}

fn validity_with(name: &'static str, value: Value) -> Vec<u8> {
    let mut members = vec![
        ("signed", time("2027-01-10T00:00:00Z")),
        ("validFrom", time("2027-01-10T00:00:00Z")),
        ("validUntil", time("2027-02-10T00:00:00Z")),
    ];
    members.retain(|(own, _)| *own != name);
    members.push((name, value));
    reissued(|mso| set(mso, "validityInfo", Value::object(members)))
}

#[test]
fn times_with_fractions_are_refused() {
    for name in ["signed", "validFrom", "validUntil"] {
        copy_refused(&validity_with(name, time("2027-01-10T00:00:00.5Z")), MdocError::Member(name));
    }
}

#[test]
fn times_with_an_offset_are_refused() {
    copy_refused(&validity_with("validUntil", time("2027-02-10T00:00:00+09:00")), MdocError::Member("validUntil"));
    copy_refused(&validity_with("validUntil", time("2027-02-10T00:00:00z")), MdocError::Member("validUntil"));
}

#[test]
fn times_of_the_wrong_tag_or_kind_are_refused() {
    copy_refused(&validity_with("validFrom", "2027-01-10T00:00:00Z".into()), MdocError::Member("validFrom"));
    copy_refused(&validity_with("validFrom", Value::Tag(1, Box::new(1.into()))), MdocError::Member("validFrom"));
    let day = Value::Tag(1004, Box::new("2027-01-10".into()));
    copy_refused(&validity_with("validFrom", day), MdocError::Member("validFrom"));
    copy_refused(&validity_with("validFrom", time("2027-02-30T00:00:00Z")), MdocError::Member("validFrom"));
}

#[test]
fn a_validity_that_is_no_span_is_refused() {
    copy_refused(&validity_with("validUntil", time("2027-01-10T00:00:00Z")), MdocError::Validity);
    copy_refused(&validity_with("signed", time("2027-01-11T00:00:00Z")), MdocError::Validity);
}

#[test]
fn a_status_of_the_wrong_form_is_refused() {
    for list in [
        Value::object([("uri", "u".into())]),
        Value::object([("idx", 1.into())]),
        Value::object([("idx", "1".into()), ("uri", "u".into())]),
        Value::object([("idx", 1.into()), ("uri", 1.into())]),
    ] {
        let copy = reissued(|mso| set(mso, "status", Value::object([("status_list", list)])));
        copy_refused(&copy, MdocError::Member("status"));
    }
    copy_refused(&reissued(|mso| set(mso, "status", 1.into())), MdocError::Member("status"));
}

#[test]
fn a_status_of_another_mechanism_is_none() {
    let list = Value::object([("identifier_list", Value::object([("id", vec![1].into()), ("uri", "u".into())]))]);
    assert_eq!(read_copy(&reissued(|mso| set(mso, "status", list))).mso().status, None);
    assert_eq!(read_copy(&reissued(|mso| unset(mso, "status"))).mso().status, None);
}

#[test]
fn members_that_are_not_known_are_passed_over() {
    let unknown = || Value::Array(vec![Value::Float(1.5), vec![1].into(), Value::Tag(99, Box::new(Value::Null))]);
    let copy = reissued(|mso| set(mso, "later", unknown()));
    let copy = edit(&copy, &[], |copy| set(copy, "later", unknown()));
    assert_eq!(issuer_verdict(&copy), Ok(()));
    let response = response_with(&[], |response| set(response, "documentErrors", Value::Array(vec![])));
    let response = edit(&response, &["documents", "0"], |document| set(document, "errors", Value::Map(vec![])));
    assert_eq!(verdict(&response), Ok(()));
}
