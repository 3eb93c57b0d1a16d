use async_trait::async_trait;
use mibun_crypto::time::Timestamp;

use super::MemoryUnit;
use crate::{Batch, BatchId, Card, CardId, CardStatus, Cards, Conflict, Hash, PersonId, Sealed, StoreError, Version};

#[async_trait]
impl Cards for MemoryUnit {
    async fn insert_card(&mut self, card: &Card) -> Result<(), StoreError> {
        let row = Card { version: Version::FIRST, ..card.clone() };
        self.write()?.cards.insert(card.id, row, Conflict::RowTaken, |_| false)
    }

    async fn card(&mut self, id: CardId) -> Result<Option<Card>, StoreError> {
        Ok(self.tables.cards.get(&id))
    }

    async fn cards_of(&mut self, person: PersonId) -> Result<Vec<Card>, StoreError> {
        Ok(self.tables.cards.all(|card| card.person == person))
    }

    async fn cards_page(&mut self, after: Option<CardId>, limit: u32) -> Result<Vec<Card>, StoreError> {
        Ok(self.tables.cards.page(after, limit, |_| true))
    }

    async fn count_cards(&mut self, status: CardStatus) -> Result<u64, StoreError> {
        Ok(self.tables.cards.count(|card| card.status == status))
    }

    async fn update_card(&mut self, card: &Card) -> Result<Version, StoreError> {
        self.write()?.cards.write_over(&card.id, card.version, |row| {
            row.level.clone_from(&card.level);
            row.status = card.status;
            row.expires_at = card.expires_at;
        })
    }

    async fn insert_batch(&mut self, batch: &Batch) -> Result<(), StoreError> {
        let tables = self.write()?;
        if !tables.cards.contains(&batch.card) {
            return Err(StoreError::VersionMismatch);
        }
        let request = batch.request;
        tables.batches.insert(batch.id, batch.clone(), Conflict::RequestTaken, |other| other.request == request)
    }

    async fn batch_for(&mut self, request: &Hash) -> Result<Option<Batch>, StoreError> {
        Ok(self.tables.batches.find(|batch| batch.request == *request))
    }

    async fn batches_of(&mut self, card: CardId) -> Result<Vec<Batch>, StoreError> {
        Ok(self.tables.batches.all(|batch| batch.card == card))
    }

    async fn answer_batch(&mut self, id: BatchId, response: &Sealed) -> Result<bool, StoreError> {
        let answered = self.write()?.batches.change(&id, |batch| {
            let first = batch.response.is_none();
            batch.response.get_or_insert_with(|| response.clone());
            first
        });
        Ok(answered == Some(true))
    }

    async fn forget_responses(&mut self, before: Timestamp) -> Result<u64, StoreError> {
        let batches = &mut self.write()?.batches;
        let old = batches.all(|batch| batch.created_at < before && batch.response.is_some());
        for batch in &old {
            batches.change(&batch.id, |row| row.response = None);
        }
        Ok(old.len() as u64)
    }
}
