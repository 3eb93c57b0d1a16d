//! The record in one file: SQLite with a write-ahead log, one writer with group commit, readers beside it.

mod attempts;
mod audit;
mod cards;
mod checks;
mod devices;
mod fault;
mod grants;
mod group;
mod id_passwords;
mod journeys;
mod officers;
mod once;
mod organisations;
mod pairings;
mod password_logins;
mod people;
mod pushed_requests;
mod recovery_codes;
mod sessions;
mod settings;
mod status_lists;
mod trusted_cscas;
mod unit;
mod vault_keys;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use mibun_registry::{Health, Registry, StoreError, Unit};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, SqliteConnection, SqlitePool};

use crate::{OpenError, migrations};
use fault::{fault, stood_in_the_way};
use group::{Limits, Queue};
use unit::SqliteUnit;

/// A registry in a file.
pub(crate) struct Sqlite {
    writers: Arc<Queue>,
    readers: SqlitePool,
    schema: i64,
}

impl Sqlite {
    /// Opens the file, or makes it, and applies what migrations it lacks.
    ///
    /// Two processes that make the same file at once stand in each other's way, and SQLite has no lock to wait for: so
    /// this is tried a few times. A migration that failed left nothing behind.
    pub async fn open(path: &Path) -> Result<Self, OpenError> {
        for pause in PAUSES_MS.map(Duration::from_millis) {
            match Self::open_once(path).await {
                Err(OpenError::Unavailable(error)) if stood_in_the_way(&error) => tokio::time::sleep(pause).await,
                opened => return opened,
            }
        }
        Self::open_once(path).await
    }

    async fn open_once(path: &Path) -> Result<Self, OpenError> {
        create_for_owner_only(path).map_err(sqlx::Error::Io)?;
        let options = options(path);
        let writers = SqlitePoolOptions::new().max_connections(1).connect_with(options.clone()).await?;
        check_durable(&mut *writers.acquire().await?).await?;
        let migrator = migrations::sqlite();
        migrator.run(&writers).await?;
        let writer = writers.acquire().await?.detach();
        // A connection to a file does not go stale in the pool.
        let readers =
            SqlitePoolOptions::new().max_connections(READERS).test_before_acquire(false).acquire_timeout(PATIENCE);
        let readers = readers.connect_with(options.pragma("query_only", "ON")).await?;
        Ok(Self { writers: Queue::new(writer, LIMITS), readers, schema: migrations::latest(&migrator) })
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
///
/// A file that is there is not opened, not even for a moment: closing it would drop the locks that SQLite holds on it
/// elsewhere in this process (<https://www.sqlite.org/howtocorrupt.html#_posix_advisory_locks_canceled_by_a_separate_thread_doing_close_>).
fn create_for_owner_only(path: &Path) -> std::io::Result<()> {
    let mut new = std::fs::OpenOptions::new();
    new.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut new, 0o600);
    match new.open(path) {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        made => made.map(drop),
    }
}

const LIMITS: Limits = Limits { largest: 64, oldest: Duration::from_millis(2), patience: PATIENCE };
const READERS: u32 = 4;
/// More than we have, so that none is ever prepared twice.
const STATEMENTS: usize = 256;
/// How long to wait for another process that writes, for a reader that is free, and for the writer's turn.
const PATIENCE: Duration = Duration::from_secs(10);
const SYNCHRONOUS_FULL: i64 = 2;
const PAUSES_MS: [u64; 5] = [50, 100, 200, 400, 800];

#[cfg(test)]
mod tests;
