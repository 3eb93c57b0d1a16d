//! The authority's officers.

use async_trait::async_trait;
use mibun_crypto::time::Timestamp;

use crate::{BlindIndex, OfficerId, Sealed, StoreError, Version};

/// One officer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Officer {
    /// The identifier, which the audit log names.
    pub id: OfficerId,
    /// The blind index of the login name; unique.
    pub name_index: BlindIndex,
    /// The login name, sealed.
    pub name: Sealed,
    /// The password hash (argon2id, PHC string).
    pub password_hash: String,
    /// The secret of the second factor, sealed.
    pub totp_secret: Sealed,
    /// The last time step a code was accepted for: no code works twice.
    pub last_totp_step: Option<i64>,
    /// Whether the officer may sign in at all.
    pub disabled: bool,
    /// Wrong tries since the last right one.
    pub failed_tries: u32,
    /// Until when no try is evaluated.
    pub locked_until: Option<Timestamp>,
    /// When the officer was added.
    pub created_at: Timestamp,
    /// The version read.
    pub version: Version,
}

/// Officers.
#[async_trait]
pub trait Officers {
    /// Adds an officer at version [`Version::FIRST`].
    ///
    /// # Errors
    /// [`Conflict::NameTaken`](crate::Conflict::NameTaken) when the login name is in use.
    async fn insert_officer(&mut self, officer: &Officer) -> Result<(), StoreError>;

    /// The officer with this identifier.
    async fn officer(&mut self, id: OfficerId) -> Result<Option<Officer>, StoreError>;

    /// The officer with this login name.
    async fn officer_by_name(&mut self, name: &BlindIndex) -> Result<Option<Officer>, StoreError>;

    /// Every officer, in order of identifier.
    async fn officers(&mut self) -> Result<Vec<Officer>, StoreError>;

    /// Writes everything but the identifier, name and `created_at` over the version read, and answers the new version.
    /// Of two sign-ins with one code, one gets [`StoreError::VersionMismatch`].
    ///
    /// # Errors
    /// [`StoreError::VersionMismatch`] when the row changed or went.
    async fn update_officer(&mut self, officer: &Officer) -> Result<Version, StoreError>;
}
