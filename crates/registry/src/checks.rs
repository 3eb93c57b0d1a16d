//! Questions of organisations and what may be kept of the answers.

use async_trait::async_trait;
use mibun_crypto::time::Timestamp;

use crate::{CheckId, Hash, OrganisationId, Sealed, StoreError, Version, WindowId};

/// One question of an organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// The identifier.
    pub id: CheckId,
    /// Who asks.
    pub organisation: OrganisationId,
    /// The window it is asked at, if at one.
    pub window: Option<WindowId>,
    /// The scene it is asked in.
    pub scene: String,
    /// The name of the state.
    pub state: String,
    /// The check's own data key, wrapped; destroyed with the row.
    pub wrapped_key: Sealed,
    /// The state itself, the answer included.
    pub sealed: Sealed,
    /// The digest of the browser session that started it.
    pub session_hash: Option<Hash>,
    /// The digest of the code that must come back in that session; absent once spent.
    pub response_code_hash: Option<Hash>,
    /// When it was asked.
    pub created_at: Timestamp,
    /// When nobody may answer any more.
    pub expires_at: Timestamp,
    /// Until when the answer is kept, where the scene orders keeping it.
    pub retain_until: Option<Timestamp>,
    /// The version read.
    pub version: Version,
}

/// Checks.
#[async_trait]
pub trait Checks {
    /// Adds a check at version [`Version::FIRST`].
    async fn insert_check(&mut self, check: &Check) -> Result<(), StoreError>;

    /// The check with this identifier, expired or not.
    async fn check(&mut self, id: CheckId) -> Result<Option<Check>, StoreError>;

    /// Writes state, session, code and retention over the version read, and answers the new version.
    ///
    /// # Errors
    /// [`StoreError::VersionMismatch`] when the row changed or went.
    async fn update_check(&mut self, check: &Check) -> Result<Version, StoreError>;

    /// Spends the response code if both the code and the session are the check's own; answers whether it did.
    async fn spend_response_code(&mut self, id: CheckId, code: &Hash, session: &Hash) -> Result<bool, StoreError>;

    /// Up to `limit` kept answers of a window in a scene, newest first, from the one after `after` (when it was asked,
    /// and its identifier, which orders those of one second).
    async fn kept_checks(
        &mut self,
        window: WindowId,
        scene: &str,
        after: Option<(Timestamp, CheckId)>,
        limit: u32,
    ) -> Result<Vec<Check>, StoreError>;

    /// How many checks are in this state.
    async fn count_checks(&mut self, state: &str) -> Result<u64, StoreError>;

    /// Deletes a check with its data key; answers whether there was one.
    async fn delete_check(&mut self, id: CheckId) -> Result<bool, StoreError>;

    /// Deletes, with their data keys, kept answers whose retention ended at `now` or before, and checks that keep
    /// nothing and expired by then; answers how many.
    async fn delete_due_checks(&mut self, now: Timestamp) -> Result<u64, StoreError>;
}
