//! RSA with public keys only: the signatures of travel documents (RFC 8017).
//!
//! The primitives library verifies neither SHA-224 nor free salt lengths nor recovers messages, so the public operation
//! is done on a big-integer crate. Nothing secret ever comes here, so the time it takes may tell what it likes.

mod padding;

use num_bigint::BigUint;
use thiserror::Error;

use crate::asn1::{self, Asn1Error, Element};
use crate::digest::Hash;
use crate::key::BadSignature;

pub(crate) use padding::pkcs1;
#[cfg(feature = "test-keys")]
pub(crate) use padding::pss_encode;

/// Fewest and most bits of a modulus.
const MODULUS_BITS: std::ops::RangeInclusive<u64> = 1024..=8192;
/// Most bits of an exponent: larger ones serve only to make verification slow.
const MOST_EXPONENT_BITS: u64 = 33;

/// Why something is not an RSA key that is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum RsaKeyError {
    /// Not a `RSAPublicKey` of RFC 8017.
    #[error("not an RSA public key")]
    Form,
    /// The modulus has fewer than 1024 or more than 8192 bits, or is even.
    #[error("the modulus is out of range")]
    Modulus,
    /// The exponent is even, below 3 or longer than 33 bits.
    #[error("the exponent is out of range")]
    Exponent,
}

impl From<Asn1Error> for RsaKeyError {
    fn from(_: Asn1Error) -> Self {
        Self::Form
    }
}

/// How RSASSA-PSS was applied (RFC 8017 section 8.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PssParameters {
    /// Hash of the message.
    pub hash: Hash,
    /// Hash inside MGF1.
    pub mask: Hash,
    /// Bytes of salt; a signature with another length is refused.
    pub salt_length: usize,
}

/// A public RSA key.
#[derive(Clone, PartialEq, Eq)]
pub struct RsaPublicKey {
    modulus: BigUint,
    exponent: BigUint,
}

impl RsaPublicKey {
    /// The key of two big-endian numbers.
    pub fn from_components(modulus: &[u8], exponent: &[u8]) -> Result<Self, RsaKeyError> {
        let (modulus, exponent) = (BigUint::from_bytes_be(modulus), BigUint::from_bytes_be(exponent));
        if !MODULUS_BITS.contains(&modulus.bits()) || !modulus.bit(0) {
            return Err(RsaKeyError::Modulus);
        }
        if exponent.bits() < 2 || exponent.bits() > MOST_EXPONENT_BITS || !exponent.bit(0) {
            return Err(RsaKeyError::Exponent);
        }
        Ok(Self { modulus, exponent })
    }

    /// The key of a DER `RSAPublicKey`.
    pub fn from_pkcs1_der(der: &[u8]) -> Result<Self, RsaKeyError> {
        let mut numbers = Element::read(der, asn1::SEQUENCE)?.children();
        let (modulus, exponent) = (numbers.take(asn1::INTEGER)?, numbers.take(asn1::INTEGER)?);
        numbers.end()?;
        Self::from_components(modulus.unsigned()?, exponent.unsigned()?)
    }

    /// Bits of the modulus.
    pub fn bits(&self) -> usize {
        usize::try_from(self.modulus.bits()).expect("at most 8192 bits")
    }

    /// Bytes of the modulus, and so of every signature.
    pub fn size(&self) -> usize {
        self.bits().div_ceil(8)
    }

    /// The modulus, big-endian.
    pub fn modulus(&self) -> Vec<u8> {
        self.modulus.to_bytes_be()
    }

    /// The public operation: what was signed, as many bytes as the modulus has. For signatures with message recovery
    /// (ISO/IEC 9796-2), whose padding the caller judges.
    pub fn recover(&self, signature: &[u8]) -> Result<Vec<u8>, BadSignature> {
        let number = BigUint::from_bytes_be(signature);
        if signature.len() != self.size() || number >= self.modulus {
            return Err(BadSignature);
        }
        Ok(padded(&number.modpow(&self.exponent, &self.modulus), self.size()))
    }

    /// Accepts an RSASSA-PKCS1-v1_5 signature (RFC 8017 section 8.2.2), by encoding anew and comparing.
    pub fn verify_pkcs1(&self, hash: Hash, message: &[u8], signature: &[u8]) -> Result<(), BadSignature> {
        let expected = pkcs1(hash, message, self.size()).ok_or(BadSignature)?;
        if self.recover(signature)? == expected { Ok(()) } else { Err(BadSignature) }
    }

    /// Accepts an RSASSA-PSS signature (RFC 8017 section 8.1.2).
    pub fn verify_pss(&self, with: PssParameters, message: &[u8], signature: &[u8]) -> Result<(), BadSignature> {
        let encoded = self.recover(signature)?;
        if padding::pss_matches(with, message, &encoded, self.bits() - 1) { Ok(()) } else { Err(BadSignature) }
    }
}

/// The number with leading zeros up to `size` bytes.
pub(crate) fn padded(number: &BigUint, size: usize) -> Vec<u8> {
    let digits = number.to_bytes_be();
    let mut out = vec![0; size.saturating_sub(digits.len())];
    out.extend_from_slice(&digits);
    out
}

impl std::fmt::Debug for RsaPublicKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "RsaPublicKey({} bits)", self.bits())
    }
}

#[cfg(test)]
mod tests;
