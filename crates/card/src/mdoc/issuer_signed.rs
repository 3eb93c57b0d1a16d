//! `IssuerSigned`: a copy as it is issued, or what is shown of it.

use std::collections::BTreeSet;

use mibun_crypto::cbor::{self, Item, Value};
use mibun_crypto::cose::Sign1;
use mibun_crypto::policy::Accepted;
use mibun_crypto::time::Timestamp;
use mibun_crypto::x509::{Certificate, Purpose, chain};

use super::{LIMITS, MdocError, Mso, SelectError, SignedItem, VerifyError, member};

/// A document of an issuer. Nothing about it is known to be true before it is verified.
#[derive(Debug, Clone, PartialEq)]
pub struct IssuerSigned {
    items: Vec<SignedItem>,
    auth: Sign1,
    /// `issuerAuth` as received.
    auth_bytes: Vec<u8>,
    mso: Mso,
}

impl IssuerSigned {
    /// Takes a whole document apart, as OpenID4VCI carries it.
    ///
    /// # Errors
    /// The first [`MdocError`].
    pub fn parse(bytes: &[u8]) -> Result<Self, MdocError> {
        Self::read(&cbor::parse(bytes, &LIMITS)?)
    }

    pub(super) fn read(item: &Item<'_>) -> Result<Self, MdocError> {
        let auth_item = member(item, "issuerAuth")?;
        let auth = Sign1::read(auth_item)?;
        let mso = Mso::parse(auth.payload().ok_or(MdocError::Member("issuerAuth"))?)?;
        let items = item.get("nameSpaces").ok_or(MdocError::NothingShown)?;
        Ok(Self { items: read_items(items)?, auth, auth_bytes: auth_item.raw().to_vec(), mso })
    }

    /// The elements, in their order.
    pub fn items(&self) -> &[SignedItem] {
        &self.items
    }

    /// The element of this namespace and name.
    pub fn item(&self, namespace: &str, name: &str) -> Option<&SignedItem> {
        self.items.iter().find(|item| item.namespace == namespace && item.name == name)
    }

    /// What the issuer signed.
    pub fn mso(&self) -> &Mso {
        &self.mso
    }

    /// The issuer's certificates in DER, leaf first.
    pub fn x5chain(&self) -> &[Vec<u8>] {
        self.auth.header().x5chain()
    }

    /// The issuer's certificate, if it leads to an anchor and is for signing documents. Certificates may be of what `accepted`
    /// names besides the usual algorithms.
    ///
    /// # Errors
    /// [`VerifyError::Chain`].
    pub fn signer(
        &self,
        anchors: &[Certificate],
        now: Timestamp,
        accepted: Accepted,
    ) -> Result<Certificate, VerifyError> {
        Ok(chain::verify_accepting(self.x5chain(), anchors, now, Purpose::DocumentSigner, accepted)?)
    }

    /// Whether `signer` signed this document in its time with a key of an `accepted` algorithm, and every element that is
    /// shown is one that it signed.
    ///
    /// # Errors
    /// [`VerifyError::Algorithm`], [`VerifyError::IssuerSignature`], [`VerifyError::SignedOutOfTime`],
    /// [`VerifyError::UnknownDigest`], [`VerifyError::Digest`].
    pub fn verify_signature(&self, signer: &Certificate, accepted: Accepted) -> Result<(), VerifyError> {
        if !accepted.allows(signer.public_key().algorithm()) {
            return Err(VerifyError::Algorithm);
        }
        self.auth.verify(signer.public_key(), &[]).map_err(VerifyError::IssuerSignature)?;
        if !(signer.not_before()..=signer.not_after()).contains(&self.mso.validity.signed) {
            return Err(VerifyError::SignedOutOfTime);
        }
        self.items.iter().try_for_each(|item| {
            let signed = self.mso.digest(&item.namespace, item.digest_id).ok_or(VerifyError::UnknownDigest)?;
            if *signed == item.digest() { Ok(()) } else { Err(VerifyError::Digest) }
        })
    }

    /// Whether the document is within its time, give or take `skew` seconds.
    ///
    /// # Errors
    /// [`VerifyError::NotYetValid`], [`VerifyError::Expired`].
    pub fn verify_time(&self, now: Timestamp, skew: i64) -> Result<(), VerifyError> {
        let validity = self.mso.validity;
        if validity.valid_from > now.plus_seconds(skew) {
            return Err(VerifyError::NotYetValid);
        }
        if validity.valid_until.plus_seconds(skew) <= now { Err(VerifyError::Expired) } else { Ok(()) }
    }

    /// Makes all checks of the issuer's side; the issuer signs with ES256 (HAIP 1.0 section 7).
    ///
    /// # Errors
    /// The first [`VerifyError`]: chain, signature, digests, time.
    pub fn verify(&self, anchors: &[Certificate], now: Timestamp) -> Result<Certificate, VerifyError> {
        self.verify_accepting(anchors, now, Accepted::HAIP)
    }

    /// Makes the same checks where the issuer may sign with what `accepted` names.
    ///
    /// # Errors
    /// The first [`VerifyError`]: chain, signature, digests, time.
    pub fn verify_accepting(
        &self,
        anchors: &[Certificate],
        now: Timestamp,
        accepted: Accepted,
    ) -> Result<Certificate, VerifyError> {
        let signer = self.signer(anchors, now, accepted)?;
        self.verify_signature(&signer, accepted)?;
        self.verify_time(now, 0)?;
        Ok(signer)
    }

    /// The same document with no other elements than those named, in the order of the document.
    ///
    /// # Errors
    /// [`SelectError`].
    pub fn select(&self, wanted: &[(&str, &str)]) -> Result<Self, SelectError> {
        let missing = wanted.iter().any(|(namespace, name)| self.item(namespace, name).is_none());
        if missing {
            return Err(SelectError::NoSuchElement);
        }
        if wanted.is_empty() {
            return Err(SelectError::Nothing);
        }
        let is_wanted = |item: &&SignedItem| wanted.contains(&(item.namespace.as_str(), item.name.as_str()));
        Ok(Self { items: self.items.iter().filter(is_wanted).cloned().collect(), ..self.clone() })
    }

    /// The document in CBOR. Items and signature are those that were received.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.to_value().to_bytes()
    }

    pub(super) fn to_value(&self) -> Value {
        let items = self.items.iter().map(|item| (item.namespace.as_str(), item.tagged.clone()));
        issuer_signed(items, Value::Encoded(self.auth_bytes.clone()))
    }
}

/// The structure of items (tag 24 included) by namespace, those of a namespace one after another, and `issuerAuth`.
pub(super) fn issuer_signed<'a>(items: impl Iterator<Item = (&'a str, Vec<u8>)>, auth: Value) -> Value {
    let mut namespaces: Vec<(&str, Vec<Value>)> = Vec::new();
    for (namespace, tagged) in items {
        match namespaces.iter_mut().find(|(name, _)| *name == namespace) {
            Some((_, list)) => list.push(Value::Encoded(tagged)),
            None => namespaces.push((namespace, vec![Value::Encoded(tagged)])),
        }
    }
    let namespaces = namespaces.into_iter().map(|(name, list)| (name, Value::Array(list)));
    Value::object([("nameSpaces", Value::object(namespaces)), ("issuerAuth", auth)])
}

fn read_items(namespaces: &Item<'_>) -> Result<Vec<SignedItem>, MdocError> {
    const MALFORMED: MdocError = MdocError::Member("nameSpaces");
    let mut items = Vec::new();
    let (mut names, mut ids) = (BTreeSet::new(), BTreeSet::new());
    for (namespace, list) in namespaces.map().ok_or(MALFORMED)? {
        let namespace = namespace.text().ok_or(MALFORMED)?;
        for tagged in list.array().filter(|list| !list.is_empty()).ok_or(MALFORMED)? {
            let item = SignedItem::read(namespace, tagged)?;
            if !names.insert((namespace, item.name.clone())) || !ids.insert((namespace, item.digest_id)) {
                return Err(MdocError::DuplicateElement);
            }
            items.push(item);
        }
    }
    if items.is_empty() { Err(MdocError::NothingShown) } else { Ok(items) }
}
