use async_trait::async_trait;

use super::MemoryUnit;
use crate::{Conflict, IdPassword, IdPasswords, PersonId, StoreError, Version};

#[async_trait]
impl IdPasswords for MemoryUnit {
    async fn insert_id_password(&mut self, password: &IdPassword) -> Result<(), StoreError> {
        let tables = self.write()?;
        tables.require_person(password.person)?;
        let row = IdPassword { version: Version::FIRST, ..password.clone() };
        tables.id_passwords.insert(password.person, row, Conflict::RowTaken, |_| false)
    }

    async fn id_password(&mut self, person: PersonId) -> Result<Option<IdPassword>, StoreError> {
        Ok(self.tables.id_passwords.get(&person))
    }

    async fn update_id_password(&mut self, password: &IdPassword) -> Result<Version, StoreError> {
        self.write()?.id_passwords.write_over(&password.person, password.version, |row| *row = password.clone())
    }

    async fn delete_id_password(&mut self, person: PersonId) -> Result<bool, StoreError> {
        Ok(self.write()?.id_passwords.remove(&person))
    }
}
