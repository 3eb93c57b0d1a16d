//! Cards as ISO mdoc, shown in a session of OpenID4VP.

use mibun_card::mdoc::elements::PID;
use mibun_card::mdoc::{DeviceResponse, IssuerSigned};
use mibun_crypto::base64url;
use mibun_crypto::key::SoftwareKey;
use mibun_vectors::from_hex;
use serde_json::{Value, json};

use crate::ours;
use crate::program::{ISOMDL, PYTHON, hex};
use crate::world::{NOW, PID_NAMESPACE, session, status, world};

fn private(key: &SoftwareKey) -> String {
    let jwk = key.to_private_jwk();
    hex(&base64url::decode(jwk["d"].as_str().expect("a private key")).expect("base64url"))
}

fn text(document: &IssuerSigned, name: &str) -> Option<String> {
    let value = document.item(PID_NAMESPACE, name)?.value().expect("it was read");
    value.text().map(str::to_owned)
}

#[test]
fn ours_is_read_by_isomdl() {
    let response = hex(&world().response);
    let read = ISOMDL.must(json!({ "do": "read-mdoc", "token": response, "session": hex(session().as_bytes()) }));
    assert_eq!(read["family_name"], Value::from(r#"Text("YAMADA")"#));
    assert_eq!(read["birth_date"], Value::from(r#"Tag(1004, Text("1990-04-01"))"#));
    assert_eq!(read.as_object().map(serde_json::Map::len), Some(3));
}

#[test]
fn ours_is_read_by_pymdoccbor() {
    let root = hex(world().root.der());
    let read = PYTHON.must(json!({ "do": "read-mdoc", "token": hex(&world().response), "root": root }));
    assert_eq!(read[PID_NAMESPACE], json!({ "family_name": "YAMADA", "birth_date": "1990-04-01" }));
}

#[test]
fn the_document_of_isomdl_is_read_by_us() {
    let response = from_hex(&ISOMDL.text(json!({
        "do": "make-mdoc",
        "doc_type": PID.doc_type,
        "namespaces": { PID_NAMESPACE: { "family_name": "YAMADA", "given_name": "HANAKO" } },
        "signed": NOW.0 - 60,
        "until": NOW.0 + 86_400,
        "issuer": private(&world().issuer),
        "device": private(&world().holder),
        "leaf": hex(world().leaf.der()),
        "session": hex(session().as_bytes()),
    })));
    let response = response.expect("hexadecimal");
    assert_eq!(ours::mdoc(&response), Ok(()));
    let document = DeviceResponse::parse(&response).expect("an answer").documents.remove(0);
    assert_eq!(text(&document.issuer_signed, "family_name").as_deref(), Some("YAMADA"));
    assert_eq!(text(&document.issuer_signed, "given_name").as_deref(), Some("HANAKO"));
}

#[test]
fn the_document_of_pymdoccbor_is_read_by_us() {
    let document = from_hex(&PYTHON.text(json!({
        "do": "make-mdoc",
        "doc_type": PID.doc_type,
        "namespaces": { PID_NAMESPACE: { "family_name": "YAMADA", "birth_date": "1990-04-01" } },
        "issuer": world().issuer.to_private_jwk(),
        "device": world().holder.to_private_jwk(),
        "leaf": hex(world().leaf.der()),
        "status": status(),
    })));
    let document = IssuerSigned::parse(&document.expect("hexadecimal")).expect("a document");
    // It is signed by the clock of the machine.
    let signed = document.mso().validity.signed;
    document.verify(&[world().root.clone()], signed.plus_seconds(1)).expect("a document of another maker");
    assert_eq!(text(&document, "family_name").as_deref(), Some("YAMADA"));
    assert_eq!(document.mso().status, Some(status()));
}
