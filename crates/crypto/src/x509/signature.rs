//! Signatures as certificates name and spell them.

use x509_cert::spki::{AlgorithmIdentifierOwned, ObjectIdentifier};

use crate::key::{Algorithm, signature_to_der};

const fn oid(algorithm: Algorithm) -> ObjectIdentifier {
    match algorithm {
        Algorithm::Es256 => ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.2"),
        Algorithm::Es384 => ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.3"),
        Algorithm::EdDsa => ObjectIdentifier::new_unwrap("1.3.101.112"),
        // RFC 9881 section 2.
        Algorithm::MlDsa65 => ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.3.18"),
    }
}

/// How a certificate names the algorithm.
pub fn identifier(algorithm: Algorithm) -> AlgorithmIdentifierOwned {
    AlgorithmIdentifierOwned { oid: oid(algorithm), parameters: None }
}

/// The algorithm that a certificate names, if it is spoken.
pub fn algorithm(identifier: &AlgorithmIdentifierOwned) -> Option<Algorithm> {
    let found = Algorithm::ALL.into_iter().find(|algorithm| oid(*algorithm) == identifier.oid)?;
    identifier.parameters.is_none().then_some(found)
}

/// The bytes to put into a certificate for a signature of ours.
pub fn to_certificate(algorithm: Algorithm, signature: &[u8]) -> Vec<u8> {
    if algorithm.is_ecdsa() { signature_to_der(signature) } else { signature.to_vec() }
}
