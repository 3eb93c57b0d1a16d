//! The authority's records of people.

use async_trait::async_trait;
use mibun_crypto::time::Timestamp;

use crate::value::text_enum;
use crate::{BlindIndex, PersonId, Sealed, StoreError, Version};

/// One person of the register. Everything about the person is in `record`, sealed with the person's own data key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The identifier, which says nothing about the person.
    pub id: PersonId,
    /// The blind index of the resident number; unique.
    pub number_index: BlindIndex,
    /// Blind indexes of the spellings the person is found by, native and Latin.
    pub name_indexes: Vec<BlindIndex>,
    /// The person's data key, wrapped by the authority's key. Without it nothing sealed can be opened again.
    pub wrapped_key: Sealed,
    /// The sealed personal data.
    pub record: Sealed,
    /// Where the record stands.
    pub status: PersonStatus,
    /// When the underlying document or right of residence ends.
    pub valid_until: Option<Timestamp>,
    /// When the record was made.
    pub created_at: Timestamp,
    /// The version read.
    pub version: Version,
}

text_enum! {
    /// Where a person's record stands.
    PersonStatus {
        /// In force.
        Active = "active",
        /// Set aside by an officer; may return.
        Suspended = "suspended",
        /// The person died.
        Deceased = "deceased",
        /// The underlying document or right ended.
        Expired = "expired",
    }
}

/// The register's people.
#[async_trait]
pub trait People {
    /// Adds a person at version [`Version::FIRST`].
    ///
    /// # Errors
    /// [`Conflict::NumberTaken`](crate::Conflict::NumberTaken) when the number is in the register.
    async fn insert_person(&mut self, person: &Person) -> Result<(), StoreError>;

    /// The person with this identifier.
    async fn person(&mut self, id: PersonId) -> Result<Option<Person>, StoreError>;

    /// The person with this number.
    async fn person_by_number(&mut self, number: &BlindIndex) -> Result<Option<Person>, StoreError>;

    /// Up to `limit` people found by this spelling of a name, in order of identifier.
    async fn people_by_name(&mut self, name: &BlindIndex, limit: u32) -> Result<Vec<Person>, StoreError>;

    /// Up to `limit` people after `after`, in order of identifier.
    async fn people_page(&mut self, after: Option<PersonId>, limit: u32) -> Result<Vec<Person>, StoreError>;

    /// How many people the register holds.
    async fn count_people(&mut self) -> Result<u64, StoreError>;

    /// Writes everything but `created_at` over the version read, and answers the new version.
    ///
    /// # Errors
    /// [`StoreError::VersionMismatch`] when the row changed or went; a number another person has is a conflict.
    async fn update_person(&mut self, person: &Person) -> Result<Version, StoreError>;

    /// Sets the portrait, replacing an earlier one.
    async fn put_portrait(&mut self, person: PersonId, portrait: &Sealed) -> Result<(), StoreError>;

    /// The portrait.
    async fn portrait(&mut self, person: PersonId) -> Result<Option<Sealed>, StoreError>;

    /// Destroys the data key, the record, the portrait, the indexes and what the full card keeps of the person (password,
    /// sign-ins, devices, kept keys, recovery codes); answers whether there was such a person.
    async fn erase_person(&mut self, id: PersonId) -> Result<bool, StoreError>;
}
