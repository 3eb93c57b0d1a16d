//! News of checks for those who wait at a window: in memory, a hint to look again and nothing more.

use std::collections::HashMap;
use std::sync::Mutex;

use mibun_registry::CheckId;
use tokio::sync::watch;

/// Checks watched at the same time; beyond it watchers fall back to polling.
const CAPACITY: usize = 10_000;

/// Who waits for which check.
#[derive(Debug, Default)]
pub struct Events {
    watched: Mutex<HashMap<CheckId, watch::Sender<u64>>>,
}

impl Events {
    /// A receiver that changes whenever the check does; `None` when too many are watched.
    pub fn watch(&self, check: CheckId) -> Option<watch::Receiver<u64>> {
        let mut watched = self.watched.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        watched.retain(|_, sender| sender.receiver_count() > 0);
        if watched.len() >= CAPACITY {
            return None;
        }
        Some(watched.entry(check).or_insert_with(|| watch::channel(0).0).subscribe())
    }

    /// Tells whoever watches `check` to look again.
    pub fn changed(&self, check: CheckId) {
        let watched = self.watched.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(sender) = watched.get(&check) {
            sender.send_modify(|count| *count += 1);
        }
    }
}
