use async_trait::async_trait;
use mibun_crypto::time::Timestamp;
use mibun_registry::{Attempts, BlindIndex, StoreError};
use sqlx::query;

use super::unit::PostgresUnit;
use crate::columns::{Columns, Raw};

#[async_trait]
impl Attempts for PostgresUnit {
    async fn count_attempt(
        &mut self,
        scope: &BlindIndex,
        window: Timestamp,
        now: Timestamp,
    ) -> Result<u32, StoreError> {
        let count = query(
            "INSERT INTO attempts (scope, starts_at, tries, last_at) VALUES ($1, $2, 1, $3)
             ON CONFLICT (scope, starts_at) DO UPDATE SET tries = attempts.tries + 1, last_at = excluded.last_at
             RETURNING tries",
        );
        let counted = self.row(count.bind(scope.raw()).bind(window.0).bind(now.0), |row| row.number("tries")).await?;
        counted.ok_or(StoreError::Corrupt("tries"))
    }

    async fn attempts(&mut self, scope: &BlindIndex, window: Timestamp) -> Result<u32, StoreError> {
        let found = query("SELECT tries FROM attempts WHERE scope = $1 AND starts_at = $2");
        Ok(self.row(found.bind(scope.raw()).bind(window.0), |row| row.number("tries")).await?.unwrap_or(0))
    }

    async fn forgive_attempts(&mut self, scope: &BlindIndex) -> Result<bool, StoreError> {
        Ok(self.change(query("DELETE FROM attempts WHERE scope = $1").bind(scope.raw())).await? > 0)
    }

    async fn prune_attempts(&mut self, before: Timestamp) -> Result<u64, StoreError> {
        self.change(query("DELETE FROM attempts WHERE last_at < $1").bind(before.0)).await
    }
}
