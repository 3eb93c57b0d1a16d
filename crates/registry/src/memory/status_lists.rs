use async_trait::async_trait;

use super::MemoryUnit;
use crate::{Conflict, EntryStatus, Lease, ListId, StatusList, StatusLists, StoreError};

#[async_trait]
impl StatusLists for MemoryUnit {
    async fn insert_status_list(&mut self, list: &StatusList) -> Result<(), StoreError> {
        self.write()?.lists.insert(list.id, list.clone(), Conflict::ListTaken, |_| false)
    }

    async fn status_list(&mut self, id: ListId) -> Result<Option<StatusList>, StoreError> {
        Ok(self.tables.lists.get(&id))
    }

    async fn status_lists(&mut self) -> Result<Vec<StatusList>, StoreError> {
        Ok(self.tables.lists.all(|_| true))
    }

    async fn lease_block(&mut self, _node: &str, count: u32) -> Result<Option<Lease>, StoreError> {
        let lists = &mut self.write()?.lists;
        let Some(list) = lists.find(|list| !list.closed && list.size.saturating_sub(list.next_free) >= count) else {
            return Ok(None);
        };
        lists.change(&list.id, |row| row.next_free += count);
        Ok(Some(Lease { list: list.id, first: list.next_free, count }))
    }

    async fn close_status_lists(&mut self) -> Result<u64, StoreError> {
        let lists = &mut self.write()?.lists;
        let open = lists.all(|list| !list.closed);
        for list in &open {
            lists.change(&list.id, |row| row.closed = true);
        }
        Ok(open.len() as u64)
    }

    async fn set_entries(&mut self, list: ListId, positions: &[u32], status: EntryStatus) -> Result<(), StoreError> {
        let tables = self.write()?;
        if !tables.lists.contains(&list) {
            return Err(StoreError::VersionMismatch);
        }
        let revoked = |position: &u32| tables.entries.get(&(list, *position)) == Some(EntryStatus::Invalid);
        if status != EntryStatus::Invalid && positions.iter().any(revoked) {
            return Err(StoreError::Conflict(Conflict::Revoked));
        }
        for position in positions {
            tables.entries.put((list, *position), status);
        }
        tables.lists.change(&list, |row| row.changes += 1);
        Ok(())
    }

    async fn entries(&mut self, list: ListId) -> Result<Vec<(u32, EntryStatus)>, StoreError> {
        let entries =
            self.tables.entries.iter().filter(|((of, _), status)| *of == list && **status != EntryStatus::Valid);
        Ok(entries.map(|((_, position), status)| (*position, *status)).collect())
    }
}
