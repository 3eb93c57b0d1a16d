//! The record on a disk: [`Registry`] on SQLite and on PostgreSQL.
//!
//! Each backend is native: its own statements, its own idea of a writer. They share the shape of rows, how a unit
//! stops being usable, and the contract suite. SQLite gathers units that wait for each other into one commit;
//! PostgreSQL runs them side by side as serialisable transactions.

mod columns;
mod migrations;
mod open;
mod postgres;
mod rows;
mod sqlite;
mod standing;

pub use open::{OpenError, open};

#[cfg(feature = "test-postgres")]
pub mod test_postgres;
