//! Counters of tries, written before the try is looked at.

use async_trait::async_trait;
use mibun_crypto::time::Timestamp;

use crate::{BlindIndex, StoreError};

/// Tries per scope (a record, a source, a password) and window of time.
///
/// Commit the count in a unit of its own before the try is evaluated: then a crash in between costs a try instead of
/// giving one away.
#[async_trait]
pub trait Attempts {
    /// Counts one try in the window that started at `window`; answers the count with this one in it.
    async fn count_attempt(&mut self, scope: &BlindIndex, window: Timestamp, now: Timestamp)
    -> Result<u32, StoreError>;

    /// The tries counted in that window.
    async fn attempts(&mut self, scope: &BlindIndex, window: Timestamp) -> Result<u32, StoreError>;

    /// Forgets all tries of a scope, for an officer who lifts a lock; answers whether there were any.
    async fn forgive_attempts(&mut self, scope: &BlindIndex) -> Result<bool, StoreError>;

    /// Deletes counters last written before `before`; answers how many.
    async fn prune_attempts(&mut self, before: Timestamp) -> Result<u64, StoreError>;
}
