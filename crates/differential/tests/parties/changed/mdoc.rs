//! Cards as ISO mdoc, shown with a signature of the device.

use mibun_card::mdoc::{AMR, LIMITS, OWN_NAMESPACE};
use mibun_crypto::cbor::{self, Value};
use mibun_crypto::digest::sha256;
use mibun_crypto::key::{Signer, SoftwareKey};

use super::cbor::{Spelling, change, odd, spell, tree};
use super::{Changed, Class, Dice, Expect, class};
use crate::program::hex;
use crate::world::{PID_NAMESPACE, session, world};

mod classes;

pub use classes::{ITEMS, SIGNED, UNSIGNED};

/// What is signed, before it is.
#[derive(Clone)]
struct Draft {
    doc_type: Value,
    /// `IssuerSignedItem`s by namespace.
    items: Vec<(String, Vec<Value>)>,
    /// `MobileSecurityObject`, whose digests are made anew.
    mso: Value,
    /// Of the issuer's signature.
    protected: Value,
    unprotected: Value,
    device_elements: Value,
    device_protected: Value,
    device_unprotected: Value,
    /// `version`, `status` and whatever else stands in the response.
    besides: Vec<(Value, Value)>,
}

/// A part that is written by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Item,
    Mso,
    Protected,
    DeviceElements,
    DeviceProtected,
    Response,
}

const PARTS: [Part; 6] =
    [Part::Item, Part::Mso, Part::Protected, Part::DeviceElements, Part::DeviceProtected, Part::Response];

type Write<'a> = &'a mut dyn FnMut(Part, &Value) -> Vec<u8>;

impl Draft {
    /// What the fixture shows.
    fn new() -> Self {
        let response = cbor::parse(&world().response, &LIMITS).expect("our own response");
        let document = &response.get("documents").and_then(cbor::Item::array).expect("documents")[0];
        let issuer_signed = document.get("issuerSigned").expect("the issuer's part");
        let embedded =
            |item: &cbor::Item<'_>| tree(&cbor::parse(item.encoded().expect("tag 24"), &LIMITS).expect("our own CBOR"));
        let namespaces = issuer_signed.get("nameSpaces").and_then(cbor::Item::map).expect("elements");
        let items = namespaces.iter().map(|(name, items)| {
            let items = items.array().expect("items").iter().map(embedded).collect();
            (name.text().expect("a name").to_owned(), items)
        });
        let auth = issuer_signed.get("issuerAuth").and_then(cbor::Item::array).expect("a signature");
        let mso = cbor::parse(auth[2].bytes().expect("a payload"), &LIMITS).expect("our own CBOR");
        Self {
            doc_type: tree(document.get("docType").expect("a type")),
            items: items.collect(),
            mso: embedded(&mso),
            protected: Value::labels([(1, (-7).into())]),
            unprotected: tree(&auth[1]),
            device_elements: Value::Map(Vec::new()),
            device_protected: Value::labels([(1, (-7).into())]),
            device_unprotected: Value::Map(Vec::new()),
            besides: vec![("version".into(), "1.0".into()), ("status".into(), 0.into())],
        }
    }

    /// Signed by issuer and device.
    fn finish(self) -> Changed {
        self.finish_as(&mut |_, value| value.to_bytes(), (&world().issuer, &world().holder))
    }

    /// With `part` spelt otherwise; of the items, the first.
    fn finish_spelt(self, part: Part, spelling: Spelling, dice: &mut Dice) -> Changed {
        let mut done = false;
        let mut write = |own: Part, value: &Value| {
            if own != part || done {
                return value.to_bytes();
            }
            done = true;
            spell(value, spelling, dice)
        };
        self.finish_as(&mut write, (&world().issuer, &world().holder))
    }

    fn finish_as(self, write: Write<'_>, keys: (&SoftwareKey, &SoftwareKey)) -> Changed {
        let response = self.response(write, keys);
        Changed::es256(hex(&write(Part::Response, &response)))
    }

    fn response(mut self, write: Write<'_>, (issuer, device): (&SoftwareKey, &SoftwareKey)) -> Value {
        let mut namespaces = Vec::new();
        for (namespace, items) in &self.items {
            let written: Vec<Value> = items.iter().map(|item| Value::embedded(write(Part::Item, item))).collect();
            for (item, written) in items.iter().zip(&written) {
                redigest(&mut self.mso, namespace, item, &written.to_bytes());
            }
            namespaces.push((namespace.as_str(), Value::Array(written)));
        }
        let payload = Value::embedded(write(Part::Mso, &self.mso)).to_bytes();
        let protected = write(Part::Protected, &self.protected);
        let auth = sign1(protected, self.unprotected, Payload::Attached(payload), issuer);
        let elements = Value::embedded(write(Part::DeviceElements, &self.device_elements));
        let proof = Value::Array(vec![
            "DeviceAuthentication".into(),
            Value::Encoded(session().as_bytes().to_vec()),
            self.doc_type.clone(),
            elements.clone(),
        ]);
        let proof = Value::embedded(proof.to_bytes()).to_bytes();
        let protected = write(Part::DeviceProtected, &self.device_protected);
        let device_auth = sign1(protected, self.device_unprotected, Payload::Detached(proof), device);
        let device_signed =
            [("nameSpaces", elements), ("deviceAuth", Value::object([("deviceSignature", device_auth)]))];
        let issuer_signed = [("nameSpaces", Value::object(namespaces)), ("issuerAuth", auth)];
        let document = Value::object([
            ("docType", self.doc_type),
            ("issuerSigned", Value::object(issuer_signed)),
            ("deviceSigned", Value::object(device_signed)),
        ]);
        self.besides.push(("documents".into(), Value::Array(vec![document])));
        Value::Map(self.besides)
    }
}

enum Payload {
    Attached(Vec<u8>),
    Detached(Vec<u8>),
}

/// `COSE_Sign1` of a protected header that is written already.
fn sign1(protected: Vec<u8>, unprotected: Value, payload: Payload, key: &dyn Signer) -> Value {
    let (signed, shown) = match payload {
        Payload::Attached(bytes) => (bytes.clone(), Value::Bytes(bytes)),
        Payload::Detached(bytes) => (bytes, Value::Null),
    };
    let parts: Vec<Value> =
        vec!["Signature1".into(), protected.clone().into(), Value::Bytes(Vec::new()), signed.into()];
    let signature = key.sign(&Value::Array(parts).to_bytes()).expect("the key signs");
    Value::Array(vec![protected.into(), unprotected, shown, signature.into()])
}

/// The member of a map under a key of text.
fn member<'a>(value: &'a mut Value, name: &str) -> Option<&'a mut Value> {
    let Value::Map(members) = value else { return None };
    members.iter_mut().find(|(key, _)| *key == name.into()).map(|(_, value)| value)
}

/// Puts the digest of `written` under the number of `item` in `mso`, where both have one.
fn redigest(mso: &mut Value, namespace: &str, item: &Value, written: &[u8]) {
    let mut item = item.clone();
    let Some(id) = member(&mut item, "digestID").cloned() else { return };
    let digests = member(mso, "valueDigests").and_then(|digests| member(digests, namespace));
    let Some(Value::Map(digests)) = digests else { return };
    let digest = Value::Bytes(sha256(written).to_vec());
    match digests.iter_mut().find(|(own, _)| *own == id) {
        Some((_, own)) => *own = digest,
        None => digests.push((id, digest)),
    }
}
