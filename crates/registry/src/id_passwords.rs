//! ID passwords: what the server keeps of a password that it never learns (OPAQUE, RFC 9807).

use async_trait::async_trait;
use mibun_crypto::time::Timestamp;

use crate::{PersonId, Sealed, StoreError, Version};

/// The ID password of one person, of which there is one at most.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdPassword {
    /// Whose password.
    pub person: PersonId,
    /// The sealed registration record (RFC 9807, section 5.1): enough to check a try, not to know the password.
    pub record: Sealed,
    /// How many tries were wrong and what follows from that, as JSON; nothing in it is personal.
    pub guard: String,
    /// When the password was set.
    pub set_at: Timestamp,
    /// The version read.
    pub version: Version,
}

/// ID passwords.
#[async_trait]
pub trait IdPasswords {
    /// Adds a password at version [`Version::FIRST`].
    ///
    /// # Errors
    /// [`Conflict::RowTaken`](crate::Conflict::RowTaken) when the person has one; [`StoreError::VersionMismatch`] when
    /// there is no such person.
    async fn insert_id_password(&mut self, password: &IdPassword) -> Result<(), StoreError>;

    /// The password of this person.
    async fn id_password(&mut self, person: PersonId) -> Result<Option<IdPassword>, StoreError>;

    /// Writes record, guard and when it was set over the version read, and answers the new version. Of two tries that
    /// read the same guard one gets [`StoreError::VersionMismatch`], so none goes uncounted.
    ///
    /// # Errors
    /// [`StoreError::VersionMismatch`] when the row changed or went.
    async fn update_id_password(&mut self, password: &IdPassword) -> Result<Version, StoreError>;

    /// Deletes the password of a person; answers whether there was one.
    async fn delete_id_password(&mut self, person: PersonId) -> Result<bool, StoreError>;
}
