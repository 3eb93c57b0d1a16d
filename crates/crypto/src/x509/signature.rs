//! Signatures as certificates spell them: DER instead of `r || s`.

use der::asn1::Uint;
use der::{Decode, Encode, Sequence};
use x509_cert::spki::{AlgorithmIdentifierOwned, ObjectIdentifier};

use crate::key::Algorithm;

/// `ECDSA-Sig-Value` of RFC 5480.
#[derive(Sequence)]
struct EcdsaSignature {
    r: Uint,
    s: Uint,
}

const fn oid(algorithm: Algorithm) -> ObjectIdentifier {
    match algorithm {
        Algorithm::Es256 => ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.2"),
        Algorithm::Es384 => ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.3"),
        Algorithm::EdDsa => ObjectIdentifier::new_unwrap("1.3.101.112"),
    }
}

/// How a certificate names the algorithm.
pub fn identifier(algorithm: Algorithm) -> AlgorithmIdentifierOwned {
    AlgorithmIdentifierOwned { oid: oid(algorithm), parameters: None }
}

/// The algorithm that a certificate names, if it is spoken.
pub fn algorithm(identifier: &AlgorithmIdentifierOwned) -> Option<Algorithm> {
    let known = [Algorithm::Es256, Algorithm::Es384, Algorithm::EdDsa];
    let found = known.into_iter().find(|algorithm| oid(*algorithm) == identifier.oid)?;
    identifier.parameters.is_none().then_some(found)
}

/// The bytes to put into a certificate for a signature of ours.
pub fn to_certificate(algorithm: Algorithm, signature: &[u8]) -> der::Result<Vec<u8>> {
    if algorithm == Algorithm::EdDsa {
        return Ok(signature.to_vec());
    }
    let (r, s) = signature.split_at(signature.len() / 2);
    EcdsaSignature { r: Uint::new(r)?, s: Uint::new(s)? }.to_der()
}

/// The signature in fixed length that a certificate carries, or nothing when it is malformed.
pub fn from_certificate(algorithm: Algorithm, bytes: &[u8]) -> Option<Vec<u8>> {
    if algorithm == Algorithm::EdDsa {
        return Some(bytes.to_vec());
    }
    let signature = EcdsaSignature::from_der(bytes).ok()?;
    let length = algorithm.coordinate_length();
    let mut fixed = vec![0; 2 * length];
    for (number, place) in [signature.r, signature.s].iter().zip(fixed.chunks_exact_mut(length)) {
        let start = length.checked_sub(number.as_bytes().len())?;
        place[start..].copy_from_slice(number.as_bytes());
    }
    Some(fixed)
}
