//! `IssuerSignedItem`: one element with the random part that keeps its digest from being guessed.

use std::fmt;

use mibun_crypto::cbor::{self, Item, Value};
use mibun_crypto::digest::sha256;
use mibun_crypto::entropy::Entropy;

use super::{LIMITS, MIN_RANDOM, MdocError, digest_id, read};

/// Bytes of the random part that we write.
const RANDOM: usize = 32;

/// One element as the issuer made it. `Debug` shows no value.
#[derive(Clone, PartialEq, Eq)]
pub struct SignedItem {
    /// The namespace under which it was received.
    pub namespace: String,
    /// The name of the element.
    pub name: String,
    /// The number of its digest.
    pub(super) digest_id: u64,
    /// Tag 24 included, as received: what is hashed.
    pub(super) tagged: Vec<u8>,
    /// The value in CBOR.
    value: Vec<u8>,
}

impl SignedItem {
    pub(super) fn read(namespace: &str, tagged: &Item<'_>) -> Result<Self, MdocError> {
        let inner = tagged.encoded().ok_or(MdocError::Member("IssuerSignedItemBytes"))?;
        let item = cbor::parse(inner, &LIMITS)?;
        if read(&item, "random", Item::bytes)?.len() < MIN_RANDOM {
            return Err(MdocError::ShortRandom);
        }
        Ok(Self {
            namespace: namespace.to_owned(),
            name: read(&item, "elementIdentifier", Item::text)?.to_owned(),
            digest_id: read(&item, "digestID", digest_id)?,
            value: read(&item, "elementValue", |value| Some(value.raw()))?.to_vec(),
            tagged: tagged.raw().to_vec(),
        })
    }

    /// The value.
    ///
    /// # Errors
    /// None in truth: the value has been read before.
    pub fn value(&self) -> Result<Item<'_>, MdocError> {
        Ok(cbor::parse(&self.value, &LIMITS)?)
    }

    pub(super) fn digest(&self) -> [u8; 32] {
        sha256(&self.tagged)
    }
}

impl fmt::Debug for SignedItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SignedItem({} {}, [redacted])", self.namespace, self.name)
    }
}

/// An item that only lacks its random part: the same for all copies of an edition.
pub(super) struct ItemTemplate {
    bytes: Vec<u8>,
    /// Where the random part goes.
    at: usize,
}

impl ItemTemplate {
    pub(super) fn new(id: i64, name: &str, value: &Value) -> Self {
        let before = Value::object([("digestID", Value::Integer(id)), ("random", Value::Bytes(vec![0; RANDOM]))]);
        let members = [
            ("digestID", Value::Integer(id)),
            ("random", Value::Bytes(vec![0; RANDOM])),
            ("elementIdentifier", name.into()),
            ("elementValue", value.clone()),
        ];
        let item = Value::object(members).to_bytes();
        let length = item.len();
        let bytes = Value::embedded(item).to_bytes();
        // The random part ends where a map of the first two members would.
        let at = bytes.len() - length + before.to_bytes().len() - RANDOM;
        Self { bytes, at }
    }

    /// The item of one copy, tag 24 included, and its digest.
    pub(super) fn fill(&self, entropy: &mut dyn Entropy) -> (Vec<u8>, [u8; 32]) {
        let mut bytes = self.bytes.clone();
        entropy.fill(&mut bytes[self.at..self.at + RANDOM]);
        let digest = sha256(&bytes);
        (bytes, digest)
    }
}
