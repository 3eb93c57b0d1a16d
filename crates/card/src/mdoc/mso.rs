//! `MobileSecurityObject`: what the issuer signs (ISO/IEC 18013-5 section 9.1.2.4).

use std::collections::BTreeMap;
use std::fmt;

use mibun_crypto::cbor::{self, Item, Value};
use mibun_crypto::key::PublicKey;
use mibun_crypto::time::Timestamp;
use serde_json::json;

use super::{DIGEST_ALGORITHM, LIMITS, MdocError, TAG_DATE_TIME, VERSION, check_version, digest_id, member, read};

/// The digests of one namespace by their number.
type Digests = BTreeMap<u64, [u8; 32]>;

/// What the issuer signed. Its signature has not been checked.
#[derive(Clone, PartialEq)]
pub struct Mso {
    /// The type of the document.
    pub doc_type: String,
    /// The device's key.
    pub device_key: PublicKey,
    /// What the device may sign itself.
    pub authorizations: KeyAuthorizations,
    /// When it is good.
    pub validity: ValidityInfo,
    /// `status_list` of the member `status`, as the claim `status` of a card in the other format (second edition, and
    /// section 6.3 of the Token Status List).
    pub status: Option<serde_json::Value>,
    digests: BTreeMap<String, Digests>,
}

/// When a document is good, in whole seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ValidityInfo {
    /// When it was signed.
    pub signed: Timestamp,
    /// First second.
    pub valid_from: Timestamp,
    /// When it ends.
    pub valid_until: Timestamp,
}

/// `KeyAuthorizations`: which elements the device may sign itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KeyAuthorizations {
    /// Whole namespaces.
    pub namespaces: Vec<String>,
    /// Single elements by namespace.
    pub elements: Vec<(String, Vec<String>)>,
}

impl KeyAuthorizations {
    /// Whether the device may sign this element.
    pub fn allow(&self, namespace: &str, name: &str) -> bool {
        let single = self.elements.iter().filter(|(own, _)| own == namespace);
        self.namespaces.iter().any(|own| own == namespace) || single.flat_map(|(_, names)| names).any(|own| own == name)
    }

    fn to_value(&self) -> Option<Value> {
        let texts = |list: &[String]| Value::Array(list.iter().map(|text| text.as_str().into()).collect());
        let mut members = Vec::new();
        if !self.namespaces.is_empty() {
            members.push(("nameSpaces", texts(&self.namespaces)));
        }
        if !self.elements.is_empty() {
            members.push((
                "dataElements",
                Value::object(self.elements.iter().map(|(name, list)| (name.as_str(), texts(list)))),
            ));
        }
        if members.is_empty() { None } else { Some(Value::object(members)) }
    }

    /// Lists and maps that are there are not empty (section 9.1.2.4).
    fn from_item(item: &Item<'_>) -> Option<Self> {
        item.map()?;
        let namespaces = item.get("nameSpaces").map_or(Some(Vec::new()), texts)?;
        let elements = item.get("dataElements").map_or(Some(Vec::new()), |map| {
            let map = map.map().filter(|map| !map.is_empty())?;
            map.iter().map(|(name, list)| Some((name.text()?.to_owned(), texts(list)?))).collect()
        })?;
        Some(Self { namespaces, elements })
    }
}

fn texts(item: &Item<'_>) -> Option<Vec<String>> {
    let list = item.array().filter(|list| !list.is_empty())?;
    list.iter().map(|text| text.text().map(str::to_owned)).collect()
}

impl ValidityInfo {
    pub(super) fn to_value(self) -> Value {
        let time = |time: Timestamp| Value::Tag(TAG_DATE_TIME, Box::new(time.to_rfc3339().as_str().into()));
        Value::object([
            ("signed", time(self.signed)),
            ("validFrom", time(self.valid_from)),
            ("validUntil", time(self.valid_until)),
        ])
    }

    fn from_item(item: &Item<'_>) -> Result<Self, MdocError> {
        let validity = Self {
            signed: read(item, "signed", date_time)?,
            valid_from: read(item, "validFrom", date_time)?,
            valid_until: read(item, "validUntil", date_time)?,
        };
        let is_span = validity.signed <= validity.valid_from && validity.valid_from < validity.valid_until;
        if is_span { Ok(validity) } else { Err(MdocError::Validity) }
    }
}

/// `tdate` without fractions of a second and in UTC (ISO/IEC 18013-5 section 7.2.1).
pub(super) fn date_time(item: &Item<'_>) -> Option<Timestamp> {
    const LENGTH: usize = "2026-11-22T10:30:00Z".len();
    let text = item.tagged(TAG_DATE_TIME)?.text()?;
    let plain = text.len() == LENGTH && text.ends_with('Z') && text.as_bytes()[10] == b'T';
    if plain { Timestamp::parse_rfc3339(text).ok() } else { None }
}

impl Mso {
    /// Reads the payload of `issuerAuth`: tag 24 around the object.
    pub(super) fn parse(payload: &[u8]) -> Result<Self, MdocError> {
        let outer = cbor::parse(payload, &LIMITS)?;
        let item = cbor::parse(outer.encoded().ok_or(MdocError::Member("MobileSecurityObjectBytes"))?, &LIMITS)?;
        check_version(&item)?;
        if read(&item, "digestAlgorithm", Item::text)? != DIGEST_ALGORITHM {
            return Err(MdocError::DigestAlgorithm);
        }
        let device = member(&item, "deviceKeyInfo")?;
        let authorizations = device
            .get("keyAuthorizations")
            .map_or(Some(KeyAuthorizations::default()), |item| KeyAuthorizations::from_item(item));
        Ok(Self {
            digests: read(&item, "valueDigests", digests)?,
            doc_type: read(&item, "docType", Item::text)?.to_owned(),
            device_key: PublicKey::from_cose_key(member(device, "deviceKey")?)?,
            authorizations: authorizations.ok_or(MdocError::Member("keyAuthorizations"))?,
            validity: ValidityInfo::from_item(member(&item, "validityInfo")?)?,
            status: item.get("status").map(status).transpose()?.flatten(),
        })
    }

    /// The digest that was signed for an item.
    pub(super) fn digest(&self, namespace: &str, id: u64) -> Option<&[u8; 32]> {
        self.digests.get(namespace)?.get(&id)
    }

    /// The object in the bytes that are signed: tag 24 around it.
    pub(super) fn encode(parts: MsoParts<'_>) -> Vec<u8> {
        let mut device = vec![("deviceKey", parts.device_key.to_cose_key())];
        device.extend(parts.authorizations.to_value().map(|value| ("keyAuthorizations", value)));
        let status = Value::object([("status_list", parts.status)]);
        let members = [
            ("version", VERSION.into()),
            ("digestAlgorithm", DIGEST_ALGORITHM.into()),
            ("valueDigests", parts.digests),
            ("deviceKeyInfo", Value::object(device)),
            ("docType", parts.doc_type.into()),
            ("validityInfo", parts.validity.to_value()),
            ("status", status),
        ];
        Value::embedded(Value::object(members).to_bytes()).to_bytes()
    }
}

/// What goes into the object of one copy.
pub(super) struct MsoParts<'a> {
    pub(super) doc_type: &'a str,
    pub(super) digests: Value,
    pub(super) device_key: &'a PublicKey,
    pub(super) authorizations: &'a KeyAuthorizations,
    pub(super) validity: ValidityInfo,
    /// The member `status_list`.
    pub(super) status: Value,
}

fn digests(item: &Item<'_>) -> Option<BTreeMap<String, Digests>> {
    let digest =
        |(id, digest): &(Item<'_>, Item<'_>)| Some((digest_id(id)?, <[u8; 32]>::try_from(digest.bytes()?).ok()?));
    let namespace = |(name, list): &(Item<'_>, Item<'_>)| {
        let list = list.map().filter(|list| !list.is_empty())?;
        Some((name.text()?.to_owned(), list.iter().map(digest).collect::<Option<_>>()?))
    };
    item.map().filter(|map| !map.is_empty())?.iter().map(namespace).collect()
}

/// Other mechanisms than status lists are passed over: a reader that needs a status finds none.
fn status(item: &Item<'_>) -> Result<Option<serde_json::Value>, MdocError> {
    const MALFORMED: MdocError = MdocError::Member("status");
    item.map().ok_or(MALFORMED)?;
    let Some(list) = item.get("status_list") else { return Ok(None) };
    let idx = list.get("idx").and_then(Item::integer).ok_or(MALFORMED)?;
    let uri = list.get("uri").and_then(Item::text).ok_or(MALFORMED)?;
    Ok(Some(json!({ "status_list": { "idx": idx, "uri": uri } })))
}

impl fmt::Debug for Mso {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mso")
            .field("doc_type", &self.doc_type)
            .field("validity", &self.validity)
            .finish_non_exhaustive()
    }
}
