//! isomdl as a party: one request a line on standard input, one answer a line on standard output, both JSON. An answer is
//! `{"value": ..}` or `{"refused": "why"}`; a panic of the library is a refusal too.

use std::collections::BTreeMap;
use std::io::{BufRead, Write};

use ciborium::Value as Cbor;
use coset::{CoseSign1Builder, HeaderBuilder, Label, iana};
use isomdl::cbor;
use isomdl::cose::sign1::PreparedCoseSign1;
use isomdl::definitions::device_response::Status;
use isomdl::definitions::device_signed::DeviceAuthentication;
use isomdl::definitions::helpers::{NonEmptyVec, Tag24};
use isomdl::definitions::session::SessionTranscript;
use isomdl::definitions::x509::X5Chain;
use isomdl::definitions::x509::x5chain::X5CHAIN_COSE_HEADER_LABEL;
use isomdl::definitions::{
    CoseKey, DeviceAuth, DeviceKeyInfo, DeviceResponse, DeviceSigned, DigestAlgorithm, Document, EC2Curve, EC2Y,
    IssuerSigned, Mso, ValidityInfo,
};
use isomdl::issuance::Mdoc;
use isomdl::presentation::authentication::mdoc::{device_authentication, issuer_authentication};
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use time::OffsetDateTime;

/// The session that a request names, of a protocol that isomdl does not know.
#[derive(Clone, Serialize, Deserialize)]
struct Session(Cbor);

impl SessionTranscript for Session {}

type Answer = Result<Value, String>;

fn main() {
    std::panic::set_hook(Box::new(|_| {}));
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let line = line.expect("standard input is text");
        let answered = std::panic::catch_unwind(|| answer(&line)).unwrap_or_else(|_| Err("isomdl panicked".into()));
        let answer = match answered {
            Ok(value) => json!({ "value": value }),
            Err(why) => json!({ "refused": why }),
        };
        writeln!(out, "{answer}").expect("standard output is read");
    }
}

fn answer(line: &str) -> Answer {
    let ask: Value = serde_json::from_str(line).map_err(words)?;
    match text(&ask, "do")? {
        "read-mdoc" => read(&ask),
        "make-mdoc" => make(&ask),
        other => Err(format!("no such request: {other}")),
    }
}

/// Reads a `DeviceResponse` and verifies what isomdl verifies of every document: issuer's and device's signatures. It
/// leaves digests, times and chains to its caller.
fn read(ask: &Value) -> Answer {
    let response: DeviceResponse = cbor::from_slice(&bytes(ask, "token")?).map_err(words)?;
    let session = session(ask)?;
    let documents = response.documents.ok_or("no document")?.into_inner();
    let mut elements = serde_json::Map::new();
    for document in &documents {
        // Its own refusal of an object that it cannot read does not say why.
        let payload = document.issuer_signed.issuer_auth.payload.as_ref().ok_or("no object")?;
        cbor::from_slice::<Tag24<Mso>>(payload).map_err(words)?;
        let header = &document.issuer_signed.issuer_auth.inner.unprotected;
        let chain = header.rest.iter().find(|(label, _)| *label == Label::Int(X5CHAIN_COSE_HEADER_LABEL));
        let chain = X5Chain::from_cbor(chain.ok_or("no chain")?.1.clone()).map_err(words)?;
        issuer_authentication(chain, &document.issuer_signed).map_err(words)?;
        device_authentication(document, session.clone()).map_err(words)?;
        let namespaces = document.issuer_signed.namespaces.clone().ok_or("nothing is shown")?;
        for item in namespaces.into_inner().into_values().flat_map(NonEmptyVec::into_inner) {
            let item = item.into_inner();
            elements.insert(item.element_identifier, format!("{:?}", item.element_value).into());
        }
    }
    Ok(Value::Object(elements))
}

/// Issues a document to a device and shows all of it in a session.
fn make(ask: &Value) -> Answer {
    let device = key(ask, "device")?;
    let point = device.verifying_key().to_encoded_point(false);
    let coordinate = |half: Option<&p256::FieldBytes>| half.map(|half| half.to_vec()).ok_or("no coordinate");
    let device_key =
        CoseKey::EC2 { crv: EC2Curve::P256, x: coordinate(point.x())?, y: EC2Y::Value(coordinate(point.y())?) };
    let time = |name| OffsetDateTime::from_unix_timestamp(ask[name].as_i64().unwrap_or_default()).map_err(words);
    let chain = X5Chain::builder().with_der_certificate(&bytes(ask, "leaf")?).and_then(|builder| builder.build());
    let elements: BTreeMap<String, BTreeMap<String, String>> =
        serde_json::from_value(ask["namespaces"].clone()).map_err(words)?;
    let elements = elements.into_iter().map(|(namespace, values)| {
        (namespace, values.into_iter().map(|(name, value)| (name, Cbor::Text(value))).collect())
    });
    let mdoc = Mdoc::builder()
        .doc_type(text(ask, "doc_type")?.to_owned())
        .namespaces(elements.collect())
        .validity_info(ValidityInfo {
            signed: time("signed")?,
            valid_from: time("signed")?,
            valid_until: time("until")?,
            expected_update: None,
        })
        .digest_algorithm(DigestAlgorithm::SHA256)
        .device_key_info(DeviceKeyInfo { device_key, key_authorizations: None, key_info: None })
        .issue::<SigningKey, Signature>(chain.map_err(words)?, key(ask, "issuer")?)
        .map_err(words)?;
    let response = show(mdoc, &device, session(ask)?)?;
    Ok(hex::encode(cbor::to_vec(&response).map_err(words)?).into())
}

fn show(mdoc: Mdoc, device: &SigningKey, session: Session) -> Result<DeviceResponse, String> {
    let namespaces = Tag24::new(BTreeMap::new()).map_err(words)?;
    let proof = DeviceAuthentication::new(session, mdoc.doc_type.clone(), namespaces.clone());
    let proof = cbor::to_vec(&Tag24::new(proof).map_err(words)?).map_err(words)?;
    let header = HeaderBuilder::new().algorithm(iana::Algorithm::ES256).build();
    let builder = CoseSign1Builder::new().protected(header);
    let prepared = PreparedCoseSign1::new(builder, Some(&proof), None, false).map_err(words)?;
    let signature: Signature = device.sign(prepared.signature_payload());
    let document = Document {
        doc_type: mdoc.doc_type,
        issuer_signed: IssuerSigned { namespaces: Some(mdoc.namespaces), issuer_auth: mdoc.issuer_auth },
        device_signed: DeviceSigned {
            namespaces,
            device_auth: DeviceAuth::DeviceSignature(prepared.finalize(signature.to_vec())),
        },
        errors: None,
    };
    Ok(DeviceResponse {
        version: DeviceResponse::VERSION.to_owned(),
        documents: Some(NonEmptyVec::new(document)),
        document_errors: None,
        status: Status::OK,
    })
}

fn session(ask: &Value) -> Result<Session, String> {
    cbor::from_slice(&bytes(ask, "session")?).map(Session).map_err(words)
}

fn key(ask: &Value, name: &'static str) -> Result<SigningKey, String> {
    SigningKey::from_slice(&bytes(ask, name)?).map_err(words)
}

fn bytes(ask: &Value, name: &'static str) -> Result<Vec<u8>, String> {
    hex::decode(text(ask, name)?).map_err(words)
}

fn text<'a>(ask: &'a Value, name: &'static str) -> Result<&'a str, String> {
    ask[name].as_str().ok_or_else(|| format!("no {name}"))
}

fn words(error: impl std::fmt::Display) -> String {
    let mut words = error.to_string();
    words.truncate(words.char_indices().nth(300).map_or(words.len(), |(at, _)| at));
    words
}
