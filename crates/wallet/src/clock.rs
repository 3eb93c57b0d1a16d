//! The one place where the real clock is read.

use std::time::{SystemTime, UNIX_EPOCH};

use mibun_crypto::time::Timestamp;

/// Where the wallet gets the time from. Tests hand in a clock of their own.
pub trait Clock: Send + Sync {
    /// Seconds since the epoch.
    fn now(&self) -> Timestamp;
}

/// The clock of the operating system.
#[derive(Debug, Default, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one reader of the real clock")]
    fn now(&self) -> Timestamp {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH);
        Timestamp(since_epoch.map_or(0, |passed| i64::try_from(passed.as_secs()).unwrap_or(i64::MAX)))
    }
}

/// A clock that stands still, for tests.
#[derive(Debug, Clone, Copy)]
pub struct FixedClock(pub Timestamp);

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        self.0
    }
}
