use async_trait::async_trait;
use mibun_crypto::time::Timestamp;
use mibun_registry::{
    Batch, BatchId, Card, CardId, CardStatus, Cards, Conflict, Hash, PersonId, Sealed, StoreError, Version,
};
use sqlx::query;

use super::unit::SqliteUnit;
use crate::columns::{Raw, maybe_raw, page_size};
use crate::rows;

#[async_trait]
impl Cards for SqliteUnit {
    async fn insert_card(&mut self, card: &Card) -> Result<(), StoreError> {
        let insert = query(
            "INSERT INTO cards (id, person, level, status, issued_at, expires_at, version)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING",
        );
        let insert = insert.bind(card.id.raw()).bind(card.person.raw()).bind(&card.level).bind(card.status.as_str());
        let insert = insert.bind(card.issued_at.0).bind(card.expires_at.0).bind(Version::FIRST.number());
        self.add(insert, Conflict::RowTaken).await
    }

    async fn card(&mut self, id: CardId) -> Result<Option<Card>, StoreError> {
        self.row(query("SELECT * FROM cards WHERE id = ?1").bind(id.raw()), rows::card).await
    }

    async fn cards_of(&mut self, person: PersonId) -> Result<Vec<Card>, StoreError> {
        self.rows(query("SELECT * FROM cards WHERE person = ?1 ORDER BY id").bind(person.raw()), rows::card).await
    }

    async fn cards_page(&mut self, after: Option<CardId>, limit: u32) -> Result<Vec<Card>, StoreError> {
        let page = query("SELECT * FROM cards WHERE id > ?1 ORDER BY id LIMIT ?2");
        let after = after.map_or_else(Vec::new, |id| id.raw().to_vec());
        self.rows(page.bind(after).bind(page_size(limit)), rows::card).await
    }

    async fn count_cards(&mut self, status: CardStatus) -> Result<u64, StoreError> {
        self.count(query("SELECT count(*) FROM cards WHERE status = ?1").bind(status.as_str())).await
    }

    async fn update_card(&mut self, card: &Card) -> Result<Version, StoreError> {
        let update = query(
            "UPDATE cards SET level = ?3, status = ?4, expires_at = ?5, version = version + 1
             WHERE id = ?1 AND version = ?2",
        );
        let update = update.bind(card.id.raw()).bind(card.version.number()).bind(&card.level);
        self.write_over(update.bind(card.status.as_str()).bind(card.expires_at.0), card.version).await
    }

    async fn insert_batch(&mut self, batch: &Batch) -> Result<(), StoreError> {
        let card = query("SELECT 1 FROM cards WHERE id = ?1");
        if !self.exists(card.bind(batch.card.raw())).await? {
            return Err(StoreError::VersionMismatch);
        }
        let insert = query(
            "INSERT INTO batches (id, card, list, first, count, request, response, created_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO NOTHING",
        );
        let insert = insert.bind(batch.id.raw()).bind(batch.card.raw()).bind(i64::from(batch.entries.list.0));
        let insert = insert.bind(i64::from(batch.entries.first)).bind(i64::from(batch.entries.count));
        let insert = insert.bind(batch.request.raw()).bind(maybe_raw(&batch.response)).bind(batch.created_at.0);
        self.add(insert, Conflict::RequestTaken).await
    }

    async fn batch_for(&mut self, request: &Hash) -> Result<Option<Batch>, StoreError> {
        self.row(query("SELECT * FROM batches WHERE request = ?1").bind(request.raw()), rows::batch).await
    }

    async fn batches_of(&mut self, card: CardId) -> Result<Vec<Batch>, StoreError> {
        self.rows(query("SELECT * FROM batches WHERE card = ?1 ORDER BY id").bind(card.raw()), rows::batch).await
    }

    async fn answer_batch(&mut self, id: BatchId, response: &Sealed) -> Result<bool, StoreError> {
        let answer = query("UPDATE batches SET response = ?2 WHERE id = ?1 AND response IS NULL");
        Ok(self.change(answer.bind(id.raw()).bind(response.raw())).await? > 0)
    }

    async fn forget_responses(&mut self, before: Timestamp) -> Result<u64, StoreError> {
        let forget = query("UPDATE batches SET response = NULL WHERE created_at < ?1 AND response IS NOT NULL");
        self.change(forget.bind(before.0)).await
    }
}
