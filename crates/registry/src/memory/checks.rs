use async_trait::async_trait;
use mibun_crypto::time::Timestamp;

use super::MemoryUnit;
use crate::{Check, CheckId, Checks, Conflict, Hash, PAGE_LIMIT, StoreError, Version, WindowId};

#[async_trait]
impl Checks for MemoryUnit {
    async fn insert_check(&mut self, check: &Check) -> Result<(), StoreError> {
        let row = Check { version: Version::FIRST, ..check.clone() };
        self.write()?.checks.insert(check.id, row, Conflict::RowTaken, |_| false)
    }

    async fn check(&mut self, id: CheckId) -> Result<Option<Check>, StoreError> {
        Ok(self.tables.checks.get(&id))
    }

    async fn update_check(&mut self, check: &Check) -> Result<Version, StoreError> {
        self.write()?.checks.write_over(&check.id, check.version, |row| {
            row.state.clone_from(&check.state);
            row.wrapped_key = check.wrapped_key.clone();
            row.sealed = check.sealed.clone();
            row.session_hash = check.session_hash;
            row.response_code_hash = check.response_code_hash;
            row.expires_at = check.expires_at;
            row.retain_until = check.retain_until;
        })
    }

    async fn spend_response_code(&mut self, id: CheckId, code: &Hash, session: &Hash) -> Result<bool, StoreError> {
        let spent = self.write()?.checks.change(&id, |check| {
            let own = check.response_code_hash.as_ref() == Some(code) && check.session_hash.as_ref() == Some(session);
            if own {
                check.response_code_hash = None;
                check.version = check.version.next();
            }
            own
        });
        Ok(spent == Some(true))
    }

    async fn kept_checks(
        &mut self,
        window: WindowId,
        scene: &str,
        after: Option<(Timestamp, CheckId)>,
        limit: u32,
    ) -> Result<Vec<Check>, StoreError> {
        let mut rows = self.tables.checks.all(|check| {
            let kept = check.window == Some(window) && check.scene == scene && check.retain_until.is_some();
            kept && after.is_none_or(|after| (check.created_at, check.id) < after)
        });
        rows.sort_by_key(|check| std::cmp::Reverse((check.created_at, check.id)));
        rows.truncate(limit.min(PAGE_LIMIT) as usize);
        Ok(rows)
    }

    async fn count_checks(&mut self, state: &str) -> Result<u64, StoreError> {
        Ok(self.tables.checks.count(|check| check.state == state))
    }

    async fn delete_check(&mut self, id: CheckId) -> Result<bool, StoreError> {
        Ok(self.write()?.checks.remove(&id))
    }

    async fn delete_due_checks(&mut self, now: Timestamp) -> Result<u64, StoreError> {
        Ok(self.write()?.checks.sweep(|_, check| check.retain_until.unwrap_or(check.expires_at) <= now))
    }
}
