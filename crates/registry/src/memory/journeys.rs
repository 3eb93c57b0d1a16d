use std::sync::Arc;

use async_trait::async_trait;
use mibun_crypto::time::Timestamp;

use super::MemoryUnit;
use super::table::Tables;
use crate::{
    BlobName, Conflict, DecisionRecord, Journey, JourneyId, Journeys, PAGE_LIMIT, PersonId, Sealed, StoreError, Version,
};

#[async_trait]
impl Journeys for MemoryUnit {
    async fn insert_journey(&mut self, journey: &Journey) -> Result<(), StoreError> {
        let row = Journey { version: Version::FIRST, ..journey.clone() };
        self.write()?.journeys.insert(journey.id, row, Conflict::RowTaken, |_| false)
    }

    async fn journey(&mut self, id: JourneyId) -> Result<Option<Journey>, StoreError> {
        Ok(self.tables.journeys.get(&id))
    }

    async fn update_journey(&mut self, journey: &Journey) -> Result<Version, StoreError> {
        self.write()?.journeys.write_over(&journey.id, journey.version, |row| {
            row.state.clone_from(&journey.state);
            row.sealed = journey.sealed.clone();
            row.person = journey.person;
            row.expires_at = journey.expires_at;
        })
    }

    async fn journeys_by_state(
        &mut self,
        state: &str,
        after: Option<(Timestamp, JourneyId)>,
        limit: u32,
    ) -> Result<Vec<Journey>, StoreError> {
        let mut rows = self.tables.journeys.all(|journey| {
            journey.state == state && after.is_none_or(|after| (journey.created_at, journey.id) > after)
        });
        rows.sort_by_key(|journey| (journey.created_at, journey.id));
        rows.truncate(limit.min(PAGE_LIMIT) as usize);
        Ok(rows)
    }

    async fn count_journeys(&mut self, state: &str) -> Result<u64, StoreError> {
        Ok(self.tables.journeys.count(|journey| journey.state == state))
    }

    async fn put_blob(&mut self, journey: JourneyId, name: BlobName, blob: &Sealed) -> Result<(), StoreError> {
        let tables = self.write()?;
        if !tables.journeys.contains(&journey) {
            return Err(StoreError::VersionMismatch);
        }
        tables.blobs.put((journey, name), blob.clone());
        Ok(())
    }

    async fn blob(&mut self, journey: JourneyId, name: BlobName) -> Result<Option<Sealed>, StoreError> {
        Ok(self.tables.blobs.get(&(journey, name)))
    }

    async fn delete_blobs(&mut self, journey: JourneyId) -> Result<u64, StoreError> {
        Ok(self.write()?.blobs.sweep(|(of, _), _| *of == journey))
    }

    async fn delete_expired_journeys(&mut self, now: Timestamp) -> Result<u64, StoreError> {
        Ok(sweep_journeys(self.write()?, |journey| journey.expires_at <= now))
    }

    async fn delete_journeys_of(&mut self, person: PersonId) -> Result<u64, StoreError> {
        Ok(sweep_journeys(self.write()?, |journey| journey.person == Some(person)))
    }

    async fn delete_decisions_of(&mut self, person: PersonId) -> Result<u64, StoreError> {
        let decisions = Arc::make_mut(&mut self.write()?.decisions);
        let count = decisions.len();
        decisions.retain(|record| record.person != Some(person));
        Ok((count - decisions.len()) as u64)
    }

    async fn append_decision(&mut self, record: &DecisionRecord) -> Result<(), StoreError> {
        Arc::make_mut(&mut self.write()?.decisions).push(record.clone());
        Ok(())
    }

    async fn decisions(&mut self, journey: JourneyId) -> Result<Vec<DecisionRecord>, StoreError> {
        Ok(self.tables.decisions.iter().filter(|record| record.journey == journey).cloned().collect())
    }

    async fn prune_decisions(&mut self, before: Timestamp) -> Result<u64, StoreError> {
        let decisions = Arc::make_mut(&mut self.write()?.decisions);
        let count = decisions.len();
        decisions.retain(|record| record.at >= before);
        Ok((count - decisions.len()) as u64)
    }
}

fn sweep_journeys(tables: &mut Tables, gone: impl Fn(&Journey) -> bool) -> u64 {
    let count = tables.journeys.sweep(|_, journey| gone(journey));
    let left = tables.journeys.clone();
    tables.blobs.sweep(|(journey, _), _| !left.contains(journey));
    tables.pairings.sweep(|_, pairing| pairing.journey.is_some_and(|journey| !left.contains(&journey)));
    count
}
