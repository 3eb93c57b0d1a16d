//! Cards, and the batches of one-time copies each is issued in.

use async_trait::async_trait;
use mibun_crypto::time::Timestamp;

use crate::value::text_enum;
use crate::{BatchId, CardId, Hash, Lease, PersonId, Sealed, StoreError, Version};

/// One card of one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// The identifier; it never leaves the authority, for it would link the copies.
    pub id: CardId,
    /// Whose card.
    pub person: PersonId,
    /// The level, by its name on the wire.
    pub level: String,
    /// Whether it is good.
    pub status: CardStatus,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// When its last copy ends.
    pub expires_at: Timestamp,
    /// The version read.
    pub version: Version,
}

text_enum! {
    /// Whether a card is good.
    CardStatus {
        /// Good.
        Valid = "valid",
        /// Not good for now.
        Suspended = "suspended",
        /// Never good again.
        Revoked = "revoked",
    }
}

/// One batch of copies: a single row, since copy `k` sits in its status list at `permute(list key, first + k)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// The identifier.
    pub id: BatchId,
    /// The card these are copies of.
    pub card: CardId,
    /// The status entries taken, before the permutation.
    pub entries: Lease,
    /// What makes a repeated request meet its first answer: a digest over token and proof keys; unique.
    pub request: Hash,
    /// The answer given, for a client that asks again; absent between reservation and confirmation.
    pub response: Option<Sealed>,
    /// When it was made.
    pub created_at: Timestamp,
}

/// Cards and batches.
#[async_trait]
pub trait Cards {
    /// Adds a card at version [`Version::FIRST`].
    async fn insert_card(&mut self, card: &Card) -> Result<(), StoreError>;

    /// The card with this identifier.
    async fn card(&mut self, id: CardId) -> Result<Option<Card>, StoreError>;

    /// Every card of a person, in order of identifier.
    async fn cards_of(&mut self, person: PersonId) -> Result<Vec<Card>, StoreError>;

    /// Up to `limit` cards after `after`, in order of identifier.
    async fn cards_page(&mut self, after: Option<CardId>, limit: u32) -> Result<Vec<Card>, StoreError>;

    /// How many cards have this status.
    async fn count_cards(&mut self, status: CardStatus) -> Result<u64, StoreError>;

    /// Writes status, level and expiry over the version read, and answers the new version.
    ///
    /// # Errors
    /// [`StoreError::VersionMismatch`] when the row changed or went.
    async fn update_card(&mut self, card: &Card) -> Result<Version, StoreError>;

    /// Adds a batch.
    ///
    /// # Errors
    /// [`Conflict::RequestTaken`](crate::Conflict::RequestTaken) when this request was served: look the batch up.
    async fn insert_batch(&mut self, batch: &Batch) -> Result<(), StoreError>;

    /// The batch made for this request.
    async fn batch_for(&mut self, request: &Hash) -> Result<Option<Batch>, StoreError>;

    /// Every batch of a card, in order of identifier.
    async fn batches_of(&mut self, card: CardId) -> Result<Vec<Batch>, StoreError>;

    /// Keeps the answer given to a batch's request; answers whether it was the first.
    async fn answer_batch(&mut self, id: BatchId, response: &Sealed) -> Result<bool, StoreError>;

    /// Forgets the answers of batches made before `before`; answers how many.
    async fn forget_responses(&mut self, before: Timestamp) -> Result<u64, StoreError>;
}
