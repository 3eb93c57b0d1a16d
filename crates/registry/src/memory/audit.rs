use std::sync::Arc;

use async_trait::async_trait;

use super::MemoryUnit;
use crate::{Audit, AuditDraft, AuditEntry, GENESIS, PAGE_LIMIT, StoreError};

#[async_trait]
impl Audit for MemoryUnit {
    async fn append_audit(&mut self, draft: &AuditDraft) -> Result<(), StoreError> {
        Arc::make_mut(&mut self.write()?.drafts).push(draft.clone());
        Ok(())
    }

    async fn chain_audit(&mut self, limit: u32) -> Result<u64, StoreError> {
        let tables = self.write()?;
        let drafts = Arc::make_mut(&mut tables.drafts);
        let audit = Arc::make_mut(&mut tables.audit);
        let count = drafts.len().min(limit.min(PAGE_LIMIT) as usize);
        for draft in drafts.drain(..count) {
            let head = audit.last().map_or((0, GENESIS), |entry| (entry.seq, entry.hash));
            audit.push(AuditEntry::chained(head, draft));
        }
        Ok(count as u64)
    }

    async fn audit_after(&mut self, after: u64, limit: u32) -> Result<Vec<AuditEntry>, StoreError> {
        let entries = self.tables.audit.iter().filter(|entry| entry.seq > after);
        Ok(entries.take(limit.min(PAGE_LIMIT) as usize).cloned().collect())
    }

    async fn audit_before(&mut self, before: Option<u64>, limit: u32) -> Result<Vec<AuditEntry>, StoreError> {
        let entries = self.tables.audit.iter().rev().filter(|entry| before.is_none_or(|before| entry.seq < before));
        Ok(entries.take(limit.min(PAGE_LIMIT) as usize).cloned().collect())
    }
}
