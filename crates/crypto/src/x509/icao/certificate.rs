//! One certificate of a country or a document signer, taken apart.

use std::fmt;

use super::{IcaoError, IcaoName, read_time};
use crate::asn1::{self, Asn1Error, Element, Elements, Oid};
use crate::digest;
use crate::key::BadSignature;
use crate::signature::{SignatureScheme, VerifyingKey};
use crate::time::Timestamp;
use crate::x509::Validity;

/// Longest certificate that is looked at, in bytes. Keys with spelled-out curves and long names stay below 4 KiB.
const MAX_BYTES: usize = 16 * 1024;

const SUBJECT_KEY: Oid = Oid::new_unwrap("2.5.29.14");
const KEY_USAGE: Oid = Oid::new_unwrap("2.5.29.15");
const PRIVATE_KEY_USAGE: Oid = Oid::new_unwrap("2.5.29.16");
const BASIC_CONSTRAINTS: Oid = Oid::new_unwrap("2.5.29.19");
const AUTHORITY_KEY: Oid = Oid::new_unwrap("2.5.29.35");
const EXTENDED_USAGE: Oid = Oid::new_unwrap("2.5.29.37");

/// A use of the key that `keyUsage` allows (RFC 5280 section 4.2.1.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Usage {
    /// `digitalSignature`: signs documents.
    DigitalSignature = 0,
    /// `keyCertSign`: signs certificates.
    SignCertificates = 5,
    /// `cRLSign`: signs revocation lists.
    SignLists = 6,
}

/// A certificate as it was received. Nothing in it is known to be true.
#[derive(Clone)]
pub struct IcaoCertificate {
    der: Vec<u8>,
    /// Where the signed part lies in `der`.
    tbs: std::ops::Range<usize>,
    scheme: SignatureScheme,
    signature: Vec<u8>,
    key: VerifyingKey,
    serial: Vec<u8>,
    subject: IcaoName,
    issuer: IcaoName,
    validity: Validity,
    extensions: Extensions,
}

/// The extensions that Doc 9303-12 gives a meaning.
#[derive(Clone, Default)]
struct Extensions {
    subject_key: Option<Vec<u8>>,
    authority_key: Option<Vec<u8>>,
    /// The bits in the order of the standard, the first as the highest of the first byte.
    usage: Option<Vec<u8>>,
    authority: bool,
    path_length: Option<u32>,
    purposes: Vec<Vec<u8>>,
    private_use: Option<(Option<Timestamp>, Option<Timestamp>)>,
    unknown_critical: bool,
}

impl IcaoCertificate {
    /// Takes a DER certificate apart. Trailing bytes and extensions that appear twice are refused.
    pub fn from_der(der: &[u8]) -> Result<Self, IcaoError> {
        if der.len() > MAX_BYTES {
            return Err(IcaoError::TooLong);
        }
        let mut parts = Element::read(der, asn1::SEQUENCE)?.children();
        let tbs = parts.take(asn1::SEQUENCE)?;
        let (algorithm, signature) = (parts.take(asn1::SEQUENCE)?, parts.take(asn1::BIT_STRING)?);
        parts.end()?;
        let start = tbs.whole.as_ptr().addr() - der.as_ptr().addr();
        let mut fields = tbs.children();
        if let Some(version) = fields.optional(asn1::context(0))?
            && Element::read(version.value, asn1::INTEGER)?.small()? > 2
        {
            return Err(IcaoError::Form);
        }
        let serial = fields.take(asn1::INTEGER)?.value.to_vec();
        if fields.take(asn1::SEQUENCE)?.whole != algorithm.whole {
            return Err(IcaoError::SignatureAlgorithm);
        }
        let issuer = IcaoName::from_der(fields.take(asn1::SEQUENCE)?.whole)?;
        let validity = read_validity(&fields.take(asn1::SEQUENCE)?)?;
        let subject = IcaoName::from_der(fields.take(asn1::SEQUENCE)?.whole)?;
        let key = VerifyingKey::from_spki_der(fields.take(asn1::SEQUENCE)?.whole)?;
        Ok(Self {
            tbs: start..start + tbs.whole.len(),
            scheme: SignatureScheme::from_identifier(algorithm.whole, None)?,
            signature: signature.bits()?.to_vec(),
            extensions: Extensions::read(&mut fields)?,
            der: der.to_vec(),
            key,
            serial,
            subject,
            issuer,
            validity,
        })
    }

    /// The DER bytes as received.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The subject's key.
    pub fn public_key(&self) -> &VerifyingKey {
        &self.key
    }

    /// Who it is about.
    pub fn subject(&self) -> &IcaoName {
        &self.subject
    }

    /// Who signed it.
    pub fn issuer(&self) -> &IcaoName {
        &self.issuer
    }

    /// Content octets of the serial number.
    pub fn serial(&self) -> &[u8] {
        &self.serial
    }

    /// From when until when.
    pub fn validity(&self) -> Validity {
        self.validity
    }

    /// How it is signed.
    pub fn scheme(&self) -> SignatureScheme {
        self.scheme
    }

    /// Identifier of the subject's key.
    pub fn subject_key_identifier(&self) -> Option<&[u8]> {
        self.extensions.subject_key.as_deref()
    }

    /// Identifier of the issuer's key.
    pub fn authority_key_identifier(&self) -> Option<&[u8]> {
        self.extensions.authority_key.as_deref()
    }

    /// Whether `basicConstraints` makes it an authority.
    pub fn is_authority(&self) -> bool {
        self.extensions.authority
    }

    /// How many authorities may follow below.
    pub fn path_length(&self) -> Option<u32> {
        self.extensions.path_length
    }

    /// Whether `keyUsage` is there and allows `usage`.
    pub fn permits(&self, usage: Usage) -> bool {
        let (byte, bit) = (usage as usize / 8, usage as usize % 8);
        self.extensions.usage.as_ref().and_then(|bits| bits.get(byte)).is_some_and(|bits| bits & (0x80 >> bit) != 0)
    }

    /// Whether the extended key usage lists this purpose.
    pub fn has_purpose(&self, purpose: Oid) -> bool {
        self.extensions.purposes.iter().any(|listed| listed == purpose.as_bytes())
    }

    /// Whether the extended key usage is there at all.
    pub fn has_purposes(&self) -> bool {
        !self.extensions.purposes.is_empty()
    }

    /// When the private key may sign (`privateKeyUsagePeriod`): shorter than the validity, for documents outlive it.
    pub fn private_key_usage(&self) -> Option<(Option<Timestamp>, Option<Timestamp>)> {
        self.extensions.private_use
    }

    /// Whether a critical extension is there that is not understood.
    pub fn has_unknown_critical(&self) -> bool {
        self.extensions.unknown_critical
    }

    /// SHA-256 over the DER bytes.
    pub fn sha256_fingerprint(&self) -> [u8; 32] {
        digest::sha256(&self.der)
    }

    /// Whether the holder of `key` signed this certificate.
    pub fn verify_signature(&self, key: &VerifyingKey) -> Result<(), BadSignature> {
        key.verify(self.scheme, &self.der[self.tbs.clone()], &self.signature)
    }

    /// Whether it is signed with its own key.
    pub fn is_self_signed(&self) -> bool {
        self.subject == self.issuer && self.verify_signature(&self.key).is_ok()
    }

    /// Whether names and key identifiers, where both are there, say that `issuer` may have signed this.
    pub fn names_issuer(&self, issuer: &Self) -> bool {
        let keys = self.authority_key_identifier().zip(issuer.subject_key_identifier());
        self.issuer == issuer.subject && keys.is_none_or(|(wanted, own)| wanted == own)
    }
}

impl Extensions {
    fn read(fields: &mut Elements<'_>) -> Result<Self, IcaoError> {
        fields.optional(asn1::context_primitive(1))?;
        fields.optional(asn1::context_primitive(2))?;
        let mut extensions = Self::default();
        if let Some(outer) = fields.optional(asn1::context(3))? {
            let mut list = Element::read(outer.value, asn1::SEQUENCE)?.children();
            let mut seen: Vec<&[u8]> = Vec::new();
            while !list.is_empty() {
                let mut parts = list.take(asn1::SEQUENCE)?.children();
                let oid = parts.take(asn1::OID)?;
                let critical = parts.optional(asn1::BOOLEAN)?.is_some_and(|flag| flag.value != [0]);
                let value = parts.take(asn1::OCTET_STRING)?.value;
                parts.end()?;
                if seen.contains(&oid.value) {
                    return Err(IcaoError::Form);
                }
                seen.push(oid.value);
                extensions.unknown_critical |= !extensions.add(&oid, value)? && critical;
            }
        }
        fields.end()?;
        Ok(extensions)
    }

    /// Takes one extension in; whether it is known.
    fn add(&mut self, oid: &Element<'_>, value: &[u8]) -> Result<bool, Asn1Error> {
        if oid.is(SUBJECT_KEY) {
            self.subject_key = Some(Element::read(value, asn1::OCTET_STRING)?.value.to_vec());
        } else if oid.is(AUTHORITY_KEY) {
            let mut parts = Element::read(value, asn1::SEQUENCE)?.children();
            self.authority_key = parts.optional(asn1::context_primitive(0))?.map(|key| key.value.to_vec());
        } else if oid.is(KEY_USAGE) {
            let bits = Element::read(value, asn1::BIT_STRING)?.value;
            self.usage = Some(bits.split_first().ok_or(Asn1Error)?.1.to_vec());
        } else if oid.is(BASIC_CONSTRAINTS) {
            let mut parts = Element::read(value, asn1::SEQUENCE)?.children();
            self.authority = parts.optional(asn1::BOOLEAN)?.is_some_and(|flag| flag.value == [0xff]);
            self.path_length = parts.optional(asn1::INTEGER)?.map(|number| number.small()).transpose()?;
            parts.end()?;
        } else if oid.is(EXTENDED_USAGE) {
            let mut list = Element::read(value, asn1::SEQUENCE)?.children();
            while !list.is_empty() {
                self.purposes.push(list.take(asn1::OID)?.value.to_vec());
            }
        } else if oid.is(PRIVATE_KEY_USAGE) {
            let mut parts = Element::read(value, asn1::SEQUENCE)?.children();
            let mut bound = |number| -> Result<Option<Timestamp>, Asn1Error> {
                let element = parts.optional(asn1::context_primitive(number))?;
                element.map(|element| read_time(&Element { tag: asn1::GENERALIZED_TIME, ..element })).transpose()
            };
            self.private_use = Some((bound(0)?, bound(1)?));
        } else {
            return Ok(false);
        }
        Ok(true)
    }
}

fn read_validity(element: &Element<'_>) -> Result<Validity, Asn1Error> {
    let mut parts = element.children();
    let validity = Validity { not_before: read_time(&parts.any()?)?, not_after: read_time(&parts.any()?)? };
    parts.end()?;
    Ok(validity)
}

impl PartialEq for IcaoCertificate {
    fn eq(&self, other: &Self) -> bool {
        self.der == other.der
    }
}

impl Eq for IcaoCertificate {}

impl fmt::Debug for IcaoCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IcaoCertificate").field("subject", &self.subject).finish_non_exhaustive()
    }
}
