use async_trait::async_trait;
use mibun_registry::{BatchId, Conflict, DeviceId, Hash, PersonId, StoreError, VaultKey, VaultKeys};
use sqlx::query;

use super::unit::SqliteUnit;
use crate::columns::{Raw, all_differ, maybe_raw};
use crate::rows;

#[async_trait]
impl VaultKeys for SqliteUnit {
    async fn insert_vault_keys(&mut self, keys: &[VaultKey]) -> Result<(), StoreError> {
        for key in keys {
            let device = query("SELECT 1 FROM devices WHERE id = ?1 AND person = ?2");
            self.require(device.bind(key.device.raw()).bind(key.person.raw())).await?;
        }
        if self.any_known(keys).await? {
            return Err(StoreError::Conflict(Conflict::KeyTaken));
        }
        for key in keys {
            let insert = query(
                "INSERT INTO vault_keys (id, person, device, batch, thumbprint, wrapped, state, created_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            );
            let insert = insert.bind(key.id.raw()).bind(key.person.raw()).bind(key.device.raw());
            let insert = insert.bind(maybe_raw(&key.batch)).bind(key.thumbprint.raw()).bind(key.wrapped.raw());
            self.change(insert.bind(key.state.as_str()).bind(key.created_at.0)).await?;
        }
        Ok(())
    }

    async fn vault_key(&mut self, thumbprint: &Hash) -> Result<Option<VaultKey>, StoreError> {
        let found = query("SELECT * FROM vault_keys WHERE thumbprint = ?1");
        self.row(found.bind(thumbprint.raw()), rows::vault_key).await
    }

    async fn vault_keys_of(&mut self, person: PersonId) -> Result<Vec<VaultKey>, StoreError> {
        let found = query("SELECT * FROM vault_keys WHERE person = ?1 ORDER BY id");
        self.rows(found.bind(person.raw()), rows::vault_key).await
    }

    async fn bind_vault_keys(&mut self, thumbprints: &[Hash], batch: BatchId) -> Result<bool, StoreError> {
        if !self.all_fresh(thumbprints).await? {
            return Ok(false);
        }
        for thumbprint in thumbprints {
            let bind = query("UPDATE vault_keys SET batch = ?2, state = 'bound' WHERE thumbprint = ?1");
            self.change(bind.bind(thumbprint.raw()).bind(batch.raw())).await?;
        }
        Ok(true)
    }

    async fn retire_vault_keys_of_device(&mut self, device: DeviceId) -> Result<u64, StoreError> {
        let retire = query("UPDATE vault_keys SET state = 'retired' WHERE device = ?1 AND state <> 'retired'");
        self.change(retire.bind(device.raw())).await
    }

    async fn retire_vault_keys_of(&mut self, person: PersonId) -> Result<u64, StoreError> {
        let retire = query("UPDATE vault_keys SET state = 'retired' WHERE person = ?1 AND state <> 'retired'");
        self.change(retire.bind(person.raw())).await
    }

    async fn delete_vault_keys_of(&mut self, person: PersonId) -> Result<u64, StoreError> {
        self.erase(query("DELETE FROM vault_keys WHERE person = ?1").bind(person.raw())).await
    }
}

impl SqliteUnit {
    /// Whether a key of these exists or comes twice.
    async fn any_known(&mut self, keys: &[VaultKey]) -> Result<bool, StoreError> {
        for key in keys {
            let known = query(
                "SELECT 1 FROM vault_keys WHERE id = ?1 UNION ALL SELECT 1 FROM vault_keys WHERE thumbprint = ?2",
            );
            if self.exists(known.bind(key.id.raw()).bind(key.thumbprint.raw())).await? {
                return Ok(true);
            }
        }
        Ok(!all_differ(keys.iter().map(|key| key.id)) || !all_differ(keys.iter().map(|key| key.thumbprint)))
    }

    /// Whether each of these is a fresh key, and none comes twice.
    async fn all_fresh(&mut self, thumbprints: &[Hash]) -> Result<bool, StoreError> {
        for thumbprint in thumbprints {
            let fresh = query("SELECT 1 FROM vault_keys WHERE thumbprint = ?1 AND state = 'fresh'");
            if !self.exists(fresh.bind(thumbprint.raw())).await? {
                return Ok(false);
            }
        }
        Ok(all_differ(thumbprints))
    }
}
