//! Running a unit of work: begin, work, commit, and again when the store asks for it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::future::BoxFuture;
use metrics::counter;

use crate::{Registry, StoreError, Unit};

/// An error a unit of work may end with. It tells [`run`] whether the store was the reason.
pub trait UnitError: From<StoreError> {
    /// The store's error within, if the store was the reason.
    fn store(&self) -> Option<&StoreError>;
}

impl UnitError for StoreError {
    fn store(&self) -> Option<&StoreError> {
        Some(self)
    }
}

/// Runs `work` in a unit named `name` and commits it; does all of that again, a limited number of times, when another
/// unit stood in the way. `work` must therefore touch nothing but the unit and its own result.
///
/// ```
/// use futures_util::FutureExt;
/// use mibun_registry::{StoreError, memory::Memory, run};
///
/// # tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime").block_on(async {
/// let registry = Memory::new();
/// let first: Result<bool, StoreError> =
///     run(&registry, "epoch.start", |unit| async move { unit.put_setting_if_absent("epoch", b"1").await }.boxed()).await;
/// assert!(first.expect("stored"));
/// # });
/// ```
///
/// # Errors
/// What `work` refused with (then nothing is stored), or the store's own error; [`StoreError::Busy`] after the last try.
pub async fn run<'env, T, E, F>(registry: &dyn Registry, name: &'static str, mut work: F) -> Result<T, E>
where
    T: Send,
    E: UnitError + Send,
    F: for<'unit> FnMut(&'unit mut (dyn Unit + 'env)) -> BoxFuture<'unit, Result<T, E>> + Send,
{
    let mut attempt = 0;
    loop {
        let ended = once(registry, name, &mut work).await;
        let outcome = outcome(&ended);
        counter!("mibun_units_total", "unit" => name, "outcome" => outcome).increment(1);
        if outcome != STOOD_IN_THE_WAY || attempt == RETRIES {
            return ended;
        }
        tokio::time::sleep(backoff(attempt, TICKET.fetch_add(1, Ordering::Relaxed))).await;
        attempt += 1;
    }
}

async fn once<'env, T, E, F>(registry: &dyn Registry, name: &'static str, work: &mut F) -> Result<T, E>
where
    E: UnitError,
    F: for<'unit> FnMut(&'unit mut (dyn Unit + 'env)) -> BoxFuture<'unit, Result<T, E>>,
{
    let mut unit = registry.begin(name).await?;
    let value = work(&mut *unit).await?;
    unit.commit().await?;
    Ok(value)
}

/// How a unit ended, for the metrics: neither value nor error is looked into beyond this.
fn outcome<T, E: UnitError>(ended: &Result<T, E>) -> &'static str {
    match ended.as_ref().map_err(UnitError::store) {
        Ok(_) => "stored",
        Err(None | Some(StoreError::Conflict(_) | StoreError::VersionMismatch)) => "refused",
        Err(Some(StoreError::Busy)) => STOOD_IN_THE_WAY,
        Err(Some(StoreError::UnknownOutcome)) => "unknown",
        Err(Some(_)) => "failed",
    }
}

/// How long to wait before try `attempt + 1`. Tickets spread those who collided over the whole span, so that they do
/// not meet again; no randomness is needed for that.
fn backoff(attempt: u32, ticket: u64) -> Duration {
    let span = FIRST_SPAN_MS << attempt.min(LONGEST_SHIFT);
    Duration::from_millis(1 + ticket.wrapping_mul(GOLDEN) % span)
}

/// Another unit was there first; the only ending after which a unit runs again.
const STOOD_IN_THE_WAY: &str = "busy";
/// How many times a unit is run again; with the spans below that is at most about four seconds.
const RETRIES: u32 = 14;
const FIRST_SPAN_MS: u64 = 4;
const LONGEST_SHIFT: u32 = 7;
/// 2^64 divided by the golden ratio: consecutive tickets land far apart (Knuth, TAOCP 6.4).
const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;
static TICKET: AtomicU64 = AtomicU64::new(0);

#[cfg(test)]
mod tests;
