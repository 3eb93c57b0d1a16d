use async_trait::async_trait;
use mibun_crypto::time::Timestamp;
use mibun_registry::{BlindIndex, Hash, OneTime, StoreError};
use sqlx::query;

use super::unit::PostgresUnit;
use crate::columns::Raw;

#[async_trait]
impl OneTime for PostgresUnit {
    async fn spend_nonce(&mut self, nonce: &Hash, expires_at: Timestamp) -> Result<bool, StoreError> {
        let spend = query("INSERT INTO nonces (nonce, expires_at) VALUES ($1, $2) ON CONFLICT DO NOTHING");
        Ok(self.change(spend.bind(nonce.raw()).bind(expires_at.0)).await? > 0)
    }

    async fn prune_nonces(&mut self, now: Timestamp) -> Result<u64, StoreError> {
        self.change(query("DELETE FROM nonces WHERE expires_at <= $1").bind(now.0)).await
    }

    async fn remember_frame(&mut self, frame: &BlindIndex, expires_at: Timestamp) -> Result<bool, StoreError> {
        let remember = query("INSERT INTO frames (frame, expires_at) VALUES ($1, $2) ON CONFLICT DO NOTHING");
        Ok(self.change(remember.bind(frame.raw()).bind(expires_at.0)).await? > 0)
    }

    async fn prune_frames(&mut self, now: Timestamp) -> Result<u64, StoreError> {
        self.change(query("DELETE FROM frames WHERE expires_at <= $1").bind(now.0)).await
    }
}
