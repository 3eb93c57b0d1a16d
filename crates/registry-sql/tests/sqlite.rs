//! SQLite keeps the contract.

mod support;

use mibun_registry::contract::Fixture;
use mibun_registry_sql::open;
use support::Folder;

async fn empty() -> Fixture {
    let folder = Folder::new();
    let registry = open(&folder.address()).await.expect("the record opens");
    Fixture { registry, keep: Box::new(folder) }
}

mibun_registry::contract_tests!(empty);

mod opening {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;
    use std::path::Path;

    use mibun_registry_sql::{OpenError, open};
    use sqlx::{Connection, SqliteConnection, query};

    use super::support::Folder;

    async fn refusal(folder: &Folder) -> OpenError {
        open(&folder.address()).await.err().expect("the record is refused")
    }

    /// Opens a record, lets `statement` tamper with it, and answers why it is refused then.
    async fn refusal_after(statement: &'static str) -> OpenError {
        let folder = Folder::new();
        drop(open(&folder.address()).await.expect("the record opens"));
        let mut connection = SqliteConnection::connect(&folder.address()).await.expect("the file opens");
        query(statement).execute(&mut connection).await.expect("done");
        connection.close().await.expect("closed");
        refusal(&folder).await
    }

    #[tokio::test]
    async fn a_second_start_finds_the_schema_in_place() {
        let folder = Folder::new();
        for _ in 0..2 {
            let health = open(&folder.address()).await.expect("the record opens").health().await.expect("healthy");
            assert_eq!((health.backend, health.schema), ("sqlite", 4));
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn eight_who_open_one_new_file_at_once_all_do() {
        let folder = Folder::new();
        let openers: Vec<_> = (0..8)
            .map(|_| folder.address())
            .map(|address| tokio::spawn(async move { open(&address).await.map(drop) }))
            .collect();
        for opener in openers {
            opener.await.expect("no panic").expect("the record opens");
        }
    }

    #[tokio::test]
    async fn a_record_of_a_newer_program_is_refused() {
        let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
             VALUES (9999, 'to come', TRUE, x'00', 0)";
        assert!(matches!(refusal_after(newer).await, OpenError::Newer(9999)));
    }

    #[tokio::test]
    async fn a_record_with_another_first_migration_is_refused() {
        let altered = "UPDATE _sqlx_migrations SET checksum = x'00' WHERE version = 1";
        assert!(matches!(refusal_after(altered).await, OpenError::Altered(1)));
    }

    #[tokio::test]
    async fn a_file_that_is_something_else_is_refused_and_left_alone() {
        let folder = Folder::new();
        let address = folder.address();
        let path = address.trim_start_matches("sqlite:");
        let content = "not a database, ".repeat(1000);
        fs::write(path, &content).expect("written");
        assert!(matches!(refusal(&folder).await, OpenError::Unavailable(_)));
        assert_eq!(fs::read_to_string(path).expect("read"), content);
    }

    #[tokio::test]
    async fn only_the_owner_can_read_the_files() {
        let folder = Folder::new();
        let registry = open(&folder.address()).await.expect("the record opens");
        let address = folder.address();
        for suffix in ["", "-wal"] {
            let path = format!("{}{suffix}", address.trim_start_matches("sqlite:"));
            let mode = fs::metadata(Path::new(&path)).expect("the file is there").permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{path}");
        }
        drop(registry);
    }

    #[tokio::test]
    async fn an_address_of_another_kind_is_refused_and_not_repeated() {
        for address in ["", "record.sqlite", "sqlite:", "sqlite::memory:", "mysql://root:secret@localhost/record"] {
            let refused = open(address).await.err().expect("refused");
            assert!(matches!(refused, OpenError::Address), "{address}");
            assert!(!refused.to_string().contains("secret"));
        }
    }
}

mod erasing {
    use std::process::Command;
    use std::sync::Arc;

    use mibun_crypto::time::Timestamp;
    use mibun_registry::{BlindIndex, Person, PersonId, PersonStatus, Registry, Sealed, Version};
    use mibun_registry_sql::open;

    use super::support::Folder;

    const KEY: &[u8] = b"the wrapped key of one person";

    fn person() -> Person {
        Person {
            id: PersonId::from_bytes([1; 16]),
            number_index: BlindIndex::new([1; 32]),
            name_indexes: Vec::new(),
            wrapped_key: Sealed::new(KEY.to_vec()),
            record: Sealed::new(vec![7; 4000]),
            status: PersonStatus::Active,
            valid_until: None,
            created_at: Timestamp(0),
            version: Version::FIRST,
        }
    }

    /// Whether the key is in the file or in its log.
    ///
    /// Another process reads them: closing a file here would drop the locks that SQLite holds on it.
    fn on_disk(folder: &Folder) -> bool {
        let address = folder.address();
        let path = address.trim_start_matches("sqlite:");
        let read = Command::new("cat").args([path, &format!("{path}-wal")]).output().expect("cat runs");
        assert!(read.status.success() && !read.stdout.is_empty(), "{}", String::from_utf8_lossy(&read.stderr));
        read.stdout.windows(KEY.len()).any(|window| window == KEY)
    }

    async fn commit_one(registry: &dyn Registry) {
        let mut unit = registry.begin("another").await.expect("a unit");
        assert!(unit.put_setting_if_absent("other", &[1]).await.expect("written"));
        unit.commit().await.expect("committed");
    }

    async fn with_the_person(folder: &Folder) -> Arc<dyn Registry> {
        let registry = open(&folder.address()).await.expect("the record opens");
        let mut unit = registry.begin("insert").await.expect("a unit");
        unit.insert_person(&person()).await.expect("inserted");
        unit.commit().await.expect("committed");
        assert!(on_disk(folder), "the test looks in the wrong place");
        registry
    }

    async fn erase(registry: &dyn Registry) {
        let mut unit = registry.begin("erase").await.expect("a unit");
        assert!(unit.erase_person(person().id).await.expect("erased"));
        unit.commit().await.expect("committed");
    }

    #[tokio::test]
    async fn an_erased_key_is_overwritten_on_the_disk() {
        let folder = Folder::new();
        let registry = with_the_person(&folder).await;
        erase(&*registry).await;
        assert!(!on_disk(&folder), "the key of an erased person is on the disk");
    }

    #[tokio::test]
    async fn a_reader_in_the_way_only_puts_off_the_overwriting() {
        let folder = Folder::new();
        let registry = with_the_person(&folder).await;
        let mut reader = registry.read().await.expect("a snapshot");
        assert!(reader.person(person().id).await.expect("read").is_some());
        erase(&*registry).await;
        assert!(reader.person(person().id).await.expect("read").is_some(), "the snapshot is from before");
        reader.commit().await.expect("ended");
        commit_one(&*registry).await;
        assert!(!on_disk(&folder), "the key of an erased person is on the disk");
    }
}
