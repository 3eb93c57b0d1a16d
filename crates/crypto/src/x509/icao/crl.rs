//! Certificate revocation lists (RFC 5280 section 5): whole lists only, as Doc 9303-12 section 7.1.4 wants them.

use std::collections::BTreeSet;
use std::fmt;

use super::{IcaoError, IcaoName, read_time};
use crate::asn1::{self, Element, Oid};
use crate::key::BadSignature;
use crate::signature::{SignatureScheme, VerifyingKey};
use crate::time::Timestamp;

/// Longest list that is looked at, in bytes.
const MAX_BYTES: usize = 4 * 1024 * 1024;

const AUTHORITY_KEY: Oid = Oid::new_unwrap("2.5.29.35");
const NUMBER: Oid = Oid::new_unwrap("2.5.29.20");

/// A list of revoked certificates as received. Nothing in it is known to be true before [`RevocationList::verify_signature`].
#[derive(Clone)]
pub struct RevocationList {
    tbs: Vec<u8>,
    scheme: SignatureScheme,
    signature: Vec<u8>,
    issuer: IcaoName,
    this_update: Timestamp,
    next_update: Option<Timestamp>,
    serials: BTreeSet<Vec<u8>>,
}

impl RevocationList {
    /// Takes a DER `CertificateList` apart. A critical extension other than those of whole lists is refused: what it
    /// says could turn the meaning around.
    pub fn from_der(der: &[u8]) -> Result<Self, IcaoError> {
        if der.len() > MAX_BYTES {
            return Err(IcaoError::TooLong);
        }
        let mut parts = Element::read(der, asn1::SEQUENCE)?.children();
        let tbs = parts.take(asn1::SEQUENCE)?;
        let (algorithm, signature) = (parts.take(asn1::SEQUENCE)?, parts.take(asn1::BIT_STRING)?);
        parts.end()?;
        let mut fields = tbs.children();
        fields.optional(asn1::INTEGER)?;
        if fields.take(asn1::SEQUENCE)?.whole != algorithm.whole {
            return Err(IcaoError::SignatureAlgorithm);
        }
        let issuer = IcaoName::from_der(fields.take(asn1::SEQUENCE)?.whole)?;
        let this_update = read_time(&fields.any()?)?;
        let next_update = match (fields.optional(asn1::UTC_TIME)?, fields.optional(asn1::GENERALIZED_TIME)?) {
            (Some(time), None) | (None, Some(time)) => Some(read_time(&time)?),
            (None, None) => None,
            _ => return Err(IcaoError::Form),
        };
        let serials = fields.optional(asn1::SEQUENCE)?.map_or(Ok(BTreeSet::new()), |list| entries(&list))?;
        if let Some(extensions) = fields.optional(asn1::context(0))? {
            refuse_unknown(&Element::read(extensions.value, asn1::SEQUENCE)?, &[AUTHORITY_KEY, NUMBER])?;
        }
        fields.end()?;
        Ok(Self {
            tbs: tbs.whole.to_vec(),
            scheme: SignatureScheme::from_identifier(algorithm.whole, None)?,
            signature: signature.bits()?.to_vec(),
            issuer,
            this_update,
            next_update,
            serials,
        })
    }

    /// Whose certificates it is about.
    pub fn issuer(&self) -> &IcaoName {
        &self.issuer
    }

    /// When it was made.
    pub fn this_update(&self) -> Timestamp {
        self.this_update
    }

    /// Until when the next one comes.
    pub fn next_update(&self) -> Option<Timestamp> {
        self.next_update
    }

    /// How it is signed.
    pub fn scheme(&self) -> SignatureScheme {
        self.scheme
    }

    /// Whether the certificate with this serial number (content octets) is listed.
    pub fn contains(&self, serial: &[u8]) -> bool {
        self.serials.contains(serial)
    }

    /// Whether the holder of `key` signed this list.
    pub fn verify_signature(&self, key: &VerifyingKey) -> Result<(), BadSignature> {
        key.verify(self.scheme, &self.tbs, &self.signature)
    }
}

fn entries(list: &Element<'_>) -> Result<BTreeSet<Vec<u8>>, IcaoError> {
    let mut serials = BTreeSet::new();
    let mut entries = list.children();
    while !entries.is_empty() {
        let mut parts = entries.take(asn1::SEQUENCE)?.children();
        serials.insert(parts.take(asn1::INTEGER)?.value.to_vec());
        read_time(&parts.any()?)?;
        if let Some(extensions) = parts.optional(asn1::SEQUENCE)? {
            refuse_unknown(&extensions, &[])?;
        }
        parts.end()?;
    }
    Ok(serials)
}

fn refuse_unknown(extensions: &Element<'_>, known: &[Oid]) -> Result<(), IcaoError> {
    let mut list = extensions.children();
    while !list.is_empty() {
        let mut parts = list.take(asn1::SEQUENCE)?.children();
        let oid = parts.take(asn1::OID)?;
        let critical = parts.optional(asn1::BOOLEAN)?.is_some_and(|flag| flag.value != [0]);
        if critical && !known.iter().any(|known| oid.is(*known)) {
            return Err(IcaoError::Form);
        }
    }
    Ok(())
}

impl fmt::Debug for RevocationList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RevocationList")
            .field("issuer", &self.issuer)
            .field("entries", &self.serials.len())
            .finish_non_exhaustive()
    }
}
