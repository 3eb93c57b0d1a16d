//! The country signing authorities that are trusted, their links and their revocation lists (Doc 9303-12).

use mibun_crypto::time::Timestamp;
use mibun_crypto::x509::icao::{IcaoCertificate, IcaoError, RevocationList, Usage};
use thiserror::Error;

/// Why a certificate or list does not come into the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CscaError {
    /// It cannot be read.
    #[error(transparent)]
    Unreadable(#[from] IcaoError),
    /// It is no authority.
    #[error("the certificate is no authority")]
    NotAnAuthority,
    /// Its key may not sign certificates.
    #[error("the key is not for signing certificates")]
    KeyUsage,
    /// It names no country.
    #[error("the certificate names no country")]
    NoCountry,
    /// It has a critical extension that is not understood.
    #[error("the certificate has a critical extension that is not understood")]
    CriticalExtension,
    /// It says to be signed with its own key and is not, or is a link offered as an anchor.
    #[error("the certificate is not signed with its own key")]
    NotSelfSigned,
    /// Nobody in the store has the issuer's name and key.
    #[error("the issuer is not in the store")]
    UnknownIssuer,
    /// The issuer did not sign it.
    #[error("the signature is not that of the issuer")]
    Signature,
    /// It links to another country.
    #[error("the link leads to another country")]
    OtherCountry,
}

/// Why nobody trusted vouches for a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ChainError {
    /// No authority in the store has the issuer's name and key.
    #[error("the issuer is not trusted")]
    UnknownIssuer,
    /// Authorities of that name are there, and none of them signed it.
    #[error("the certificate is not signed by the authority it names")]
    Signature,
    /// The authority that signed it is not valid yet.
    #[error("the authority is not valid yet")]
    NotYetValid,
    /// The authority that signed it has expired.
    #[error("the authority has expired")]
    Expired,
    /// The authority belongs to another country than the certificate.
    #[error("the authority is of another country")]
    OtherCountry,
}

/// What the revocation lists say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Revocation {
    /// There is no list of the issuer.
    NoList,
    /// Not listed; the list is current.
    Good,
    /// Not listed; a newer list should be out.
    GoodButStale,
    /// Listed.
    Revoked,
}

/// Trusted authorities. Each certificate in here is an anchor: whoever fills the store vouches for it.
#[derive(Debug, Clone, Default)]
pub struct CscaStore {
    anchors: Vec<IcaoCertificate>,
    lists: Vec<RevocationList>,
}

impl CscaStore {
    /// A store that trusts nobody.
    pub fn new() -> Self {
        Self::default()
    }

    /// Trusts a self-signed authority.
    pub fn add_anchor(&mut self, certificate: IcaoCertificate) -> Result<(), CscaError> {
        fit(&certificate)?;
        if !certificate.is_self_signed() {
            return Err(CscaError::NotSelfSigned);
        }
        self.insert(certificate);
        Ok(())
    }

    /// Trusts the key in a link certificate, which an authority in the store signed for its successor. Its name may have
    /// changed, its country not.
    pub fn add_link(&mut self, certificate: IcaoCertificate) -> Result<(), CscaError> {
        fit(&certificate)?;
        let candidates = self.candidates(&certificate);
        if candidates.is_empty() {
            return Err(CscaError::UnknownIssuer);
        }
        let signed = |issuer: &&IcaoCertificate| certificate.verify_signature(issuer.public_key()).is_ok();
        let issuer = candidates.into_iter().find(signed).ok_or(CscaError::Signature)?;
        if issuer.subject().country() != certificate.subject().country() {
            return Err(CscaError::OtherCountry);
        }
        self.insert(certificate);
        Ok(())
    }

    /// Takes a revocation list of an authority in the store.
    pub fn add_revocation_list(&mut self, list: RevocationList) -> Result<(), CscaError> {
        let of_name = |anchor: &&IcaoCertificate| anchor.subject() == list.issuer();
        let mut candidates = self.anchors.iter().filter(of_name).peekable();
        candidates.peek().ok_or(CscaError::UnknownIssuer)?;
        let signed = |anchor: &IcaoCertificate| list.verify_signature(anchor.public_key()).is_ok();
        if !candidates.any(|anchor| anchor.permits(Usage::SignLists) && signed(anchor)) {
            return Err(CscaError::Signature);
        }
        self.lists.push(list);
        Ok(())
    }

    /// How many certificates are trusted.
    pub fn len(&self) -> usize {
        self.anchors.len()
    }

    /// Whether nobody is trusted.
    pub fn is_empty(&self) -> bool {
        self.anchors.is_empty()
    }

    /// The trusted certificates.
    pub fn anchors(&self) -> &[IcaoCertificate] {
        &self.anchors
    }

    /// The authority in the store that signed `certificate` and is valid at `now`.
    ///
    /// All of the name and key identifier are tried: a state has several keys at a time, and a key several certificates.
    pub fn issuer_of(&self, certificate: &IcaoCertificate, now: Timestamp) -> Result<&IcaoCertificate, ChainError> {
        let mut reason = ChainError::UnknownIssuer;
        for candidate in self.candidates(certificate) {
            let validity = candidate.validity();
            if certificate.verify_signature(candidate.public_key()).is_err() {
                reason = if reason == ChainError::UnknownIssuer { ChainError::Signature } else { reason };
            } else if now > validity.not_after {
                reason = ChainError::Expired;
            } else if now < validity.not_before {
                reason = ChainError::NotYetValid;
            } else if candidate.subject().country() != certificate.subject().country() {
                reason = ChainError::OtherCountry;
            } else {
                return Ok(candidate);
            }
        }
        Err(reason)
    }

    /// Whether the issuer of `certificate` revoked it.
    pub fn revocation(&self, certificate: &IcaoCertificate, now: Timestamp) -> Revocation {
        let lists: Vec<&RevocationList> =
            self.lists.iter().filter(|list| list.issuer() == certificate.issuer()).collect();
        if lists.iter().any(|list| list.contains(certificate.serial())) {
            Revocation::Revoked
        } else if lists.is_empty() {
            Revocation::NoList
        } else if lists.iter().any(|list| list.next_update().is_some_and(|next| now <= next)) {
            Revocation::Good
        } else {
            Revocation::GoodButStale
        }
    }

    fn candidates<'a>(&'a self, certificate: &IcaoCertificate) -> Vec<&'a IcaoCertificate> {
        self.anchors.iter().filter(|anchor| certificate.names_issuer(anchor)).collect()
    }

    /// Trusts a certificate that another store has accepted.
    pub(crate) fn trust_verified(&mut self, certificate: IcaoCertificate) {
        self.insert(certificate);
    }

    fn insert(&mut self, certificate: IcaoCertificate) {
        if !self.anchors.contains(&certificate) {
            self.anchors.push(certificate);
        }
    }
}

/// What Doc 9303-12 table 6 demands of every authority.
fn fit(certificate: &IcaoCertificate) -> Result<(), CscaError> {
    if !certificate.is_authority() {
        return Err(CscaError::NotAnAuthority);
    }
    if !certificate.permits(Usage::SignCertificates) {
        return Err(CscaError::KeyUsage);
    }
    if certificate.has_unknown_critical() {
        return Err(CscaError::CriticalExtension);
    }
    certificate.subject().country().map(|_| ()).ok_or(CscaError::NoCountry)
}
