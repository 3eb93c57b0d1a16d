//! Keys that sign as states do: RSA, NIST and brainpool curves. **For tests and the virtual chip only**: slow, without
//! care for timing, of numbers that a seed determines.

mod rsa;

use bp256::BrainpoolP256r1;
use bp384::BrainpoolP384r1;
use ecdsa::SigningKey;
use p256::ecdsa::SigningKey as P256Key;
use p256::ecdsa::signature::hazmat::PrehashSigner;
use p384::ecdsa::SigningKey as P384Key;

use crate::asn1::{self, Oid, write, write_oid, write_unsigned};
use crate::ecdsa::NamedCurve;
use crate::entropy::Entropy;
use crate::key::draw_scalar;
use crate::signature::SignatureScheme;
use rsa::RsaPrivateKey;

/// Which key to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TestKeyKind {
    /// RSA with 2048 bits.
    Rsa2048,
    /// NIST P-256.
    P256,
    /// NIST P-384.
    P384,
    /// brainpoolP256r1.
    BrainpoolP256r1,
    /// brainpoolP384r1.
    BrainpoolP384r1,
    /// NIST P-256, spelled out in the key instead of named.
    ExplicitP256,
}

type BrainpoolP256Key = SigningKey<BrainpoolP256r1>;
type BrainpoolP384Key = SigningKey<BrainpoolP384r1>;

enum Private {
    Rsa(Box<RsaPrivateKey>),
    P256(P256Key),
    P384(P384Key),
    BrainpoolP256(BrainpoolP256Key),
    BrainpoolP384(BrainpoolP384Key),
}

/// A private key of a made-up state or chip.
pub struct TestKey {
    private: Private,
    spki: Vec<u8>,
}

impl TestKey {
    /// The key that belongs to what `entropy` gives. RSA takes up to seconds.
    pub fn generate(kind: TestKeyKind, entropy: &mut dyn Entropy) -> Self {
        let curve = match kind {
            TestKeyKind::Rsa2048 => {
                let key = RsaPrivateKey::generate(2048, entropy);
                return Self { spki: key.spki_der(), private: Private::Rsa(Box::new(key)) };
            }
            TestKeyKind::P256 | TestKeyKind::ExplicitP256 => NamedCurve::P256,
            TestKeyKind::P384 => NamedCurve::P384,
            TestKeyKind::BrainpoolP256r1 => NamedCurve::BrainpoolP256r1,
            TestKeyKind::BrainpoolP384r1 => NamedCurve::BrainpoolP384r1,
        };
        let (private, point) = on_curve(curve, entropy);
        let explicit = kind == TestKeyKind::ExplicitP256;
        let parameters = if explicit { curve.to_explicit_parameters() } else { write_oid(curve.oid()) };
        Self { spki: ec_spki(&parameters, &point), private }
    }

    /// The public half as a DER `SubjectPublicKeyInfo`.
    pub fn spki_der(&self) -> &[u8] {
        &self.spki
    }

    /// The signature over `message`.
    ///
    /// # Panics
    /// When key and scheme do not go together, or the hash is shorter than half the curve's order.
    pub fn sign(&self, scheme: SignatureScheme, message: &[u8], entropy: &mut dyn Entropy) -> Vec<u8> {
        let plain = match (&self.private, scheme) {
            (Private::Rsa(key), SignatureScheme::RsaPkcs1(hash)) => return key.sign_pkcs1(hash, message),
            (Private::Rsa(key), SignatureScheme::RsaPss(with)) => return key.sign_pss(with, message, entropy),
            (_, SignatureScheme::Ecdsa(hash) | SignatureScheme::EcdsaPlain(hash)) => {
                self.sign_plain(&hash.digest(&[message]))
            }
            _ => panic!("the key does not sign with {scheme:?}"),
        };
        if matches!(scheme, SignatureScheme::EcdsaPlain(_)) {
            return plain;
        }
        let (r, s) = plain.split_at(plain.len() / 2);
        write(asn1::SEQUENCE, &[&write_unsigned(r), &write_unsigned(s)])
    }

    /// The private RSA operation on bytes as long as the modulus, which have to be below it: ISO/IEC 9796-2.
    ///
    /// # Panics
    /// For a key on a curve.
    pub fn rsa_private_operation(&self, block: &[u8]) -> Vec<u8> {
        match &self.private {
            Private::Rsa(key) => key.apply(block),
            _ => panic!("not an RSA key"),
        }
    }

    /// `r || s` over a hash.
    fn sign_plain(&self, digest: &[u8]) -> Vec<u8> {
        const FITS: &str = "the hash is long enough for the curve";
        match &self.private {
            Private::Rsa(_) => panic!("not a key on a curve"),
            Private::P256(key) => {
                let signature: p256::ecdsa::Signature = key.sign_prehash(digest).expect(FITS);
                signature.to_bytes().to_vec()
            }
            Private::P384(key) => {
                let signature: p384::ecdsa::Signature = key.sign_prehash(digest).expect(FITS);
                signature.to_bytes().to_vec()
            }
            Private::BrainpoolP256(key) => {
                let signature: bp256::r1::ecdsa::Signature = key.sign_prehash(digest).expect(FITS);
                signature.to_bytes().to_vec()
            }
            Private::BrainpoolP384(key) => {
                let signature: bp384::r1::ecdsa::Signature = key.sign_prehash(digest).expect(FITS);
                signature.to_bytes().to_vec()
            }
        }
    }
}

/// A private key and the uncompressed point that goes with it.
fn on_curve(curve: NamedCurve, entropy: &mut dyn Entropy) -> (Private, Vec<u8>) {
    match curve {
        NamedCurve::P384 => {
            let key = draw_scalar(48, entropy, |bytes| P384Key::from_slice(bytes).ok());
            let point = key.verifying_key().to_sec1_point(false).as_bytes().to_vec();
            (Private::P384(key), point)
        }
        NamedCurve::BrainpoolP256r1 => {
            let key = draw_scalar(32, entropy, |bytes| BrainpoolP256Key::from_slice(bytes).ok());
            let point = key.verifying_key().to_sec1_point(false).as_bytes().to_vec();
            (Private::BrainpoolP256(key), point)
        }
        NamedCurve::BrainpoolP384r1 => {
            let key = draw_scalar(48, entropy, |bytes| BrainpoolP384Key::from_slice(bytes).ok());
            let point = key.verifying_key().to_sec1_point(false).as_bytes().to_vec();
            (Private::BrainpoolP384(key), point)
        }
        _ => {
            let key = draw_scalar(32, entropy, |bytes| P256Key::from_slice(bytes).ok());
            let point = key.verifying_key().to_sec1_point(false).as_bytes().to_vec();
            (Private::P256(key), point)
        }
    }
}

/// A key on a curve with these parameters (RFC 5480), whatever they are.
pub fn ec_spki(parameters: &[u8], point: &[u8]) -> Vec<u8> {
    const EC_PUBLIC_KEY: Oid = Oid::new_unwrap("1.2.840.10045.2.1");
    let algorithm = write(asn1::SEQUENCE, &[&write_oid(EC_PUBLIC_KEY), parameters]);
    write(asn1::SEQUENCE, &[&algorithm, &write(asn1::BIT_STRING, &[&[0], point])])
}

impl std::fmt::Debug for TestKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TestKey([redacted])")
    }
}
