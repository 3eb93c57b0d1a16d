//! Certificates and keys that OpenSSL 3.0 made, for another reader's idea of the same formats. The keys guard nothing.

use super::*;
use crate::key::{PrivateKeyError, PublicKeyError};

const ROOT: &str = include_str!("openssl/root.pem");
const MIDDLE: &str = include_str!("openssl/middle.pem");
const LEAF: &str = include_str!("openssl/leaf.pem");

fn certificate(pem: &str) -> Certificate {
    Certificate::from_pem(pem).expect("a certificate")
}

fn private_key(pem: &str) -> Result<SoftwareKey, PrivateKeyError> {
    let (_, der) = der::pem::decode_vec(pem.as_bytes()).expect("PEM");
    SoftwareKey::from_pkcs8_der(&der)
}

#[test]
fn a_chain_over_two_curves_is_accepted() {
    let anchors = [certificate(ROOT)];
    let x5c = [LEAF, MIDDLE].map(|pem| certificate(pem).der().to_vec());
    let now = anchors[0].not_before().plus_days(1);
    let leaf = chain::verify(&x5c, &anchors, now, Purpose::DocumentSigner).expect("a good chain");
    assert_eq!((leaf.subject_cn(), leaf.subject_org()), (Some("Example Signer"), Some("Example Authority")));
    assert_eq!(leaf.dns_names(), ["issuer.example.org"]);
    assert_eq!(leaf.uris(), ["https://issuer.example.org"]);
    let without_middle = chain::verify(&x5c[..1], &anchors, now, Purpose::DocumentSigner);
    assert_eq!(without_middle, Err(ChainError::UnknownAuthority));
}

#[test]
fn private_keys_belong_to_their_certificates() {
    let leaf = private_key(include_str!("openssl/leaf.key.pem")).expect("a P-256 key");
    assert_eq!(leaf.public_key(), certificate(LEAF).public_key());
    let root = private_key(include_str!("openssl/root.key.pem")).expect("a P-384 key");
    assert_eq!(root.public_key(), certificate(ROOT).public_key());
    let edwards = private_key(include_str!("openssl/ed25519.key.pem")).expect("an Ed25519 key");
    assert_eq!(edwards.algorithm(), Algorithm::EdDsa);
}

#[test]
fn kinds_of_key_that_are_not_spoken_are_refused() {
    let rsa = Certificate::from_pem(include_str!("openssl/rsa.pem"));
    assert_eq!(rsa.err(), Some(CertificateError::SignatureAlgorithm));
    let explicit = Certificate::from_pem(include_str!("openssl/explicit.pem"));
    assert_eq!(explicit.err(), Some(CertificateError::Key(PublicKeyError::Unsupported)));
}
