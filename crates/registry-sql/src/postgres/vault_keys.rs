use async_trait::async_trait;
use mibun_registry::{BatchId, Conflict, DeviceId, Hash, PersonId, StoreError, VaultKey, VaultKeys};
use sqlx::query;

use super::unit::PostgresUnit;
use crate::columns::{Raw, all_differ, maybe_raw};
use crate::rows;

#[async_trait]
impl VaultKeys for PostgresUnit {
    async fn insert_vault_keys(&mut self, keys: &[VaultKey]) -> Result<(), StoreError> {
        self.require_devices(keys).await?;
        if self.any_known(keys).await? {
            return Err(StoreError::Conflict(Conflict::KeyTaken));
        }
        let insert = query(
            "INSERT INTO vault_keys (id, person, device, batch, thumbprint, wrapped, state, created_at)
             SELECT * FROM unnest($1::bytea[], $2::bytea[], $3::bytea[], $4::bytea[], $5::bytea[], $6::bytea[],
             $7::text[], $8::bigint[])",
        );
        let insert = insert.bind(raws(keys, |key| &key.id)).bind(raws(keys, |key| &key.person));
        let insert = insert.bind(raws(keys, |key| &key.device));
        let insert = insert.bind(keys.iter().map(|key| maybe_raw(&key.batch)).collect::<Vec<_>>());
        let insert = insert.bind(raws(keys, |key| &key.thumbprint)).bind(raws(keys, |key| &key.wrapped));
        let insert = insert.bind(keys.iter().map(|key| key.state.as_str()).collect::<Vec<_>>());
        let insert = insert.bind(keys.iter().map(|key| key.created_at.0).collect::<Vec<_>>());
        self.change(insert).await.map(drop)
    }

    async fn vault_key(&mut self, thumbprint: &Hash) -> Result<Option<VaultKey>, StoreError> {
        let found = query("SELECT * FROM vault_keys WHERE thumbprint = $1");
        self.row(found.bind(thumbprint.raw()), rows::vault_key).await
    }

    async fn vault_keys_of(&mut self, person: PersonId) -> Result<Vec<VaultKey>, StoreError> {
        let found = query("SELECT * FROM vault_keys WHERE person = $1 ORDER BY id");
        self.rows(found.bind(person.raw()), rows::vault_key).await
    }

    async fn bind_vault_keys(&mut self, thumbprints: &[Hash], batch: BatchId) -> Result<bool, StoreError> {
        if !self.all_fresh(thumbprints).await? {
            return Ok(false);
        }
        let bind = query("UPDATE vault_keys SET batch = $2, state = 'bound' WHERE thumbprint = ANY($1::bytea[])");
        self.change(bind.bind(raws(thumbprints, |thumbprint| thumbprint)).bind(batch.raw())).await?;
        Ok(true)
    }

    async fn retire_vault_keys_of_device(&mut self, device: DeviceId) -> Result<u64, StoreError> {
        let retire = query("UPDATE vault_keys SET state = 'retired' WHERE device = $1 AND state <> 'retired'");
        self.change(retire.bind(device.raw())).await
    }

    async fn retire_vault_keys_of(&mut self, person: PersonId) -> Result<u64, StoreError> {
        let retire = query("UPDATE vault_keys SET state = 'retired' WHERE person = $1 AND state <> 'retired'");
        self.change(retire.bind(person.raw())).await
    }

    async fn delete_vault_keys_of(&mut self, person: PersonId) -> Result<u64, StoreError> {
        self.change(query("DELETE FROM vault_keys WHERE person = $1").bind(person.raw())).await
    }
}

impl PostgresUnit {
    /// Refuses keys for a device that their person does not have.
    async fn require_devices(&mut self, keys: &[VaultKey]) -> Result<(), StoreError> {
        let lacking = query(
            "SELECT 1 FROM unnest($1::bytea[], $2::bytea[]) AS new (device, person) WHERE NOT EXISTS
             (SELECT 1 FROM devices WHERE devices.id = new.device AND devices.person = new.person) LIMIT 1",
        );
        let lacking = lacking.bind(raws(keys, |key| &key.device)).bind(raws(keys, |key| &key.person));
        if self.exists(lacking).await? { Err(StoreError::VersionMismatch) } else { Ok(()) }
    }

    /// Whether a key of these exists or comes twice.
    async fn any_known(&mut self, keys: &[VaultKey]) -> Result<bool, StoreError> {
        if !all_differ(keys.iter().map(|key| key.id)) || !all_differ(keys.iter().map(|key| key.thumbprint)) {
            return Ok(true);
        }
        let known = query(
            "SELECT 1 FROM vault_keys WHERE id = ANY($1::bytea[])
             UNION ALL SELECT 1 FROM vault_keys WHERE thumbprint = ANY($2::bytea[]) LIMIT 1",
        );
        self.exists(known.bind(raws(keys, |key| &key.id)).bind(raws(keys, |key| &key.thumbprint))).await
    }

    /// Whether each of these is a fresh key, and none comes twice.
    async fn all_fresh(&mut self, thumbprints: &[Hash]) -> Result<bool, StoreError> {
        let fresh = query("SELECT count(*) FROM vault_keys WHERE thumbprint = ANY($1::bytea[]) AND state = 'fresh'");
        let fresh = self.count(fresh.bind(raws(thumbprints, |thumbprint| thumbprint))).await?;
        Ok(fresh == thumbprints.len() as u64)
    }
}

/// One column of the rows to write, as an array for `unnest`.
fn raws<'a, T, R: Raw + 'a>(rows: &'a [T], column: impl Fn(&T) -> &R) -> Vec<&'a [u8]> {
    rows.iter().map(|row| column(row).raw()).collect()
}
