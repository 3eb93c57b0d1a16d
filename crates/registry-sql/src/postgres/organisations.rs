use async_trait::async_trait;
use mibun_registry::{Conflict, Organisation, OrganisationId, Organisations, StoreError, Version, Window, WindowId};
use sqlx::query;

use super::unit::PostgresUnit;
use crate::columns::Raw;
use crate::rows;

#[async_trait]
impl Organisations for PostgresUnit {
    async fn insert_organisation(&mut self, organisation: &Organisation) -> Result<(), StoreError> {
        let insert = query(
            "INSERT INTO organisations (id, name, details, enabled, created_at, version)
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
        );
        let insert = insert.bind(organisation.id.raw()).bind(&organisation.name).bind(&organisation.details);
        let insert = insert.bind(organisation.enabled).bind(organisation.created_at.0);
        self.add(insert.bind(Version::FIRST.number()), Conflict::NameTaken).await
    }

    async fn organisation(&mut self, id: OrganisationId) -> Result<Option<Organisation>, StoreError> {
        self.row(query("SELECT * FROM organisations WHERE id = $1").bind(id.raw()), rows::organisation).await
    }

    async fn organisation_by_name(&mut self, name: &str) -> Result<Option<Organisation>, StoreError> {
        self.row(query("SELECT * FROM organisations WHERE name = $1").bind(name), rows::organisation).await
    }

    async fn organisations(&mut self) -> Result<Vec<Organisation>, StoreError> {
        self.rows(query("SELECT * FROM organisations ORDER BY id"), rows::organisation).await
    }

    async fn update_organisation(&mut self, organisation: &Organisation) -> Result<Version, StoreError> {
        let taken = query("SELECT 1 FROM organisations WHERE name = $1 AND id <> $2");
        if self.exists(taken.bind(&organisation.name).bind(organisation.id.raw())).await? {
            return Err(StoreError::Conflict(Conflict::NameTaken));
        }
        let update = query(
            "UPDATE organisations SET name = $3, details = $4, enabled = $5, version = version + 1
             WHERE id = $1 AND version = $2",
        );
        let update = update.bind(organisation.id.raw()).bind(organisation.version.number());
        let update = update.bind(&organisation.name).bind(&organisation.details).bind(organisation.enabled);
        self.write_over(update, organisation.version).await
    }

    async fn insert_window(&mut self, window: &Window) -> Result<(), StoreError> {
        if self.organisation(window.organisation).await?.is_none() {
            return Err(StoreError::VersionMismatch);
        }
        let insert = query(
            "INSERT INTO windows (id, organisation, name, secret_hash, scenes, enabled, version)
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
        );
        let insert = insert.bind(window.id.raw()).bind(window.organisation.raw()).bind(&window.name);
        let insert = insert.bind(&window.secret_hash).bind(window.scenes.join(" ")).bind(window.enabled);
        self.add(insert.bind(Version::FIRST.number()), Conflict::NameTaken).await
    }

    async fn window(&mut self, id: WindowId) -> Result<Option<Window>, StoreError> {
        self.row(query("SELECT * FROM windows WHERE id = $1").bind(id.raw()), rows::window).await
    }

    async fn windows_of(&mut self, organisation: OrganisationId) -> Result<Vec<Window>, StoreError> {
        let found = query("SELECT * FROM windows WHERE organisation = $1 ORDER BY id");
        self.rows(found.bind(organisation.raw()), rows::window).await
    }

    async fn update_window(&mut self, window: &Window) -> Result<Version, StoreError> {
        let taken = query("SELECT 1 FROM windows WHERE organisation = $1 AND name = $2 AND id <> $3");
        let taken = taken.bind(window.organisation.raw()).bind(&window.name).bind(window.id.raw());
        if self.exists(taken).await? {
            return Err(StoreError::Conflict(Conflict::NameTaken));
        }
        let update = query(
            "UPDATE windows SET name = $3, secret_hash = $4, scenes = $5, enabled = $6, version = version + 1
             WHERE id = $1 AND version = $2",
        );
        let update = update.bind(window.id.raw()).bind(window.version.number()).bind(&window.name);
        let update = update.bind(&window.secret_hash).bind(window.scenes.join(" ")).bind(window.enabled);
        self.write_over(update, window.version).await
    }
}
