//! The schema, embedded: applied in order at start, never edited once released.

use std::borrow::Cow;

use sqlx::SqlSafeStr;
use sqlx::migrate::{Migration, MigrationType, Migrator};

/// One file of the folder `migrations`: its number, what it is about, its statements.
type File = (i64, &'static str, &'static str);

const SQLITE: &[File] = &[
    (1, "record", include_str!("../migrations/sqlite/0001_record.sql")),
    (2, "holders", include_str!("../migrations/sqlite/0002_holders.sql")),
    (3, "decisions", include_str!("../migrations/sqlite/0003_decisions.sql")),
    (4, "authorization", include_str!("../migrations/sqlite/0004_authorization.sql")),
];

const POSTGRES: &[File] = &[
    (1, "record", include_str!("../migrations/postgres/0001_record.sql")),
    (2, "holders", include_str!("../migrations/postgres/0002_holders.sql")),
    (3, "decisions", include_str!("../migrations/postgres/0003_decisions.sql")),
    (4, "authorization", include_str!("../migrations/postgres/0004_authorization.sql")),
];

pub(crate) fn sqlite() -> Migrator {
    migrator(SQLITE)
}

pub(crate) fn postgres() -> Migrator {
    migrator(POSTGRES)
}

/// The number of the last migration of either folder, which `Health` reports.
pub(crate) fn latest(migrator: &Migrator) -> i64 {
    migrator.iter().map(|migration| migration.version).max().unwrap_or(0)
}

fn migrator(files: &[File]) -> Migrator {
    let migrations = files.iter().map(|(version, description, sql)| {
        let description = Cow::Borrowed(*description);
        Migration::new(*version, description, MigrationType::Simple, sql.into_sql_str(), false)
    });
    Migrator::with_migrations(migrations.collect())
}

#[cfg(test)]
mod tests;
