use async_trait::async_trait;
use mibun_registry::{Conflict, IdPassword, IdPasswords, PersonId, StoreError, Version};
use sqlx::query;

use super::unit::SqliteUnit;
use crate::columns::Raw;
use crate::rows;

#[async_trait]
impl IdPasswords for SqliteUnit {
    async fn insert_id_password(&mut self, password: &IdPassword) -> Result<(), StoreError> {
        self.require_person(password.person).await?;
        let insert = query(
            "INSERT INTO id_passwords (person, record, guard, set_at, version)
             VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING",
        );
        let insert = insert.bind(password.person.raw()).bind(password.record.raw()).bind(&password.guard);
        self.add(insert.bind(password.set_at.0).bind(Version::FIRST.number()), Conflict::RowTaken).await
    }

    async fn id_password(&mut self, person: PersonId) -> Result<Option<IdPassword>, StoreError> {
        let found = query("SELECT * FROM id_passwords WHERE person = ?1");
        self.row(found.bind(person.raw()), rows::id_password).await
    }

    async fn update_id_password(&mut self, password: &IdPassword) -> Result<Version, StoreError> {
        let update = query(
            "UPDATE id_passwords SET record = ?3, guard = ?4, set_at = ?5, version = version + 1
             WHERE person = ?1 AND version = ?2",
        );
        let update = update.bind(password.person.raw()).bind(password.version.number()).bind(password.record.raw());
        self.write_over(update.bind(&password.guard).bind(password.set_at.0), password.version).await
    }

    async fn delete_id_password(&mut self, person: PersonId) -> Result<bool, StoreError> {
        Ok(self.erase(query("DELETE FROM id_passwords WHERE person = ?1").bind(person.raw())).await? > 0)
    }
}
