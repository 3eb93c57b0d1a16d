//! The roots that certificates must lead to.

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
}

/// Why a file of anchors cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum AnchorError {
    /// The file holds no certificate at all; an empty set would trust nobody and look like an outage.
    #[error("no certificate in the file")]
    Empty,
    /// A block that is not a certificate.
    #[error("certificate {index} of the file: {source}")]
    Unreadable {
        /// Counted from 1.
        index: usize,
        /// What is wrong.
        source: CertificateError,
    },
    /// An anchor that somebody else signed, so it is no root.
    #[error("certificate {index} of the file is not self-signed")]
    NotARoot {
        /// Counted from 1.
        index: usize,
    },
    /// A `BEGIN` without its `END`.
    #[error("certificate {index} of the file has no end")]
    Unfinished {
        /// Counted from 1.
        index: usize,
    },
}

impl TrustAnchors {
    /// One authority root for every purpose, as `mibun init` makes it; purposes are still told apart by the extended
    /// key usage of the leaf.
    pub fn single(root: &Certificate) -> Self {
        Self { issuers: vec![root.clone()], status: vec![root.clone()], access: vec![root.clone()] }
    }

    /// Reads the anchors from three PEM bundles.
    pub fn from_pem(issuers: &str, status: &str, access: &str) -> Result<Self, AnchorError> {
        Ok(Self { issuers: bundle(issuers)?, status: bundle(status)?, access: bundle(access)? })
    }
}

/// Reads one or more root certificates from PEM; text between the blocks is ignored (RFC 7468 section 2).
pub fn bundle(pem: &str) -> Result<Vec<Certificate>, AnchorError> {
    let mut roots = Vec::new();
    let mut rest = pem;
    while let Some(start) = rest.find(BEGIN) {
        let index = roots.len() + 1;
        let length = rest[start..].find(END).ok_or(AnchorError::Unfinished { index })? + END.len();
        let block = &rest[start..start + length];
        let root = Certificate::from_pem(block).map_err(|source| AnchorError::Unreadable { index, source })?;
        if !root.is_self_signed() {
            return Err(AnchorError::NotARoot { index });
        }
        roots.push(root);
        rest = &rest[start + length..];
    }
    if roots.is_empty() { Err(AnchorError::Empty) } else { Ok(roots) }
}

const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const END: &str = "-----END CERTIFICATE-----";

#[cfg(test)]
mod tests;
