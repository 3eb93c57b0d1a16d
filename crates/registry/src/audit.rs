//! The audit log: who did what when, in a chain that shows any later change.
//!
//! An entry is written in two steps. [`Audit::append_audit`] stores a draft in the same unit as the deed, so that
//! neither exists without the other and units do not queue for one counter. [`Audit::chain_audit`], run by one job
//! every second and before an officer sees a record, gives waiting drafts their places in the chain.

use async_trait::async_trait;
use mibun_crypto::digest::sha256;
use mibun_crypto::time::Timestamp;
use thiserror::Error;

use crate::{Hash, PAGE_LIMIT, Sealed, StoreError};

/// What is to be logged. Actor, action and subject are identifiers and codes, never names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditDraft {
    /// When it happened.
    pub at: Timestamp,
    /// Who did it, as `kind:identifier`.
    pub actor: String,
    /// What was done, as a code.
    pub action: String,
    /// To what, as `kind:identifier`.
    pub subject: String,
    /// What else must be known, sealed, so that erasing the key erases it and leaves the chain whole.
    pub detail: Option<Sealed>,
}

/// One entry in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// The place, from 1, without gaps.
    pub seq: u64,
    /// The hash of the entry before; [`GENESIS`] for the first.
    pub previous: Hash,
    /// The hash over everything else in the entry.
    pub hash: Hash,
    /// What is logged.
    pub draft: AuditDraft,
}

/// What the first entry names as the hash before it.
pub const GENESIS: Hash = Hash::new([0; 32]);

impl AuditEntry {
    /// Places `draft` after the entry with this place and hash.
    pub fn chained(after: (u64, Hash), draft: AuditDraft) -> Self {
        let (seq, previous) = (after.0 + 1, after.1);
        Self { seq, previous, hash: entry_hash(seq, previous, &draft), draft }
    }
}

/// The audit log.
#[async_trait]
pub trait Audit {
    /// Logs in this unit; the entry gets its place later.
    async fn append_audit(&mut self, draft: &AuditDraft) -> Result<(), StoreError>;

    /// Gives up to `limit` waiting drafts their places, oldest first; answers how many.
    async fn chain_audit(&mut self, limit: u32) -> Result<u64, StoreError>;

    /// Up to `limit` entries with a place above `after`, in order.
    async fn audit_after(&mut self, after: u64, limit: u32) -> Result<Vec<AuditEntry>, StoreError>;

    /// Up to `limit` entries with a place below `before`, last one first; from the end of the log without `before`.
    async fn audit_before(&mut self, before: Option<u64>, limit: u32) -> Result<Vec<AuditEntry>, StoreError>;
}

/// Where a chain does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ChainBreak {
    /// The entry with this place is gone.
    #[error("entry {0} is missing")]
    Missing(u64),
    /// The entry with this place was changed.
    #[error("entry {0} was altered")]
    Altered(u64),
    /// The entry with this place does not follow the one before it.
    #[error("entry {0} does not follow its predecessor")]
    Unlinked(u64),
}

/// Why a chain could not be confirmed.
#[derive(Debug, Error)]
pub enum ChainError {
    /// The chain does not hold.
    #[error(transparent)]
    Broken(#[from] ChainBreak),
    /// The store did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Follows the chain from its first entry and answers its head: the last place and hash.
///
/// The head must be compared with one noted elsewhere: a log cut off at the end is a whole chain, only shorter.
///
/// # Errors
/// [`ChainError::Broken`] with the first entry that does not hold.
pub async fn verify_chain(audit: &mut (impl Audit + Send + ?Sized)) -> Result<(u64, Hash), ChainError> {
    let mut head = (0, GENESIS);
    loop {
        let page = audit.audit_after(head.0, PAGE_LIMIT).await?;
        if page.is_empty() {
            return Ok(head);
        }
        for entry in page {
            head = follow(head, &entry)?;
        }
    }
}

fn follow(head: (u64, Hash), entry: &AuditEntry) -> Result<(u64, Hash), ChainBreak> {
    if entry.seq != head.0 + 1 {
        return Err(ChainBreak::Missing(head.0 + 1));
    }
    if entry.hash != entry_hash(entry.seq, entry.previous, &entry.draft) {
        return Err(ChainBreak::Altered(entry.seq));
    }
    if entry.previous != head.1 {
        return Err(ChainBreak::Unlinked(entry.seq));
    }
    Ok((entry.seq, entry.hash))
}

/// Every part goes in behind its length, so that no two entries share an encoding.
fn entry_hash(seq: u64, previous: Hash, draft: &AuditDraft) -> Hash {
    let mut encoded = b"mibun audit entry 1".to_vec();
    encoded.extend(seq.to_be_bytes());
    encoded.extend(previous.as_bytes());
    encoded.extend(draft.at.0.to_be_bytes());
    for text in [&draft.actor, &draft.action, &draft.subject] {
        append(&mut encoded, text.as_bytes());
    }
    match &draft.detail {
        None => encoded.push(0),
        Some(detail) => {
            encoded.push(1);
            append(&mut encoded, detail.as_bytes());
        }
    }
    Hash::new(sha256(&encoded))
}

fn append(encoded: &mut Vec<u8>, part: &[u8]) {
    encoded.extend((part.len() as u64).to_be_bytes());
    encoded.extend(part);
}

#[cfg(test)]
mod tests;
