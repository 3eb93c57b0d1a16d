use async_trait::async_trait;
use mibun_crypto::time::Timestamp;
use mibun_registry::{
    BlobName, Conflict, DecisionRecord, Journey, JourneyId, Journeys, PersonId, Sealed, StoreError, Version,
};
use sqlx::query;

use super::unit::SqliteUnit;
use crate::columns::{Raw, maybe_raw, page_size};
use crate::rows;

#[async_trait]
impl Journeys for SqliteUnit {
    async fn insert_journey(&mut self, journey: &Journey) -> Result<(), StoreError> {
        let insert = query(
            "INSERT INTO journeys (id, token_hash, state, sealed, person, source, created_at, expires_at, version)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT DO NOTHING",
        );
        let insert = insert.bind(journey.id.raw()).bind(journey.token_hash.raw()).bind(&journey.state);
        let insert = insert.bind(journey.sealed.raw()).bind(maybe_raw(&journey.person)).bind(journey.source.raw());
        let insert = insert.bind(journey.created_at.0).bind(journey.expires_at.0).bind(Version::FIRST.number());
        self.add(insert, Conflict::RowTaken).await
    }

    async fn journey(&mut self, id: JourneyId) -> Result<Option<Journey>, StoreError> {
        self.row(query("SELECT * FROM journeys WHERE id = ?1").bind(id.raw()), rows::journey).await
    }

    async fn update_journey(&mut self, journey: &Journey) -> Result<Version, StoreError> {
        let update = query(
            "UPDATE journeys SET state = ?3, sealed = ?4, person = ?5, expires_at = ?6, version = version + 1
             WHERE id = ?1 AND version = ?2",
        );
        let update = update.bind(journey.id.raw()).bind(journey.version.number()).bind(&journey.state);
        let update = update.bind(journey.sealed.raw()).bind(maybe_raw(&journey.person)).bind(journey.expires_at.0);
        self.write_over(update, journey.version).await
    }

    async fn journeys_by_state(
        &mut self,
        state: &str,
        after: Option<(Timestamp, JourneyId)>,
        limit: u32,
    ) -> Result<Vec<Journey>, StoreError> {
        let page = query(
            "SELECT * FROM journeys WHERE state = ?1 AND (created_at, id) > (?2, ?3)
             ORDER BY created_at, id LIMIT ?4",
        );
        let (time, id) = after.map_or((i64::MIN, Vec::new()), |(time, id)| (time.0, id.raw().to_vec()));
        self.rows(page.bind(state).bind(time).bind(id).bind(page_size(limit)), rows::journey).await
    }

    async fn count_journeys(&mut self, state: &str) -> Result<u64, StoreError> {
        self.count(query("SELECT count(*) FROM journeys WHERE state = ?1").bind(state)).await
    }

    async fn put_blob(&mut self, journey: JourneyId, name: BlobName, blob: &Sealed) -> Result<(), StoreError> {
        let put = query(
            "INSERT INTO journey_blobs (journey, name, sealed) SELECT id, ?2, ?3 FROM journeys WHERE id = ?1
             ON CONFLICT (journey, name) DO UPDATE SET sealed = excluded.sealed",
        );
        self.write_below(put.bind(journey.raw()).bind(name.as_str()).bind(blob.raw())).await
    }

    async fn blob(&mut self, journey: JourneyId, name: BlobName) -> Result<Option<Sealed>, StoreError> {
        let found = query("SELECT sealed FROM journey_blobs WHERE journey = ?1 AND name = ?2");
        self.row(found.bind(journey.raw()).bind(name.as_str()), rows::image).await
    }

    async fn delete_blobs(&mut self, journey: JourneyId) -> Result<u64, StoreError> {
        self.erase(query("DELETE FROM journey_blobs WHERE journey = ?1").bind(journey.raw())).await
    }

    async fn delete_expired_journeys(&mut self, now: Timestamp) -> Result<u64, StoreError> {
        self.erase(query("DELETE FROM journeys WHERE expires_at <= ?1").bind(now.0)).await
    }

    async fn delete_journeys_of(&mut self, person: PersonId) -> Result<u64, StoreError> {
        self.erase(query("DELETE FROM journeys WHERE person = ?1").bind(person.raw())).await
    }

    async fn delete_decisions_of(&mut self, person: PersonId) -> Result<u64, StoreError> {
        self.erase(query("DELETE FROM decisions WHERE person = ?1").bind(person.raw())).await
    }

    async fn append_decision(&mut self, record: &DecisionRecord) -> Result<(), StoreError> {
        let append = query("INSERT INTO decisions (journey, person, at, sealed) VALUES (?1, ?2, ?3, ?4)");
        let append = append.bind(record.journey.raw()).bind(maybe_raw(&record.person));
        self.change(append.bind(record.at.0).bind(record.sealed.raw())).await.map(drop)
    }

    async fn decisions(&mut self, journey: JourneyId) -> Result<Vec<DecisionRecord>, StoreError> {
        let found = query("SELECT * FROM decisions WHERE journey = ?1 ORDER BY place");
        self.rows(found.bind(journey.raw()), rows::decision).await
    }

    async fn prune_decisions(&mut self, before: Timestamp) -> Result<u64, StoreError> {
        self.erase(query("DELETE FROM decisions WHERE at < ?1").bind(before.0)).await
    }
}
