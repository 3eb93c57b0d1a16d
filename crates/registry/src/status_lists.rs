//! Status lists: who may use which entry, and what each entry says.

use async_trait::async_trait;

use crate::value::text_enum;
use crate::{Sealed, StoreError};

/// The number of a status list, part of its address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ListId(pub u32);

/// One status list. Its published bits are computed from the entries that are not valid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusList {
    /// The number.
    pub id: ListId,
    /// Bits per entry: 1, 2, 4 or 8.
    pub bits: u8,
    /// How many entries it has.
    pub size: u32,
    /// The sealed key of the permutation that hides the order of issue.
    pub key: Sealed,
    /// How many entries were leased, counted before the permutation.
    pub next_free: u32,
    /// Whether nothing more is leased from it.
    pub closed: bool,
    /// Which life of the database made it: a restore starts a new one.
    pub epoch: u32,
    /// How often an entry was written; a publisher compares it.
    pub changes: u64,
}

/// Consecutive entries of a list, before the permutation, that nobody else has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Lease {
    /// The list.
    pub list: ListId,
    /// The first entry.
    pub first: u32,
    /// How many.
    pub count: u32,
}

text_enum! {
    /// What an entry says.
    EntryStatus {
        /// Good; entries never written are.
        Valid = "valid",
        /// Revoked, for good.
        Invalid = "invalid",
        /// Not good for now.
        Suspended = "suspended",
    }
}

/// Status lists.
#[async_trait]
pub trait StatusLists {
    /// Adds a list.
    ///
    /// # Errors
    /// [`Conflict::ListTaken`](crate::Conflict::ListTaken) when a list with this number exists.
    async fn insert_status_list(&mut self, list: &StatusList) -> Result<(), StoreError>;

    /// The list with this number.
    async fn status_list(&mut self, id: ListId) -> Result<Option<StatusList>, StoreError>;

    /// Every list, in order of number.
    async fn status_lists(&mut self) -> Result<Vec<StatusList>, StoreError>;

    /// Takes `count` entries of one open list for `node`: no entry is ever given twice. None when no open list has
    /// room; the caller then adds one.
    async fn lease_block(&mut self, node: &str, count: u32) -> Result<Option<Lease>, StoreError>;

    /// Closes every open list, as a restore must, for the database may have forgotten leases; answers how many.
    async fn close_status_lists(&mut self) -> Result<u64, StoreError>;

    /// Writes what entries say; `positions` are those in the published list, after the permutation. Counts as one change of the list.
    ///
    /// # Errors
    /// [`Conflict::Revoked`](crate::Conflict::Revoked) when one of them was revoked and would be made good again; then
    /// nothing is written. [`StoreError::VersionMismatch`] when there is no such list.
    async fn set_entries(&mut self, list: ListId, positions: &[u32], status: EntryStatus) -> Result<(), StoreError>;

    /// Every entry of a list that is not valid, in order of position.
    async fn entries(&mut self, list: ListId) -> Result<Vec<(u32, EntryStatus)>, StoreError>;
}
