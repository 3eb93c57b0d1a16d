//! The fixed parts of key encodings. Each supported key has one length and one encoding, so a prefix says it all.

use zeroize::Zeroizing;

use super::Algorithm;

/// Everything of a SubjectPublicKeyInfo (RFC 5280, 5480, 8410, 9881) that comes before the key bytes.
const fn spki_prefix(algorithm: Algorithm) -> &'static [u8] {
    match algorithm {
        Algorithm::Es256 => {
            b"\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\x03\x42\x00"
        }
        Algorithm::Es384 => {
            b"\x30\x76\x30\x10\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x05\x2b\x81\x04\x00\x22\x03\x62\x00"
        }
        Algorithm::EdDsa => b"\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00",
        Algorithm::MlDsa65 => {
            b"\x30\x82\x07\xb2\x30\x0b\x06\x09\x60\x86\x48\x01\x65\x03\x04\x03\x12\x03\x82\x07\xa1\x00"
        }
    }
}

/// The parts of a PKCS#8 `PrivateKeyInfo` (RFC 5208, 5915, 8410) before the private and before the public key. Of the three
/// forms that RFC 9881 has for ML-DSA it is the seed alone, as RFC 9964 has it too.
const fn pkcs8_parts(algorithm: Algorithm) -> (&'static [u8], &'static [u8]) {
    match algorithm {
        Algorithm::Es256 => (
            b"\x30\x81\x87\x02\x01\x00\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\
              \x07\x04\x6d\x30\x6b\x02\x01\x01\x04\x20",
            b"\xa1\x44\x03\x42\x00",
        ),
        Algorithm::Es384 => (
            b"\x30\x81\xb6\x02\x01\x00\x30\x10\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x05\x2b\x81\x04\x00\x22\x04\x81\
              \x9e\x30\x81\x9b\x02\x01\x01\x04\x30",
            b"\xa1\x64\x03\x62\x00",
        ),
        Algorithm::EdDsa => (b"\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20", b""),
        Algorithm::MlDsa65 => {
            (b"\x30\x34\x02\x01\x00\x30\x0b\x06\x09\x60\x86\x48\x01\x65\x03\x04\x03\x12\x04\x22\x80\x20", b"")
        }
    }
}

/// The SubjectPublicKeyInfo around the key bytes (an uncompressed point, or those of Ed25519 and ML-DSA as they are).
pub fn to_spki(algorithm: Algorithm, key: &[u8]) -> Vec<u8> {
    [spki_prefix(algorithm), key].concat()
}

/// The algorithm and key bytes of a SubjectPublicKeyInfo, or nothing when it is of no supported form.
pub fn from_spki(der: &[u8]) -> Option<(Algorithm, &[u8])> {
    Algorithm::ALL.into_iter().find_map(|algorithm| {
        let key = der.strip_prefix(spki_prefix(algorithm))?;
        (key.len() == key_length(algorithm)).then_some((algorithm, key))
    })
}

/// Bytes of a public key as this crate holds it.
pub const fn key_length(algorithm: Algorithm) -> usize {
    match algorithm {
        Algorithm::Es256 | Algorithm::Es384 => 1 + 2 * algorithm.coordinate_length(),
        Algorithm::EdDsa => 32,
        // FIPS 204 table 2.
        Algorithm::MlDsa65 => 1952,
    }
}

/// The PKCS#8 form of a private key, with the public key inside where RFC 5915 has room for it.
pub fn to_pkcs8(algorithm: Algorithm, private: &[u8], public: &[u8]) -> Zeroizing<Vec<u8>> {
    let (before_private, before_public) = pkcs8_parts(algorithm);
    let public = if before_public.is_empty() { &[] } else { public };
    let length = before_private.len() + private.len() + before_public.len() + public.len();
    // Reserved in one piece, so that no half-grown copy of the key stays behind in memory.
    let mut der = Zeroizing::new(Vec::with_capacity(length));
    for part in [before_private, private, before_public, public] {
        der.extend_from_slice(part);
    }
    der
}

/// The seed of a PKCS#8 `PrivateKeyInfo` that holds one and nothing else.
pub fn seed_from_pkcs8(algorithm: Algorithm, der: &[u8]) -> Option<&[u8]> {
    let seed = der.strip_prefix(pkcs8_parts(algorithm).0)?;
    (seed.len() == algorithm.coordinate_length()).then_some(seed)
}

/// The `ECPrivateKey` (RFC 5915) of a private number alone: version 1 and the number, nothing else.
pub fn to_ec_private_key(algorithm: Algorithm, private: &[u8]) -> Zeroizing<Vec<u8>> {
    let prefix: &[u8] = match algorithm {
        Algorithm::Es384 => b"\x30\x35\x02\x01\x01\x04\x30",
        Algorithm::Es256 | Algorithm::EdDsa | Algorithm::MlDsa65 => b"\x30\x25\x02\x01\x01\x04\x20",
    };
    Zeroizing::new([prefix, private].concat())
}
