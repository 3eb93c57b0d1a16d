//! Authorization requests that wallets pushed and no person has answered yet.

use async_trait::async_trait;
use mibun_crypto::time::Timestamp;

use crate::{Hash, Sealed, StoreError};

/// One pushed request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PushedRequest {
    /// The digest of its reference; unique.
    pub request_hash: Hash,
    /// The request.
    pub sealed: Sealed,
    /// When it is worth nothing.
    pub expires_at: Timestamp,
}

/// Pushed requests.
#[async_trait]
pub trait PushedRequests {
    /// Adds a request.
    ///
    /// # Errors
    /// [`Conflict::CodeTaken`](crate::Conflict::CodeTaken) when the reference exists.
    async fn insert_pushed_request(&mut self, request: &PushedRequest) -> Result<(), StoreError>;

    /// The request with this reference, expired or not.
    async fn pushed_request(&mut self, request: &Hash) -> Result<Option<PushedRequest>, StoreError>;

    /// Takes a request away that was answered; answers whether it was there. Of two who answer, one is the first.
    async fn spend_pushed_request(&mut self, request: &Hash) -> Result<bool, StoreError>;

    /// Deletes requests that expire at `now` or before; answers how many.
    async fn delete_expired_pushed_requests(&mut self, now: Timestamp) -> Result<u64, StoreError>;
}
