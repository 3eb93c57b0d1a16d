use async_trait::async_trait;
use mibun_crypto::time::Timestamp;
use mibun_registry::{Check, CheckId, Checks, Conflict, Hash, StoreError, Version, WindowId};
use sqlx::query;

use super::unit::SqliteUnit;
use crate::columns::{Raw, maybe_raw, page_size, seconds};
use crate::rows;

#[async_trait]
impl Checks for SqliteUnit {
    async fn insert_check(&mut self, check: &Check) -> Result<(), StoreError> {
        let insert = query(
            r#"INSERT INTO checks (id, organisation, "window", scene, state, wrapped_key, sealed, session_hash,
               response_code_hash, created_at, expires_at, retain_until, version)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13) ON CONFLICT DO NOTHING"#,
        );
        let insert = insert.bind(check.id.raw()).bind(check.organisation.raw()).bind(maybe_raw(&check.window));
        let insert = insert.bind(&check.scene).bind(&check.state).bind(check.wrapped_key.raw());
        let insert = insert.bind(check.sealed.raw()).bind(maybe_raw(&check.session_hash));
        let insert = insert.bind(maybe_raw(&check.response_code_hash)).bind(check.created_at.0);
        let insert = insert.bind(check.expires_at.0).bind(seconds(check.retain_until));
        self.add(insert.bind(Version::FIRST.number()), Conflict::RowTaken).await
    }

    async fn check(&mut self, id: CheckId) -> Result<Option<Check>, StoreError> {
        self.row(query("SELECT * FROM checks WHERE id = ?1").bind(id.raw()), rows::check).await
    }

    async fn update_check(&mut self, check: &Check) -> Result<Version, StoreError> {
        let update = query(
            "UPDATE checks SET state = ?3, wrapped_key = ?4, sealed = ?5, session_hash = ?6, response_code_hash = ?7,
             expires_at = ?8, retain_until = ?9, version = version + 1 WHERE id = ?1 AND version = ?2",
        );
        let update = update.bind(check.id.raw()).bind(check.version.number()).bind(&check.state);
        let update = update.bind(check.wrapped_key.raw()).bind(check.sealed.raw());
        let update = update.bind(maybe_raw(&check.session_hash)).bind(maybe_raw(&check.response_code_hash));
        let update = update.bind(check.expires_at.0).bind(seconds(check.retain_until));
        self.write_over(update, check.version).await
    }

    async fn spend_response_code(&mut self, id: CheckId, code: &Hash, session: &Hash) -> Result<bool, StoreError> {
        let spend = query(
            "UPDATE checks SET response_code_hash = NULL, version = version + 1
             WHERE id = ?1 AND response_code_hash = ?2 AND session_hash = ?3",
        );
        Ok(self.change(spend.bind(id.raw()).bind(code.raw()).bind(session.raw())).await? > 0)
    }

    async fn kept_checks(
        &mut self,
        window: WindowId,
        scene: &str,
        after: Option<(Timestamp, CheckId)>,
        limit: u32,
    ) -> Result<Vec<Check>, StoreError> {
        let page = query(
            r#"SELECT * FROM checks WHERE "window" = ?1 AND scene = ?2 AND retain_until IS NOT NULL
               AND (created_at, id) < (?3, ?4) ORDER BY created_at DESC, id DESC LIMIT ?5"#,
        );
        let (time, id) = after.map_or((i64::MAX, Vec::new()), |(time, id)| (time.0, id.raw().to_vec()));
        let page = page.bind(window.raw()).bind(scene).bind(time).bind(id).bind(page_size(limit));
        self.rows(page, rows::check).await
    }

    async fn count_checks(&mut self, state: &str) -> Result<u64, StoreError> {
        self.count(query("SELECT count(*) FROM checks WHERE state = ?1").bind(state)).await
    }

    async fn delete_check(&mut self, id: CheckId) -> Result<bool, StoreError> {
        Ok(self.erase(query("DELETE FROM checks WHERE id = ?1").bind(id.raw())).await? > 0)
    }

    async fn delete_due_checks(&mut self, now: Timestamp) -> Result<u64, StoreError> {
        self.erase(query("DELETE FROM checks WHERE coalesce(retain_until, expires_at) <= ?1").bind(now.0)).await
    }
}
