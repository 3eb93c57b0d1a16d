//! Enrolments and upgrades under way, what hangs on them, and the decisions they ended with.

use async_trait::async_trait;
use mibun_crypto::time::Timestamp;

use crate::{BlindIndex, BlobName, Hash, JourneyId, PersonId, Sealed, StoreError, Version};

/// One enrolment or upgrade.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Journey {
    /// The identifier, part of the journey's address.
    pub id: JourneyId,
    /// The digest of the token that opens it.
    pub token_hash: Hash,
    /// The name of the state, by which officers list journeys.
    pub state: String,
    /// The state itself.
    pub sealed: Sealed,
    /// The person it is about; none when nobody in the register answers to number and name.
    pub person: Option<PersonId>,
    /// Where it was started from, for limits per source.
    pub source: BlindIndex,
    /// When it was started.
    pub created_at: Timestamp,
    /// When it is deleted.
    pub expires_at: Timestamp,
    /// The version read.
    pub version: Version,
}

/// One decision and every score it came from, so that it can be replayed. Kept longer than its journey.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecisionRecord {
    /// The journey it decided.
    pub journey: JourneyId,
    /// Whom it was about; none when nobody in the register answers to number and name.
    pub person: Option<PersonId>,
    /// When it was taken.
    pub at: Timestamp,
    /// The sealed record.
    pub sealed: Sealed,
}

/// Journeys, their images and their decisions.
#[async_trait]
pub trait Journeys {
    /// Adds a journey at version [`Version::FIRST`].
    async fn insert_journey(&mut self, journey: &Journey) -> Result<(), StoreError>;

    /// The journey with this identifier, expired or not.
    async fn journey(&mut self, id: JourneyId) -> Result<Option<Journey>, StoreError>;

    /// Writes state, person and expiry over the version read, and answers the new version.
    ///
    /// # Errors
    /// [`StoreError::VersionMismatch`] when the row changed or went.
    async fn update_journey(&mut self, journey: &Journey) -> Result<Version, StoreError>;

    /// Up to `limit` journeys in this state, oldest first, from the one after `after` (when it was started, and its
    /// identifier, which orders those of one second).
    async fn journeys_by_state(
        &mut self,
        state: &str,
        after: Option<(Timestamp, JourneyId)>,
        limit: u32,
    ) -> Result<Vec<Journey>, StoreError>;

    /// How many journeys are in this state.
    async fn count_journeys(&mut self, state: &str) -> Result<u64, StoreError>;

    /// Keeps an image with a journey, replacing an earlier one of that name.
    async fn put_blob(&mut self, journey: JourneyId, name: BlobName, blob: &Sealed) -> Result<(), StoreError>;

    /// The image of that name.
    async fn blob(&mut self, journey: JourneyId, name: BlobName) -> Result<Option<Sealed>, StoreError>;

    /// Deletes every image of a journey; answers how many there were.
    async fn delete_blobs(&mut self, journey: JourneyId) -> Result<u64, StoreError>;

    /// Deletes journeys that expire at `now` or before, images and pairings included; answers how many.
    async fn delete_expired_journeys(&mut self, now: Timestamp) -> Result<u64, StoreError>;

    /// Deletes every journey of a person, images and pairings included; answers how many. Decisions stay.
    async fn delete_journeys_of(&mut self, person: PersonId) -> Result<u64, StoreError>;

    /// Deletes every decision about a person, also those whose journey is gone; answers how many.
    async fn delete_decisions_of(&mut self, person: PersonId) -> Result<u64, StoreError>;

    /// Adds a decision; nothing changes one afterwards.
    async fn append_decision(&mut self, record: &DecisionRecord) -> Result<(), StoreError>;

    /// The decisions of a journey, first one first.
    async fn decisions(&mut self, journey: JourneyId) -> Result<Vec<DecisionRecord>, StoreError>;

    /// Deletes decisions taken before `before`; answers how many.
    async fn prune_decisions(&mut self, before: Timestamp) -> Result<u64, StoreError>;
}
