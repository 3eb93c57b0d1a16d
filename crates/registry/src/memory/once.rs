use async_trait::async_trait;
use mibun_crypto::time::Timestamp;

use super::MemoryUnit;
use super::table::Table;
use crate::{BlindIndex, Hash, OneTime, StoreError};

#[async_trait]
impl OneTime for MemoryUnit {
    async fn spend_nonce(&mut self, nonce: &Hash, expires_at: Timestamp) -> Result<bool, StoreError> {
        Ok(first_time(&mut self.write()?.nonces, *nonce, expires_at))
    }

    async fn prune_nonces(&mut self, now: Timestamp) -> Result<u64, StoreError> {
        Ok(self.write()?.nonces.sweep(|_, expires_at| *expires_at <= now))
    }

    async fn remember_frame(&mut self, frame: &BlindIndex, expires_at: Timestamp) -> Result<bool, StoreError> {
        Ok(first_time(&mut self.write()?.frames, *frame, expires_at))
    }

    async fn prune_frames(&mut self, now: Timestamp) -> Result<u64, StoreError> {
        Ok(self.write()?.frames.sweep(|_, expires_at| *expires_at <= now))
    }
}

fn first_time<K: Ord + Clone>(spent: &mut Table<K, Timestamp>, thing: K, expires_at: Timestamp) -> bool {
    let first = !spent.contains(&thing);
    if first {
        spent.put(thing, expires_at);
    }
    first
}
