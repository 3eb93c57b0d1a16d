//! Making certificates: the authority's root, authorities below it, and leaves with one purpose each.

use std::time::Duration;

use der::asn1::{BitString, OctetString};
use der::oid::AssociatedOid;
use der::{DateTime, Decode, Encode, Sequence};
use thiserror::Error;
use x509_cert::Version;
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::{
    AuthorityKeyIdentifier, BasicConstraints, ExtendedKeyUsage, KeyUsage, KeyUsages, SubjectAltName,
    SubjectKeyIdentifier,
};
use x509_cert::name::Name;
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::{AlgorithmIdentifierOwned, ObjectIdentifier, SubjectPublicKeyInfoOwned};
use x509_cert::time::{Time, Validity as X509Validity};

use super::{Additions, AlternativeName, Certificate, Purpose, Subject, Validity, signature};
use crate::digest;
use crate::entropy::Entropy;
use crate::key::{PublicKey, SignError, Signer};
use crate::time::Timestamp;

/// Why a certificate cannot be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum IssueError {
    /// A name is empty, longer than 64 characters or has control characters.
    #[error("a name has no character, too many or control characters")]
    Name,
    /// Not two upper-case letters.
    #[error("a country is two upper-case letters")]
    Country,
    /// An alternative name is empty or not ASCII.
    #[error("an alternative name is empty or not ASCII")]
    AlternativeName,
    /// The validity ends before it starts, or lies outside of the years 1970 to 9999.
    #[error("the validity is not a span of time that a certificate can hold")]
    Validity,
    /// Longer than the profile of such certificates allows.
    #[error("the validity is longer than the profile allows")]
    TooLong,
    /// The profile demands this part of a name, which the subject or the issuer lacks.
    #[error("the profile demands {0}")]
    Missing(&'static str),
    /// The profile demands that subject and issuer are of one country.
    #[error("subject and issuer are of different countries")]
    OtherCountry,
    /// The issuer's certificate is for another key than the signer's, or for no authority.
    #[error("the signer is not the authority of the issuer's certificate")]
    Issuer,
    /// The keeper of the key did not sign.
    #[error(transparent)]
    Key(#[from] SignError),
    /// The parts do not fit into a certificate.
    #[error("the certificate cannot be encoded")]
    Encoding,
}

impl From<der::Error> for IssueError {
    fn from(_: der::Error) -> Self {
        Self::Encoding
    }
}

/// A certificate authority to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthoritySpec {
    /// Its name.
    pub subject: Subject,
    /// When it is good.
    pub validity: Validity,
    /// How many authorities may follow below; `None` leaves it open.
    pub path_length: Option<u8>,
}

/// A certificate for one purpose.
#[derive(Debug, Clone)]
pub struct LeafSpec<'a> {
    /// The subject's name.
    pub subject: Subject,
    /// Other names of the subject.
    pub alternative_names: Vec<AlternativeName>,
    /// What its key may do.
    pub purpose: Purpose,
    /// When it is good.
    pub validity: Validity,
    /// The subject's key.
    pub subject_key: &'a PublicKey,
}

/// A root: signed with its own key, an authority.
pub fn issue_root(
    spec: &AuthoritySpec,
    signer: &dyn Signer,
    entropy: &mut dyn Entropy,
) -> Result<Certificate, IssueError> {
    issue_root_with(spec, &Additions::default(), signer, entropy)
}

/// A root with what a profile adds to it.
pub(super) fn issue_root_with(
    spec: &AuthoritySpec,
    additions: &Additions,
    signer: &dyn Signer,
    entropy: &mut dyn Entropy,
) -> Result<Certificate, IssueError> {
    let subject = spec.subject.to_name(additions.organisation_identifier.as_deref())?;
    let mut extensions = authority_extensions(spec.path_length, signer.public_key(), signer.public_key())?;
    extensions.extend(additions.extensions()?);
    let content = Content { issuer: subject.clone(), subject, validity: spec.validity, extensions };
    content.sign(signer.public_key(), signer, entropy)
}

/// An authority below another: so that the root's key can stay offline.
pub fn issue_intermediate(
    spec: &AuthoritySpec,
    subject_key: &PublicKey,
    issuer: &Certificate,
    signer: &dyn Signer,
    entropy: &mut dyn Entropy,
) -> Result<Certificate, IssueError> {
    let content = Content {
        issuer: issuer_name(issuer, signer)?,
        subject: spec.subject.to_name(None)?,
        validity: spec.validity,
        extensions: authority_extensions(spec.path_length, subject_key, signer.public_key())?,
    };
    content.sign(subject_key, signer, entropy)
}

/// A leaf for `spec.purpose`, with key usage `digitalSignature` alone.
pub fn issue_leaf(
    spec: &LeafSpec<'_>,
    issuer: &Certificate,
    signer: &dyn Signer,
    entropy: &mut dyn Entropy,
) -> Result<Certificate, IssueError> {
    issue_leaf_with(spec, &Additions::default(), issuer, signer, entropy)
}

/// A leaf with what a profile adds to it.
pub fn issue_leaf_with(
    spec: &LeafSpec<'_>,
    additions: &Additions,
    issuer: &Certificate,
    signer: &dyn Signer,
    entropy: &mut dyn Entropy,
) -> Result<Certificate, IssueError> {
    let mut extensions = leaf_extensions(spec, signer.public_key())?;
    extensions.extend(additions.extensions()?);
    let content = Content {
        issuer: issuer_name(issuer, signer)?,
        subject: spec.subject.to_name(additions.organisation_identifier.as_deref())?,
        validity: spec.validity,
        extensions,
    };
    content.sign(spec.subject_key, signer, entropy)
}

/// What tells one certificate from another, apart from key and serial number.
pub(super) struct Content {
    pub issuer: Name,
    pub subject: Name,
    pub validity: Validity,
    pub extensions: Vec<Extension>,
}

/// `TBSCertificate` of RFC 5280, as far as we write it.
#[derive(Sequence)]
struct SignedPart {
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT")]
    version: Version,
    serial: SerialNumber,
    signature: AlgorithmIdentifierOwned,
    issuer: Name,
    validity: X509Validity,
    subject: Name,
    key: SubjectPublicKeyInfoOwned,
    #[asn1(context_specific = "3", tag_mode = "EXPLICIT")]
    extensions: Vec<Extension>,
}

/// `Certificate` of RFC 5280.
#[derive(Sequence)]
struct Signed {
    part: SignedPart,
    algorithm: AlgorithmIdentifierOwned,
    signature: BitString,
}

impl Content {
    pub fn sign(
        self,
        subject_key: &PublicKey,
        signer: &dyn Signer,
        entropy: &mut dyn Entropy,
    ) -> Result<Certificate, IssueError> {
        let algorithm = signer.algorithm();
        let part = SignedPart {
            version: Version::V3,
            serial: serial(entropy)?,
            signature: signature::identifier(algorithm),
            issuer: self.issuer,
            validity: validity(self.validity)?,
            subject: self.subject,
            key: SubjectPublicKeyInfoOwned::from_der(&subject_key.to_spki_der())?,
            extensions: self.extensions,
        };
        let signed = signer.sign(&part.to_der()?)?;
        let signed = signature::to_certificate(algorithm, &signed);
        let algorithm = signature::identifier(algorithm);
        let certificate = Signed { part, algorithm, signature: BitString::from_bytes(&signed)? };
        Certificate::from_der(&certificate.to_der()?).map_err(|_| IssueError::Encoding)
    }
}

fn issuer_name(issuer: &Certificate, signer: &dyn Signer) -> Result<Name, IssueError> {
    if issuer.public_key() != signer.public_key() || !issuer.is_authority() {
        return Err(IssueError::Issuer);
    }
    Ok(Name::from_der(issuer.subject_der())?)
}

/// 126 random bits: positive, never zero, and as long for every certificate.
fn serial(entropy: &mut dyn Entropy) -> Result<SerialNumber, IssueError> {
    let mut bytes: [u8; 16] = entropy.bytes();
    bytes[0] = bytes[0] & 0x7f | 0x40;
    Ok(SerialNumber::new(&bytes)?)
}

fn validity(validity: Validity) -> Result<X509Validity, IssueError> {
    if validity.not_after < validity.not_before {
        return Err(IssueError::Validity);
    }
    Ok(X509Validity::new(time(validity.not_before)?, time(validity.not_after)?))
}

fn time(at: Timestamp) -> Result<Time, IssueError> {
    let seconds = u64::try_from(at.0).map_err(|_| IssueError::Validity)?;
    let at = DateTime::from_unix_duration(Duration::from_secs(seconds)).map_err(|_| IssueError::Validity)?;
    Ok(Time::from(at))
}

pub(super) fn authority_extensions(
    path_length: Option<u8>,
    key: &PublicKey,
    issuer_key: &PublicKey,
) -> Result<Vec<Extension>, IssueError> {
    let constraints = BasicConstraints { ca: true, path_len_constraint: path_length };
    let usage = KeyUsage(KeyUsages::KeyCertSign | KeyUsages::CRLSign);
    let mut extensions = vec![extension(true, &constraints)?, extension(true, &usage)?];
    extensions.extend(key_identifiers(key, issuer_key)?);
    Ok(extensions)
}

pub(super) fn leaf_extensions(spec: &LeafSpec<'_>, issuer_key: &PublicKey) -> Result<Vec<Extension>, IssueError> {
    let usage = KeyUsage(KeyUsages::DigitalSignature.into());
    let purposes = ExtendedKeyUsage(vec![ObjectIdentifier::new(spec.purpose.oid()).map_err(|_| IssueError::Encoding)?]);
    let mut extensions = vec![extension(true, &usage)?];
    // ISO/IEC 18013-5 annex B wants the purpose of a document signer critical; RFC 5280 leaves it open for the others.
    extensions.push(extension(spec.purpose == Purpose::DocumentSigner, &purposes)?);
    if !spec.alternative_names.is_empty() {
        let names = spec.alternative_names.iter().map(AlternativeName::to_general_name).collect::<Result<_, _>>()?;
        extensions.push(extension(false, &SubjectAltName(names))?);
    }
    extensions.extend(key_identifiers(spec.subject_key, issuer_key)?);
    Ok(extensions)
}

fn key_identifiers(key: &PublicKey, issuer_key: &PublicKey) -> Result<[Extension; 2], IssueError> {
    let authority = AuthorityKeyIdentifier {
        key_identifier: Some(key_identifier(issuer_key)?),
        authority_cert_issuer: None,
        authority_cert_serial_number: None,
    };
    Ok([extension(false, &SubjectKeyIdentifier(key_identifier(key)?))?, extension(false, &authority)?])
}

/// The leftmost 160 bits of SHA-256 over the key (RFC 7093 method 1).
fn key_identifier(key: &PublicKey) -> Result<OctetString, IssueError> {
    Ok(OctetString::new(&digest::sha256(key.as_bytes())[..20])?)
}

pub(super) fn extension<T: Encode + AssociatedOid>(critical: bool, value: &T) -> Result<Extension, IssueError> {
    Ok(Extension { extn_id: T::OID, critical, extn_value: OctetString::new(value.to_der()?)? })
}
