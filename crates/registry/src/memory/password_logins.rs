use async_trait::async_trait;
use mibun_crypto::time::Timestamp;

use super::MemoryUnit;
use crate::{Conflict, LoginId, PasswordLogin, PasswordLogins, PersonId, StoreError, Version};

#[async_trait]
impl PasswordLogins for MemoryUnit {
    async fn insert_password_login(&mut self, login: &PasswordLogin) -> Result<(), StoreError> {
        let tables = self.write()?;
        tables.require_person(login.person)?;
        let row = PasswordLogin { version: Version::FIRST, ..login.clone() };
        tables.logins.insert(login.id, row, Conflict::RowTaken, |_| false)
    }

    async fn password_login(&mut self, id: LoginId) -> Result<Option<PasswordLogin>, StoreError> {
        Ok(self.tables.logins.get(&id))
    }

    async fn update_password_login(&mut self, login: &PasswordLogin) -> Result<Version, StoreError> {
        self.write()?.logins.write_over(&login.id, login.version, |row| {
            row.state.clone_from(&login.state);
            row.sealed = login.sealed.clone();
            row.expires_at = login.expires_at;
        })
    }

    async fn delete_expired_password_logins(&mut self, now: Timestamp) -> Result<u64, StoreError> {
        Ok(self.write()?.logins.sweep(|_, login| login.expires_at <= now))
    }

    async fn delete_password_logins_of(&mut self, person: PersonId) -> Result<u64, StoreError> {
        Ok(self.write()?.logins.sweep(|_, login| login.person == person))
    }
}
