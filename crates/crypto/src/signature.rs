//! Signatures of certificates and CMS as travel documents carry them: which scheme an identifier names, and one key type
//! that verifies them all.
//!
//! Unlike [`crate::key`], which speaks few algorithms, those of our own cards, this reads what states have issued for twenty
//! years. What of it is believed is the caller's policy: see [`SignatureScheme::hash`].

use thiserror::Error;

use crate::asn1::{self, Asn1Error, Element, Oid};
use crate::digest::Hash;
use crate::ecdsa::{EcKeyError, EcPublicKey};
use crate::key::BadSignature;
use crate::rsa::{PssParameters, RsaKeyError, RsaPublicKey};

const RSA_ENCRYPTION: Oid = Oid::new_unwrap("1.2.840.113549.1.1.1");
const RSASSA_PSS: Oid = Oid::new_unwrap("1.2.840.113549.1.1.10");
const MGF1: Oid = Oid::new_unwrap("1.2.840.113549.1.1.8");
const EC_PUBLIC_KEY: Oid = Oid::new_unwrap("1.2.840.10045.2.1");

/// `shaNWithRSAEncryption` of RFC 8017.
const RSA_PKCS1: [(Oid, Hash); 5] = [
    (Oid::new_unwrap("1.2.840.113549.1.1.5"), Hash::Sha1),
    (Oid::new_unwrap("1.2.840.113549.1.1.14"), Hash::Sha224),
    (Oid::new_unwrap("1.2.840.113549.1.1.11"), Hash::Sha256),
    (Oid::new_unwrap("1.2.840.113549.1.1.12"), Hash::Sha384),
    (Oid::new_unwrap("1.2.840.113549.1.1.13"), Hash::Sha512),
];

/// `ecdsa-with-SHAn` of RFC 5758.
const ECDSA: [(Oid, Hash); 5] = [
    (Oid::new_unwrap("1.2.840.10045.4.1"), Hash::Sha1),
    (Oid::new_unwrap("1.2.840.10045.4.3.1"), Hash::Sha224),
    (Oid::new_unwrap("1.2.840.10045.4.3.2"), Hash::Sha256),
    (Oid::new_unwrap("1.2.840.10045.4.3.3"), Hash::Sha384),
    (Oid::new_unwrap("1.2.840.10045.4.3.4"), Hash::Sha512),
];

/// `ecdsa-plain-SHAn` of BSI TR-03111 section 5.2.1.1.
const ECDSA_PLAIN: [(Oid, Hash); 5] = [
    (Oid::new_unwrap("0.4.0.127.0.7.1.1.4.1.1"), Hash::Sha1),
    (Oid::new_unwrap("0.4.0.127.0.7.1.1.4.1.2"), Hash::Sha224),
    (Oid::new_unwrap("0.4.0.127.0.7.1.1.4.1.3"), Hash::Sha256),
    (Oid::new_unwrap("0.4.0.127.0.7.1.1.4.1.4"), Hash::Sha384),
    (Oid::new_unwrap("0.4.0.127.0.7.1.1.4.1.5"), Hash::Sha512),
];

/// Why an `AlgorithmIdentifier` names no scheme that is spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the signature algorithm is not supported")]
pub struct UnknownScheme;

impl From<Asn1Error> for UnknownScheme {
    fn from(_: Asn1Error) -> Self {
        Self
    }
}

/// How a signature was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignatureScheme {
    /// RSASSA-PKCS1-v1_5.
    RsaPkcs1(Hash),
    /// RSASSA-PSS.
    RsaPss(PssParameters),
    /// ECDSA, the signature as a DER sequence.
    Ecdsa(Hash),
    /// ECDSA, the signature as `r || s`.
    EcdsaPlain(Hash),
}

impl SignatureScheme {
    /// The scheme of a DER `AlgorithmIdentifier`. CMS may name the kind of key alone, with the hash in a field of its own:
    /// `digest` is that hash, and `None` where there is no such field.
    pub fn from_identifier(identifier: &[u8], digest: Option<Hash>) -> Result<Self, UnknownScheme> {
        let mut parts = Element::read(identifier, asn1::SEQUENCE)?.children();
        let oid = parts.take(asn1::OID)?;
        let parameters = if parts.is_empty() { None } else { Some(parts.any()?) };
        parts.end()?;
        if oid.is(RSASSA_PSS) {
            return Ok(Self::RsaPss(pss_parameters(&parameters.ok_or(UnknownScheme)?)?));
        }
        // Absent by the book for ECDSA and NULL for RSA; issuers mix the two up, and it means nothing.
        if parameters.is_some_and(|parameters| parameters.whole != [asn1::NULL, 0]) {
            return Err(UnknownScheme);
        }
        Self::from_oid(oid.value).or_else(|_| match digest {
            Some(digest) if oid.is(RSA_ENCRYPTION) => Ok(Self::RsaPkcs1(digest)),
            Some(digest) if oid.is(EC_PUBLIC_KEY) => Ok(Self::Ecdsa(digest)),
            _ => Err(UnknownScheme),
        })
    }

    /// The scheme that an object identifier (its content octets) names without parameters.
    pub fn from_oid(content: &[u8]) -> Result<Self, UnknownScheme> {
        let find =
            |known: &[(Oid, Hash)]| known.iter().find(|(oid, _)| oid.as_bytes() == content).map(|(_, hash)| *hash);
        find(&RSA_PKCS1)
            .map(Self::RsaPkcs1)
            .or_else(|| find(&ECDSA).map(Self::Ecdsa))
            .or_else(|| find(&ECDSA_PLAIN).map(Self::EcdsaPlain))
            .ok_or(UnknownScheme)
    }

    /// The DER `AlgorithmIdentifier`.
    pub fn to_identifier(self) -> Vec<u8> {
        let oid = |known: &[(Oid, Hash)], hash| {
            known
                .iter()
                .find(|(_, own)| *own == hash)
                .map(|(oid, _)| asn1::write_oid(*oid))
                .expect("every hash is listed")
        };
        match self {
            Self::RsaPkcs1(hash) => asn1::write(asn1::SEQUENCE, &[&oid(&RSA_PKCS1, hash), &[asn1::NULL, 0]]),
            Self::Ecdsa(hash) => asn1::write(asn1::SEQUENCE, &[&oid(&ECDSA, hash)]),
            Self::EcdsaPlain(hash) => asn1::write(asn1::SEQUENCE, &[&oid(&ECDSA_PLAIN, hash)]),
            Self::RsaPss(with) => {
                let hash = |hash: Hash| asn1::write(asn1::SEQUENCE, &[&asn1::write_oid(hash.oid()), &[asn1::NULL, 0]]);
                let mask = asn1::write(asn1::SEQUENCE, &[&asn1::write_oid(MGF1), &hash(with.mask)]);
                let salt = asn1::write_unsigned(&with.salt_length.to_be_bytes());
                let parts = [(0, hash(with.hash)), (1, mask), (2, salt)];
                let parts = parts.map(|(number, part)| asn1::write(asn1::context(number), &[&part])).concat();
                asn1::write(asn1::SEQUENCE, &[&asn1::write_oid(RSASSA_PSS), &asn1::write(asn1::SEQUENCE, &[&parts])])
            }
        }
    }

    /// The hash over the message, for policies about hashes. The hash inside the mask of RSASSA-PSS needs no resistance
    /// against collisions.
    pub const fn hash(self) -> Hash {
        match self {
            Self::RsaPkcs1(hash) | Self::Ecdsa(hash) | Self::EcdsaPlain(hash) => hash,
            Self::RsaPss(with) => with.hash,
        }
    }
}

/// The hash of a DER `AlgorithmIdentifier`, parameters absent or NULL.
pub fn hash_from_identifier(identifier: &[u8]) -> Result<Hash, UnknownScheme> {
    let mut parts = Element::read(identifier, asn1::SEQUENCE)?.children();
    let hash = Hash::from_oid(parts.take(asn1::OID)?.value).ok_or(UnknownScheme)?;
    if let Some(null) = parts.optional(asn1::NULL)?
        && !null.value.is_empty()
    {
        return Err(UnknownScheme);
    }
    parts.end()?;
    Ok(hash)
}

/// `RSASSA-PSS-params` of RFC 4055, with its defaults.
fn pss_parameters(parameters: &Element<'_>) -> Result<PssParameters, UnknownScheme> {
    if parameters.tag != asn1::SEQUENCE {
        return Err(UnknownScheme);
    }
    let mut parts = parameters.children();
    let mut with = PssParameters { hash: Hash::Sha1, mask: Hash::Sha1, salt_length: 20 };
    if let Some(hash) = parts.optional(asn1::context(0))? {
        with.hash = hash_from_identifier(hash.value)?;
    }
    if let Some(mask) = parts.optional(asn1::context(1))? {
        let mut mask = Element::read(mask.value, asn1::SEQUENCE)?.children();
        if !mask.take(asn1::OID)?.is(MGF1) {
            return Err(UnknownScheme);
        }
        with.mask = hash_from_identifier(mask.take(asn1::SEQUENCE)?.whole)?;
        mask.end()?;
    }
    if let Some(salt) = parts.optional(asn1::context(2))? {
        let length = Element::read(salt.value, asn1::INTEGER)?.small()?;
        with.salt_length = usize::try_from(length).map_err(|_| UnknownScheme)?;
    }
    if let Some(trailer) = parts.optional(asn1::context(3))?
        && Element::read(trailer.value, asn1::INTEGER)?.small()? != 1
    {
        return Err(UnknownScheme);
    }
    parts.end()?;
    // No hash of ours leaves room for more in the largest modulus; and it keeps the arithmetic far from any edge.
    if with.salt_length > 1024 { Err(UnknownScheme) } else { Ok(with) }
}

/// Why a `SubjectPublicKeyInfo` is no key that verifies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum KeyError {
    /// Not the form of RFC 5280, or neither RSA nor elliptic curve.
    #[error("not a public key of a supported kind")]
    Unsupported,
    /// An RSA key that is refused.
    #[error(transparent)]
    Rsa(#[from] RsaKeyError),
    /// An elliptic-curve key that is refused.
    #[error(transparent)]
    Ec(#[from] EcKeyError),
}

impl From<Asn1Error> for KeyError {
    fn from(_: Asn1Error) -> Self {
        Self::Unsupported
    }
}

/// A public key of a certificate or a chip.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VerifyingKey {
    /// RSA.
    Rsa(RsaPublicKey),
    /// RSA that may be used with RSASSA-PSS alone (RFC 4055 section 1.2).
    RsaPssOnly(RsaPublicKey),
    /// Elliptic curve.
    Ec(EcPublicKey),
}

impl VerifyingKey {
    /// The key of a DER `SubjectPublicKeyInfo`.
    pub fn from_spki_der(der: &[u8]) -> Result<Self, KeyError> {
        let mut parts = Element::read(der, asn1::SEQUENCE)?.children();
        let (algorithm, key) = (parts.take(asn1::SEQUENCE)?, parts.take(asn1::BIT_STRING)?);
        parts.end()?;
        let mut algorithm = algorithm.children();
        let oid = algorithm.take(asn1::OID)?;
        if oid.is(EC_PUBLIC_KEY) {
            return Ok(Self::Ec(EcPublicKey::from_spki_der(der)?));
        }
        if oid.is(RSASSA_PSS) {
            return Ok(Self::RsaPssOnly(RsaPublicKey::from_pkcs1_der(key.bits()?)?));
        }
        if !oid.is(RSA_ENCRYPTION) {
            return Err(KeyError::Unsupported);
        }
        algorithm.optional(asn1::NULL)?;
        algorithm.end()?;
        Ok(Self::Rsa(RsaPublicKey::from_pkcs1_der(key.bits()?)?))
    }

    /// Accepts `signature` over `message`, when key and scheme go together.
    pub fn verify(&self, scheme: SignatureScheme, message: &[u8], signature: &[u8]) -> Result<(), BadSignature> {
        match (self, scheme) {
            (Self::Rsa(key), SignatureScheme::RsaPkcs1(hash)) => key.verify_pkcs1(hash, message, signature),
            (Self::Rsa(key) | Self::RsaPssOnly(key), SignatureScheme::RsaPss(with)) => {
                key.verify_pss(with, message, signature)
            }
            (Self::Ec(key), SignatureScheme::Ecdsa(hash)) => key.verify_der(hash, message, signature),
            (Self::Ec(key), SignatureScheme::EcdsaPlain(hash)) => key.verify_plain(hash, message, signature),
            _ => Err(BadSignature),
        }
    }
}

#[cfg(test)]
mod tests;
