//! What a reader asks for.

use mibun_crypto::cbor::{CborError, Value};
use mibun_crypto::cose::{self, CoseError, Payload};
use mibun_crypto::key::{Signer, SoftwareKey};
use mibun_crypto::x509::{Certificate, ChainError, Purpose};

use super::super::elements::PID;
use super::fixture::*;
use super::*;

fn items() -> ItemsRequest {
    let paths: [(&[&str], bool); 3] =
        [(&["family_name"], true), (&["address", "formatted"], false), (&["age_equal_or_over", "18"], false)];
    ItemsRequest::for_claims(&PID, paths).expect("a PID has them")
}

fn certificate(key: &SoftwareKey, purpose: Purpose) -> Certificate {
    let world = world();
    certify(&world.root, &world.root_key, key, purpose, validity(-9, 9))
}

/// A request signed by a reader.
fn signed(purpose: Purpose) -> DeviceRequest {
    let key = other_key("reader");
    let chain = [certificate(&key, purpose).der().to_vec()];
    let document = DocumentRequest::signed(items(), &session(), &chain, &key).expect("the key signs");
    DeviceRequest { documents: vec![document] }
}

fn good() -> Vec<u8> {
    signed(Purpose::AccessCertificate).to_bytes()
}

fn reader(request: &[u8], transcript: &SessionTranscript) -> Result<Option<Certificate>, VerifyError> {
    let request = DeviceRequest::parse(request).expect("a request");
    request.documents[0].reader(transcript, &[world().root.clone()], NOW)
}

#[track_caller]
fn refused(request: &[u8], expected: MdocError) {
    assert_eq!(DeviceRequest::parse(request).err(), Some(expected));
}

#[test]
fn claims_become_elements() {
    let expected = [
        (PID_NAMESPACE.to_owned(), "family_name".to_owned(), true),
        (PID_NAMESPACE.to_owned(), "resident_address".to_owned(), false),
        (OWN_NAMESPACE.to_owned(), "age_over_18".to_owned(), false),
    ];
    assert_eq!(items().elements, expected);
    let place: [(&[&str], bool); 2] = [(&["place_of_birth", "country"], false), (&["place_of_birth", "region"], true)];
    let place = ItemsRequest::for_claims(&PID, place).expect("a PID has it");
    assert_eq!(place.elements, [(PID_NAMESPACE.to_owned(), "place_of_birth".to_owned(), true)]);
}

#[test]
fn a_claim_that_the_type_cannot_carry_is_not_asked_for() {
    let paths: [(&[&str], bool); 2] = [(&["family_name"], true), (&["shoe_size"], false)];
    assert_eq!(ItemsRequest::for_claims(&PID, paths), None);
}

#[test]
fn a_request_survives() {
    let request = signed(Purpose::AccessCertificate);
    assert_eq!(DeviceRequest::parse(&request.to_bytes()).as_ref(), Ok(&request));
    let open = DeviceRequest { documents: vec![DocumentRequest::unsigned(items())] };
    assert_eq!(DeviceRequest::parse(&open.to_bytes()).as_ref(), Ok(&open));
    assert!(request.documents[0].is_signed() && !open.documents[0].is_signed());
}

#[test]
fn the_reader_is_named_by_its_certificate() {
    let found = reader(&good(), &session()).expect("a good request").expect("a signed one");
    assert_eq!(found.public_key(), other_key("reader").public_key());
}

#[test]
fn a_request_that_nobody_signed_is_nobodys() {
    let open = DeviceRequest { documents: vec![DocumentRequest::unsigned(items())] };
    assert_eq!(reader(&open.to_bytes(), &session()), Ok(None));
    let certificate = certificate(&other_key("reader"), Purpose::AccessCertificate);
    let found = open.documents[0].verify_signature(&session(), &certificate);
    assert_eq!(found, Err(VerifyError::Reader(CoseError::Signature)));
}

#[test]
fn the_request_of_another_session_is_refused() {
    let other = SessionTranscript::iso_dc_api("info", "https://verifier.example");
    assert_eq!(reader(&good(), &other), Err(VerifyError::Reader(CoseError::Signature)));
}

#[test]
fn a_request_for_more_than_was_signed_is_refused() {
    let more = edit(&good(), &["docRequests", "0", "itemsRequest", "#", "nameSpaces", PID_NAMESPACE], |elements| {
        set(elements, "portrait", true.into());
    });
    assert_eq!(reader(&more, &session()), Err(VerifyError::Reader(CoseError::Signature)));
}

#[test]
fn a_reader_without_an_access_certificate_is_refused() {
    for purpose in [Purpose::DocumentSigner, Purpose::Tls] {
        let found = reader(&signed(purpose).to_bytes(), &session());
        assert_eq!(found, Err(VerifyError::Chain(ChainError::WrongPurpose(0))));
    }
}

#[test]
fn a_reader_of_another_authority_is_refused() {
    let request = DeviceRequest::parse(&good()).expect("a request");
    let found = request.documents[0].reader(&session(), &[], NOW);
    assert_eq!(found, Err(VerifyError::Chain(ChainError::UnknownAuthority)));
}

#[test]
fn a_reader_of_another_algorithm_is_refused() {
    let key = es384();
    let chain = [certificate(&key, Purpose::AccessCertificate).der().to_vec()];
    let document = DocumentRequest::signed(items(), &session(), &chain, &key).expect("the key signs");
    assert_eq!(document.reader(&session(), &[world().root.clone()], NOW), Err(VerifyError::Algorithm));
}

#[test]
fn requests_of_the_wrong_form_are_refused() {
    let with = |path: &[&str], name: &str, value: Option<Value>| {
        edit(&good(), path, |members| match value {
            Some(value) => set(members, name, value),
            None => unset(members, name),
        })
    };
    let document = ["docRequests", "0"];
    let items = ["docRequests", "0", "itemsRequest", "#"];
    refused(&[], MdocError::Cbor(CborError::CutOff));
    refused(&with(&[], "version", Some("2.0".into())), MdocError::Version);
    refused(&with(&[], "docRequests", None), MdocError::Member("docRequests"));
    refused(&with(&[], "docRequests", Some(Value::Array(vec![]))), MdocError::Member("docRequests"));
    refused(&with(&document, "itemsRequest", None), MdocError::Member("itemsRequest"));
    refused(&with(&document, "itemsRequest", Some(1.into())), MdocError::Member("ItemsRequestBytes"));
    refused(&with(&document, "readerAuth", Some(1.into())), MdocError::Cose(CoseError::Form));
    let code = cose::mac0(Payload::Detached(b"x"), &[1]);
    refused(&with(&document, "readerAuth", Some(code)), MdocError::Cose(CoseError::Algorithm));
    refused(&with(&items, "docType", None), MdocError::Member("docType"));
    for wrong in [
        Value::Map(vec![]),
        Value::object([("n", Value::Map(vec![]))]),
        Value::object([("n", Value::object([("e", 1.into())]))]),
        Value::object([("n", Value::labels([(1, true.into())]))]),
        Value::labels([(1, Value::object([("e", true.into())]))]),
    ] {
        refused(&with(&items, "nameSpaces", Some(wrong)), MdocError::Member("nameSpaces"));
    }
}

#[test]
fn what_the_second_edition_adds_is_passed_over() {
    let later = edit(&good(), &[], |request| set(request, "deviceRequestInfo", Value::embedded(vec![0xa0])));
    let later = edit(&later, &["docRequests", "0"], |document| set(document, "later", 1.into()));
    assert!(reader(&later, &session()).is_ok_and(|reader| reader.is_some()));
}
