//! From what the work says to what the caller of our own interface is told.

use crate::http::problem::Problem;
use crate::work::WorkError;

impl From<WorkError> for Problem {
    fn from(error: WorkError) -> Self {
        match error {
            WorkError::NotFound(what) => Self::NotFound(what),
            WorkError::State(why) => Self::Conflict("not_possible_now", why.to_owned()),
            WorkError::Blocked(code, why) => Self::Conflict(code, why.to_owned()),
            WorkError::Ended(what) => Self::Gone(what),
            WorkError::TooMany(seconds) => Self::TooMany(seconds),
            WorkError::NotSignedIn => Self::Unauthorized,
            WorkError::NotAllowed => Self::Forbidden,
            WorkError::Refused(code, detail) => Self::Unprocessable(code, detail),
            WorkError::Record(error) => Self::Unprocessable("invalid_record", error.to_string()),
            WorkError::Busy => Self::Busy,
            WorkError::Store(error) => from_store(&error),
            ours => {
                tracing::error!(error = %ours, "request failed");
                Self::Internal
            }
        }
    }
}

fn from_store(error: &mibun_registry::StoreError) -> Problem {
    use mibun_registry::StoreError;
    match error {
        StoreError::Busy | StoreError::Unavailable(_) | StoreError::UnknownOutcome => {
            tracing::warn!(%error, "the record could not answer");
            Problem::Busy
        }
        StoreError::Conflict(what) => Problem::Conflict("taken", format!("{what} is taken")),
        StoreError::VersionMismatch => Problem::Conflict("changed", "it changed meanwhile; load it again".to_owned()),
        other => {
            tracing::error!(error = %other, "the record failed");
            Problem::Internal
        }
    }
}
