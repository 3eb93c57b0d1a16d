//! Pairings: a short-lived code that brings a journey and a terminal together.

use async_trait::async_trait;
use mibun_crypto::time::Timestamp;

use crate::value::text_enum;
use crate::{Hash, JourneyId, Sealed, StoreError, Version};

/// One pairing. Either side may show the code; the other claims it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pairing {
    /// The digest of the code; unique.
    pub code_hash: Hash,
    /// The journey, from the start or once it claimed the code. The pairing goes when its journey goes.
    pub journey: Option<JourneyId>,
    /// The name of the terminal; none when the phone reads the chip itself, or as long as no terminal claimed the code.
    pub terminal: Option<String>,
    /// Where it stands.
    pub state: PairingState,
    /// What both sides need, sealed.
    pub sealed: Sealed,
    /// When it is worth nothing.
    pub expires_at: Timestamp,
    /// The version read.
    pub version: Version,
}

text_enum! {
    /// Where a pairing stands.
    PairingState {
        /// The code is shown and nobody claimed it.
        Waiting = "waiting",
        /// Somebody claimed the code; nobody else can.
        Claimed = "claimed",
        /// What it was for is done or given up.
        Closed = "closed",
    }
}

/// What claiming a code writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PairingClaim {
    /// The journey that claims; none leaves the one that is there.
    pub journey: Option<JourneyId>,
    /// The terminal that claims; none leaves the one that is there.
    pub terminal: Option<String>,
    /// What both sides need from now on, sealed.
    pub sealed: Sealed,
    /// When the claimed pairing is worth nothing.
    pub expires_at: Timestamp,
}

/// Pairings.
#[async_trait]
pub trait Pairings {
    /// Adds a pairing at version [`Version::FIRST`].
    ///
    /// # Errors
    /// [`Conflict::CodeTaken`](crate::Conflict::CodeTaken) when the code exists; [`StoreError::VersionMismatch`] when
    /// there is no such journey.
    async fn insert_pairing(&mut self, pairing: &Pairing) -> Result<(), StoreError>;

    /// The pairing this code stands for, expired or not.
    async fn pairing(&mut self, code: &Hash) -> Result<Option<Pairing>, StoreError>;

    /// The pairings of a journey, in order of code digest.
    async fn pairings_of_journey(&mut self, journey: JourneyId) -> Result<Vec<Pairing>, StoreError>;

    /// Claims a code that waits and is good at `now`; answers whether this was the claim. The row's version rises.
    ///
    /// # Errors
    /// [`StoreError::VersionMismatch`] when there is no such journey.
    async fn claim_pairing(&mut self, code: &Hash, claim: &PairingClaim, now: Timestamp) -> Result<bool, StoreError>;

    /// Writes state, sealed and expiry over the version read, and answers the new version.
    ///
    /// # Errors
    /// [`StoreError::VersionMismatch`] when the row changed or went.
    async fn update_pairing(&mut self, pairing: &Pairing) -> Result<Version, StoreError>;

    /// Deletes pairings that expire at `now` or before; answers how many.
    async fn delete_expired_pairings(&mut self, now: Timestamp) -> Result<u64, StoreError>;
}
