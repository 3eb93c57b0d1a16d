use std::collections::BTreeSet;

use super::*;

#[test]
fn those_who_collide_wait_for_different_times() {
    let waits: BTreeSet<Duration> = (0..16).map(|ticket| backoff(2, ticket)).collect();
    assert_eq!(waits.len(), 16);
}

#[test]
fn all_tries_together_end_within_five_seconds() {
    let longest: Duration =
        (0..RETRIES).map(|attempt| Duration::from_millis(FIRST_SPAN_MS << attempt.min(LONGEST_SHIFT))).sum();
    assert!(longest < Duration::from_secs(5), "{longest:?}");
}

/// A registry that is always busy, and counts who asks.
#[derive(Default)]
struct Contended {
    asked: AtomicU64,
}

#[async_trait::async_trait]
impl Registry for Contended {
    async fn begin(&self, _name: &'static str) -> Result<Box<dyn Unit>, StoreError> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        Err(StoreError::Busy)
    }

    async fn read(&self) -> Result<Box<dyn Unit>, StoreError> {
        Err(StoreError::Busy)
    }

    async fn health(&self) -> Result<crate::Health, StoreError> {
        Err(StoreError::Busy)
    }
}

#[tokio::test]
async fn tries_are_capped() {
    let registry = Contended::default();
    let refused: Result<(), StoreError> = run(&registry, "test", |_| Box::pin(async { Ok(()) })).await;
    assert!(matches!(refused, Err(StoreError::Busy)), "{refused:?}");
    assert_eq!(registry.asked.into_inner(), u64::from(RETRIES) + 1);
}

#[tokio::test]
async fn a_closure_that_met_another_unit_runs_again() {
    let registry = crate::memory::Memory::new();
    let mut runs = 0;
    let second: Result<bool, StoreError> = run(&registry, "test", |unit| {
        runs += 1;
        Box::pin(async move {
            let first = unit.put_setting_if_absent("seen", b"").await?;
            if runs == 1 { Err(StoreError::Busy) } else { Ok(first) }
        })
    })
    .await;
    assert!(second.expect("run again"), "the first run left its write behind");
    assert_eq!(runs, 2);
}

#[tokio::test]
async fn an_unknown_outcome_is_not_run_again() {
    let registry = crate::memory::Memory::new();
    let mut runs = 0;
    let unknown: Result<(), StoreError> = run(&registry, "test", |_| {
        runs += 1;
        Box::pin(async { Err(StoreError::UnknownOutcome) })
    })
    .await;
    assert!(matches!(unknown, Err(StoreError::UnknownOutcome)), "{unknown:?}");
    assert_eq!(runs, 1);
}
