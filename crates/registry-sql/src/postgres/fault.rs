//! What an error of PostgreSQL means for a unit (<https://www.postgresql.org/docs/current/errcodes-appendix.html>).

use mibun_registry::{Cause, StoreError};

/// What a failed statement means: nothing of the unit will be stored.
pub(super) fn fault(error: sqlx::Error) -> StoreError {
    match sql_state(&error).as_deref() {
        Some(state) if stood_in_the_way(state) => StoreError::Busy,
        Some("25006") => StoreError::ReadOnly,
        Some(state) if state.starts_with("22") || state.starts_with("23") || state.starts_with("42") => {
            StoreError::Corrupt("statement")
        }
        Some(state) if state.starts_with("XX") => StoreError::Corrupt("database"),
        _ => StoreError::Unavailable(Cause::new(error)),
    }
}

/// What a failed COMMIT means. Only a refusal by the transaction's own rules says that nothing was stored.
pub(super) fn commit_fault(error: sqlx::Error) -> StoreError {
    match sql_state(&error).as_deref() {
        Some(state) if stood_in_the_way(state) => StoreError::Busy,
        _ => StoreError::UnknownOutcome,
    }
}

/// Serialisation failures, deadlocks and lock time-outs. A broken unique or foreign key belongs to them, for our
/// statements look before they write: they find the key free only if another unit took it meanwhile.
fn stood_in_the_way(state: &str) -> bool {
    state.starts_with("40") || ["55P03", "23505", "23503"].contains(&state)
}

fn sql_state(error: &sqlx::Error) -> Option<String> {
    Some(error.as_database_error()?.code()?.into_owned())
}
