//! The world of the other format's tests, with an mdoc of the same claims.

use std::sync::OnceLock;

use mibun_card::assurance::Level;
use mibun_card::mdoc::elements::{IssuedElement, MDL, PID};
use mibun_card::mdoc::{Edition, EditionSpec, KeyAuthorizations, Showing, mac_key};
use mibun_crypto::cbor::{self, Item, Limits, Value as Cbor};
use mibun_crypto::cose::{self, Payload, Sign1, X5CHAIN};
use mibun_crypto::digest::sha256;
use mibun_crypto::entropy::SeededEntropy;
use mibun_crypto::key::{Algorithm, Signer, SoftwareKey};
use mibun_crypto::x509::{Purpose, Subject, Validity};
use mibun_status::list::StatusList;
use mibun_status::{Reference, Status, cwt, token::Claims};
use proptest::prelude::*;

use super::*;
use crate::judge::tests::fixture::{
    Authority, INDEX, LIST, NONCE, NOW, Signatory, assert_refused, claims, hotel, scene, world,
};
use crate::verdict::{Outcome, Verdict};
use crate::{Evidence, ListEvidence, examine_mdoc, judge_mdoc};

mod accepted;
mod algorithms;
mod refused;

const PID_NAMESPACE: &str = "eu.europa.ec.eudi.pid.1";
const CLIENT: &str = "x509_hash:abc";
const RESPONSE_URI: &str = "https://hotel.example/response";

fn session_of(client: &str, nonce: &str) -> SessionTranscript {
    SessionTranscript::openid4vp(client, nonce, Some(&[7; 32]), RESPONSE_URI)
}

fn session() -> &'static SessionTranscript {
    static SESSION: OnceLock<SessionTranscript> = OnceLock::new();
    SESSION.get_or_init(|| session_of(CLIENT, NONCE))
}

fn elements(level: Level) -> Vec<IssuedElement> {
    PID.elements_of(&claims(level, NOW.plus_days(-10))).expect("a person")
}

fn authorizations() -> KeyAuthorizations {
    KeyAuthorizations { namespaces: Vec::new(), elements: vec![(OWN_NAMESPACE.into(), vec![AMR.into()])] }
}

/// A copy of a document with these elements and times, in days from now.
fn issue(elements: &[IssuedElement], issuer: &Signatory, days: [i64; 2]) -> IssuerSigned {
    let authorizations = authorizations();
    let spec = EditionSpec {
        document_type: &PID,
        elements,
        authorizations: &authorizations,
        issued_at: NOW.plus_days(days[0]),
        expires_at: NOW.plus_days(days[1]),
        x5chain: &issuer.chain,
    };
    let status = Reference { idx: INDEX, uri: LIST.into() }.to_claim();
    let edition = Edition::new(&spec, &issuer.key).expect("a document");
    let copy = edition.copy(world().holder.public_key(), &status, &mut SeededEntropy::new("mdoc")).expect("a copy");
    IssuerSigned::parse(&copy).expect("our own document")
}

/// A good document of a level.
fn document(level: Level) -> IssuerSigned {
    issue(&elements(level), &world().issuer, [-3, 30])
}

/// What a wallet shows of a document for a scene.
fn select(document: &IssuerSigned, scene: &Scene) -> IssuerSigned {
    let mut wanted = vec![(OWN_NAMESPACE, "assurance_level")];
    if scene.reads_evidence() {
        wanted.push((OWN_NAMESPACE, "evidence"));
    }
    for field in &scene.fields {
        let path: Vec<&str> = field.path.iter().map(String::as_str).collect();
        wanted.extend(PID.elements_for(&path).iter().map(|element| (element.namespace, element.name)));
    }
    wanted.retain(|(namespace, name)| document.item(namespace, name).is_some());
    document.select(&wanted).expect("it has them")
}

fn bind(shown: IssuerSigned, holder: &dyn Signer) -> Vec<u8> {
    Showing::new(shown, Vec::new(), session()).sign(holder).expect("the key signs")
}

/// A good presentation at the hotel.
fn good() -> &'static [u8] {
    static GOOD: OnceLock<Vec<u8>> = OnceLock::new();
    GOOD.get_or_init(|| bind(select(&document(Level::Light), hotel()), &world().holder))
}

fn expectation(scene: &Scene) -> MdocExpectation<'_> {
    MdocExpectation { transcript: session(), reader_key: None, scene, document_type: &PID, now: NOW }
}

/// A list in CBOR that says `status` of the card.
fn list(status: Status, signer: &Signatory) -> Vec<u8> {
    let list = StatusList::from_entries(2, 1024, [(INDEX, status)]).expect("a list");
    let claims = Claims {
        subject: LIST.into(),
        issued_at: NOW.plus_seconds(-30),
        expires_at: Some(NOW.plus_seconds(3600)),
        ttl: Some(300),
    };
    cwt::encode(&claims, &list, &signer.chain, &signer.key).expect("the list is signed")
}

fn verdict_with(response: &[u8], expectation: &MdocExpectation<'_>, list: &[u8]) -> Verdict {
    let lists = [(LIST.to_owned(), ListEvidence::Cwt(list))];
    judge_mdoc(response, expectation, &Evidence { anchors: &world().anchors, status_lists: &lists })
}

/// The verdict at the hotel, with a good status list at hand.
fn verdict(response: &[u8]) -> Verdict {
    static GOOD: OnceLock<Vec<u8>> = OnceLock::new();
    let good = GOOD.get_or_init(|| list(Status::Valid, &world().status));
    verdict_with(response, &expectation(hotel()), good)
}

/// The good document with the object that the issuer signs changed, and signed again.
fn with_object(change: impl FnOnce(Vec<(Cbor, Cbor)>) -> Vec<(Cbor, Cbor)>, items: Option<Cbor>) -> IssuerSigned {
    let limits = Limits { bytes: 1 << 20, depth: 16, nodes: 10_000 };
    let copy = document(Level::Light).to_bytes();
    let item = cbor::parse(&copy, &limits).expect("our own CBOR");
    let auth = Sign1::read(item.get("issuerAuth").expect("a signature")).expect("a signature");
    let object = cbor::parse(auth.payload().expect("a payload"), &limits).expect("our own CBOR");
    let object = cbor::parse(object.encoded().expect("tag 24"), &limits).expect("our own CBOR");
    let members = object.map().expect("a map").iter().map(|(name, value)| (name.into(), value.into())).collect();
    let payload = Cbor::embedded(Cbor::Map(change(members)).to_bytes()).to_bytes();
    let unprotected = vec![(X5CHAIN, cose::x5chain(&world().issuer.chain))];
    let auth = cose::sign1(unprotected, Payload::Attached(&payload), &world().issuer.key).expect("the key signs");
    let items = items.unwrap_or_else(|| item.get("nameSpaces").expect("elements").into());
    let copy = Cbor::object([("nameSpaces", items), ("issuerAuth", auth)]).to_bytes();
    IssuerSigned::parse(&copy).expect("a document")
}

fn replace(members: &mut Vec<(Cbor, Cbor)>, name: &str, value: Option<Cbor>) {
    members.retain(|(own, _)| own.to_bytes() != Cbor::from(name).to_bytes());
    members.extend(value.map(|value| (name.into(), value)));
}

fn without_status() -> IssuerSigned {
    let change = |mut members: Vec<(Cbor, Cbor)>| {
        replace(&mut members, "status", None);
        members
    };
    with_object(change, None)
}

/// A document of two elements, of which one has a value that its type does not allow.
fn resigned(name: &str, value: Cbor) -> IssuerSigned {
    let item = |id: i64, name: &str, value: Cbor| {
        let members = [
            ("digestID", Cbor::Integer(id)),
            ("random", vec![7; 32].into()),
            ("elementIdentifier", name.into()),
            ("elementValue", value),
        ];
        Cbor::embedded(Cbor::object(members).to_bytes())
    };
    let wrong = item(0, name, value);
    let level = item(0, "assurance_level", "light".into());
    let digest = |item: &Cbor| Cbor::labels([(0, Cbor::Bytes(sha256(&item.to_bytes()).to_vec()))]);
    let digests = Cbor::object([(PID_NAMESPACE, digest(&wrong)), (OWN_NAMESPACE, digest(&level))]);
    let items = Cbor::object([(PID_NAMESPACE, Cbor::Array(vec![wrong])), (OWN_NAMESPACE, Cbor::Array(vec![level]))]);
    let change = |mut members: Vec<(Cbor, Cbor)>| {
        replace(&mut members, "valueDigests", Some(digests));
        members
    };
    with_object(change, Some(items))
}

/// A signer of documents whose certificate names a country.
fn signer_of(country: &str) -> Signatory {
    let subject = Subject { common_name: "signer".into(), organisation: None, country: Some(country.into()) };
    world().authority.admit_as(subject, Purpose::DocumentSigner)
}
