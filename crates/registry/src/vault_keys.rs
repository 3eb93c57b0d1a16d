//! Keys that the authority keeps for holders of a full card, wrapped so that only the vault can use them.

use async_trait::async_trait;
use mibun_crypto::time::Timestamp;

use crate::value::text_enum;
use crate::{BatchId, DeviceId, Hash, PersonId, Sealed, StoreError, VaultKeyId};

/// One key kept for one holder. A copy of a card is bound to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VaultKey {
    /// The identifier.
    pub id: VaultKeyId,
    /// Whose key.
    pub person: PersonId,
    /// The device on whose word it signs.
    pub device: DeviceId,
    /// The batch whose copy it is bound to, once it is.
    pub batch: Option<BatchId>,
    /// The thumbprint of the public key (RFC 7638, SHA-256); unique.
    pub thumbprint: Hash,
    /// The private key as the vault wrapped it.
    pub wrapped: Sealed,
    /// Where it stands.
    pub state: VaultKeyState,
    /// When it was made.
    pub created_at: Timestamp,
}

text_enum! {
    /// Where a key stands. It only ever moves down this list.
    VaultKeyState {
        /// Made, and bound to nothing.
        Fresh = "fresh",
        /// Bound to a copy of a card.
        Bound = "bound",
        /// Never used again.
        Retired = "retired",
    }
}

/// Keys kept for holders.
#[async_trait]
pub trait VaultKeys {
    /// Adds keys: all of them, or none.
    ///
    /// # Errors
    /// [`Conflict::KeyTaken`](crate::Conflict::KeyTaken) when a thumbprint or an identifier exists or comes twice;
    /// [`StoreError::VersionMismatch`] when one of the keys is for a device that its person does not have.
    async fn insert_vault_keys(&mut self, keys: &[VaultKey]) -> Result<(), StoreError>;

    /// The key with this thumbprint.
    async fn vault_key(&mut self, thumbprint: &Hash) -> Result<Option<VaultKey>, StoreError>;

    /// Every key of a person, in order of identifier.
    async fn vault_keys_of(&mut self, person: PersonId) -> Result<Vec<VaultKey>, StoreError>;

    /// Binds fresh keys to a batch: all of them, and answers true; or none, and answers false, when one of them is
    /// unknown, is not fresh or comes twice. A key is therefore bound once.
    async fn bind_vault_keys(&mut self, thumbprints: &[Hash], batch: BatchId) -> Result<bool, StoreError>;

    /// Retires every key of a device, when the device is retired; answers how many were not retired before.
    async fn retire_vault_keys_of_device(&mut self, device: DeviceId) -> Result<u64, StoreError>;

    /// Retires every key of a person; answers how many were not retired before.
    async fn retire_vault_keys_of(&mut self, person: PersonId) -> Result<u64, StoreError>;

    /// Deletes every key of a person, when the person is erased; answers how many.
    async fn delete_vault_keys_of(&mut self, person: PersonId) -> Result<u64, StoreError>;
}
