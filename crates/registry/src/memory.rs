//! The record in memory: the same promises without durability, for tests and for trying things out.
//!
//! Writing units run one after another on a copy of the tables; the copy is cheap, for a table is copied only when a
//! unit first writes to it. Commit puts the copy in place, dropping it forgets it.

mod attempts;
mod audit;
mod cards;
mod checks;
mod devices;
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
mod table;
mod trusted_cscas;
mod vault_keys;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use tokio::sync::OwnedMutexGuard;

use crate::{Health, Registry, StoreError, Unit};
use table::Tables;

/// A registry that lives as long as the process.
#[derive(Clone, Default)]
pub struct Memory {
    committed: Arc<Mutex<Tables>>,
    writer: Arc<tokio::sync::Mutex<()>>,
}

impl Memory {
    /// An empty registry.
    pub fn new() -> Self {
        Self::default()
    }
}

#[async_trait]
impl Registry for Memory {
    async fn begin(&self, _name: &'static str) -> Result<Box<dyn Unit>, StoreError> {
        let turn = self.writer.clone().lock_owned().await;
        let writer = Writer { committed: self.committed.clone(), _turn: turn };
        Ok(Box::new(MemoryUnit { tables: locked(&self.committed).clone(), writer: Some(writer), failed: None }))
    }

    async fn read(&self) -> Result<Box<dyn Unit>, StoreError> {
        Ok(Box::new(MemoryUnit { tables: locked(&self.committed).clone(), writer: None, failed: None }))
    }

    async fn health(&self) -> Result<Health, StoreError> {
        Ok(Health { backend: "memory", schema: 0 })
    }
}

struct MemoryUnit {
    tables: Tables,
    /// Absent in a unit that only reads.
    writer: Option<Writer>,
    failed: Option<StoreError>,
}

struct Writer {
    committed: Arc<Mutex<Tables>>,
    _turn: OwnedMutexGuard<()>,
}

impl MemoryUnit {
    /// The tables to write to.
    fn write(&mut self) -> Result<&mut Tables, StoreError> {
        if self.writer.is_none() {
            self.failed = Some(StoreError::ReadOnly);
            return Err(StoreError::ReadOnly);
        }
        Ok(&mut self.tables)
    }
}

#[async_trait]
impl Unit for MemoryUnit {
    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        if let Some(writer) = &self.writer {
            *locked(&writer.committed) = self.tables;
        }
        Ok(())
    }
}

/// Tables are only ever put in place whole, so a panic elsewhere leaves nothing half done behind the lock.
fn locked(tables: &Mutex<Tables>) -> MutexGuard<'_, Tables> {
    tables.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
