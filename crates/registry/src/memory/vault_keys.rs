use async_trait::async_trait;

use super::MemoryUnit;
use super::table::Table;
use crate::{BatchId, Conflict, DeviceId, Hash, PersonId, StoreError, VaultKey, VaultKeyId, VaultKeyState, VaultKeys};

#[async_trait]
impl VaultKeys for MemoryUnit {
    async fn insert_vault_keys(&mut self, keys: &[VaultKey]) -> Result<(), StoreError> {
        let tables = self.write()?;
        for key in keys {
            let device = tables.devices.get(&key.device).filter(|device| device.person == key.person);
            device.ok_or(StoreError::VersionMismatch)?;
        }
        let mut grown = tables.vault_keys.clone();
        for key in keys {
            grown.insert(key.id, key.clone(), Conflict::KeyTaken, |other| other.thumbprint == key.thumbprint)?;
        }
        tables.vault_keys = grown;
        Ok(())
    }

    async fn vault_key(&mut self, thumbprint: &Hash) -> Result<Option<VaultKey>, StoreError> {
        Ok(self.tables.vault_keys.find(|key| key.thumbprint == *thumbprint))
    }

    async fn vault_keys_of(&mut self, person: PersonId) -> Result<Vec<VaultKey>, StoreError> {
        Ok(self.tables.vault_keys.all(|key| key.person == person))
    }

    async fn bind_vault_keys(&mut self, thumbprints: &[Hash], batch: BatchId) -> Result<bool, StoreError> {
        let keys = &mut self.write()?.vault_keys;
        let mut bound = keys.clone();
        for thumbprint in thumbprints {
            let fresh = |key: &VaultKey| key.thumbprint == *thumbprint && key.state == VaultKeyState::Fresh;
            let Some(key) = bound.find(fresh) else {
                return Ok(false);
            };
            bound.put(key.id, VaultKey { batch: Some(batch), state: VaultKeyState::Bound, ..key });
        }
        *keys = bound;
        Ok(true)
    }

    async fn retire_vault_keys_of_device(&mut self, device: DeviceId) -> Result<u64, StoreError> {
        Ok(retire(&mut self.write()?.vault_keys, |key| key.device == device))
    }

    async fn retire_vault_keys_of(&mut self, person: PersonId) -> Result<u64, StoreError> {
        Ok(retire(&mut self.write()?.vault_keys, |key| key.person == person))
    }

    async fn delete_vault_keys_of(&mut self, person: PersonId) -> Result<u64, StoreError> {
        Ok(self.write()?.vault_keys.sweep(|_, key| key.person == person))
    }
}

fn retire(keys: &mut Table<VaultKeyId, VaultKey>, chosen: impl Fn(&VaultKey) -> bool) -> u64 {
    let usable = keys.all(|key| chosen(key) && key.state != VaultKeyState::Retired);
    for key in &usable {
        keys.change(&key.id, |row| row.state = VaultKeyState::Retired);
    }
    usable.len() as u64
}
