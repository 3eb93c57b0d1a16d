//! What Doc 9303-12 table 6 demands of a document signer.

use mibun_crypto::time::Timestamp;
use mibun_crypto::x509::icao::{IcaoCertificate, Usage};

use super::PassiveError;

/// The certificate is valid for as long as its documents; the key signs for a few months only.
pub fn within_its_time(
    signer: &IcaoCertificate,
    signed: Option<Timestamp>,
    now: Timestamp,
) -> Result<(), PassiveError> {
    let validity = signer.validity();
    if now < validity.not_before {
        return Err(PassiveError::SignerNotYetValid);
    }
    if now > validity.not_after {
        return Err(PassiveError::SignerExpired);
    }
    // The time is the signer's own word: it can convict the signer and not clear it.
    let Some(signed) = signed else { return Ok(()) };
    let (first, last) = signer.private_key_usage().unwrap_or((None, None));
    let first = first.map_or(validity.not_before, |first| first.max(validity.not_before));
    let last = last.map_or(validity.not_after, |last| last.min(validity.not_after));
    if signed < first || signed > last || signed > now { Err(PassiveError::SignedOutOfTime) } else { Ok(()) }
}

/// The certificate is one for signing documents and nothing else.
pub fn for_documents(signer: &IcaoCertificate) -> Result<(), PassiveError> {
    if signer.is_authority() {
        return Err(PassiveError::SignerIsAuthority);
    }
    if !signer.permits(Usage::DigitalSignature) {
        return Err(PassiveError::SignerKeyUsage);
    }
    // Signers of master lists and visible seals have a purpose; those of documents have none.
    if signer.has_purposes() {
        return Err(PassiveError::SignerPurpose);
    }
    if signer.has_unknown_critical() { Err(PassiveError::SignerCriticalExtension) } else { Ok(()) }
}
