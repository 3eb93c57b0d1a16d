//! Reading columns the same way from either database, and lending keys to its statements.

use std::collections::BTreeSet;

use mibun_crypto::time::Timestamp;
use mibun_registry::{
    BatchId, BlindIndex, CardId, CheckId, DeviceId, GrantId, Hash, JourneyId, LoginId, OfficerId, OrganisationId,
    PersonId, Sealed, StoreError, VaultKeyId, Version, WindowId,
};
use sqlx::Row;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;

/// A row of either database. A column that is not there or holds another kind of value means damage, not absence.
pub(crate) trait Columns {
    fn maybe_bytes(&self, column: &'static str) -> Result<Option<Vec<u8>>, StoreError>;
    fn maybe_integer(&self, column: &'static str) -> Result<Option<i64>, StoreError>;
    fn maybe_text(&self, column: &'static str) -> Result<Option<String>, StoreError>;
    fn flag(&self, column: &'static str) -> Result<bool, StoreError>;

    fn text(&self, column: &'static str) -> Result<String, StoreError> {
        self.maybe_text(column)?.ok_or(StoreError::Corrupt(column))
    }

    fn bytes(&self, column: &'static str) -> Result<Vec<u8>, StoreError> {
        self.maybe_bytes(column)?.ok_or(StoreError::Corrupt(column))
    }

    fn integer(&self, column: &'static str) -> Result<i64, StoreError> {
        self.maybe_integer(column)?.ok_or(StoreError::Corrupt(column))
    }

    fn number<N: TryFrom<i64>>(&self, column: &'static str) -> Result<N, StoreError> {
        N::try_from(self.integer(column)?).map_err(|_| StoreError::Corrupt(column))
    }

    fn array<const N: usize>(&self, column: &'static str) -> Result<[u8; N], StoreError> {
        self.bytes(column)?.try_into().map_err(|_| StoreError::Corrupt(column))
    }

    fn maybe_array<const N: usize>(&self, column: &'static str) -> Result<Option<[u8; N]>, StoreError> {
        let bytes = self.maybe_bytes(column)?;
        bytes.map(|bytes| bytes.try_into().map_err(|_| StoreError::Corrupt(column))).transpose()
    }

    fn sealed(&self, column: &'static str) -> Result<Sealed, StoreError> {
        self.bytes(column).map(Sealed::new)
    }

    fn time(&self, column: &'static str) -> Result<Timestamp, StoreError> {
        self.integer(column).map(Timestamp)
    }

    fn maybe_time(&self, column: &'static str) -> Result<Option<Timestamp>, StoreError> {
        Ok(self.maybe_integer(column)?.map(Timestamp))
    }

    fn version(&self) -> Result<Version, StoreError> {
        self.integer("version").map(Version::new)
    }
}

macro_rules! columns {
    ($($row:ty),*) => {$(
        impl Columns for $row {
            fn maybe_bytes(&self, column: &'static str) -> Result<Option<Vec<u8>>, StoreError> {
                self.try_get(column).map_err(|_| StoreError::Corrupt(column))
            }

            fn maybe_integer(&self, column: &'static str) -> Result<Option<i64>, StoreError> {
                self.try_get(column).map_err(|_| StoreError::Corrupt(column))
            }

            fn maybe_text(&self, column: &'static str) -> Result<Option<String>, StoreError> {
                self.try_get(column).map_err(|_| StoreError::Corrupt(column))
            }

            fn flag(&self, column: &'static str) -> Result<bool, StoreError> {
                self.try_get(column).map_err(|_| StoreError::Corrupt(column))
            }
        }
    )*};
}

columns!(SqliteRow, PgRow);

/// The bytes a statement binds for a key or a sealed value.
pub(crate) trait Raw {
    fn raw(&self) -> &[u8];
}

macro_rules! raw {
    ($($name:ty),*) => {$(
        impl Raw for $name {
            fn raw(&self) -> &[u8] {
                self.as_bytes()
            }
        }
    )*};
}

raw!(BatchId, CardId, CheckId, DeviceId, GrantId, JourneyId, LoginId, OfficerId, OrganisationId, PersonId);
raw!(VaultKeyId, WindowId);
raw!(BlindIndex, Hash, Sealed);

/// [`Raw::raw`] of a value that may be absent.
pub(crate) fn maybe_raw<R: Raw>(value: &Option<R>) -> Option<&[u8]> {
    value.as_ref().map(Raw::raw)
}

/// Whether no value comes twice.
pub(crate) fn all_differ<T: Ord>(values: impl IntoIterator<Item = T>) -> bool {
    let mut seen = BTreeSet::new();
    values.into_iter().all(|value| seen.insert(value))
}

/// The seconds of a moment that may be absent.
pub(crate) fn seconds(time: Option<Timestamp>) -> Option<i64> {
    time.map(|time| time.0)
}

/// The rows a page asks for, within what a page may hold.
pub(crate) fn page_size(limit: u32) -> i64 {
    i64::from(limit.min(mibun_registry::PAGE_LIMIT))
}

/// A count or an amount of rows; databases know no unsigned numbers.
pub(crate) fn amount(number: i64) -> Result<u64, StoreError> {
    u64::try_from(number).map_err(|_| StoreError::Corrupt("count"))
}
