//! Sign-ins with the ID password: two messages each way, then a session.

use async_trait::async_trait;
use mibun_crypto::time::Timestamp;

use crate::{LoginId, PersonId, Sealed, StoreError, Version};

/// One sign-in with the ID password, from its first message to the end of the session it opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasswordLogin {
    /// The identifier, which both messages carry.
    pub id: LoginId,
    /// Who signs in.
    pub person: PersonId,
    /// The name of the state.
    pub state: String,
    /// The state itself: the server's part of the exchange, later the key that both sides derived.
    pub sealed: Sealed,
    /// When it is worth nothing.
    pub expires_at: Timestamp,
    /// The version read.
    pub version: Version,
}

/// Sign-ins with the ID password.
#[async_trait]
pub trait PasswordLogins {
    /// Adds a sign-in at version [`Version::FIRST`].
    ///
    /// # Errors
    /// [`Conflict::RowTaken`](crate::Conflict::RowTaken) when the identifier exists; [`StoreError::VersionMismatch`]
    /// when there is no such person.
    async fn insert_password_login(&mut self, login: &PasswordLogin) -> Result<(), StoreError>;

    /// The sign-in with this identifier, expired or not.
    async fn password_login(&mut self, id: LoginId) -> Result<Option<PasswordLogin>, StoreError>;

    /// Writes state and expiry over the version read, and answers the new version. Of two who send the last message at
    /// the same moment, one gets [`StoreError::VersionMismatch`].
    ///
    /// # Errors
    /// [`StoreError::VersionMismatch`] when the row changed or went.
    async fn update_password_login(&mut self, login: &PasswordLogin) -> Result<Version, StoreError>;

    /// Deletes sign-ins that expire at `now` or before; answers how many.
    async fn delete_expired_password_logins(&mut self, now: Timestamp) -> Result<u64, StoreError>;

    /// Deletes every sign-in of a person, which ends the sessions too; answers how many.
    async fn delete_password_logins_of(&mut self, person: PersonId) -> Result<u64, StoreError>;
}
