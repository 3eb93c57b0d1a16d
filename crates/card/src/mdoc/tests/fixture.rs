//! An authority with its signer, a device with a document, and a session.

use std::sync::OnceLock;

use mibun_crypto::cbor::{self, Kind, Value};
use mibun_crypto::cose::{self, Payload, Sign1, X5CHAIN};
use mibun_crypto::entropy::SeededEntropy;
use mibun_crypto::key::{Algorithm, Signer, SoftwareKey};
use mibun_crypto::time::Timestamp;
use mibun_crypto::x509::{
    AuthoritySpec, Certificate, LeafSpec, Purpose, Subject, Validity, issue_intermediate, issue_leaf, issue_root,
};
use serde_json::{Map, Value as Json, json};

use super::super::elements::{IssuedElement, PID};
use super::*;

pub const NOW: Timestamp = Timestamp(1_800_000_000);
pub const PID_NAMESPACE: &str = "eu.europa.ec.eudi.pid.1";
const VALIDITY: Validity = Validity { not_before: Timestamp(1_700_000_000), not_after: Timestamp(1_900_000_000) };

pub struct World {
    pub root: Certificate,
    pub root_key: SoftwareKey,
    pub leaf: Certificate,
    pub issuer: SoftwareKey,
    pub device: SoftwareKey,
    /// A whole document.
    pub copy: Vec<u8>,
    /// Two of its elements, shown in [`session`].
    pub response: Vec<u8>,
}

pub fn world() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(|| {
        let mut entropy = SeededEntropy::new("mdoc");
        let [root_key, issuer, device] = [0; 3].map(|_| SoftwareKey::generate(&mut entropy));
        let spec = AuthoritySpec { subject: subject("root"), validity: VALIDITY, path_length: None };
        let root = issue_root(&spec, &root_key, &mut entropy).expect("a root");
        let leaf = certify(&root, &root_key, &issuer, Purpose::DocumentSigner, VALIDITY);
        let copy = copy_for(&device, &[leaf.der().to_vec()], &issuer);
        let response = shown(&copy).sign(&device).expect("the key signs");
        World { root, root_key, leaf, issuer, device, copy, response }
    })
}

pub fn subject(name: &str) -> Subject {
    Subject { common_name: name.into(), organisation: None, country: None }
}

pub fn certify(
    authority: &Certificate,
    key: &SoftwareKey,
    subject_key: &SoftwareKey,
    purpose: Purpose,
    validity: Validity,
) -> Certificate {
    let spec = LeafSpec {
        subject: subject("signer"),
        alternative_names: Vec::new(),
        purpose,
        validity,
        subject_key: subject_key.public_key(),
    };
    issue_leaf(&spec, authority, key, &mut SeededEntropy::new("leaf")).expect("a leaf")
}

/// An authority below the root.
pub fn intermediate(key: &SoftwareKey) -> Certificate {
    let world = world();
    let spec = AuthoritySpec { subject: subject("below"), validity: VALIDITY, path_length: None };
    issue_intermediate(&spec, key.public_key(), &world.root, &world.root_key, &mut SeededEntropy::new("below"))
        .expect("an authority")
}

pub fn validity(from_days: i64, to_days: i64) -> Validity {
    Validity { not_before: NOW.plus_days(from_days), not_after: NOW.plus_days(to_days) }
}

/// A person's claims, with a level.
pub fn claims() -> Map<String, Json> {
    let claims = json!({
        "family_name": "YAMADA",
        "given_name": "HANAKO",
        "family_name_native": "山田",
        "birthdate": "1990-04-01",
        "nationalities": ["JP"],
        "sex": 2,
        "address": { "formatted": "Kyoto, Sakyo 1-2-3", "country": "JP" },
        "place_of_birth": { "country": "JP", "locality": "Kyoto" },
        "personal_administrative_number": "11010519491231002X",
        "date_of_issuance": "2026-01-01",
        "date_of_expiry": "2036-01-01",
        "issuing_authority": "Registry",
        "issuing_country": "JP",
        "age_equal_or_over": { "18": true, "65": false },
        "picture": "data:image/jpeg;base64,/9j/4A==",
        "assurance_level": "light",
        "evidence": [{ "type": "electronic_record", "check_details": [{ "false_match_rate": 1e-5 }] }],
    });
    claims.as_object().expect("an object").clone()
}

pub fn elements() -> Vec<IssuedElement> {
    PID.elements_of(&claims()).expect("claims of a person")
}

pub fn status() -> Json {
    json!({ "status_list": { "idx": 77, "uri": "https://id.example/status/1" } })
}

pub fn authorizations() -> KeyAuthorizations {
    KeyAuthorizations { namespaces: Vec::new(), elements: vec![(OWN_NAMESPACE.into(), vec![AMR.into()])] }
}

pub fn copy_for(device: &SoftwareKey, x5chain: &[Vec<u8>], issuer: &SoftwareKey) -> Vec<u8> {
    let (elements, authorizations) = (elements(), authorizations());
    let spec = EditionSpec {
        document_type: &PID,
        elements: &elements,
        authorizations: &authorizations,
        issued_at: NOW.plus_days(-3),
        expires_at: NOW.plus_days(30),
        x5chain,
    };
    let edition = Edition::new(&spec, issuer).expect("a document");
    edition.copy(device.public_key(), &status(), &mut SeededEntropy::new("copy")).expect("a copy")
}

pub fn session() -> SessionTranscript {
    SessionTranscript::openid4vp("x509_hash:abc", "nonce", Some(&[7; 32]), "https://verifier.example/response")
}

/// Two elements of a document, to be shown in [`session`].
pub fn shown(copy: &[u8]) -> Showing {
    let document = IssuerSigned::parse(copy).expect("a document");
    let wanted = [(PID_NAMESPACE, "family_name"), (OWN_NAMESPACE, "assurance_level")];
    Showing::new(document.select(&wanted).expect("it has them"), Vec::new(), &session())
}

pub fn read_copy(copy: &[u8]) -> IssuerSigned {
    IssuerSigned::parse(copy).expect("a document")
}

pub fn read_response(response: &[u8]) -> Document {
    let mut documents = DeviceResponse::parse(response).expect("an answer").documents;
    assert_eq!(documents.len(), 1);
    documents.remove(0)
}

/// All checks of an answer in [`session`].
pub fn verdict(response: &[u8]) -> Result<(), VerifyError> {
    read_response(response).verify(&[world().root.clone()], NOW, &session(), None)
}

/// All checks of the issuer's side.
pub fn issuer_verdict(copy: &[u8]) -> Result<(), VerifyError> {
    read_copy(copy).verify(&[world().root.clone()], NOW).map(drop)
}

/// Members of a map.
pub type Members = Vec<(Value, Value)>;

pub fn set(members: &mut Members, name: &str, value: Value) {
    unset(members, name);
    members.push((name.into(), value));
}

pub fn unset(members: &mut Members, name: &str) {
    let name = Value::from(name).to_bytes();
    members.retain(|(own, _)| own.to_bytes() != name);
}

pub fn rename(members: &mut Members, name: &str, other: &str) {
    let name = Value::from(name).to_bytes();
    members.iter_mut().filter(|(own, _)| own.to_bytes() == name).for_each(|(own, _)| *own = other.into());
}

/// The document with another map at `path`: names of members, numbers of elements, and `#` for what is under tag 24.
pub fn edit(document: &[u8], path: &[&str], change: impl FnOnce(&mut Members)) -> Vec<u8> {
    let item = cbor::parse(document, &LIMITS).expect("our own CBOR");
    let Some((first, rest)) = path.split_first() else {
        let mut members: Members = item.map().expect("a map").iter().map(|(name, v)| (name.into(), v.into())).collect();
        change(&mut members);
        return Value::Map(members).to_bytes();
    };
    if *first == "#" {
        return Value::embedded(edit(item.encoded().expect("tag 24"), rest, change)).to_bytes();
    }
    let mut change = Some(change);
    let mut within = |item: &Item<'_>| {
        let change = change.take().expect("one place");
        Value::Encoded(edit(item.raw(), rest, change))
    };
    match item.kind() {
        Kind::Array(items) => {
            let at: usize = first.parse().expect("a number");
            let items = items.iter().enumerate().map(|(own, item)| if own == at { within(item) } else { item.into() });
            Value::Array(items.collect()).to_bytes()
        }
        _ => {
            let members = item.map().expect("a map").iter();
            let changed = members
                .map(|(name, item)| (name.into(), if name.text() == Some(first) { within(item) } else { item.into() }));
            Value::Map(changed.collect()).to_bytes()
        }
    }
}

/// The whole document with another `MobileSecurityObject`, signed again by the issuer.
pub fn reissued(change: impl FnOnce(&mut Members)) -> Vec<u8> {
    let world = world();
    resigned(|mso| edit(mso, &["#"], change), &[world.leaf.der().to_vec()], &world.issuer)
}

/// The whole document, its payload changed, signed again by this key under these certificates.
pub fn resigned(change: impl FnOnce(&[u8]) -> Vec<u8>, x5chain: &[Vec<u8>], key: &dyn Signer) -> Vec<u8> {
    let copy = &world().copy;
    let item = cbor::parse(copy, &LIMITS).expect("our own CBOR");
    let auth = Sign1::read(item.get("issuerAuth").expect("a signature")).expect("a signature");
    let payload = change(auth.payload().expect("a payload"));
    let unprotected = vec![(X5CHAIN, cose::x5chain(x5chain))];
    let auth = cose::sign1(unprotected, Payload::Attached(&payload), key).expect("the key signs");
    edit(copy, &[], |members| set(members, "issuerAuth", auth))
}

pub fn other_key(name: &str) -> SoftwareKey {
    SoftwareKey::generate(&mut SeededEntropy::new(name))
}

pub fn es384() -> SoftwareKey {
    SoftwareKey::generate_for(Algorithm::Es384, &mut SeededEntropy::new("384"))
}
