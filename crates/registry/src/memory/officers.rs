use async_trait::async_trait;

use super::MemoryUnit;
use crate::{BlindIndex, Conflict, Officer, OfficerId, Officers, StoreError, Version};

#[async_trait]
impl Officers for MemoryUnit {
    async fn insert_officer(&mut self, officer: &Officer) -> Result<(), StoreError> {
        let row = Officer { version: Version::FIRST, ..officer.clone() };
        let name = officer.name_index;
        self.write()?.officers.insert(officer.id, row, Conflict::NameTaken, |other| other.name_index == name)
    }

    async fn officer(&mut self, id: OfficerId) -> Result<Option<Officer>, StoreError> {
        Ok(self.tables.officers.get(&id))
    }

    async fn officer_by_name(&mut self, name: &BlindIndex) -> Result<Option<Officer>, StoreError> {
        Ok(self.tables.officers.find(|officer| officer.name_index == *name))
    }

    async fn officers(&mut self) -> Result<Vec<Officer>, StoreError> {
        Ok(self.tables.officers.all(|_| true))
    }

    async fn update_officer(&mut self, officer: &Officer) -> Result<Version, StoreError> {
        self.write()?.officers.write_over(&officer.id, officer.version, |row| {
            row.password_hash.clone_from(&officer.password_hash);
            row.totp_secret = officer.totp_secret.clone();
            row.last_totp_step = officer.last_totp_step;
            row.disabled = officer.disabled;
            row.failed_tries = officer.failed_tries;
            row.locked_until = officer.locked_until;
        })
    }
}
