use async_trait::async_trait;
use mibun_crypto::time::Timestamp;
use mibun_registry::{Conflict, LoginId, PasswordLogin, PasswordLogins, PersonId, StoreError, Version};
use sqlx::query;

use super::unit::SqliteUnit;
use crate::columns::Raw;
use crate::rows;

#[async_trait]
impl PasswordLogins for SqliteUnit {
    async fn insert_password_login(&mut self, login: &PasswordLogin) -> Result<(), StoreError> {
        self.require_person(login.person).await?;
        let insert = query(
            "INSERT INTO password_logins (id, person, state, sealed, expires_at, version)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING",
        );
        let insert = insert.bind(login.id.raw()).bind(login.person.raw()).bind(&login.state).bind(login.sealed.raw());
        self.add(insert.bind(login.expires_at.0).bind(Version::FIRST.number()), Conflict::RowTaken).await
    }

    async fn password_login(&mut self, id: LoginId) -> Result<Option<PasswordLogin>, StoreError> {
        self.row(query("SELECT * FROM password_logins WHERE id = ?1").bind(id.raw()), rows::password_login).await
    }

    async fn update_password_login(&mut self, login: &PasswordLogin) -> Result<Version, StoreError> {
        let update = query(
            "UPDATE password_logins SET state = ?3, sealed = ?4, expires_at = ?5, version = version + 1
             WHERE id = ?1 AND version = ?2",
        );
        let update = update.bind(login.id.raw()).bind(login.version.number()).bind(&login.state);
        self.write_over(update.bind(login.sealed.raw()).bind(login.expires_at.0), login.version).await
    }

    async fn delete_expired_password_logins(&mut self, now: Timestamp) -> Result<u64, StoreError> {
        self.change(query("DELETE FROM password_logins WHERE expires_at <= ?1").bind(now.0)).await
    }

    async fn delete_password_logins_of(&mut self, person: PersonId) -> Result<u64, StoreError> {
        self.erase(query("DELETE FROM password_logins WHERE person = ?1").bind(person.raw())).await
    }
}
