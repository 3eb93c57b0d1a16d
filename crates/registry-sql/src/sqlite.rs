//! The record in one file: SQLite with a write-ahead log, one writer with group commit, readers beside it.

mod attempts;
mod audit;
mod cards;
mod checks;
mod fault;
mod grants;
mod group;
mod journeys;
mod officers;
mod once;
mod organisations;
mod people;
mod sessions;
mod settings;
mod status_lists;
mod unit;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use mibun_registry::{Health, Registry, StoreError, Unit};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, SqliteConnection, SqlitePool};

use crate::{OpenError, migrations};
use fault::fault;
use group::Queue;
use unit::SqliteUnit;

/// A registry in a file.
pub(crate) struct Sqlite {
    writers: Arc<Queue>,
    readers: SqlitePool,
    schema: i64,
}

impl Sqlite {
    /// Opens the file, or makes it, and applies what migrations it lacks.
    pub async fn open(path: &Path) -> Result<Self, OpenError> {
        create_for_owner_only(path).map_err(sqlx::Error::Io)?;
        let options = options(path);
        let mut writer = options.clone().connect().await?;
        check_durable(&mut writer).await?;
        let migrator = migrations::sqlite();
        migrator.run(&mut writer).await?;
        let readers = SqlitePoolOptions::new().max_connections(READERS).acquire_timeout(PATIENCE);
        let readers = readers.connect_with(options.pragma("query_only", "ON")).await?;
        Ok(Self { writers: Queue::new(writer), readers, schema: migrations::latest(&migrator) })
    }
}

#[async_trait]
impl Registry for Sqlite {
    async fn begin(&self, _name: &'static str) -> Result<Box<dyn Unit>, StoreError> {
        Ok(Box::new(SqliteUnit::writing(self.writers.turn().await?)))
    }

    async fn read(&self) -> Result<Box<dyn Unit>, StoreError> {
        Ok(Box::new(SqliteUnit::reading(self.readers.begin().await.map_err(fault)?)))
    }

    async fn health(&self) -> Result<Health, StoreError> {
        self.writers.check().await?;
        self.readers.acquire().await.map_err(fault)?.ping().await.map_err(fault)?;
        Ok(Health { backend: "sqlite", schema: self.schema })
    }
}

fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(PATIENCE)
        // Erasing a person means that the wrapped key is overwritten, not merely unlinked.
        .pragma("secure_delete", "ON")
        .pragma("journal_size_limit", "67108864")
        .statement_cache_capacity(STATEMENTS)
        .disable_statement_logging()
}

/// Some file systems cannot do write-ahead logging, and then SQLite quietly stays with what it can do.
async fn check_durable(connection: &mut SqliteConnection) -> Result<(), OpenError> {
    let journal: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&mut *connection).await?;
    if journal != "wal" {
        return Err(OpenError::NotDurable { setting: "journal_mode", value: journal, required: "wal" });
    }
    let synchronous: i64 = sqlx::query_scalar("PRAGMA synchronous").fetch_one(connection).await?;
    if synchronous < SYNCHRONOUS_FULL {
        let value = synchronous.to_string();
        return Err(OpenError::NotDurable { setting: "synchronous", value, required: "2 (FULL)" });
    }
    Ok(())
}

/// SQLite gives its log and index the permissions of the file, so it is enough to make the file in time.
#[cfg(unix)]
fn create_for_owner_only(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    std::fs::OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(path).map(drop)
}

#[cfg(not(unix))]
fn create_for_owner_only(path: &Path) -> std::io::Result<()> {
    std::fs::OpenOptions::new().write(true).create(true).truncate(false).open(path).map(drop)
}

const READERS: u32 = 4;
/// More than we have, so that none is ever prepared twice.
const STATEMENTS: usize = 256;
/// How long to wait for another process that writes, and for a reader that is free.
const PATIENCE: Duration = Duration::from_secs(5);
const SYNCHRONOUS_FULL: i64 = 2;

#[cfg(test)]
mod tests;
