//! Tables that are shared until written.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;

use mibun_crypto::time::Timestamp;

use crate::{
    AuditDraft, AuditEntry, Batch, BatchId, BlindIndex, BlobName, Card, CardId, CertificateRevocations, Check, CheckId,
    Conflict, DecisionRecord, Device, DeviceId, EntryStatus, Grant, GrantId, Hash, IdPassword, Journey, JourneyId,
    ListId, LoginId, Officer, OfficerId, Organisation, OrganisationId, PAGE_LIMIT, Pairing, PasswordLogin, Person,
    PersonId, PushedRequest, RecoveryCode, Sealed, Session, Setting, StatusList, StoreError, TrustedCsca, VaultKey,
    VaultKeyId, Version, Window, WindowId,
};

/// Everything the registry holds.
#[derive(Clone, Default)]
pub(super) struct Tables {
    pub people: Table<PersonId, Person>,
    pub portraits: Table<PersonId, Sealed>,
    pub journeys: Table<JourneyId, Journey>,
    pub blobs: Table<(JourneyId, BlobName), Sealed>,
    pub decisions: Arc<Vec<DecisionRecord>>,
    pub attempts: Table<(BlindIndex, Timestamp), Counter>,
    pub grants: Table<GrantId, Grant>,
    pub nonces: Table<Hash, Timestamp>,
    pub frames: Table<BlindIndex, Timestamp>,
    pub cards: Table<CardId, Card>,
    pub batches: Table<BatchId, Batch>,
    pub lists: Table<ListId, StatusList>,
    pub entries: Table<(ListId, u32), EntryStatus>,
    pub checks: Table<CheckId, Check>,
    pub organisations: Table<OrganisationId, Organisation>,
    pub windows: Table<WindowId, Window>,
    pub officers: Table<OfficerId, Officer>,
    pub sessions: Table<Hash, Session>,
    pub drafts: Arc<Vec<AuditDraft>>,
    pub audit: Arc<Vec<AuditEntry>>,
    pub settings: Table<String, Setting>,
    pub id_passwords: Table<PersonId, IdPassword>,
    pub logins: Table<LoginId, PasswordLogin>,
    pub devices: Table<DeviceId, Device>,
    pub vault_keys: Table<VaultKeyId, VaultKey>,
    pub pairings: Table<Hash, Pairing>,
    pub cscas: Table<Hash, TrustedCsca>,
    pub revocations: Table<Hash, CertificateRevocations>,
    pub recovery_codes: Table<Hash, RecoveryCode>,
    pub pushed_requests: Table<Hash, PushedRequest>,
}

impl Tables {
    /// Refuses a row that would hang on nobody.
    pub fn require_person(&self, person: PersonId) -> Result<(), StoreError> {
        if self.people.contains(&person) { Ok(()) } else { Err(StoreError::VersionMismatch) }
    }
}

/// Tries in one window of time.
#[derive(Clone)]
pub(super) struct Counter {
    pub tries: u32,
    pub last: Timestamp,
}

/// Rows by key, copied on the first write of a unit.
#[derive(Clone)]
pub(super) struct Table<K, V>(Arc<BTreeMap<K, V>>);

impl<K, V> Default for Table<K, V> {
    fn default() -> Self {
        Self(Arc::new(BTreeMap::new()))
    }
}

impl<K: Ord + Clone, V: Clone> Table<K, V> {
    pub fn get(&self, key: &K) -> Option<V> {
        self.0.get(key).cloned()
    }

    pub fn contains(&self, key: &K) -> bool {
        self.0.contains_key(key)
    }

    pub fn put(&mut self, key: K, row: V) {
        Arc::make_mut(&mut self.0).insert(key, row);
    }

    /// Adds a row unless its key, or another row by `taken`, stands in the way.
    pub fn insert(&mut self, key: K, row: V, conflict: Conflict, taken: impl Fn(&V) -> bool) -> Result<(), StoreError> {
        if self.contains(&key) || self.any(taken) {
            return Err(StoreError::Conflict(conflict));
        }
        self.put(key, row);
        Ok(())
    }

    pub fn remove(&mut self, key: &K) -> bool {
        self.contains(key) && Arc::make_mut(&mut self.0).remove(key).is_some()
    }

    pub fn change<T>(&mut self, key: &K, change: impl FnOnce(&mut V) -> T) -> Option<T> {
        Arc::make_mut(&mut self.0).get_mut(key).map(change)
    }

    pub fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.0.iter()
    }

    pub fn any(&self, mut chosen: impl FnMut(&V) -> bool) -> bool {
        self.0.values().any(&mut chosen)
    }

    pub fn find(&self, mut chosen: impl FnMut(&V) -> bool) -> Option<V> {
        self.0.values().find(|row| chosen(row)).cloned()
    }

    pub fn all(&self, mut chosen: impl FnMut(&V) -> bool) -> Vec<V> {
        self.0.values().filter(|row| chosen(row)).cloned().collect()
    }

    pub fn count(&self, mut chosen: impl FnMut(&V) -> bool) -> u64 {
        self.0.values().filter(|row| chosen(row)).count() as u64
    }

    /// Up to `limit` chosen rows with a key above `after`, in order of key.
    pub fn page(&self, after: Option<K>, limit: u32, mut chosen: impl FnMut(&V) -> bool) -> Vec<V> {
        let start = after.map_or(Bound::Unbounded, Bound::Excluded);
        let rows = self.0.range((start, Bound::Unbounded)).map(|(_, row)| row);
        rows.filter(|row| chosen(row)).take(limit.min(PAGE_LIMIT) as usize).cloned().collect()
    }

    /// Removes the chosen rows and answers how many there were.
    pub fn sweep(&mut self, mut chosen: impl FnMut(&K, &V) -> bool) -> u64 {
        let before = self.0.len();
        Arc::make_mut(&mut self.0).retain(|key, row| !chosen(key, row));
        (before - self.0.len()) as u64
    }
}

/// A row whose writes name the version they read.
pub(super) trait Versioned {
    fn version(&mut self) -> &mut Version;
}

macro_rules! versioned {
    ($($row:ty),*) => {$(
        impl Versioned for $row {
            fn version(&mut self) -> &mut Version {
                &mut self.version
            }
        }
    )*};
}

versioned!(Card, Check, Device, Grant, IdPassword, Journey, Officer, Organisation, Pairing, PasswordLogin, Person);
versioned!(Setting, Window);

impl<K: Ord + Clone, V: Clone + Versioned> Table<K, V> {
    /// Changes the row if it is at the version read.
    pub fn write_over(&mut self, key: &K, read: Version, change: impl FnOnce(&mut V)) -> Result<Version, StoreError> {
        let row = Arc::make_mut(&mut self.0).get_mut(key).ok_or(StoreError::VersionMismatch)?;
        if *row.version() != read {
            return Err(StoreError::VersionMismatch);
        }
        change(row);
        *row.version() = read.next();
        Ok(read.next())
    }
}
