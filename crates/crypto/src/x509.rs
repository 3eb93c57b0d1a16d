//! Certificates (RFC 5280) as this project uses them: elliptic curves only, version 3, one purpose each.

mod additions;
mod certificate;
pub mod chain;
mod extensions;
pub mod icao;
mod issue;
mod name;
pub mod profile;
mod seen;
mod signature;

pub use additions::Additions;
pub use certificate::{Certificate, CertificateError};
pub use chain::ChainError;
pub use issue::{AuthoritySpec, IssueError, LeafSpec, issue_intermediate, issue_leaf, issue_leaf_with, issue_root};
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
    /// Signs attestations of wallets and of their keys. No standard names a number, so one under the arc for documentation
    /// (RFC 5612) marks our own; certificates of others may leave the purpose open or name one of TLS.
    WalletProvider,
    /// Signs registration certificates of organisations (ETSI TS 119 475). Numbered like [`Purpose::WalletProvider`].
    Registrar,
    /// Signs lists of trusted entities: `id-tsl-kp-tslSigning` of ETSI TS 119 612.
    ListSigner,
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
            Self::WalletProvider => "1.3.6.1.4.1.32473.20.2",
            Self::Registrar => "1.3.6.1.4.1.32473.20.3",
            Self::ListSigner => "0.4.0.2231.3.0",
            Self::VerifierAttester => "1.3.6.1.4.1.32473.20.4",
            Self::Tls => "1.3.6.1.5.5.7.3.1",
        }
    }

    /// Whether a leaf with these extended key usages, `None` when it has no such extension, is for this purpose.
    ///
    /// Where no standard names a number, certificates of other authorities carry none or one of TLS: they will do, unless
    /// they name a purpose that is told apart from this one.
    pub(crate) fn is_named_by(self, usages: Option<&[String]>) -> bool {
        let names = |purpose: Self| usages.is_some_and(|usages| usages.iter().any(|usage| usage == purpose.oid()));
        names(self) || self.has_no_standard_number() && !Self::TOLD_APART.into_iter().any(names)
    }

    const TOLD_APART: [Self; 6] = [
        Self::DocumentSigner,
        Self::StatusSigner,
        Self::AccessCertificate,
        Self::WalletProvider,
        Self::Registrar,
        Self::ListSigner,
    ];

    const fn has_no_standard_number(self) -> bool {
        matches!(self, Self::WalletProvider | Self::Registrar)
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
