//! Things that count once: nonces, and captured frames by their digest.

use async_trait::async_trait;
use mibun_crypto::time::Timestamp;

use crate::{BlindIndex, Hash, StoreError};

/// Spends what may be spent once.
///
/// `expires_at` must lie after the moment from which the caller refuses the thing anyway; only then may it be pruned.
#[async_trait]
pub trait OneTime {
    /// Spends a nonce; answers whether this was the first time.
    async fn spend_nonce(&mut self, nonce: &Hash, expires_at: Timestamp) -> Result<bool, StoreError>;

    /// Deletes nonces that expire at `now` or before; answers how many.
    async fn prune_nonces(&mut self, now: Timestamp) -> Result<u64, StoreError>;

    /// Remembers a frame by the keyed digest of its bytes; answers whether it is new. A frame seen before is a replay.
    async fn remember_frame(&mut self, frame: &BlindIndex, expires_at: Timestamp) -> Result<bool, StoreError>;

    /// Deletes frames that expire at `now` or before; answers how many.
    async fn prune_frames(&mut self, now: Timestamp) -> Result<u64, StoreError>;
}
