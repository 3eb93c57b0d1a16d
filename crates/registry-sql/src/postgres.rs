//! The record on a server: PostgreSQL, every unit a serialisable transaction.

mod attempts;
mod audit;
mod cards;
mod checks;
mod devices;
mod fault;
mod grants;
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

use std::str::FromStr;
use std::time::Duration;

use async_trait::async_trait;
use mibun_registry::{Health, Registry, StoreError, Unit};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions, Connection, PgConnection, PgPool};

use crate::{OpenError, migrations};
use fault::fault;
use unit::PostgresUnit;

/// A registry on a server.
pub(crate) struct Postgres {
    pool: PgPool,
    schema: i64,
}

impl Postgres {
    /// Connects and applies what migrations the database lacks.
    pub async fn open(url: &str) -> Result<Self, OpenError> {
        let options = options(PgConnectOptions::from_str(url).map_err(|_| OpenError::Address)?);
        let mut connection = options.connect().await?;
        check_durable(&mut connection).await?;
        connection.close().await?;
        let pool = PgPoolOptions::new().max_connections(CONNECTIONS).acquire_timeout(PATIENCE);
        let pool = pool.connect_with(options).await?;
        let migrator = migrations::postgres();
        migrator.run(&pool).await?;
        Ok(Self { pool, schema: migrations::latest(&migrator) })
    }
}

#[async_trait]
impl Registry for Postgres {
    async fn begin(&self, _name: &'static str) -> Result<Box<dyn Unit>, StoreError> {
        let transaction = self.pool.begin_with("BEGIN ISOLATION LEVEL SERIALIZABLE READ WRITE").await;
        Ok(Box::new(PostgresUnit::new(transaction.map_err(fault)?)))
    }

    async fn read(&self) -> Result<Box<dyn Unit>, StoreError> {
        let transaction = self.pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await;
        Ok(Box::new(PostgresUnit::new(transaction.map_err(fault)?)))
    }

    async fn health(&self) -> Result<Health, StoreError> {
        self.pool.acquire().await.map_err(fault)?.ping().await.map_err(fault)?;
        Ok(Health { backend: "postgres", schema: self.schema })
    }
}

fn options(address: PgConnectOptions) -> PgConnectOptions {
    let address = address.application_name("mibun").statement_cache_capacity(STATEMENTS).disable_statement_logging();
    address.options([
        // A COMMIT that waits for its standby must not be cancelled: it would be reported as done and be on one node.
        ("statement_timeout", "0"),
        ("lock_timeout", "5s"),
        ("idle_in_transaction_session_timeout", "30s"),
        // Reading a table from end to end would make a serialisable unit collide with every writer of that table.
        ("enable_seqscan", "off"),
    ])
}

async fn check_durable(connection: &mut PgConnection) -> Result<(), OpenError> {
    for setting in ["fsync", "synchronous_commit", "full_page_writes"] {
        let current = sqlx::query_scalar("SELECT current_setting($1)").bind(setting);
        let value: String = current.fetch_one(&mut *connection).await?;
        if value == "off" {
            return Err(OpenError::NotDurable { setting, value, required: "on" });
        }
    }
    Ok(())
}

const CONNECTIONS: u32 = 16;
/// More than we have, so that none is prepared twice on a connection.
const STATEMENTS: usize = 256;
/// How long to wait for a connection that is free.
const PATIENCE: Duration = Duration::from_secs(10);
