//! What an error of SQLite means for a unit.

use mibun_registry::{Cause, StoreError};

/// What a failed statement means: nothing of it is stored.
pub(super) fn fault(error: sqlx::Error) -> StoreError {
    match result_code(&error) {
        Some(BUSY | LOCKED) => StoreError::Busy,
        Some(READONLY) => StoreError::ReadOnly,
        Some(ERROR | CONSTRAINT | MISMATCH) => StoreError::Corrupt("statement"),
        Some(CORRUPT | NOTADB) => StoreError::Corrupt("file"),
        _ => StoreError::Unavailable(Cause::new(error)),
    }
}

/// What a failed COMMIT means. With a full disk, another process or a broken rule in the way SQLite stores nothing; after
/// any other error the log may hold the transaction whole, and a restart would find it there.
pub(super) fn commit_fault(error: sqlx::Error) -> StoreError {
    match result_code(&error) {
        Some(BUSY | LOCKED) => StoreError::Busy,
        Some(FULL) => StoreError::Unavailable(Cause::new(error)),
        Some(CONSTRAINT) => StoreError::Corrupt("statement"),
        _ => StoreError::UnknownOutcome,
    }
}

/// Whether another process may be the reason: it writes, or made meanwhile the table we were about to make.
pub(super) fn stood_in_the_way(error: &sqlx::Error) -> bool {
    matches!(result_code(error), Some(BUSY | LOCKED | ERROR))
}

/// The primary result code (<https://www.sqlite.org/rescode.html>): the low byte of the extended one.
fn result_code(error: &sqlx::Error) -> Option<i32> {
    let extended: i32 = error.as_database_error()?.code()?.parse().ok()?;
    Some(extended & 0xff)
}

const ERROR: i32 = 1;
const BUSY: i32 = 5;
const LOCKED: i32 = 6;
const READONLY: i32 = 8;
const CORRUPT: i32 = 11;
const FULL: i32 = 13;
const CONSTRAINT: i32 = 19;
const MISMATCH: i32 = 20;
const NOTADB: i32 = 26;
