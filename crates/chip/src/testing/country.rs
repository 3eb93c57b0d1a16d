//! A state that issues documents: its authority, its document signers, its lists.
//!
//! Everything is determined by the seed, so a failed test fails again. The virtual chip and the tests of the whole product
//! take their documents from here.

mod document;
mod lists;
mod pki;

use mibun_crypto::digest::Hash;
use mibun_crypto::entropy::SeededEntropy;
use mibun_crypto::rsa::PssParameters;
use mibun_crypto::signature::SignatureScheme;
use mibun_crypto::testing::{TestKey, TestKeyKind};
use mibun_crypto::time::Timestamp;
use mibun_crypto::x509::Validity;
use mibun_crypto::x509::icao::IcaoCertificate;

use crate::csca::CscaStore;

pub use document::{Document, Person, SodContent, ZoneFormat, mrz_text, picture_record};
pub use pki::{CertificateSpec, Name};

/// How a state signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signing {
    /// RSA-2048, RSASSA-PKCS1-v1_5 with SHA-256.
    RsaPkcs1,
    /// RSA-2048, RSASSA-PSS with SHA-256 and 32 bytes of salt.
    RsaPss,
    /// NIST P-256 with SHA-256.
    P256,
    /// NIST P-384 with SHA-384.
    P384,
    /// brainpoolP256r1 with SHA-256.
    BrainpoolP256r1,
    /// brainpoolP384r1 with SHA-512.
    BrainpoolP384r1,
    /// NIST P-256 spelled out in the key, with SHA-256.
    ExplicitP256,
}

impl Signing {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::RsaPkcs1,
        Self::RsaPss,
        Self::P256,
        Self::P384,
        Self::BrainpoolP256r1,
        Self::BrainpoolP384r1,
        Self::ExplicitP256,
    ];

    /// Kind of key.
    pub const fn key(self) -> TestKeyKind {
        match self {
            Self::RsaPkcs1 | Self::RsaPss => TestKeyKind::Rsa2048,
            Self::P256 => TestKeyKind::P256,
            Self::P384 => TestKeyKind::P384,
            Self::BrainpoolP256r1 => TestKeyKind::BrainpoolP256r1,
            Self::BrainpoolP384r1 => TestKeyKind::BrainpoolP384r1,
            Self::ExplicitP256 => TestKeyKind::ExplicitP256,
        }
    }

    /// The scheme in certificates and CMS.
    pub const fn scheme(self) -> SignatureScheme {
        match self {
            Self::RsaPkcs1 => SignatureScheme::RsaPkcs1(Hash::Sha256),
            Self::RsaPss => {
                SignatureScheme::RsaPss(PssParameters { hash: Hash::Sha256, mask: Hash::Sha256, salt_length: 32 })
            }
            Self::P256 | Self::BrainpoolP256r1 | Self::ExplicitP256 => SignatureScheme::Ecdsa(Hash::Sha256),
            Self::P384 => SignatureScheme::Ecdsa(Hash::Sha384),
            Self::BrainpoolP384r1 => SignatureScheme::Ecdsa(Hash::Sha512),
        }
    }
}

/// A key with the certificate for it.
#[derive(Debug)]
pub struct Holder {
    /// The private key.
    pub key: TestKey,
    /// How it signs.
    pub scheme: SignatureScheme,
    /// The certificate as DER.
    pub certificate: Vec<u8>,
    /// The name in it.
    pub name: Name,
}

impl Holder {
    /// The certificate, read.
    ///
    /// # Panics
    /// When it was made to be unreadable.
    pub fn read(&self) -> IcaoCertificate {
        IcaoCertificate::from_der(&self.certificate).expect("a certificate of the made-up state")
    }
}

/// A state with one authority and one document signer.
#[derive(Debug)]
pub struct Country {
    /// Two letters.
    pub code: String,
    /// The authority that signs for it now.
    pub authority: Holder,
    /// The signer of its documents.
    pub signer: Holder,
    /// The day on which everything was set up.
    pub founded: Timestamp,
    entropy: SeededEntropy,
}

/// Days that authorities, document signers and the keys of signers last.
const AUTHORITY_DAYS: i64 = 15 * 365;
const SIGNER_DAYS: i64 = 11 * 365;
const SIGNING_DAYS: i64 = 90;

impl Country {
    /// A state of two letters, founded on a day, with keys that follow from the seed (and the code).
    pub fn found(code: &str, signing: Signing, founded: Timestamp, seed: &str) -> Self {
        let mut entropy = SeededEntropy::new(format!("{code} {seed}"));
        let authority = pki::authority(code, 1, signing, founded, &mut entropy);
        let signer = pki::signer(code, &authority, signing, founded, &mut entropy);
        Self { code: code.to_owned(), authority, signer, founded, entropy }
    }

    /// A store that trusts the present authority alone.
    ///
    /// # Panics
    /// When the authority was replaced by one that does not fit.
    pub fn store(&self) -> CscaStore {
        let mut store = CscaStore::new();
        store.add_anchor(self.authority.read()).expect("a self-signed authority");
        store
    }

    /// Changes to a new authority with a new key and gives the link certificate, signed with the old key.
    pub fn renew(&mut self, signing: Signing, at: Timestamp) -> Vec<u8> {
        let next = pki::authority(&self.code, 2, signing, at, &mut self.entropy);
        let link = pki::link(&self.authority, &next, at, &mut self.entropy);
        self.authority = next;
        self.signer = pki::signer(&self.code, &self.authority, signing, at, &mut self.entropy);
        link
    }

    /// A signer's certificate other than usual, by the present authority.
    pub fn certify(&mut self, signing: Signing, spec: CertificateSpec) -> Holder {
        let key = TestKey::generate(signing.key(), &mut self.entropy);
        let certificate = spec.sign(key.spki_der(), &self.authority, &mut self.entropy);
        Holder { key, scheme: signing.scheme(), certificate, name: spec.subject }
    }

    /// What a document signer's certificate usually says.
    pub fn signer_spec(&self) -> CertificateSpec {
        CertificateSpec::signer(&self.code, self.founded)
    }
}

/// From a day, for so many days.
fn span(from: Timestamp, days: i64) -> Validity {
    Validity { not_before: from, not_after: from.plus_days(days) }
}
