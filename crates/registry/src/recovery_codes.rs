//! Codes by which a person who lost the phone says so.

use async_trait::async_trait;
use mibun_crypto::time::Timestamp;

use crate::{Hash, PersonId, StoreError};

/// One recovery code, good once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecoveryCode {
    /// The digest of the code; unique.
    pub code_hash: Hash,
    /// Whose code.
    pub person: PersonId,
    /// When it was given.
    pub created_at: Timestamp,
    /// When it was spent.
    pub spent_at: Option<Timestamp>,
}

/// Recovery codes.
#[async_trait]
pub trait RecoveryCodes {
    /// Gives a person these codes, in place of all the person had, spent ones included. A code that comes twice counts
    /// once.
    ///
    /// # Errors
    /// [`Conflict::CodeTaken`](crate::Conflict::CodeTaken) when another person has one of them, and then nothing is
    /// written; [`StoreError::VersionMismatch`] when there is no such person.
    async fn replace_recovery_codes(
        &mut self,
        person: PersonId,
        codes: &[Hash],
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// The code with this digest, spent or not.
    async fn recovery_code(&mut self, code: &Hash) -> Result<Option<RecoveryCode>, StoreError>;

    /// Spends a code; answers whether it existed and this was the first time.
    async fn spend_recovery_code(&mut self, code: &Hash, now: Timestamp) -> Result<bool, StoreError>;

    /// Deletes every code of a person; answers how many.
    async fn delete_recovery_codes_of(&mut self, person: PersonId) -> Result<u64, StoreError>;
}
