//! Answers of the wrong form, each with its exact error.

use mibun_crypto::cbor::{self, Item, Value};
use mibun_crypto::cose::{self, CoseError, Payload};

use super::fixture::*;
use super::*;

#[track_caller]
fn response_refused(response: &[u8], expected: MdocError) {
    assert_eq!(DeviceResponse::parse(response).err(), Some(expected));
}

fn response_with(path: &[&str], change: impl FnOnce(&mut Members)) -> Vec<u8> {
    edit(&world().response, path, change)
}

#[test]
fn an_answer_of_another_version_is_refused() {
    response_refused(&response_with(&[], |r| set(r, "version", "1.1".into())), MdocError::Version);
    response_refused(&response_with(&[], |r| unset(r, "version")), MdocError::Member("version"));
}

#[test]
fn an_answer_with_an_error_is_refused() {
    response_refused(&response_with(&[], |r| set(r, "status", 10.into())), MdocError::Status(10));
    response_refused(&response_with(&[], |r| set(r, "status", (-1).into())), MdocError::Member("status"));
    response_refused(&response_with(&[], |r| unset(r, "status")), MdocError::Member("status"));
}

#[test]
fn an_answer_tells_how_many_documents_it_has() {
    let none = response_with(&[], |r| unset(r, "documents"));
    assert_eq!(DeviceResponse::parse(&none).map(|response| response.documents.len()), Ok(0));
    let item = cbor::parse(&world().response, &LIMITS).expect("our own CBOR");
    let document = Value::from(&item.get("documents").and_then(Item::array).expect("documents")[0]);
    let two = response_with(&[], |r| set(r, "documents", Value::Array(vec![document.clone(), document])));
    assert_eq!(DeviceResponse::parse(&two).map(|response| response.documents.len()), Ok(2));
    response_refused(&response_with(&[], |r| set(r, "documents", 1.into())), MdocError::Member("documents"));
}

#[test]
fn a_shown_document_without_a_part_is_refused() {
    for name in ["docType", "issuerSigned", "deviceSigned"] {
        let without = response_with(&["documents", "0"], |document| unset(document, name));
        response_refused(&without, MdocError::Member(name));
    }
    for name in ["nameSpaces", "deviceAuth"] {
        let without = response_with(&["documents", "0", "deviceSigned"], |signed| unset(signed, name));
        response_refused(&without, MdocError::Member(name));
    }
}

#[test]
fn a_device_without_a_proof_or_with_two_is_refused() {
    let path = ["documents", "0", "deviceSigned", "deviceAuth"];
    response_refused(&response_with(&path, |auth| unset(auth, "deviceSignature")), MdocError::DeviceAuth);
    let mac = cose::mac0(Payload::Detached(b"x"), &[1]);
    response_refused(&response_with(&path, |auth| set(auth, "deviceMac", mac)), MdocError::DeviceAuth);
    response_refused(&response_with(&path, |auth| rename(auth, "deviceSignature", "later")), MdocError::DeviceAuth);
}

#[test]
fn a_signature_named_mac_is_refused() {
    let path = ["documents", "0", "deviceSigned", "deviceAuth"];
    let renamed = response_with(&path, |auth| rename(auth, "deviceSignature", "deviceMac"));
    response_refused(&renamed, MdocError::Cose(CoseError::Algorithm));
}

#[test]
fn elements_of_the_device_of_the_wrong_form_are_refused() {
    let with = |value: Value| {
        response_with(&["documents", "0", "deviceSigned"], |signed| {
            set(signed, "nameSpaces", Value::embedded(value.to_bytes()));
        })
    };
    response_refused(&with(1.into()), MdocError::Member("DeviceNameSpaces"));
    response_refused(&with(Value::object([("n", Value::Map(vec![]))])), MdocError::Member("DeviceNameSpaces"));
    response_refused(
        &with(Value::object([("n", Value::labels([(1, 1.into())]))])),
        MdocError::Member("DeviceNameSpaces"),
    );
    let bare =
        response_with(&["documents", "0", "deviceSigned"], |signed| set(signed, "nameSpaces", Value::Map(vec![])));
    response_refused(&bare, MdocError::Member("DeviceNameSpacesBytes"));
}
