//! Whether a chain of certificates leads to somebody we trust.

use thiserror::Error;

use super::{Certificate, CertificateError, Purpose};
use crate::policy::Accepted;
use crate::time::Timestamp;

/// Most certificates that `x5c` may bring, the leaf included.
pub const MAX_CERTIFICATES: usize = 4;

/// Why a chain is refused. Positions count from the leaf, which is 0; the anchor comes after the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ChainError {
    /// No certificate at all.
    #[error("the chain is empty")]
    Empty,
    /// More than [`MAX_CERTIFICATES`].
    #[error("the chain is too long")]
    TooLong,
    /// A certificate cannot be read.
    #[error("certificate {0} is refused: {1}")]
    Unreadable(usize, #[source] CertificateError),
    /// A certificate has a key, or is signed with an algorithm, that the reader does not accept.
    #[error("certificate {0} is of an algorithm that is not accepted")]
    Algorithm(usize),
    /// The leaf is signed with its own key: it vouches for itself.
    #[error("the leaf is self-signed")]
    SelfSignedLeaf,
    /// The sender brought the root along, which only the receiver may choose.
    #[error("the chain contains a trust anchor")]
    AnchorIncluded,
    /// A certificate's time has not come.
    #[error("certificate {0} is not valid yet")]
    NotYetValid(usize),
    /// A certificate's time is over.
    #[error("certificate {0} has expired")]
    Expired(usize),
    /// A critical extension is not understood.
    #[error("certificate {0} has a critical extension that is not understood")]
    CriticalExtension(usize),
    /// The leaf may sign certificates, so it must not sign anything else.
    #[error("the leaf is an authority")]
    LeafIsAuthority,
    /// The leaf's key is not for signatures.
    #[error("the leaf's key is not for signatures")]
    KeyUsage,
    /// The leaf, or an authority above it, is not for this purpose.
    #[error("certificate {0} is not for this purpose")]
    WrongPurpose(usize),
    /// An issuer may not sign certificates.
    #[error("certificate {0} is no authority")]
    NotAnAuthority(usize),
    /// More authorities follow below than an issuer allows.
    #[error("certificate {0} allows fewer authorities below itself")]
    PathLength(usize),
    /// The next certificate has another name or key than the issuer.
    #[error("certificate {0} was not issued by the next one")]
    WrongIssuer(usize),
    /// No anchor has the name and key of the last issuer.
    #[error("no trust anchor issued the last certificate")]
    UnknownAuthority,
    /// The issuer did not sign this.
    #[error("the signature of certificate {0} is not valid")]
    Signature(usize),
}

/// The leaf of `x5c` (leaf first), if it leads to one of `anchors` and may be used for `purpose` at `now`. Certificates are
/// of [`Accepted::CLASSICAL`]; what the leaf's own key may sign with is for the caller to say.
pub fn verify(
    x5c: &[Vec<u8>],
    anchors: &[Certificate],
    now: Timestamp,
    purpose: Purpose,
) -> Result<Certificate, ChainError> {
    verify_accepting(x5c, anchors, now, purpose, Accepted::CLASSICAL)
}

/// As [`verify`], for a reader who accepts certificates of other algorithms besides.
///
/// # Errors
/// [`ChainError`].
pub fn verify_accepting(
    x5c: &[Vec<u8>],
    anchors: &[Certificate],
    now: Timestamp,
    purpose: Purpose,
    besides: Accepted,
) -> Result<Certificate, ChainError> {
    lead(x5c, anchors, now, purpose, besides).map(|(leaf, _)| leaf)
}

/// As [`verify`], for a reader to whom anchors are not all the same: the anchor comes after the leaf.
///
/// # Errors
/// [`ChainError`].
pub fn verify_to_anchor<'a>(
    x5c: &[Vec<u8>],
    anchors: &'a [Certificate],
    now: Timestamp,
    purpose: Purpose,
) -> Result<(Certificate, &'a Certificate), ChainError> {
    lead(x5c, anchors, now, purpose, Accepted::CLASSICAL)
}

fn lead<'a>(
    x5c: &[Vec<u8>],
    anchors: &'a [Certificate],
    now: Timestamp,
    purpose: Purpose,
    besides: Accepted,
) -> Result<(Certificate, &'a Certificate), ChainError> {
    if x5c.len() > MAX_CERTIFICATES {
        return Err(ChainError::TooLong);
    }
    let read = |(at, der): (usize, &Vec<u8>)| Certificate::from_der(der).map_err(|why| ChainError::Unreadable(at, why));
    let chain: Vec<Certificate> = x5c.iter().enumerate().map(read).collect::<Result<_, _>>()?;
    let leaf = chain.first().ok_or(ChainError::Empty)?;
    let accepted = besides.or(Accepted::CLASSICAL);
    if let Some(at) = chain.iter().position(|certificate| !certificate.algorithms().all(|one| accepted.allows(one))) {
        return Err(ChainError::Algorithm(at));
    }
    if leaf.is_self_signed() {
        return Err(ChainError::SelfSignedLeaf);
    }
    if chain.iter().any(|certificate| certificate.is_self_signed() || is_anchor(certificate, anchors)) {
        return Err(ChainError::AnchorIncluded);
    }
    for (at, certificate) in chain.iter().enumerate() {
        in_time(certificate, at, now)?;
    }
    fit_leaf(leaf, purpose)?;
    for (at, pair) in chain.windows(2).enumerate() {
        let [certificate, issuer] = pair else { unreachable!("windows of two have two") };
        issued_by(certificate, issuer, at)?;
        fit_authority(issuer, at + 1, purpose)?;
    }
    let last = chain.len() - 1;
    let anchor = find_anchor(&chain[last], anchors, last)?;
    in_time(anchor, chain.len(), now)?;
    fit_authority(anchor, chain.len(), purpose)?;
    Ok((leaf.clone(), anchor))
}

/// The anchor that issued `certificate`. Authorities renew their certificates under one name, so several may be tried.
fn find_anchor<'a>(
    certificate: &Certificate,
    anchors: &'a [Certificate],
    at: usize,
) -> Result<&'a Certificate, ChainError> {
    let mut reason = ChainError::UnknownAuthority;
    for anchor in anchors {
        match issued_by(certificate, anchor, at) {
            Ok(()) => return Ok(anchor),
            Err(why @ ChainError::Signature(_)) => reason = why,
            Err(_) => {}
        }
    }
    Err(reason)
}

/// The same certificate as an anchor, or another certificate for an anchor's name and key.
fn is_anchor(certificate: &Certificate, anchors: &[Certificate]) -> bool {
    anchors.iter().any(|anchor| {
        anchor.subject_der() == certificate.subject_der() && anchor.public_key() == certificate.public_key()
    })
}

fn in_time(certificate: &Certificate, at: usize, now: Timestamp) -> Result<(), ChainError> {
    if now < certificate.not_before() {
        return Err(ChainError::NotYetValid(at));
    }
    if now > certificate.not_after() {
        return Err(ChainError::Expired(at));
    }
    if certificate.extensions().unknown_critical {
        return Err(ChainError::CriticalExtension(at));
    }
    Ok(())
}

fn fit_leaf(leaf: &Certificate, purpose: Purpose) -> Result<(), ChainError> {
    if leaf.is_authority() {
        return Err(ChainError::LeafIsAuthority);
    }
    let signs = leaf.extensions().key_usage.as_ref().is_some_and(|usage| usage.digital_signature());
    if !signs {
        return Err(ChainError::KeyUsage);
    }
    if !purpose.is_named_by(leaf.extensions().purposes.as_deref()) {
        return Err(ChainError::WrongPurpose(0));
    }
    Ok(())
}

/// `at` is the issuer's position, so `at - 1` authorities lie between it and the leaf.
fn fit_authority(issuer: &Certificate, at: usize, purpose: Purpose) -> Result<(), ChainError> {
    let extensions = issuer.extensions();
    let may_sign = extensions.key_usage.as_ref().is_some_and(|usage| usage.key_cert_sign());
    if !extensions.is_authority() || !may_sign {
        return Err(ChainError::NotAnAuthority(at));
    }
    let limit = extensions.constraints.as_ref().and_then(|constraints| constraints.path_len_constraint);
    if limit.is_some_and(|limit| at - 1 > usize::from(limit)) {
        return Err(ChainError::PathLength(at));
    }
    // An authority without purposes may issue for all of them; one with purposes only for those.
    let named = extensions.purposes.as_ref();
    if named.is_some_and(|named| !named.iter().any(|usage| usage == purpose.oid())) {
        return Err(ChainError::WrongPurpose(at));
    }
    Ok(())
}

fn issued_by(certificate: &Certificate, issuer: &Certificate, at: usize) -> Result<(), ChainError> {
    let other_key = match (certificate.authority_key_identifier(), issuer.subject_key_identifier()) {
        (Some(named), Some(own)) => named != own,
        _ => false,
    };
    if certificate.issuer_der() != issuer.subject_der() || other_key {
        return Err(ChainError::WrongIssuer(at));
    }
    issuer.has_signed(certificate).map_err(|_| ChainError::Signature(at))
}
