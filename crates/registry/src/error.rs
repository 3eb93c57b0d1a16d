//! What can go wrong with the record, by what the caller can do about it.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

use thiserror::Error;

/// Why the record did not do as asked.
#[derive(Debug, Clone, Error)]
pub enum StoreError {
    /// Something that must be unique is taken. The unit goes on; the caller decides what that means.
    #[error("already taken: {0}")]
    Conflict(Conflict),
    /// The row was written, or went, after it was read. The unit goes on; load again and decide anew.
    #[error("the row changed since it was read")]
    VersionMismatch,
    /// A write in a unit opened with [`Registry::read`](crate::Registry::read): our mistake.
    #[error("this unit only reads")]
    ReadOnly,
    /// Another unit stood in the way; doing everything again will work. [`run`](crate::run) does.
    #[error("another unit stood in the way")]
    Busy,
    /// The store cannot be reached or cannot write; nothing was stored.
    #[error("the record is unavailable")]
    Unavailable(#[source] Cause),
    /// What was read is not what this program writes, or a statement did not fit the schema.
    #[error("the record is damaged or of another version: {0}")]
    Corrupt(&'static str),
    /// The commit was sent and no answer came: it happened or not. Find out by the idempotency key.
    #[error("whether the unit was stored is unknown")]
    UnknownOutcome,
}

/// Which unique thing was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Error)]
pub enum Conflict {
    /// A person with this number is in the register.
    #[error("number")]
    NumberTaken,
    /// A grant, a pairing or a recovery with this code or token exists.
    #[error("code")]
    CodeTaken,
    /// A batch was made for this very request.
    #[error("request")]
    RequestTaken,
    /// A status list with this number exists.
    #[error("status list")]
    ListTaken,
    /// A device or a kept key with this key exists.
    #[error("key")]
    KeyTaken,
    /// The person has an active device.
    #[error("active device")]
    DeviceActive,
    /// The name is in use.
    #[error("name")]
    NameTaken,
    /// The row exists already.
    #[error("row")]
    RowTaken,
    /// The entry of the status list was revoked, which is final.
    #[error("revoked entry")]
    Revoked,
}

/// The error of the driver beneath, shared among all units it hit.
#[derive(Clone)]
pub struct Cause(Arc<dyn StdError + Send + Sync>);

impl Cause {
    /// Keeps a driver's error as the source of ours.
    pub fn new(error: impl StdError + Send + Sync + 'static) -> Self {
        Self(Arc::new(error))
    }
}

impl fmt::Debug for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl StdError for Cause {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source()
    }
}
