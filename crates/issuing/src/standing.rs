//! Whether the word of an attester still holds: what its attestation says of its standing, and what the status list says
//! (Token Status List, section 8.3). Nothing here fetches a list; who may have signed it comes from the caller.

use mibun_crypto::time::Timestamp;
use mibun_crypto::x509::Certificate;
use mibun_status::Status;
use mibun_status::token::{self, Claims, TokenError, VerifiedList};
use mibun_trust::Standing;

/// Seconds for which a list is kept that names no `ttl`.
pub const USUAL_TTL: u64 = 300;
/// Seconds for which a list is kept at most: a revocation is heard of within an hour.
pub const LONGEST_TTL: u64 = 3_600;
/// Seconds for which a list is kept at least, whatever its `ttl`.
pub const SHORTEST_TTL: u64 = 60;
/// Seconds for which a list that names no end vouches for anybody, from its `iat` on.
const LONGEST_LIFE: i64 = 86_400;
/// Largest list, unpacked, in bytes: sixteen million entries of two bits.
pub const MAX_LIST_BYTES: usize = 4 * 1024 * 1024;

/// An attestation that may have been taken back since it was signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vouched {
    /// What it says of its standing.
    pub standing: Standing,
    /// The root to which its attester's chain leads.
    pub anchor: Certificate,
}

/// Why an attestation does not count (any more).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StandingError {
    /// `INVALID`.
    #[error("the attestation has been revoked")]
    Revoked,
    /// `SUSPENDED`.
    #[error("the attestation is suspended")]
    Suspended,
    /// A value of which nobody here knows the meaning.
    #[error("the status list gives the attestation a standing that is not known here")]
    Unknown,
    /// The list is shorter.
    #[error("the status list has no entry for the attestation")]
    NoEntry,
    /// Told in another way than by a status list.
    #[error("the attestation tells its standing in a way that is not read here")]
    Mechanism,
    /// The list lies where it is not fetched from.
    #[error("the status list of the attestation has an address that is not called")]
    Address,
    /// Signed by nobody who may for this attester.
    #[error("the signer of the status list does not belong to the attester")]
    Signer,
    /// The list of another address.
    #[error("what lies at the address is another status list")]
    Subject,
    /// Past its end.
    #[error("the status list of the attestation has expired")]
    Expired,
    /// No status list that can be used.
    #[error("the status list of the attestation is malformed or too long")]
    Malformed,
}

/// Reads the token that lies at `uri`, for attestations of an attester with these roots.
///
/// # Errors
/// [`StandingError`]: what is wrong with the list.
pub fn read(token: &str, uri: &str, roots: &[Certificate], now: Timestamp) -> Result<VerifiedList, StandingError> {
    let verified = token::verify_of_attester(token, uri, roots, now).map_err(|error| match error {
        TokenError::Chain(_) => StandingError::Signer,
        TokenError::WrongSubject => StandingError::Subject,
        TokenError::Expired => StandingError::Expired,
        _ => StandingError::Malformed,
    })?;
    if end_of(&verified.claims) <= now {
        return Err(StandingError::Expired);
    }
    if verified.list.as_bytes().len() > MAX_LIST_BYTES { Err(StandingError::Malformed) } else { Ok(verified) }
}

/// What a list says of one of its entries.
///
/// # Errors
/// [`StandingError`] unless it is `VALID`.
pub fn judge(list: &VerifiedList, index: u64) -> Result<(), StandingError> {
    let entry = u32::try_from(index).ok().and_then(|index| list.list.get(index).ok());
    match entry.ok_or(StandingError::NoEntry)? {
        Status::Valid => Ok(()),
        Status::Invalid => Err(StandingError::Revoked),
        Status::Suspended => Err(StandingError::Suspended),
        Status::Other(_) => Err(StandingError::Unknown),
    }
}

/// Until when a list that was fetched at `now` is good without asking again.
pub fn kept_until(claims: &Claims, now: Timestamp) -> Timestamp {
    let seconds = claims.ttl.unwrap_or(USUAL_TTL).clamp(SHORTEST_TTL, LONGEST_TTL);
    now.plus_seconds(seconds as i64).min(end_of(claims))
}

/// When a list stops vouching, clocks that differ considered. One that names no end does not vouch for ever.
fn end_of(claims: &Claims) -> Timestamp {
    let end = claims.expires_at.unwrap_or_else(|| claims.issued_at.plus_seconds(LONGEST_LIFE));
    end.plus_seconds(token::SKEW)
}

#[cfg(test)]
mod tests;
