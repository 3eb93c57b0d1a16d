use async_trait::async_trait;
use mibun_registry::{BlindIndex, Conflict, Officer, OfficerId, Officers, StoreError, Version};
use sqlx::query;

use super::unit::PostgresUnit;
use crate::columns::{Raw, seconds};
use crate::rows;

#[async_trait]
impl Officers for PostgresUnit {
    async fn insert_officer(&mut self, officer: &Officer) -> Result<(), StoreError> {
        let insert = query(
            "INSERT INTO officers (id, name_index, name, password_hash, totp_secret, last_totp_step, disabled,
             failed_tries, locked_until, created_at, version)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING",
        );
        let insert = insert.bind(officer.id.raw()).bind(officer.name_index.raw()).bind(officer.name.raw());
        let insert = insert.bind(&officer.password_hash).bind(officer.totp_secret.raw());
        let insert = insert.bind(officer.last_totp_step).bind(officer.disabled).bind(i64::from(officer.failed_tries));
        let insert = insert.bind(seconds(officer.locked_until)).bind(officer.created_at.0);
        self.add(insert.bind(Version::FIRST.number()), Conflict::NameTaken).await
    }

    async fn officer(&mut self, id: OfficerId) -> Result<Option<Officer>, StoreError> {
        self.row(query("SELECT * FROM officers WHERE id = $1").bind(id.raw()), rows::officer).await
    }

    async fn officer_by_name(&mut self, name: &BlindIndex) -> Result<Option<Officer>, StoreError> {
        self.row(query("SELECT * FROM officers WHERE name_index = $1").bind(name.raw()), rows::officer).await
    }

    async fn officers(&mut self) -> Result<Vec<Officer>, StoreError> {
        self.rows(query("SELECT * FROM officers ORDER BY id"), rows::officer).await
    }

    async fn update_officer(&mut self, officer: &Officer) -> Result<Version, StoreError> {
        let update = query(
            "UPDATE officers SET password_hash = $3, totp_secret = $4, last_totp_step = $5, disabled = $6,
             failed_tries = $7, locked_until = $8, version = version + 1 WHERE id = $1 AND version = $2",
        );
        let update = update.bind(officer.id.raw()).bind(officer.version.number()).bind(&officer.password_hash);
        let update = update.bind(officer.totp_secret.raw()).bind(officer.last_totp_step).bind(officer.disabled);
        let update = update.bind(i64::from(officer.failed_tries)).bind(seconds(officer.locked_until));
        self.write_over(update, officer.version).await
    }
}
