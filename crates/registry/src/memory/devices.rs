use async_trait::async_trait;

use super::MemoryUnit;
use crate::{BlindIndex, Conflict, Device, DeviceId, DeviceState, Devices, PersonId, StoreError, Version};

#[async_trait]
impl Devices for MemoryUnit {
    async fn insert_device(&mut self, device: &Device) -> Result<(), StoreError> {
        let tables = self.write()?;
        tables.require_person(device.person)?;
        let known = |other: &Device| other.id == device.id || other.key_index == device.key_index;
        if tables.devices.any(known) {
            return Err(StoreError::Conflict(Conflict::KeyTaken));
        }
        let row = Device { version: Version::FIRST, ..device.clone() };
        tables.devices.insert(device.id, row, Conflict::DeviceActive, |other| both_active(other, device))
    }

    async fn device(&mut self, id: DeviceId) -> Result<Option<Device>, StoreError> {
        Ok(self.tables.devices.get(&id))
    }

    async fn device_by_key(&mut self, key: &BlindIndex) -> Result<Option<Device>, StoreError> {
        Ok(self.tables.devices.find(|device| device.key_index == *key))
    }

    async fn devices_of(&mut self, person: PersonId) -> Result<Vec<Device>, StoreError> {
        Ok(self.tables.devices.all(|device| device.person == person))
    }

    async fn update_device(&mut self, device: &Device) -> Result<Version, StoreError> {
        let devices = &mut self.write()?.devices;
        if devices.any(|other| other.id != device.id && both_active(other, device)) {
            return Err(StoreError::Conflict(Conflict::DeviceActive));
        }
        devices.write_over(&device.id, device.version, |row| {
            row.sealed = device.sealed.clone();
            row.state = device.state;
            row.retired_at = device.retired_at;
        })
    }

    async fn delete_devices_of(&mut self, person: PersonId) -> Result<u64, StoreError> {
        let tables = self.write()?;
        tables.vault_keys.sweep(|_, key| key.person == person);
        Ok(tables.devices.sweep(|_, device| device.person == person))
    }
}

fn both_active(one: &Device, other: &Device) -> bool {
    one.person == other.person && one.state == DeviceState::Active && other.state == DeviceState::Active
}
