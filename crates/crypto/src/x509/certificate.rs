//! One certificate, taken apart.

use std::fmt;

use der::asn1::BitString;
use der::pem::{self, LineEnding};
use der::{Decode, Encode, Reader, SliceReader};
use thiserror::Error;
use x509_cert::Version;
use x509_cert::ext::pkix::name::DirectoryString;
use x509_cert::name::Name;
use x509_cert::spki::ObjectIdentifier;
use x509_cert::time::Time;

use super::extensions::Extensions;
use super::name::{COMMON_NAME, COUNTRY, ORGANISATION, ORGANISATION_IDENTIFIER};
use super::seen::Seen;
use super::{Validity, signature};
use crate::digest;
use crate::key::{Algorithm, BadSignature, PublicKey, PublicKeyError, signature_from_der};
use crate::time::Timestamp;

/// Longest certificate that is looked at, in bytes.
const MAX_BYTES: usize = 16 * 1024;
const PEM_LABEL: &str = "CERTIFICATE";

/// Why bytes are not a certificate of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CertificateError {
    /// Longer than 16 KiB.
    #[error("the certificate is too long")]
    TooLong,
    /// Not a DER certificate of version 3.
    #[error("not a DER certificate of version 3")]
    Form,
    /// Not PEM text with the label `CERTIFICATE`.
    #[error("not a PEM certificate")]
    Pem,
    /// Its key is of no supported kind.
    #[error("the key of the certificate is refused: {0}")]
    Key(#[from] PublicKeyError),
    /// It is signed with an algorithm that is not spoken, or names two.
    #[error("the signature algorithm of the certificate is not supported")]
    SignatureAlgorithm,
}

/// A certificate as it was received. Nothing in it is known to be true before [`super::chain::verify`].
#[derive(Clone)]
pub struct Certificate {
    der: Vec<u8>,
    /// The signed part within `der`, as received.
    tbs: Vec<u8>,
    algorithm: Algorithm,
    signature: Vec<u8>,
    public_key: PublicKey,
    subject: Vec<u8>,
    issuer: Vec<u8>,
    names: [Option<String>; 4],
    validity: Validity,
    serial: Vec<u8>,
    extensions: Extensions,
    seen: Seen,
}

impl Certificate {
    /// Takes a DER certificate apart. Trailing bytes are refused.
    pub fn from_der(der: &[u8]) -> Result<Self, CertificateError> {
        if der.len() > MAX_BYTES {
            return Err(CertificateError::TooLong);
        }
        let parsed = x509_cert::Certificate::from_der(der).map_err(|_| CertificateError::Form)?;
        let content = parsed.tbs_certificate();
        if content.version() != Version::V3 {
            return Err(CertificateError::Form);
        }
        let algorithm = signature::algorithm(content.signature()).ok_or(CertificateError::SignatureAlgorithm)?;
        if content.signature() != parsed.signature_algorithm() {
            return Err(CertificateError::SignatureAlgorithm);
        }
        let key = content.subject_public_key_info().to_der().map_err(|_| CertificateError::Form)?;
        let extensions = content.extensions().map_or(&[][..], Vec::as_slice);
        Ok(Self {
            tbs: signed_part(der).map_err(|_| CertificateError::Form)?,
            algorithm,
            signature: read_signature(algorithm, parsed.signature())?,
            public_key: PublicKey::from_spki_der(&key)?,
            subject: content.subject().to_der().map_err(|_| CertificateError::Form)?,
            issuer: content.issuer().to_der().map_err(|_| CertificateError::Form)?,
            names: [COMMON_NAME, ORGANISATION, COUNTRY, ORGANISATION_IDENTIFIER]
                .map(|oid| text(content.subject(), oid)),
            validity: Validity {
                not_before: timestamp(content.validity().not_before),
                not_after: timestamp(content.validity().not_after),
            },
            serial: content.serial_number().as_bytes().to_vec(),
            extensions: Extensions::read(extensions).map_err(|_| CertificateError::Form)?,
            der: der.to_vec(),
            seen: Seen::default(),
        })
    }

    /// The first certificate of PEM text (RFC 7468).
    pub fn from_pem(text: &str) -> Result<Self, CertificateError> {
        Self::all_from_pem(text)?.into_iter().next().ok_or(CertificateError::Pem)
    }

    /// All certificates of PEM text, in its order. White space between them is the only other content allowed.
    pub fn all_from_pem(text: &str) -> Result<Vec<Self>, CertificateError> {
        const END: &str = "-----END CERTIFICATE-----";
        let mut certificates = Vec::new();
        let mut rest = text.trim();
        while !rest.is_empty() {
            let end = rest.find(END).ok_or(CertificateError::Pem)? + END.len();
            let (block, after) = rest.split_at(end);
            let (label, der) = pem::decode_vec(block.as_bytes()).map_err(|_| CertificateError::Pem)?;
            if label != PEM_LABEL {
                return Err(CertificateError::Pem);
            }
            certificates.push(Self::from_der(&der)?);
            rest = after.trim_start();
        }
        Ok(certificates)
    }

    /// The certificate as PEM text.
    pub fn to_pem(&self) -> String {
        pem::encode_string(PEM_LABEL, LineEnding::LF, &self.der).expect("a certificate is far below PEM's limits")
    }

    /// The DER bytes as received.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The subject's key.
    pub fn public_key(&self) -> &PublicKey {
        &self.public_key
    }

    /// The subject's common name.
    pub fn subject_cn(&self) -> Option<&str> {
        self.names[0].as_deref()
    }

    /// The subject's organisation.
    pub fn subject_org(&self) -> Option<&str> {
        self.names[1].as_deref()
    }

    /// The subject's country.
    pub fn subject_country(&self) -> Option<&str> {
        self.names[2].as_deref()
    }

    /// The registered identifier of the subject's organisation (ETSI EN 319 412-1 section 5.1.4).
    pub fn organisation_identifier(&self) -> Option<&str> {
        self.names[3].as_deref()
    }

    /// The subject as DER, for comparison with [`Certificate::issuer_der`] of another.
    pub fn subject_der(&self) -> &[u8] {
        &self.subject
    }

    /// The issuer's name as DER.
    pub fn issuer_der(&self) -> &[u8] {
        &self.issuer
    }

    /// First second of validity.
    pub fn not_before(&self) -> Timestamp {
        self.validity.not_before
    }

    /// Last second of validity.
    pub fn not_after(&self) -> Timestamp {
        self.validity.not_after
    }

    /// The serial number, big-endian.
    pub fn serial(&self) -> &[u8] {
        &self.serial
    }

    /// Whether the certificate is signed with its own key.
    pub fn is_self_signed(&self) -> bool {
        self.subject == self.issuer && self.verify_signature(&self.public_key).is_ok()
    }

    /// SHA-256 over the DER bytes: what `x509_hash` identifies a verifier by.
    pub fn sha256_fingerprint(&self) -> [u8; 32] {
        digest::sha256(&self.der)
    }

    /// Identifier of the subject's key.
    pub fn subject_key_identifier(&self) -> Option<&[u8]> {
        self.extensions.subject_key.as_deref()
    }

    /// Identifier of the issuer's key.
    pub fn authority_key_identifier(&self) -> Option<&[u8]> {
        self.extensions.authority_key.as_deref()
    }

    /// Hosts among the alternative names.
    pub fn dns_names(&self) -> &[String] {
        &self.extensions.dns_names
    }

    /// Addresses among the alternative names.
    pub fn uris(&self) -> &[String] {
        &self.extensions.uris
    }

    /// Purposes of the key in dotted form; empty when the extension is absent.
    pub fn extended_key_usages(&self) -> &[String] {
        self.extensions.purposes.as_deref().unwrap_or_default()
    }

    /// Policies under which it was issued, in dotted form.
    pub fn policies(&self) -> &[String] {
        &self.extensions.policies
    }

    /// Where the issuer's revocation lists are fetched.
    pub fn revocation_lists(&self) -> &[String] {
        &self.extensions.revocation_lists
    }

    /// Addresses among the issuer's alternative names.
    pub fn issuer_uris(&self) -> &[String] {
        &self.extensions.issuer_uris
    }

    /// Whether the certificate may sign others.
    pub fn is_authority(&self) -> bool {
        self.extensions.is_authority()
    }

    /// The algorithm of its key, and the one it is signed with.
    pub(super) fn algorithms(&self) -> impl Iterator<Item = Algorithm> {
        [self.public_key.algorithm(), self.algorithm].into_iter()
    }

    pub(super) fn extensions(&self) -> &Extensions {
        &self.extensions
    }

    /// Whether the owner of this certificate's key signed `other`. What was found to be so is remembered, as long as this
    /// certificate lives: that of an anchor does as long as the server.
    pub(super) fn has_signed(&self, other: &Self) -> Result<(), BadSignature> {
        self.seen.verify(self, other)
    }

    #[cfg(test)]
    pub(super) fn seen(&self) -> &Seen {
        &self.seen
    }

    /// Whether the holder of `key` signed this certificate.
    pub(super) fn verify_signature(&self, key: &PublicKey) -> Result<(), BadSignature> {
        if key.algorithm() != self.algorithm {
            return Err(BadSignature);
        }
        key.verify(&self.tbs, &self.signature)
    }
}

/// The first element of the outer sequence, header included.
fn signed_part(der: &[u8]) -> der::Result<Vec<u8>> {
    let mut reader = SliceReader::new(der)?;
    reader.sequence(|inner: &mut SliceReader<'_>| {
        let tbs = inner.tlv_bytes()?.to_vec();
        while !inner.is_finished() {
            inner.tlv_bytes()?;
        }
        Ok(tbs)
    })
}

fn read_signature(algorithm: Algorithm, bits: &BitString) -> Result<Vec<u8>, CertificateError> {
    let bytes = bits.as_bytes().ok_or(CertificateError::Form)?;
    signature_from_der(algorithm, bytes).ok_or(CertificateError::Form)
}

fn text(name: &Name, oid: ObjectIdentifier) -> Option<String> {
    let value: DirectoryString = name.by_oid(oid).ok()??;
    Some(value.into())
}

fn timestamp(time: Time) -> Timestamp {
    Timestamp(i64::try_from(time.to_unix_duration().as_secs()).unwrap_or(i64::MAX))
}

impl PartialEq for Certificate {
    fn eq(&self, other: &Self) -> bool {
        self.der == other.der
    }
}

impl Eq for Certificate {}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificate").field("subject", &self.subject_cn()).finish_non_exhaustive()
    }
}
