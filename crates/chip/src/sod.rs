//! EF.SOD: the state's signature over the hashes of all data groups (Doc 9303-10 section 4.6.2).

use std::collections::BTreeMap;

use mibun_crypto::asn1::{self, Asn1Error, Element, Oid};
use mibun_crypto::digest::Hash;
use mibun_crypto::signature::{SignatureScheme, hash_from_identifier};
use thiserror::Error;

use crate::cms::{CmsError, SignedData, Verified};
use crate::lds::LAST_GROUP;
use crate::tlv::{Tag, Tlv, TlvError};

/// Longest EF.SOD that is looked at, in bytes. Real ones have 1.5 to 3 KB.
pub const MAX_BYTES: usize = 64 * 1024;

const SOD: Tag = 0x77;
const LDS_SECURITY_OBJECT: Oid = Oid::new_unwrap("2.23.136.1.1.1");

/// Why EF.SOD is refused before anything it says is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SodError {
    /// Longer than is looked at.
    #[error("EF.SOD is too long")]
    TooLong,
    /// Not the one data object of EF.SOD.
    #[error(transparent)]
    Tlv(#[from] TlvError),
    /// The signed message is refused.
    #[error(transparent)]
    Cms(#[from] CmsError),
    /// The signed content is not an `LDSSecurityObject` of version 0 or 1.
    #[error("not a security object of version 0 or 1")]
    Form,
    /// The hash function of the data groups is not spoken.
    #[error("the hash algorithm of the data groups is not supported")]
    HashAlgorithm,
    /// A data group's number is not 1 to 16.
    #[error("the security object lists an unknown data group: {0}")]
    UnknownGroup(u32),
    /// A data group is listed twice.
    #[error("the security object lists data group {0} twice")]
    DuplicateGroup(u8),
    /// A hash has not the length of its function.
    #[error("the hash of data group {0} has the wrong length")]
    HashLength(u8),
}

impl From<Asn1Error> for SodError {
    fn from(_: Asn1Error) -> Self {
        Self::Form
    }
}

/// EF.SOD, taken apart. Nothing in it is known to be true before [`Sod::verify`] and the chain of the signer.
#[derive(Clone)]
pub struct Sod<'a> {
    message: SignedData<'a>,
    hash: Hash,
    hashes: BTreeMap<u8, &'a [u8]>,
    lds_version: Option<&'a str>,
}

impl<'a> Sod<'a> {
    /// Reads EF.SOD. Trailing bytes are refused.
    pub fn parse(file: &'a [u8]) -> Result<Self, SodError> {
        if file.len() > MAX_BYTES {
            return Err(SodError::TooLong);
        }
        let message = SignedData::parse(Tlv::parse_tagged(file, SOD)?, LDS_SECURITY_OBJECT)?;
        let mut fields = Element::read(message.content(), asn1::SEQUENCE)?.children();
        let version = fields.take(asn1::INTEGER)?.small()?;
        let hash = fields.take(asn1::SEQUENCE)?.whole;
        let hash = hash_from_identifier(hash).map_err(|_| SodError::HashAlgorithm)?;
        let hashes = read_hashes(&fields.take(asn1::SEQUENCE)?, hash)?;
        let lds_version = match version {
            0 => None,
            1 => Some(read_version(&fields.take(asn1::SEQUENCE)?)?),
            _ => return Err(SodError::Form),
        };
        fields.end()?;
        Ok(Self { message, hash, hashes, lds_version })
    }

    /// The hash function of the data groups.
    pub fn hash(&self) -> Hash {
        self.hash
    }

    /// The hashes by number of the data group.
    pub fn hashes(&self) -> &BTreeMap<u8, &'a [u8]> {
        &self.hashes
    }

    /// Version of the data structure, `0108`; only security objects of version 1 state it.
    pub fn lds_version(&self) -> Option<&'a str> {
        self.lds_version
    }

    /// The hash over the security object.
    pub fn digest(&self) -> Hash {
        self.message.digest()
    }

    /// How it is signed.
    pub fn scheme(&self) -> SignatureScheme {
        self.message.scheme()
    }

    /// Whether the certificate inside signed exactly this.
    pub fn verify(&self) -> Result<Verified, CmsError> {
        self.message.verify()
    }
}

fn read_hashes<'a>(list: &Element<'a>, hash: Hash) -> Result<BTreeMap<u8, &'a [u8]>, SodError> {
    let mut hashes = BTreeMap::new();
    let mut entries = list.children();
    while !entries.is_empty() {
        let mut parts = entries.take(asn1::SEQUENCE)?.children();
        let number = parts.take(asn1::INTEGER)?.small()?;
        let value = parts.take(asn1::OCTET_STRING)?.value;
        parts.end()?;
        let group = u8::try_from(number).ok().filter(|group| (1..=LAST_GROUP).contains(group));
        let group = group.ok_or(SodError::UnknownGroup(number))?;
        if value.len() != hash.length() {
            return Err(SodError::HashLength(group));
        }
        if hashes.insert(group, value).is_some() {
            return Err(SodError::DuplicateGroup(group));
        }
    }
    Ok(hashes)
}

/// `LDSVersionInfo`: both versions as text; that of Unicode tells nothing.
fn read_version<'a>(info: &Element<'a>) -> Result<&'a str, SodError> {
    const PRINTABLE_STRING: u8 = 0x13;
    let mut parts = info.children();
    let version = parts.take(PRINTABLE_STRING)?.value;
    parts.take(PRINTABLE_STRING)?;
    parts.end()?;
    std::str::from_utf8(version).map_err(|_| SodError::Form)
}
