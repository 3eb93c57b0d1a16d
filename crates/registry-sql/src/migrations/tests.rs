use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use mibun_crypto::time::Timestamp;
use mibun_registry::{IdPassword, PersonId, Sealed, Version};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, PgConnection, query};

use super::{File, POSTGRES, SQLITE, latest, migrator};
use crate::open;
use crate::test_postgres::fresh_address;

#[test]
fn every_file_of_the_folders_is_embedded_under_its_number() {
    for (folder, embedded) in [("sqlite", SQLITE), ("postgres", POSTGRES)] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(folder);
        let files = fs::read_dir(&folder).expect("the folder is readable");
        let names = files.map(|file| file.expect("the entry is readable").file_name());
        let found: BTreeSet<String> = names.map(|name| name.to_string_lossy().into_owned()).collect();
        assert_eq!(found, embedded.iter().map(name).collect());
    }
}

#[test]
fn both_backends_are_at_the_same_migration() {
    let numbers = |files: &[File]| files.iter().map(|file| (file.0, file.1)).collect::<Vec<_>>();
    assert_eq!(numbers(SQLITE), numbers(POSTGRES));
}

#[tokio::test]
async fn a_file_of_the_first_migration_is_brought_up_to_date() {
    let folder = std::env::temp_dir().join(format!("mibun-first-migration-{}", std::process::id()));
    fs::create_dir(&folder).expect("the folder is new");
    let path = folder.join("record.sqlite");
    let options = SqliteConnectOptions::new().filename(&path).create_if_missing(true);
    let mut connection = options.connect().await.expect("the file opens");
    migrator(&SQLITE[..1]).run(&mut connection).await.expect("migrated");
    let somebody = query(
        "INSERT INTO people (id, number_index, name_indexes, wrapped_key, record, status, created_at, version)
         VALUES (zeroblob(16), zeroblob(32), x'', x'01', x'02', 'active', 0, 1)",
    );
    somebody.execute(&mut connection).await.expect("inserted");
    connection.close().await.expect("closed");
    check_brought_up_to_date(&format!("sqlite:{}", path.display())).await;
    fs::remove_dir_all(&folder).expect("the folder was made");
}

#[tokio::test]
async fn a_database_of_the_first_migration_is_brought_up_to_date() {
    let address = fresh_address().await.unwrap_or_else(|error| panic!("{error}"));
    let mut connection = PgConnection::connect(&address).await.expect("the server answers");
    migrator(&POSTGRES[..1]).run(&mut connection).await.expect("migrated");
    let somebody = query(
        r"INSERT INTO people (id, number_index, name_indexes, wrapped_key, record, status, created_at, version)
          VALUES (decode(repeat('00', 16), 'hex'), decode(repeat('00', 32), 'hex'), '', '\x01', '\x02', 'active', 0, 1)",
    );
    somebody.execute(&mut connection).await.expect("inserted");
    connection.close().await.expect("closed");
    check_brought_up_to_date(&address).await;
}

/// Who was there at the first migration is there, and can be given what a later one brought.
async fn check_brought_up_to_date(address: &str) {
    let registry = open(address).await.expect("the record opens");
    assert_eq!(registry.health().await.expect("healthy").schema, latest(&migrator(SQLITE)));
    let person = PersonId::from_bytes([0; 16]);
    let mut unit = registry.begin("upgrade").await.expect("a unit");
    let kept = unit.person(person).await.expect("read").expect("the person is still there");
    assert_eq!((kept.wrapped_key, kept.record), (Sealed::new(vec![1]), Sealed::new(vec![2])));
    let set_at = Timestamp(0);
    let guard = "{}".to_owned();
    let password = IdPassword { person, record: Sealed::new(vec![3]), guard, set_at, version: Version::FIRST };
    unit.insert_id_password(&password).await.expect("inserted");
    unit.commit().await.expect("committed");
}

fn name((version, description, _): &File) -> String {
    format!("{version:04}_{description}.sql")
}
