//! CMS `SignedData` (RFC 5652) as EF.SOD and master lists use it: one signer, signed attributes, the signer's certificate
//! inside.
//!
//! What is hashed and signed is taken from the received bytes. Certificates inside are only candidates for the signer;
//! whom to trust is decided elsewhere.

use mibun_crypto::asn1::{self, Asn1Error, Element, Elements, Oid};
use mibun_crypto::digest::Hash;
use mibun_crypto::signature::{SignatureScheme, hash_from_identifier};
use mibun_crypto::time::Timestamp;
use mibun_crypto::x509::icao::{IcaoCertificate, IcaoError, read_time};
use thiserror::Error;

const SIGNED_DATA: Oid = Oid::new_unwrap("1.2.840.113549.1.7.2");
const CONTENT_TYPE: Oid = Oid::new_unwrap("1.2.840.113549.1.9.3");
const MESSAGE_DIGEST: Oid = Oid::new_unwrap("1.2.840.113549.1.9.4");
const SIGNING_TIME: Oid = Oid::new_unwrap("1.2.840.113549.1.9.5");

/// Most certificates inside: a signer, its country, links.
const MAX_CERTIFICATES: usize = 16;

/// Why a message is not signed as it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CmsError {
    /// Longer than is looked at.
    #[error("the signed message is too long")]
    TooLong,
    /// Not the DER structure of RFC 5652.
    #[error("not the DER structure of a signed message")]
    Form,
    /// The content is of another type.
    #[error("the content is of another type")]
    ContentType,
    /// Not exactly one signer.
    #[error("not exactly one signer")]
    Signers,
    /// The hash function is not spoken, or not announced in front of the content.
    #[error("the hash algorithm is not supported or not announced")]
    DigestAlgorithm,
    /// The signature algorithm is not spoken.
    #[error("the signature algorithm is not supported")]
    SignatureAlgorithm,
    /// Content type or hash of the content is not among the signed attributes, or twice.
    #[error("the signed attributes are incomplete")]
    Attributes,
    /// The hash among the signed attributes is not that of the content.
    #[error("the content is not the one that was signed")]
    ContentDigest,
    /// More certificates than are looked at.
    #[error("too many certificates inside")]
    TooManyCertificates,
    /// The certificate of the signer is not inside.
    #[error("the certificate of the signer is not inside")]
    NoSignerCertificate,
    /// The certificate of the signer cannot be read.
    #[error("the certificate of the signer is refused: {0}")]
    SignerCertificate(#[source] IcaoError),
    /// The signature does not belong to these attributes and that certificate.
    #[error("the signature is not valid")]
    Signature,
}

impl From<Asn1Error> for CmsError {
    fn from(_: Asn1Error) -> Self {
        Self::Form
    }
}

/// A signed message, taken apart. Nothing in it is known to be true before [`SignedData::verify`].
#[derive(Clone)]
pub struct SignedData<'a> {
    content: &'a [u8],
    certificates: Vec<&'a [u8]>,
    signer: Signer<'a>,
}

#[derive(Clone)]
struct Signer<'a> {
    identifier: Element<'a>,
    digest: Hash,
    scheme: SignatureScheme,
    /// The attributes with the tag under which they are signed.
    attributes: Vec<u8>,
    message_digest: &'a [u8],
    signing_time: Option<Timestamp>,
    signature: &'a [u8],
}

/// Who signed what, after [`SignedData::verify`].
#[derive(Debug, Clone)]
pub struct Verified {
    /// The signer's certificate; whether to believe it is still open.
    pub certificate: IcaoCertificate,
    /// When the signer says to have signed.
    pub signing_time: Option<Timestamp>,
}

impl<'a> SignedData<'a> {
    /// Takes a DER `ContentInfo` with content of `content_type` apart.
    pub fn parse(bytes: &'a [u8], content_type: Oid) -> Result<Self, CmsError> {
        let mut info = Element::read(bytes, asn1::SEQUENCE)?.children();
        if !info.take(asn1::OID)?.is(SIGNED_DATA) {
            return Err(CmsError::ContentType);
        }
        let signed = Element::read(info.take(asn1::context(0))?.value, asn1::SEQUENCE)?;
        info.end()?;
        let mut fields = signed.children();
        // Version 3 is the one for content that is not plain data (section 5.1).
        if fields.take(asn1::INTEGER)?.small()? != 3 {
            return Err(CmsError::Form);
        }
        let announced = fields.take(asn1::SET)?;
        let content = content(&fields.take(asn1::SEQUENCE)?, content_type)?;
        let certificates = match fields.optional(asn1::context(0))? {
            Some(set) => all(set.children(), MAX_CERTIFICATES)?,
            None => Vec::new(),
        };
        fields.optional(asn1::context(1))?;
        let mut signers = fields.take(asn1::SET)?.children();
        fields.end()?;
        let signer = signers.take(asn1::SEQUENCE).map_err(|_| CmsError::Signers)?;
        signers.end().map_err(|_| CmsError::Signers)?;
        let signer = Signer::parse(&signer, content_type)?;
        if !announces(&announced, signer.digest) {
            return Err(CmsError::DigestAlgorithm);
        }
        Ok(Self { content, certificates, signer })
    }

    /// What is signed.
    pub fn content(&self) -> &'a [u8] {
        self.content
    }

    /// The hash over the content.
    pub fn digest(&self) -> Hash {
        self.signer.digest
    }

    /// How the attributes are signed.
    pub fn scheme(&self) -> SignatureScheme {
        self.signer.scheme
    }

    /// Whether the content is the signed one and the signature that of the certificate inside that the signer names.
    pub fn verify(&self) -> Result<Verified, CmsError> {
        if self.signer.digest.digest(&[self.content]) != self.signer.message_digest {
            return Err(CmsError::ContentDigest);
        }
        let certificate = self.signer_certificate()?;
        let verified =
            certificate.public_key().verify(self.signer.scheme, &self.signer.attributes, self.signer.signature);
        verified.map_err(|_| CmsError::Signature)?;
        Ok(Verified { certificate, signing_time: self.signer.signing_time })
    }

    /// The one that the signer names; others inside are not even read.
    fn signer_certificate(&self) -> Result<IcaoCertificate, CmsError> {
        let mut unreadable = None;
        for der in &self.certificates {
            match IcaoCertificate::from_der(der) {
                Ok(certificate) if self.signer.names(&certificate) => return Ok(certificate),
                Ok(_) => {}
                Err(error) => unreadable = Some(error),
            }
        }
        Err(unreadable.map_or(CmsError::NoSignerCertificate, CmsError::SignerCertificate))
    }
}

impl<'a> Signer<'a> {
    fn parse(element: &Element<'a>, content_type: Oid) -> Result<Self, CmsError> {
        let mut fields = element.children();
        let version = fields.take(asn1::INTEGER)?.small()?;
        let identifier = fields.any()?;
        // Version 1 goes with issuer and serial number, 3 with the identifier of the key (section 5.3).
        match (version, identifier.tag) {
            (1, asn1::SEQUENCE) => {}
            (3, tag) if tag == asn1::context_primitive(0) => {}
            _ => return Err(CmsError::Form),
        }
        let digest = hash_from_identifier(fields.take(asn1::SEQUENCE)?.whole).map_err(|_| CmsError::DigestAlgorithm)?;
        // Without signed attributes a signature over attributes could be passed off as one over content (section 11).
        let attributes = fields.optional(asn1::context(0))?.ok_or(CmsError::Attributes)?;
        let scheme = SignatureScheme::from_identifier(fields.take(asn1::SEQUENCE)?.whole, Some(digest));
        let scheme = scheme.map_err(|_| CmsError::SignatureAlgorithm)?;
        let signature = fields.take(asn1::OCTET_STRING)?.value;
        fields.optional(asn1::context(1))?;
        fields.end()?;
        let (message_digest, signing_time) = read_attributes(&attributes, content_type)?;
        let mut signed = attributes.whole.to_vec();
        // They are sent under [0] and signed as a SET OF (section 5.4).
        signed[0] = asn1::SET;
        Ok(Self { identifier, digest, scheme, attributes: signed, message_digest, signing_time, signature })
    }

    /// Whether this is the certificate that the signer names.
    fn names(&self, certificate: &IcaoCertificate) -> bool {
        if self.identifier.tag != asn1::SEQUENCE {
            return certificate.subject_key_identifier() == Some(self.identifier.value);
        }
        let mut parts = self.identifier.children();
        let (Ok(issuer), Ok(serial), Ok(())) = (parts.any(), parts.take(asn1::INTEGER), parts.end()) else {
            return false;
        };
        issuer.whole == certificate.issuer().der() && serial.value == certificate.serial()
    }
}

/// Hash of the content and signing time; the content type has to be the expected one.
fn read_attributes<'a>(attributes: &Element<'a>, content_type: Oid) -> Result<(&'a [u8], Option<Timestamp>), CmsError> {
    let (mut typed, mut digest, mut time) = (false, None, None);
    let mut seen: Vec<&[u8]> = Vec::new();
    let mut list = attributes.children();
    while !list.is_empty() {
        let mut parts = list.take(asn1::SEQUENCE)?.children();
        let (oid, values) = (parts.take(asn1::OID)?, parts.take(asn1::SET)?);
        parts.end()?;
        if seen.contains(&oid.value) {
            return Err(CmsError::Attributes);
        }
        seen.push(oid.value);
        let mut values = values.children();
        if oid.is(CONTENT_TYPE) {
            typed = values.take(asn1::OID)?.is(content_type);
            values.end()?;
        } else if oid.is(MESSAGE_DIGEST) {
            digest = Some(values.take(asn1::OCTET_STRING)?.value);
            values.end()?;
        } else if oid.is(SIGNING_TIME) {
            time = Some(read_time(&values.any()?)?);
            values.end()?;
        }
    }
    match digest {
        Some(digest) if typed => Ok((digest, time)),
        _ => Err(CmsError::Attributes),
    }
}

fn content<'a>(encapsulated: &Element<'a>, content_type: Oid) -> Result<&'a [u8], CmsError> {
    let mut parts = encapsulated.children();
    if !parts.take(asn1::OID)?.is(content_type) {
        return Err(CmsError::ContentType);
    }
    let content = Element::read(parts.take(asn1::context(0))?.value, asn1::OCTET_STRING)?.value;
    parts.end()?;
    Ok(content)
}

fn all<'a>(mut elements: Elements<'a>, most: usize) -> Result<Vec<&'a [u8]>, CmsError> {
    let mut found = Vec::new();
    while !elements.is_empty() {
        if found.len() == most {
            return Err(CmsError::TooManyCertificates);
        }
        found.push(elements.any()?.whole);
    }
    Ok(found)
}

fn announces(set: &Element<'_>, digest: Hash) -> bool {
    let mut algorithms = set.children();
    while let Ok(algorithm) = algorithms.take(asn1::SEQUENCE) {
        if hash_from_identifier(algorithm.whole) == Ok(digest) {
            return true;
        }
    }
    false
}
