//! A ceiling on requests per address, in memory: it keeps one noisy neighbour from starving the rest.
//!
//! Limits that protect accounts (tries at a record, codes, log-ins) are not here but in the registry, where they hold
//! across restarts and nodes.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Mutex;

/// Addresses remembered at most; beyond it the table is cleared of windows that have passed, then refuses nobody new.
const CAPACITY: usize = 100_000;
const WINDOW_SECONDS: i64 = 60;

/// Requests counted per address and minute.
#[derive(Debug)]
pub struct RateLimiter {
    per_minute: u32,
    counts: Mutex<HashMap<IpAddr, Count>>,
}

#[derive(Debug, Clone, Copy)]
struct Count {
    window: i64,
    requests: u32,
}

impl RateLimiter {
    /// A limiter that lets `per_minute` requests of each address pass.
    pub fn new(per_minute: u32) -> Self {
        Self { per_minute, counts: Mutex::new(HashMap::new()) }
    }

    /// Counts one request; `Err` holds the seconds until the next window.
    ///
    /// # Errors
    /// The address has used its minute up.
    pub fn count(&self, source: IpAddr, now_seconds: i64) -> Result<(), u32> {
        let window = now_seconds.div_euclid(WINDOW_SECONDS);
        let mut counts = self.counts.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if counts.len() >= CAPACITY && !counts.contains_key(&source) {
            counts.retain(|_, count| count.window == window);
            if counts.len() >= CAPACITY {
                return Ok(());
            }
        }
        let count = counts.entry(source).or_insert(Count { window, requests: 0 });
        if count.window != window {
            *count = Count { window, requests: 0 };
        }
        count.requests = count.requests.saturating_add(1);
        if count.requests <= self.per_minute {
            return Ok(());
        }
        let wait = WINDOW_SECONDS - now_seconds.rem_euclid(WINDOW_SECONDS);
        Err(u32::try_from(wait).unwrap_or(60))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_minute_is_used_up_and_comes_back() {
        let limiter = RateLimiter::new(2);
        let source = IpAddr::from([192, 0, 2, 1]);
        assert_eq!(limiter.count(source, 0), Ok(()));
        assert_eq!(limiter.count(source, 10), Ok(()));
        assert_eq!(limiter.count(source, 20), Err(40));
        assert_eq!(limiter.count(IpAddr::from([192, 0, 2, 2]), 20), Ok(()));
        assert_eq!(limiter.count(source, 60), Ok(()));
    }
}
