use async_trait::async_trait;
use mibun_crypto::time::Timestamp;

use super::MemoryUnit;
use crate::{Conflict, Hash, PushedRequest, PushedRequests, StoreError};

#[async_trait]
impl PushedRequests for MemoryUnit {
    async fn insert_pushed_request(&mut self, request: &PushedRequest) -> Result<(), StoreError> {
        let requests = &mut self.write()?.pushed_requests;
        requests.insert(request.request_hash, request.clone(), Conflict::CodeTaken, |_| false)
    }

    async fn pushed_request(&mut self, request: &Hash) -> Result<Option<PushedRequest>, StoreError> {
        Ok(self.tables.pushed_requests.get(request))
    }

    async fn spend_pushed_request(&mut self, request: &Hash) -> Result<bool, StoreError> {
        Ok(self.write()?.pushed_requests.sweep(|hash, _| hash == request) > 0)
    }

    async fn delete_expired_pushed_requests(&mut self, now: Timestamp) -> Result<u64, StoreError> {
        Ok(self.write()?.pushed_requests.sweep(|_, request| request.expires_at <= now))
    }
}
