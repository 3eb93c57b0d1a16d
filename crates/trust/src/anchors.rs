//! The roots that certificates must lead to.

use mibun_crypto::policy::Accepted;
use mibun_crypto::x509::{Certificate, CertificateError};

/// The trust anchors of an installation, one set per purpose: a root that may sign cards says nothing about who may
/// ask for them.
#[derive(Debug, Clone, Default)]
pub struct TrustAnchors {
    /// Roots of those who sign cards.
    pub issuers: Vec<Certificate>,
    /// Roots of those who sign status lists.
    pub status: Vec<Certificate>,
    /// Roots of the access certificates with which organisations ask.
    pub access: Vec<Certificate>,
    /// Roots of those who vouch for wallets and their keys.
    pub attesters: Vec<Certificate>,
    /// Roots of those who sign registration certificates of organisations.
    pub registrars: Vec<Certificate>,
    /// What those who sign cards may sign with: ES256, unless an installation opts into more. Status lists may besides be of
    /// what their standard leaves open.
    pub accepted: Accepted,
}

/// Why a file of anchors cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AnchorError {
    /// The file holds no certificate at all; an empty set would trust nobody and look like an outage.
    #[error("no certificate in the file")]
    Empty,
    /// A block that is not a certificate as we accept it.
    #[error(transparent)]
    Unreadable(#[from] CertificateError),
    /// An anchor that somebody else signed, so it is no root. Counted from 1.
    #[error("certificate {0} of the file is not self-signed")]
    NotARoot(usize),
}

impl TrustAnchors {
    /// One authority root for every purpose, as `mibun init` makes it; purposes are still told apart by the extended
    /// key usage of the leaf.
    pub fn single(root: &Certificate) -> Self {
        let [issuers, status, access, attesters, registrars] = std::array::from_fn(|_| vec![root.clone()]);
        Self { issuers, status, access, attesters, registrars, accepted: Accepted::HAIP }
    }

    /// Reads the anchors of cards, status lists and access certificates from three PEM bundles; attesters and registrars
    /// are trusted by nobody until somebody adds them.
    pub fn from_pem(issuers: &str, status: &str, access: &str) -> Result<Self, AnchorError> {
        let (issuers, status, access) = (bundle(issuers)?, bundle(status)?, bundle(access)?);
        Ok(Self { issuers, status, access, ..Self::default() })
    }
}

/// Reads one or more root certificates from PEM.
pub fn bundle(pem: &str) -> Result<Vec<Certificate>, AnchorError> {
    let roots = Certificate::all_from_pem(pem)?;
    match roots.iter().position(|root| !root.is_self_signed()) {
        Some(at) => Err(AnchorError::NotARoot(at + 1)),
        None if roots.is_empty() => Err(AnchorError::Empty),
        None => Ok(roots),
    }
}

#[cfg(test)]
mod tests;
