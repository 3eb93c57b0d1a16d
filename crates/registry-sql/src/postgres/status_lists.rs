use async_trait::async_trait;
use mibun_registry::{Conflict, EntryStatus, Lease, ListId, StatusList, StatusLists, StoreError};
use sqlx::query;

use super::unit::PostgresUnit;
use crate::columns::Raw;
use crate::rows;

#[async_trait]
impl StatusLists for PostgresUnit {
    async fn insert_status_list(&mut self, list: &StatusList) -> Result<(), StoreError> {
        let insert = query(
            "INSERT INTO status_lists (id, bits, size, key, next_free, closed, epoch, changes)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING",
        );
        let changes = i64::try_from(list.changes).map_err(|_| StoreError::Corrupt("changes"))?;
        let insert = insert.bind(i64::from(list.id.0)).bind(i64::from(list.bits)).bind(i64::from(list.size));
        let insert = insert.bind(list.key.raw()).bind(i64::from(list.next_free)).bind(list.closed);
        self.add(insert.bind(i64::from(list.epoch)).bind(changes), Conflict::ListTaken).await
    }

    async fn status_list(&mut self, id: ListId) -> Result<Option<StatusList>, StoreError> {
        self.row(query("SELECT * FROM status_lists WHERE id = $1").bind(i64::from(id.0)), rows::status_list).await
    }

    async fn status_lists(&mut self) -> Result<Vec<StatusList>, StoreError> {
        self.rows(query("SELECT * FROM status_lists ORDER BY id"), rows::status_list).await
    }

    async fn lease_block(&mut self, node: &str, count: u32) -> Result<Option<Lease>, StoreError> {
        let lease = query(
            "UPDATE status_lists SET next_free = next_free + $1 WHERE id =
                 (SELECT id FROM status_lists WHERE NOT closed AND size - next_free >= $1 ORDER BY id LIMIT 1 FOR UPDATE)
             RETURNING id AS list, next_free - $1 AS first, $1 AS count",
        );
        let Some(lease) = self.row(lease.bind(i64::from(count)), rows::lease).await? else { return Ok(None) };
        let note = query("INSERT INTO status_leases (list, first, count, node) VALUES ($1, $2, $3, $4)");
        let note = note.bind(i64::from(lease.list.0)).bind(i64::from(lease.first)).bind(i64::from(lease.count));
        self.change(note.bind(node)).await?;
        Ok(Some(lease))
    }

    async fn close_status_lists(&mut self) -> Result<u64, StoreError> {
        self.change(query("UPDATE status_lists SET closed = TRUE WHERE NOT closed")).await
    }

    async fn set_entries(&mut self, list: ListId, positions: &[u32], status: EntryStatus) -> Result<(), StoreError> {
        if status != EntryStatus::Invalid && self.any_revoked(list, positions).await? {
            return Err(StoreError::Conflict(Conflict::Revoked));
        }
        let changed = query("UPDATE status_lists SET changes = changes + 1 WHERE id = $1");
        self.write_below(changed.bind(i64::from(list.0))).await?;
        let set = query(
            "INSERT INTO status_entries (list, position, status)
             SELECT DISTINCT $1::bigint, position, $3::text FROM unnest($2::bigint[]) AS position
             ON CONFLICT (list, position) DO UPDATE SET status = excluded.status",
        );
        let set = set.bind(i64::from(list.0)).bind(widened(positions)).bind(status.as_str());
        self.change(set).await.map(drop)
    }

    async fn entries(&mut self, list: ListId) -> Result<Vec<(u32, EntryStatus)>, StoreError> {
        let found = query(
            "SELECT position, status FROM status_entries WHERE list = $1 AND status <> 'valid' ORDER BY position",
        );
        self.rows(found.bind(i64::from(list.0)), rows::entry).await
    }
}

impl PostgresUnit {
    async fn any_revoked(&mut self, list: ListId, positions: &[u32]) -> Result<bool, StoreError> {
        let revoked = query(
            "SELECT 1 FROM status_entries WHERE list = $1 AND position = ANY($2::bigint[]) AND status = 'invalid' LIMIT 1",
        );
        self.exists(revoked.bind(i64::from(list.0)).bind(widened(positions))).await
    }
}

/// PostgreSQL has no unsigned numbers.
fn widened(positions: &[u32]) -> Vec<i64> {
    positions.iter().copied().map(i64::from).collect()
}
