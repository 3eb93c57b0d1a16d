//! Sessions, as many as are allowed, each used by one caller at a time.

use std::num::NonZeroU32;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::keys::Seat;
use crate::Outage;

/// Sessions that nobody uses just now, and how many callers may still come.
pub(super) struct Pool {
    state: Mutex<State>,
    returned: Condvar,
    /// How long a caller waits for a session.
    patience: Duration,
}

struct State {
    idle: Vec<Seat>,
    free: u32,
}

impl Pool {
    pub(super) fn new(sessions: NonZeroU32, patience: Duration) -> Self {
        let state = Mutex::new(State { idle: Vec::new(), free: sessions.get() });
        Self { state, returned: Condvar::new(), patience }
    }

    /// One caller's turn, with a session if an idle one is there.
    pub(super) fn turn(&self) -> Result<Turn<'_>, Outage> {
        let waited = self.returned.wait_timeout_while(self.state(), self.patience, |state| state.free == 0);
        let (mut state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        state.free = state.free.checked_sub(1).ok_or(Outage::Busy)?;
        Ok(Turn { pool: self, seat: state.idle.pop(), worn: None, epoch: 0 })
    }

    /// Takes the idle sessions out.
    pub(super) fn empty(&self) -> Vec<Seat> {
        std::mem::take(&mut self.state().idle)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The right to one session, until dropped.
pub(super) struct Turn<'a> {
    pool: &'a Pool,
    /// The session, once there is one.
    pub(super) seat: Option<Seat>,
    /// A session that failed, kept until another is open.
    pub(super) worn: Option<Seat>,
    /// The epoch in which the module was entered last.
    pub(super) epoch: u64,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut state = self.pool.state();
        // Of a worn session the next caller finds out, and closes it.
        let kept = self.seat.take().or_else(|| self.worn.take());
        state.idle.extend(kept);
        state.free += 1;
        self.pool.returned.notify_one();
    }
}

#[cfg(test)]
mod tests;
