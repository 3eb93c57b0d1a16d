//! How often somebody may try: per record and per source, with waits that grow.
//!
//! A limit is a ladder of windows (three in ten minutes, five in an hour, eight in a day): who keeps failing waits for
//! a longer window each time. The caller raises every counter *before* the attempt is judged and passes the counts
//! in, this attempt included, so that parallel attempts cannot all slip under the limit. A number that is in no
//! register is counted like any other (by its blind index): otherwise the limit itself would tell who is registered.

use mibun_crypto::time::Timestamp;
use serde::{Deserialize, Serialize};

/// One rung of a ladder: at most `most` attempts in each window of `seconds`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rung {
    /// Length of the window; windows start at multiples of it since the epoch (UTC).
    pub seconds: u32,
    /// Attempts allowed in one window.
    pub most: u32,
}

/// The limits an operator sets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AttemptPolicy {
    /// Captures on one register number.
    pub per_record: Vec<Rung>,
    /// Captures from one source (network address); a family or a library shares one.
    pub per_source: Vec<Rung>,
}

impl Default for AttemptPolicy {
    /// 3 in ten minutes, 5 in an hour and 8 in a day per record; 30 in an hour and 200 in a day per source.
    fn default() -> Self {
        let rung = |seconds, most| Rung { seconds, most };
        Self {
            per_record: vec![rung(600, 3), rung(HOUR_S, 5), rung(DAY_S, 8)],
            per_source: vec![rung(HOUR_S, 30), rung(DAY_S, 200)],
        }
    }
}

/// What a counter is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// The register number that was typed.
    Record,
    /// Where the attempt came from.
    Source,
}

/// One counter to raise by one before the attempt is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counter {
    /// What it counts by.
    pub scope: Scope,
    /// Its limit; part of the counter's key, for windows of two lengths may start together.
    pub rung: Rung,
    /// When its present window started; part of the counter's key.
    pub window: Timestamp,
}

/// A raised counter: the attempts in its window, the present one included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    /// Which counter.
    pub counter: Counter,
    /// What it stands at.
    pub count: u32,
}

/// An attempt that may go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Admitted {
    /// Attempts left on this record before the next wait.
    pub attempts_left: u32,
}

/// An attempt that may not, and when to come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("attempts exhausted per {scope:?}, retry after {retry_after_s} s")]
pub struct AttemptsExhausted {
    /// Whose limit holds longest.
    pub scope: Scope,
    /// Seconds until it lets go, at least 1.
    pub retry_after_s: u32,
}

impl AttemptPolicy {
    /// Every counter to raise for an attempt at `now`.
    pub fn counters(&self, now: Timestamp) -> Vec<Counter> {
        let ladder = |scope, rungs: &[Rung]| -> Vec<Counter> {
            rungs.iter().map(|rung| Counter { scope, rung: *rung, window: window_start(*rung, now) }).collect()
        };
        [ladder(Scope::Record, &self.per_record), ladder(Scope::Source, &self.per_source)].concat()
    }
}

/// Admits or refuses the attempt that the counts already include.
///
/// Of several limits met the one that holds longest is named, so that `retry_after_s` is never too early.
pub fn admit(counted: &[Counted], now: Timestamp) -> Result<Admitted, AttemptsExhausted> {
    let met = counted.iter().filter(|one| one.count > one.counter.rung.most);
    let longest = met.map(|one| (retry_after_s(&one.counter, now), one.counter.scope)).max_by_key(|(wait, _)| *wait);
    if let Some((retry_after_s, scope)) = longest {
        return Err(AttemptsExhausted { scope, retry_after_s });
    }
    let on_record = counted.iter().filter(|one| one.counter.scope == Scope::Record);
    let attempts_left = on_record.map(|one| one.counter.rung.most - one.count).min().unwrap_or(u32::MAX);
    Ok(Admitted { attempts_left })
}

fn window_start(rung: Rung, now: Timestamp) -> Timestamp {
    // A window of no length would divide by zero; one second is the shortest there is.
    let seconds = i64::from(rung.seconds.max(1));
    Timestamp(now.0.div_euclid(seconds).saturating_mul(seconds))
}

fn retry_after_s(counter: &Counter, now: Timestamp) -> u32 {
    let end = counter.window.plus_seconds(i64::from(counter.rung.seconds));
    u32::try_from(end.seconds_since(now).max(1)).unwrap_or(u32::MAX)
}

const HOUR_S: u32 = 3_600;
const DAY_S: u32 = 86_400;

#[cfg(test)]
mod tests;
