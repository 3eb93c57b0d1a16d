//! From an address to a registry.

use std::path::Path;
use std::sync::Arc;

use mibun_registry::Registry;
use sqlx::migrate::MigrateError;
use thiserror::Error;

use crate::postgres::Postgres;
use crate::sqlite::Sqlite;

/// Opens the registry at an address, brings its schema up to date and makes sure that what it acknowledges is durable.
///
/// `sqlite:PATH` is a file, made if it is not there; `postgres://…` is a server, in the form libpq knows.
///
/// # Errors
/// See [`OpenError`]; nothing was changed unless the error is [`OpenError::Unavailable`] from within a migration.
pub async fn open(url: &str) -> Result<Arc<dyn Registry>, OpenError> {
    match url.split_once(':') {
        Some(("sqlite", path)) if !path.is_empty() && !path.starts_with(':') => {
            Ok(Arc::new(Sqlite::open(Path::new(path.trim_start_matches("//"))).await?))
        }
        Some(("postgres" | "postgresql", _)) => Ok(Arc::new(Postgres::open(url).await?)),
        _ => Err(OpenError::Address),
    }
}

/// Why a registry cannot be opened.
#[derive(Debug, Error)]
pub enum OpenError {
    /// The address is neither of those we know. It is not repeated here, for it may hold a password.
    #[error("the address of the record must be sqlite:PATH or postgres://USER@HOST/DATABASE")]
    Address,
    /// The store is out of reach or refuses us.
    #[error("the record cannot be opened")]
    Unavailable(#[source] sqlx::Error),
    /// The store would acknowledge what a power cut takes back.
    #[error("the record is not durable: {setting} is {value}, and must be {required}")]
    NotDurable {
        /// The setting of the database.
        setting: &'static str,
        /// What it is.
        value: String,
        /// What it must be.
        required: &'static str,
    },
    /// A newer program wrote this record; an older one would damage it.
    #[error("the record is at migration {0}, which this program does not know: it is newer than the program")]
    Newer(i64),
    /// A migration was applied with other statements than this program has.
    #[error("migration {0} of the record is not the one this program knows")]
    Altered(i64),
}

impl From<MigrateError> for OpenError {
    fn from(error: MigrateError) -> Self {
        match error {
            MigrateError::VersionMissing(version) => Self::Newer(version),
            MigrateError::VersionMismatch(version) | MigrateError::Dirty(version) => Self::Altered(version),
            MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => Self::Unavailable(error),
            other => Self::Unavailable(sqlx::Error::Migrate(Box::new(other))),
        }
    }
}

impl From<sqlx::Error> for OpenError {
    fn from(error: sqlx::Error) -> Self {
        Self::Unavailable(error)
    }
}
