use async_trait::async_trait;
use mibun_crypto::time::Timestamp;
use mibun_registry::{Conflict, Hash, PushedRequest, PushedRequests, StoreError};
use sqlx::query;

use super::unit::PostgresUnit;
use crate::columns::Raw;
use crate::rows;

#[async_trait]
impl PushedRequests for PostgresUnit {
    async fn insert_pushed_request(&mut self, request: &PushedRequest) -> Result<(), StoreError> {
        let insert = query(
            "INSERT INTO pushed_requests (request_hash, sealed, expires_at) VALUES ($1, $2, $3)
             ON CONFLICT DO NOTHING",
        );
        let insert = insert.bind(request.request_hash.raw()).bind(request.sealed.raw()).bind(request.expires_at.0);
        self.add(insert, Conflict::CodeTaken).await
    }

    async fn pushed_request(&mut self, request: &Hash) -> Result<Option<PushedRequest>, StoreError> {
        let found = query("SELECT * FROM pushed_requests WHERE request_hash = $1");
        self.row(found.bind(request.raw()), rows::pushed_request).await
    }

    async fn spend_pushed_request(&mut self, request: &Hash) -> Result<bool, StoreError> {
        let spend = query("DELETE FROM pushed_requests WHERE request_hash = $1");
        Ok(self.change(spend.bind(request.raw())).await? > 0)
    }

    async fn delete_expired_pushed_requests(&mut self, now: Timestamp) -> Result<u64, StoreError> {
        self.change(query("DELETE FROM pushed_requests WHERE expires_at <= $1").bind(now.0)).await
    }
}
