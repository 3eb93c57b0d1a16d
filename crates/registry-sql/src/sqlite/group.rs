//! Group commit: units that wait for each other share one COMMIT, and so one wait for the disk.
//!
//! The writer's connection passes from unit to unit in the order they asked. Each unit is a savepoint in a transaction
//! the first one opened. A unit that is done releases its savepoint and, if others wait and the group is still small and
//! young, hands the connection on and waits for the group's outcome; otherwise it commits for all. A lone unit thus
//! never waits, and a busy writer commits as many units at once as asked during the last commit.
//!
//! ```text
//! BEGIN IMMEDIATE │ SAVEPOINT unit … RELEASE unit │ SAVEPOINT unit … ROLLBACK TO unit │ … │ COMMIT
//! ```
//!
//! After a group that erased something the log is emptied too: it may still hold what the file no longer does.
//!
//! Everything that moves the transaction on runs in a task of its own, so that a caller who stops waiting stops nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use mibun_registry::{Cause, StoreError};
use sqlx::SqliteConnection;
use tokio::runtime::Handle;
use tokio::sync::{Mutex, OwnedMutexGuard, watch};
use tokio::time::{Instant, timeout};

use super::fault::{commit_fault, fault};

/// Those who want to write, in order.
pub(super) struct Queue {
    writer: Arc<Mutex<Writer>>,
    waiting: AtomicUsize,
    limits: Limits,
    /// Where turns end that are dropped outside a task.
    runtime: Handle,
}

/// How much a group may gather, and how long anybody waits.
#[derive(Clone, Copy)]
pub(super) struct Limits {
    /// A group this large gains little by growing further.
    pub largest: usize,
    /// The first unit of a group waits no longer than this for others, plus the unit at work and the disk.
    pub oldest: Duration,
    /// Who did not get a turn within this time is told so.
    pub patience: Duration,
}

struct Writer {
    connection: SqliteConnection,
    group: Option<Group>,
    /// The log may hold what was erased: readers were in the way of emptying it, or the process ended before it was.
    log_to_empty: bool,
    /// Set when the disk failed under a COMMIT: what is in the log is then unknown, and only a restart finds out.
    failed: Option<Cause>,
}

/// The units that share the open transaction.
struct Group {
    released: usize,
    erases: bool,
    opened: Instant,
    outcome: watch::Sender<Option<Result<(), StoreError>>>,
}

/// The outcome of a group, when there is one.
type Outcome = watch::Receiver<Option<Result<(), StoreError>>>;

impl Queue {
    pub fn new(connection: SqliteConnection, limits: Limits) -> Arc<Self> {
        let writer = Writer { connection, group: None, log_to_empty: true, failed: None };
        Arc::new(Self {
            writer: Arc::new(Mutex::new(writer)),
            waiting: AtomicUsize::new(0),
            limits,
            runtime: Handle::current(),
        })
    }

    /// Waits for the connection and opens a savepoint on it.
    pub async fn turn(self: &Arc<Self>) -> Result<Turn, StoreError> {
        let queue = self.clone();
        // In a task: if the caller goes away meanwhile, the turn is dropped in a known state when it is ready.
        let opened = self.runtime.spawn(async move {
            queue.waiting.fetch_add(1, Ordering::Relaxed);
            let writer = timeout(queue.limits.patience, queue.writer.clone().lock_owned()).await;
            queue.waiting.fetch_sub(1, Ordering::Relaxed);
            let writer = writer.map_err(|late| StoreError::Unavailable(Cause::new(late)))?;
            let mut turn = Turn { queue, writer: Some(writer), savepoint: false, erases: false };
            turn.open().await.map(|()| turn)
        });
        opened.await.map_err(|error| StoreError::Unavailable(Cause::new(error)))?
    }

    /// Whether the writer still writes. Waits for its turn, as a writer would.
    pub async fn check(&self) -> Result<(), StoreError> {
        let writer = timeout(self.limits.patience, self.writer.lock()).await;
        writer.map_err(|late| StoreError::Unavailable(Cause::new(late)))?.check()
    }
}

/// The connection, for one unit.
pub(super) struct Turn {
    queue: Arc<Queue>,
    /// Taken when the turn ends.
    writer: Option<OwnedMutexGuard<Writer>>,
    savepoint: bool,
    erases: bool,
}

impl Turn {
    async fn open(&mut self) -> Result<(), StoreError> {
        let writer = self.writer()?;
        writer.check()?;
        match writer.group {
            Some(_) => writer.execute("SAVEPOINT unit").await?,
            None => writer.open_group().await?,
        }
        self.savepoint = true;
        Ok(())
    }

    fn writer(&mut self) -> Result<&mut Writer, StoreError> {
        self.writer.as_deref_mut().ok_or(StoreError::Corrupt("turn"))
    }

    /// The connection to run statements on.
    pub fn connection(&mut self) -> Result<&mut SqliteConnection, StoreError> {
        Ok(&mut self.writer()?.connection)
    }

    /// Notes that this unit erases: once it is committed, nothing of it may be left in the log either.
    pub fn erases(&mut self) {
        self.erases = true;
    }

    /// Ends the turn keeping what it wrote; answers when that is durable.
    pub async fn commit(mut self) -> Result<(), StoreError> {
        let Some(writer) = self.writer.take() else { return Err(StoreError::Corrupt("turn")) };
        let released = self.queue.runtime.spawn(release(self.queue.clone(), writer, self.erases)).await;
        let mut outcome = released.map_err(|_| StoreError::UnknownOutcome)??;
        let decided = outcome.wait_for(Option::is_some).await.map_err(|_| StoreError::UnknownOutcome)?;
        decided.clone().unwrap_or(Err(StoreError::UnknownOutcome))
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if let Some(writer) = self.writer.take() {
            let take_back = take_back(self.queue.clone(), writer, self.savepoint);
            self.queue.runtime.spawn(take_back);
        }
    }
}

/// Keeps what the unit wrote, as part of its group.
async fn release(queue: Arc<Queue>, mut writer: OwnedMutexGuard<Writer>, erases: bool) -> Result<Outcome, StoreError> {
    // Said by itself, not with a COMMIT: here it shows whether the transaction is still there.
    if let Err(error) = writer.execute("RELEASE unit").await {
        writer.abandon(&error).await;
        return Err(error);
    }
    let Some(group) = &mut writer.group else { return Err(StoreError::Corrupt("group")) };
    group.released += 1;
    group.erases |= erases;
    let outcome = group.outcome.subscribe();
    pass_on(&queue, writer).await;
    Ok(outcome)
}

/// Undoes what the unit wrote and leaves the rest of its group alone.
async fn take_back(queue: Arc<Queue>, mut writer: OwnedMutexGuard<Writer>, savepoint: bool) {
    if savepoint {
        let undone = match writer.execute("ROLLBACK TO unit").await {
            Ok(()) => writer.execute("RELEASE unit").await,
            Err(error) => Err(error),
        };
        // After a full disk, for one, SQLite takes the whole transaction back by itself.
        if let Err(error) = undone {
            writer.abandon(&error).await;
        }
    }
    pass_on(&queue, writer).await;
}

/// Hands the connection to the next in line, committing first unless the next may join.
async fn pass_on(queue: &Queue, mut writer: OwnedMutexGuard<Writer>) {
    let Some(group) = &writer.group else { return };
    let others_wait = queue.waiting.load(Ordering::Relaxed) > 0;
    if others_wait && group.has_room(queue.limits) {
        return;
    }
    writer.commit().await;
}

impl Group {
    fn open() -> Self {
        Self { released: 0, erases: false, opened: Instant::now(), outcome: watch::Sender::new(None) }
    }

    fn has_room(&self, limits: Limits) -> bool {
        self.released < limits.largest && self.opened.elapsed() < limits.oldest
    }
}

impl Writer {
    fn check(&self) -> Result<(), StoreError> {
        self.failed.clone().map_or(Ok(()), |cause| Err(StoreError::Unavailable(cause)))
    }

    async fn execute(&mut self, statement: &'static str) -> Result<(), StoreError> {
        sqlx::query(statement).execute(&mut self.connection).await.map(drop).map_err(fault)
    }

    /// Opens a transaction with the savepoint of its first unit, by one message to SQLite's thread.
    async fn open_group(&mut self) -> Result<(), StoreError> {
        if let Err(error) = self.execute("BEGIN IMMEDIATE; SAVEPOINT unit").await {
            // Fails where nothing was begun.
            let _ = self.execute("ROLLBACK").await;
            return Err(error);
        }
        self.group = Some(Group::open());
        Ok(())
    }

    /// Commits the group and tells its units.
    async fn commit(&mut self) {
        let Some(group) = self.group.take() else { return };
        let committed = sqlx::query("COMMIT").execute(&mut self.connection).await;
        let outcome = match committed {
            Ok(_) => Ok(()),
            Err(error) => Err(self.commit_failed(error).await),
        };
        self.log_to_empty |= group.erases && outcome.is_ok();
        if self.log_to_empty {
            self.log_to_empty = !self.empty_log().await;
        }
        group.outcome.send_replace(Some(outcome));
    }

    /// Merges the log into the file and cuts it to nothing; answers whether that was possible now.
    ///
    /// A reader whose snapshot is older stands in the way. It is not waited for, as all writers would: what is left is
    /// done after the next group.
    async fn empty_log(&mut self) -> bool {
        if self.execute("PRAGMA busy_timeout = 50").await.is_err() {
            return false;
        }
        let emptied = sqlx::query_scalar::<_, i64>("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(&mut self.connection);
        let busy = emptied.await.unwrap_or(1);
        let patience = format!("PRAGMA busy_timeout = {}", super::PATIENCE.as_millis());
        let restored = sqlx::query(sqlx::AssertSqlSafe(patience)).execute(&mut self.connection).await;
        busy == 0 && restored.is_ok()
    }

    async fn commit_failed(&mut self, error: sqlx::Error) -> StoreError {
        let cause = Cause::new(std::io::Error::other(error.to_string()));
        let fault = commit_fault(error);
        if matches!(fault, StoreError::UnknownOutcome) {
            self.failed = Some(cause);
        }
        // Fails where SQLite has rolled back already, which is what it is for.
        let _ = self.execute("ROLLBACK").await;
        fault
    }

    /// Takes the whole transaction back and tells its units why.
    async fn abandon(&mut self, error: &StoreError) {
        let _ = self.execute("ROLLBACK").await;
        if let Some(group) = self.group.take() {
            group.outcome.send_replace(Some(Err(error.clone())));
        }
    }
}

#[cfg(test)]
mod tests;
