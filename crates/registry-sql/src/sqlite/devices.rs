use async_trait::async_trait;
use mibun_registry::{BlindIndex, Conflict, Device, DeviceId, DeviceState, Devices, PersonId, StoreError, Version};
use sqlx::query;

use super::unit::SqliteUnit;
use crate::columns::{Raw, seconds};
use crate::rows;

#[async_trait]
impl Devices for SqliteUnit {
    async fn insert_device(&mut self, device: &Device) -> Result<(), StoreError> {
        self.require_person(device.person).await?;
        let known = query("SELECT 1 FROM devices WHERE id = ?1 UNION ALL SELECT 1 FROM devices WHERE key_index = ?2");
        if self.exists(known.bind(device.id.raw()).bind(device.key_index.raw())).await? {
            return Err(StoreError::Conflict(Conflict::KeyTaken));
        }
        let insert = query(
            "INSERT INTO devices (id, person, key_index, sealed, state, registered_at, retired_at, version)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO NOTHING",
        );
        let insert = insert.bind(device.id.raw()).bind(device.person.raw()).bind(device.key_index.raw());
        let insert = insert.bind(device.sealed.raw()).bind(device.state.as_str()).bind(device.registered_at.0);
        let insert = insert.bind(seconds(device.retired_at)).bind(Version::FIRST.number());
        self.add(insert, Conflict::DeviceActive).await
    }

    async fn device(&mut self, id: DeviceId) -> Result<Option<Device>, StoreError> {
        self.row(query("SELECT * FROM devices WHERE id = ?1").bind(id.raw()), rows::device).await
    }

    async fn device_by_key(&mut self, key: &BlindIndex) -> Result<Option<Device>, StoreError> {
        self.row(query("SELECT * FROM devices WHERE key_index = ?1").bind(key.raw()), rows::device).await
    }

    async fn devices_of(&mut self, person: PersonId) -> Result<Vec<Device>, StoreError> {
        self.rows(query("SELECT * FROM devices WHERE person = ?1 ORDER BY id").bind(person.raw()), rows::device).await
    }

    async fn update_device(&mut self, device: &Device) -> Result<Version, StoreError> {
        let another = query("SELECT 1 FROM devices WHERE person = ?1 AND id <> ?2 AND state = 'active'");
        let another = another.bind(device.person.raw()).bind(device.id.raw());
        if device.state == DeviceState::Active && self.exists(another).await? {
            return Err(StoreError::Conflict(Conflict::DeviceActive));
        }
        let update = query(
            "UPDATE devices SET sealed = ?3, state = ?4, retired_at = ?5, version = version + 1
             WHERE id = ?1 AND version = ?2",
        );
        let update = update.bind(device.id.raw()).bind(device.version.number()).bind(device.sealed.raw());
        self.write_over(update.bind(device.state.as_str()).bind(seconds(device.retired_at)), device.version).await
    }

    async fn delete_devices_of(&mut self, person: PersonId) -> Result<u64, StoreError> {
        self.erase(query("DELETE FROM devices WHERE person = ?1").bind(person.raw())).await
    }
}
