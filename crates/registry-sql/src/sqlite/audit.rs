use async_trait::async_trait;
use mibun_registry::{Audit, AuditDraft, AuditEntry, GENESIS, Hash, StoreError};
use sqlx::query;

use super::unit::SqliteUnit;
use crate::columns::{Columns, Raw, maybe_raw, page_size};
use crate::rows;

#[async_trait]
impl Audit for SqliteUnit {
    async fn append_audit(&mut self, draft: &AuditDraft) -> Result<(), StoreError> {
        let append = query("INSERT INTO audit_drafts (at, actor, action, subject, detail) VALUES (?1, ?2, ?3, ?4, ?5)");
        let append = append.bind(draft.at.0).bind(&draft.actor).bind(&draft.action).bind(&draft.subject);
        self.change(append.bind(maybe_raw(&draft.detail))).await.map(drop)
    }

    async fn chain_audit(&mut self, limit: u32) -> Result<u64, StoreError> {
        let drafts = query("SELECT * FROM audit_drafts ORDER BY place LIMIT ?1");
        let drafts =
            self.rows(drafts.bind(page_size(limit)), |row| Ok((row.integer("place")?, rows::audit_draft(row)?)));
        let drafts = drafts.await?;
        let Some(last) = drafts.last().map(|(place, _)| *place) else { return Ok(0) };
        let count = drafts.len() as u64;
        let mut head = self.audit_head().await?;
        for (_, draft) in drafts {
            let entry = AuditEntry::chained(head, draft);
            self.append_entry(&entry).await?;
            head = (entry.seq, entry.hash);
        }
        self.change(query("DELETE FROM audit_drafts WHERE place <= ?1").bind(last)).await?;
        Ok(count)
    }

    async fn audit_after(&mut self, after: u64, limit: u32) -> Result<Vec<AuditEntry>, StoreError> {
        let after = i64::try_from(after).unwrap_or(i64::MAX);
        let page = query("SELECT * FROM audit WHERE seq > ?1 ORDER BY seq LIMIT ?2");
        self.rows(page.bind(after).bind(page_size(limit)), rows::audit_entry).await
    }

    async fn audit_before(&mut self, before: Option<u64>, limit: u32) -> Result<Vec<AuditEntry>, StoreError> {
        let before = before.and_then(|before| i64::try_from(before).ok()).unwrap_or(i64::MAX);
        let page = query("SELECT * FROM audit WHERE seq < ?1 ORDER BY seq DESC LIMIT ?2");
        self.rows(page.bind(before).bind(page_size(limit)), rows::audit_entry).await
    }
}

impl SqliteUnit {
    async fn audit_head(&mut self) -> Result<(u64, Hash), StoreError> {
        let last = query("SELECT * FROM audit ORDER BY seq DESC LIMIT 1");
        let last = self.row(last, rows::audit_entry).await?;
        Ok(last.map_or((0, GENESIS), |entry| (entry.seq, entry.hash)))
    }

    async fn append_entry(&mut self, entry: &AuditEntry) -> Result<(), StoreError> {
        let append = query(
            "INSERT INTO audit (seq, previous, hash, at, actor, action, subject, detail)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        );
        let seq = i64::try_from(entry.seq).map_err(|_| StoreError::Corrupt("seq"))?;
        let append = append.bind(seq).bind(entry.previous.raw()).bind(entry.hash.raw()).bind(entry.draft.at.0);
        let append = append.bind(&entry.draft.actor).bind(&entry.draft.action).bind(&entry.draft.subject);
        self.change(append.bind(maybe_raw(&entry.draft.detail))).await.map(drop)
    }
}
