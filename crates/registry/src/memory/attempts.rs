use async_trait::async_trait;
use mibun_crypto::time::Timestamp;

use super::MemoryUnit;
use super::table::Counter;
use crate::{Attempts, BlindIndex, StoreError};

#[async_trait]
impl Attempts for MemoryUnit {
    async fn count_attempt(
        &mut self,
        scope: &BlindIndex,
        window: Timestamp,
        now: Timestamp,
    ) -> Result<u32, StoreError> {
        let attempts = &mut self.write()?.attempts;
        let tries = attempts.get(&(*scope, window)).map_or(0, |counter| counter.tries).saturating_add(1);
        attempts.put((*scope, window), Counter { tries, last: now });
        Ok(tries)
    }

    async fn attempts(&mut self, scope: &BlindIndex, window: Timestamp) -> Result<u32, StoreError> {
        Ok(self.tables.attempts.get(&(*scope, window)).map_or(0, |counter| counter.tries))
    }

    async fn forgive_attempts(&mut self, scope: &BlindIndex) -> Result<bool, StoreError> {
        Ok(self.write()?.attempts.sweep(|(of, _), _| of == scope) > 0)
    }

    async fn prune_attempts(&mut self, before: Timestamp) -> Result<u64, StoreError> {
        Ok(self.write()?.attempts.sweep(|_, counter| counter.last < before))
    }
}
