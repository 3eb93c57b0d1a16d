//! A unit of work on SQLite: the writer's turn or a reader's snapshot, and how a statement is asked.

use async_trait::async_trait;
use mibun_registry::{Conflict, PersonId, StoreError, Unit, Version};
use sqlx::query::Query;
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{Row, Sqlite, SqliteConnection, Transaction, query};

use super::fault::fault;
use super::group::Turn;
use crate::columns::{Raw, amount};
use crate::standing::Standing;

pub(super) struct SqliteUnit {
    lane: Lane,
    standing: Standing,
}

enum Lane {
    Writer(Turn),
    Reader(Transaction<'static, Sqlite>),
}

/// A statement with its values.
pub(super) type Statement<'q> = Query<'q, Sqlite, SqliteArguments>;

impl SqliteUnit {
    pub fn writing(turn: Turn) -> Self {
        Self { lane: Lane::Writer(turn), standing: Standing::default() }
    }

    pub fn reading(snapshot: Transaction<'static, Sqlite>) -> Self {
        Self { lane: Lane::Reader(snapshot), standing: Standing::default() }
    }

    /// Runs a statement that erases: what it deletes is not left in the log; answers how many rows it touched.
    pub async fn erase(&mut self, statement: Statement<'_>) -> Result<u64, StoreError> {
        let rows = self.change(statement).await?;
        if let (Lane::Writer(turn), 1..) = (&mut self.lane, rows) {
            turn.erases();
        }
        Ok(rows)
    }

    /// Runs a statement that writes; answers how many rows it touched.
    pub async fn change(&mut self, statement: Statement<'_>) -> Result<u64, StoreError> {
        self.standing.ask()?;
        let done = statement.execute(self.lane.connection()?).await.map_err(fault);
        Ok(self.standing.answered(done)?.rows_affected())
    }

    /// The row a statement finds.
    pub async fn row<T>(
        &mut self,
        statement: Statement<'_>,
        read: fn(&SqliteRow) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        self.standing.ask()?;
        let found = statement.fetch_optional(self.lane.connection()?).await.map_err(fault);
        self.standing.answered(found)?.as_ref().map(read).transpose()
    }

    /// The rows a statement finds.
    pub async fn rows<T>(
        &mut self,
        statement: Statement<'_>,
        read: fn(&SqliteRow) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        self.standing.ask()?;
        let found = statement.fetch_all(self.lane.connection()?).await.map_err(fault);
        self.standing.answered(found)?.iter().map(read).collect()
    }

    /// The count a statement finds.
    pub async fn count(&mut self, statement: Statement<'_>) -> Result<u64, StoreError> {
        let count = self.row(statement, |row| row.try_get(0).map_err(|_| StoreError::Corrupt("count"))).await?;
        amount(count.unwrap_or(0))
    }

    /// Adds a row, unless one with the same key is there.
    pub async fn add(&mut self, insert: Statement<'_>, conflict: Conflict) -> Result<(), StoreError> {
        match self.change(insert).await? {
            0 => Err(StoreError::Conflict(conflict)),
            _ => Ok(()),
        }
    }

    /// Writes over a row at the version read.
    pub async fn write_over(&mut self, update: Statement<'_>, read: Version) -> Result<Version, StoreError> {
        match self.change(update).await? {
            0 => Err(StoreError::VersionMismatch),
            _ => Ok(read.next()),
        }
    }

    /// Writes a row that hangs on another, which must be there.
    pub async fn write_below(&mut self, insert: Statement<'_>) -> Result<(), StoreError> {
        match self.change(insert).await? {
            0 => Err(StoreError::VersionMismatch),
            _ => Ok(()),
        }
    }

    /// Refuses a row that hangs on another unless a statement finds that one.
    pub async fn require(&mut self, statement: Statement<'_>) -> Result<(), StoreError> {
        if self.exists(statement).await? { Ok(()) } else { Err(StoreError::VersionMismatch) }
    }

    /// Refuses a row that would hang on nobody.
    pub async fn require_person(&mut self, person: PersonId) -> Result<(), StoreError> {
        self.require(query("SELECT 1 FROM people WHERE id = ?1").bind(person.raw())).await
    }

    /// Whether a statement finds a row.
    pub async fn exists(&mut self, statement: Statement<'_>) -> Result<bool, StoreError> {
        Ok(self.row(statement, |_| Ok(())).await?.is_some())
    }
}

impl Lane {
    fn connection(&mut self) -> Result<&mut SqliteConnection, StoreError> {
        match self {
            Self::Writer(turn) => turn.connection(),
            Self::Reader(snapshot) => Ok(snapshot),
        }
    }
}

#[async_trait]
impl Unit for SqliteUnit {
    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        self.standing.check()?;
        match self.lane {
            Lane::Writer(turn) => turn.commit().await,
            Lane::Reader(snapshot) => snapshot.commit().await.map_err(fault),
        }
    }
}
