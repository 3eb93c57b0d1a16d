//! The door: a registry opens units of work, a unit carries every subject.

use async_trait::async_trait;

use crate::{
    Attempts, Audit, Cards, Checks, Devices, Grants, IdPasswords, Journeys, Officers, OneTime, Organisations, Pairings,
    PasswordLogins, People, PushedRequests, RecoveryCodes, Sessions, Settings, StatusLists, StoreError, TrustedCscas,
    VaultKeys,
};

/// A place where the record is kept.
#[async_trait]
pub trait Registry: Send + Sync {
    /// Opens a unit that may write. `name` says what work it is, never about whom; [`run`](crate::run) counts by it.
    ///
    /// # Errors
    /// [`StoreError::Busy`] when another writer did not let go in time, [`StoreError::Unavailable`] when the store is out
    /// of reach.
    async fn begin(&self, name: &'static str) -> Result<Box<dyn Unit>, StoreError>;

    /// Opens a unit that sees one moment of the record and refuses to write. It never waits for writers.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the store is out of reach.
    async fn read(&self) -> Result<Box<dyn Unit>, StoreError>;

    /// Asks the store whether it can serve, for readiness probes and `mibun doctor`.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it cannot.
    async fn health(&self) -> Result<Health, StoreError>;
}

/// What a store says about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health {
    /// Which backend this is: `memory`, `sqlite` or `postgres`.
    pub backend: &'static str,
    /// The last migration applied; 0 where there are none.
    pub schema: i64,
}

/// One unit of work: all of it is stored, or nothing. Dropping it without [`commit`](Unit::commit) takes everything back.
///
/// After [`StoreError::Conflict`] or [`StoreError::VersionMismatch`] the unit goes on. After any other error it can
/// only be dropped; a commit then answers that error again.
#[async_trait]
pub trait Unit:
    People
    + Journeys
    + Attempts
    + Grants
    + OneTime
    + Cards
    + StatusLists
    + Checks
    + Organisations
    + Officers
    + Sessions
    + Audit
    + Settings
    + IdPasswords
    + PasswordLogins
    + Devices
    + VaultKeys
    + Pairings
    + TrustedCscas
    + RecoveryCodes
    + PushedRequests
    + Send
{
    /// Makes the unit visible and durable. Once asked for, it is carried out even if the caller stops waiting.
    ///
    /// # Errors
    /// [`StoreError::Busy`] when the unit must run again, [`StoreError::UnknownOutcome`] when no answer came.
    async fn commit(self: Box<Self>) -> Result<(), StoreError>;
}
