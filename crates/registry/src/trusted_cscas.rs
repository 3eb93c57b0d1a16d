//! Certificates that sign the signers of physical documents (CSCA, ICAO 9303 part 12), and what they revoked.

use async_trait::async_trait;
use mibun_crypto::time::Timestamp;

use crate::{Hash, StoreError};

/// One country signing certificate that chips are believed by. Certificates are public: nothing here is personal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustedCsca {
    /// The SHA-256 digest of the certificate; unique.
    pub fingerprint: Hash,
    /// The country, in the two or three letters of the certificate's issuer.
    pub country: String,
    /// The certificate, as it was received.
    pub der: Vec<u8>,
    /// Where it came from: the name of a master list or of a file.
    pub source: String,
    /// When it was imported.
    pub imported_at: Timestamp,
    /// When the certificate ends.
    pub not_after: Timestamp,
}

/// The newest revocation list of one country signing certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateRevocations {
    /// The fingerprint of the certificate that signed the list. It need not be trusted, or be so any more: a certificate
    /// that returns finds what it had revoked.
    pub issuer_fingerprint: Hash,
    /// The list, as it was received.
    pub crl_der: Vec<u8>,
    /// When the list was made.
    pub this_update: Timestamp,
    /// By when there is a newer one.
    pub next_update: Timestamp,
}

/// Country signing certificates and their revocation lists.
#[async_trait]
pub trait TrustedCscas {
    /// Adds a certificate unless it is there; answers whether it is new. What is there stays as it is.
    async fn insert_csca_if_new(&mut self, csca: &TrustedCsca) -> Result<bool, StoreError>;

    /// The certificate with this fingerprint.
    async fn csca(&mut self, fingerprint: &Hash) -> Result<Option<TrustedCsca>, StoreError>;

    /// Every certificate, in order of fingerprint.
    async fn cscas(&mut self) -> Result<Vec<TrustedCsca>, StoreError>;

    /// Every certificate of a country, in order of fingerprint.
    async fn cscas_of(&mut self, country: &str) -> Result<Vec<TrustedCsca>, StoreError>;

    /// How many certificates came from each source, in order of name.
    async fn count_cscas_by_source(&mut self) -> Result<Vec<(String, u64)>, StoreError>;

    /// Deletes a certificate, which is then believed no more; answers whether it was there.
    async fn delete_csca(&mut self, fingerprint: &Hash) -> Result<bool, StoreError>;

    /// Keeps a revocation list unless one that is as new is there; answers whether it was kept. So an old list, played
    /// again, brings back nothing.
    async fn put_revocations(&mut self, list: &CertificateRevocations) -> Result<bool, StoreError>;

    /// Every revocation list, in order of the issuer's fingerprint.
    async fn revocations(&mut self) -> Result<Vec<CertificateRevocations>, StoreError>;
}
