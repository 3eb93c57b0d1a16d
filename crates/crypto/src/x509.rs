//! Certificates (RFC 5280) as this project uses them: elliptic curves only, version 3, one purpose each.

mod certificate;
pub mod chain;
mod extensions;
pub mod icao;
mod issue;
mod name;
mod signature;

pub use certificate::{Certificate, CertificateError};
pub use chain::ChainError;
pub use issue::{AuthoritySpec, IssueError, LeafSpec, issue_intermediate, issue_leaf, issue_root};
pub use name::{AlternativeName, Subject};

use crate::time::Timestamp;

/// What the key of a leaf certificate may be used for. A chain is accepted for exactly one purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// Signs cards: `id-mdl-kp-mdlDS` of ISO/IEC 18013-5 annex B, for both formats of a card.
    DocumentSigner,
    /// Signs status lists. Token Status List names `id-kp-oauthStatusSigning`, whose number IANA has not assigned; until
    /// then a number under the arc for documentation (RFC 5612) stands in, which only our own certificates carry.
    StatusSigner,
    /// Signs requests of an organisation: wallet relying party access certificate of ETSI TS 119 411-8.
    AccessCertificate,
    /// Attests verifiers (OpenID4VP 1.0 section 12), for which nobody has registered a usage: a number under the arc for
    /// documentation, like that of status signers, keeps askers from attesting each other.
    VerifierAttester,
    /// Serves TLS: `id-kp-serverAuth` of RFC 5280.
    Tls,
}

impl Purpose {
    /// The object identifier in the extended key usage extension, in dotted form.
    pub const fn oid(self) -> &'static str {
        match self {
            Self::DocumentSigner => "1.0.18013.5.1.2",
            Self::StatusSigner => "1.3.6.1.4.1.32473.20.1",
            Self::AccessCertificate => "0.4.0.19411.8.1",
            Self::VerifierAttester => "1.3.6.1.4.1.32473.20.2",
            Self::Tls => "1.3.6.1.5.5.7.3.1",
        }
    }
}

/// From when until when a certificate is good, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Validity {
    /// First second.
    pub not_before: Timestamp,
    /// Last second.
    pub not_after: Timestamp,
}

#[cfg(test)]
mod tests;
