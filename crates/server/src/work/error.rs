//! Why a piece of work was not done.

use mibun_registry::{StoreError, UnitError};

use crate::record::RecordError;
use crate::safe::SafeError;

/// Why a piece of work was not done, by whose fault it is.
#[derive(Debug, thiserror::Error)]
pub enum WorkError {
    /// The store could not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A sealed row does not open: another master key, or damage.
    #[error(transparent)]
    Safe(#[from] SafeError),
    /// `mibun init` was not run against this database.
    #[error("not initialised: run `mibun init` first")]
    NotInitialised,
    /// `mibun init` was run before.
    #[error("already initialised; nothing was changed")]
    AlreadyInitialised,
    /// Something stored by us cannot be read.
    #[error("a stored value is damaged")]
    Damaged,
    /// A certificate could not be read.
    #[error(transparent)]
    Certificate(#[from] mibun_crypto::x509::CertificateError),
    /// A certificate could not be made.
    #[error(transparent)]
    Issue(#[from] mibun_crypto::x509::IssueError),
    /// A key could not sign.
    #[error(transparent)]
    Sign(#[from] mibun_crypto::key::SignError),
    /// A stored value is not of the expected form.
    #[error("a stored value has an unknown form")]
    Form(#[from] serde_json::Error),
    /// The record to be stored is refused.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// No such thing, or not the caller's.
    #[error("no such {0}")]
    NotFound(&'static str),
    /// It cannot be done in the state the thing is in.
    #[error("not possible now: {0}")]
    State(&'static str),
    /// Something else has to come first; the code is stable, the text is for builders.
    #[error("{0}: {1}")]
    Blocked(&'static str, &'static str),
    /// The thing has ended.
    #[error("the {0} has ended")]
    Ended(&'static str),
    /// Too many tries; the number is the seconds to wait.
    #[error("too many tries; wait {0} seconds")]
    TooMany(u32),
    /// Wrong name, password, code or secret; which of them is not said.
    #[error("not signed in")]
    NotSignedIn,
    /// The signed-in party may not do this.
    #[error("not allowed")]
    NotAllowed,
    /// What came in is refused; the code is stable, the text is for builders.
    #[error("{0}: {1}")]
    Refused(&'static str, String),
    /// The face engine or another outside part cannot answer now.
    #[error("busy")]
    Busy,
}

impl UnitError for WorkError {
    fn store(&self) -> Option<&StoreError> {
        match self {
            Self::Store(error) => Some(error),
            _ => None,
        }
    }
}
