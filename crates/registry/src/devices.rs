//! The devices that holders of a full card registered.

use async_trait::async_trait;
use mibun_crypto::time::Timestamp;

use crate::value::text_enum;
use crate::{BlindIndex, DeviceId, PersonId, Sealed, StoreError, Version};

/// One device of one person, known by the key it signs with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// The identifier.
    pub id: DeviceId,
    /// Whose device.
    pub person: PersonId,
    /// The blind index of the device's public key; unique, for no key serves two people or comes back under another row.
    pub key_index: BlindIndex,
    /// The sealed public key, and the name the person gave the device.
    pub sealed: Sealed,
    /// Whether it may sign.
    pub state: DeviceState,
    /// When it was registered.
    pub registered_at: Timestamp,
    /// When it stopped being the person's device.
    pub retired_at: Option<Timestamp>,
    /// The version read.
    pub version: Version,
}

text_enum! {
    /// Whether a device may sign.
    DeviceState {
        /// The person's device; a person has one at most.
        Active = "active",
        /// The person's device no longer.
        Retired = "retired",
    }
}

/// Devices.
#[async_trait]
pub trait Devices {
    /// Adds a device at version [`Version::FIRST`].
    ///
    /// # Errors
    /// [`Conflict::KeyTaken`](crate::Conflict::KeyTaken) when the key or the identifier is known,
    /// [`Conflict::DeviceActive`](crate::Conflict::DeviceActive) when this device is active and the person has an active
    /// one already, [`StoreError::VersionMismatch`] when there is no such person.
    async fn insert_device(&mut self, device: &Device) -> Result<(), StoreError>;

    /// The device with this identifier.
    async fn device(&mut self, id: DeviceId) -> Result<Option<Device>, StoreError>;

    /// The device with this key, active or not.
    async fn device_by_key(&mut self, key: &BlindIndex) -> Result<Option<Device>, StoreError>;

    /// Every device of a person, in order of identifier.
    async fn devices_of(&mut self, person: PersonId) -> Result<Vec<Device>, StoreError>;

    /// Writes sealed, state and when it retired over the version read, and answers the new version. Person and key stay.
    ///
    /// # Errors
    /// [`StoreError::VersionMismatch`] when the row changed or went;
    /// [`Conflict::DeviceActive`](crate::Conflict::DeviceActive) when this device would be the person's second active one.
    async fn update_device(&mut self, device: &Device) -> Result<Version, StoreError>;

    /// Deletes every device of a person and the keys kept for them, when the person is erased; answers how many devices.
    async fn delete_devices_of(&mut self, person: PersonId) -> Result<u64, StoreError>;
}
