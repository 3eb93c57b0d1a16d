use std::fs;
use std::path::PathBuf;
use std::sync::atomic::AtomicU32;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, query, query_scalar};
use tokio::task::JoinHandle;

use super::*;

/// A queue for a file with one table, and a second connection that sees what is committed.
struct Bench {
    queue: Arc<Queue>,
    seen: SqliteConnection,
    path: PathBuf,
}

impl Bench {
    async fn new() -> Self {
        static MADE: AtomicU32 = AtomicU32::new(0);
        let name = format!("mibun-group-{}-{}", std::process::id(), MADE.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        let options = SqliteConnectOptions::new().filename(&path).create_if_missing(true).foreign_keys(true);
        let options = options.journal_mode(sqlx::sqlite::SqliteJournalMode::Wal);
        let mut writer = options.connect().await.expect("the file opens");
        let tables = "CREATE TABLE things (id INTEGER PRIMARY KEY, part_of INTEGER REFERENCES things (id), bytes BLOB)";
        query(tables).execute(&mut writer).await.expect("the table is made");
        let queue = Queue::new(writer, LIMITS);
        Self { queue, seen: options.connect().await.expect("the file opens"), path }
    }

    async fn stored(&mut self) -> Vec<i64> {
        query_scalar("SELECT id FROM things ORDER BY id").fetch_all(&mut self.seen).await.expect("read")
    }

    /// A unit that wrote `id`, and another that has its turn next and finds the group open.
    async fn one_waiting_for_another(&self, id: i64) -> (JoinHandle<Result<(), StoreError>>, Turn) {
        let mut first = self.queue.turn().await.expect("a turn");
        insert(&mut first, id).await.expect("inserted");
        let queue = self.queue.clone();
        let next = tokio::spawn(async move { queue.turn().await });
        while self.queue.waiting.load(Ordering::Relaxed) == 0 {
            tokio::task::yield_now().await;
        }
        let first = tokio::spawn(first.commit());
        (first, next.await.expect("no panic").expect("a turn"))
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        for suffix in ["", "-wal", "-shm"] {
            let mut path = self.path.clone().into_os_string();
            path.push(suffix);
            let _ = fs::remove_file(path);
        }
    }
}

async fn insert(turn: &mut Turn, id: i64) -> Result<(), sqlx::Error> {
    let connection = turn.connection().expect("the turn is not over");
    query("INSERT INTO things (id) VALUES (?1)").bind(id).execute(connection).await.map(drop)
}

#[tokio::test]
async fn a_lone_unit_is_committed_when_it_is_done() {
    let mut bench = Bench::new().await;
    let mut turn = bench.queue.turn().await.expect("a turn");
    insert(&mut turn, 1).await.expect("inserted");
    assert!(bench.stored().await.is_empty());
    turn.commit().await.expect("committed");
    assert_eq!(bench.stored().await, [1]);
}

#[tokio::test]
async fn a_unit_is_acknowledged_with_its_group_and_not_before() {
    let mut bench = Bench::new().await;
    let (first, mut second) = bench.one_waiting_for_another(1).await;
    insert(&mut second, 2).await.expect("inserted");
    assert!(bench.stored().await.is_empty());
    assert!(!first.is_finished(), "acknowledged before it was durable");
    second.commit().await.expect("committed");
    first.await.expect("no panic").expect("committed");
    assert_eq!(bench.stored().await, [1, 2]);
}

#[tokio::test]
async fn a_unit_taken_back_leaves_its_group_alone() {
    let mut bench = Bench::new().await;
    let (first, mut second) = bench.one_waiting_for_another(1).await;
    insert(&mut second, 2).await.expect("inserted");
    drop(second);
    first.await.expect("no panic").expect("committed");
    assert_eq!(bench.stored().await, [1]);
}

#[tokio::test]
async fn a_commit_that_fails_fails_for_every_unit() {
    let mut bench = Bench::new().await;
    let (first, mut second) = bench.one_waiting_for_another(1).await;
    let connection = second.connection().expect("the turn is not over");
    query("PRAGMA defer_foreign_keys = ON").execute(&mut *connection).await.expect("set");
    query("INSERT INTO things (id, part_of) VALUES (2, 99)").execute(connection).await.expect("checked at commit");
    let second = second.commit().await;
    assert!(matches!(second, Err(StoreError::Corrupt(_))), "{second:?}");
    let first = first.await.expect("no panic");
    assert!(matches!(first, Err(StoreError::Corrupt(_))), "{first:?}");
    assert!(bench.stored().await.is_empty());
    let mut next = bench.queue.turn().await.expect("the writer goes on");
    insert(&mut next, 3).await.expect("inserted");
    next.commit().await.expect("committed");
    assert_eq!(bench.stored().await, [3]);
}

#[tokio::test]
async fn a_full_disk_takes_back_what_was_not_acknowledged_and_nothing_else() {
    let mut bench = Bench::new().await;
    let (first, mut second) = bench.one_waiting_for_another(1).await;
    let connection = second.connection().expect("the turn is not over");
    query("PRAGMA max_page_count = 8").execute(&mut *connection).await.expect("set");
    let large = query("INSERT INTO things (id, bytes) VALUES (2, zeroblob(1000000))").execute(connection).await;
    assert!(matches!(fault(large.expect_err("there is no room")), StoreError::Unavailable(_)));
    drop(second);
    let first = first.await.expect("no panic");
    assert_eq!(bench.stored().await, if first.is_ok() { vec![1] } else { Vec::new() });
    let mut next = bench.queue.turn().await.expect("the writer goes on");
    insert(&mut next, 3).await.expect("there is room for this");
    next.commit().await.expect("committed");
    assert_eq!(bench.stored().await.last(), Some(&3));
}

#[tokio::test]
async fn a_transaction_that_is_gone_is_told_to_every_unit() {
    let mut bench = Bench::new().await;
    let (first, mut second) = bench.one_waiting_for_another(1).await;
    // As SQLite does by itself after some errors.
    query("ROLLBACK").execute(second.connection().expect("the turn is not over")).await.expect("rolled back");
    let second = second.commit().await;
    assert!(second.is_err(), "acknowledged and gone");
    assert!(first.await.expect("no panic").is_err(), "acknowledged and gone");
    assert!(bench.stored().await.is_empty());
    bench.queue.turn().await.expect("the writer goes on").commit().await.expect("committed");
}

#[tokio::test]
async fn after_the_disk_failed_under_a_commit_nothing_is_written() {
    let bench = Bench::new().await;
    bench.queue.writer.lock().await.failed = Some(Cause::new(std::io::Error::other("fsync")));
    assert!(matches!(bench.queue.turn().await, Err(StoreError::Unavailable(_))));
    assert!(matches!(bench.queue.check().await, Err(StoreError::Unavailable(_))));
}

#[tokio::test]
async fn who_gets_no_turn_is_told_so_and_the_rest_go_on() {
    let mut bench = Bench::new().await;
    let mut turn = bench.queue.turn().await.expect("a turn");
    insert(&mut turn, 1).await.expect("inserted");
    assert!(matches!(bench.queue.turn().await, Err(StoreError::Unavailable(_))));
    assert_eq!(bench.queue.waiting.load(Ordering::Relaxed), 0);
    turn.commit().await.expect("committed");
    assert_eq!(bench.stored().await, [1]);
}

#[tokio::test]
async fn a_group_stays_small_and_young() {
    let mut group = Group::open();
    assert!(group.has_room(LIMITS));
    group.released = LIMITS.largest;
    assert!(!group.has_room(LIMITS));
    group.released = 1;
    group.opened -= LIMITS.oldest;
    assert!(!group.has_room(LIMITS));
}

/// Groups never grow too old here, however slow the machine.
const LIMITS: Limits = Limits { largest: 64, oldest: Duration::from_secs(600), patience: Duration::from_secs(1) };
