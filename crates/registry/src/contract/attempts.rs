//! Promises about counted tries.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::sample::{NOW, index, later};
use super::{RACERS, begin, commit, race, read};
use crate::Registry;

/// The first try is the first, the second the second.
pub async fn tries_are_counted_from_one(registry: Arc<dyn Registry>) {
    for expected in 1..=3 {
        let mut unit = begin(&registry).await;
        assert_eq!(unit.count_attempt(&index(1), NOW, NOW).await.expect("counted"), expected);
        commit(unit).await;
    }
    assert_eq!(read(&registry).await.attempts(&index(1), NOW).await.expect("read"), 3);
}

/// Another record, another source and another window each start anew.
pub async fn scopes_and_windows_are_apart(registry: Arc<dyn Registry>) {
    let mut unit = begin(&registry).await;
    unit.count_attempt(&index(1), NOW, NOW).await.expect("counted");
    assert_eq!(unit.attempts(&index(2), NOW).await.expect("read"), 0);
    assert_eq!(unit.count_attempt(&index(2), NOW, NOW).await.expect("counted"), 1);
    assert_eq!(unit.count_attempt(&index(1), later(3_600), later(3_601)).await.expect("counted"), 1);
    commit(unit).await;
}

/// Parallel connections gain no try: every count is given once.
pub async fn sixty_four_tries_at_once_are_all_counted(registry: Arc<dyn Registry>) {
    let results = race(&registry, |_, unit| Box::pin(async move { unit.count_attempt(&index(1), NOW, NOW).await }));
    let counts: BTreeSet<u32> = results.await.into_iter().map(|count| count.expect("counted")).collect();
    assert_eq!(counts, (1..=u32::from(RACERS)).collect());
}

/// Forgiveness takes every window of the scope and of no other.
pub async fn forgiven_tries_are_gone(registry: Arc<dyn Registry>) {
    let mut unit = begin(&registry).await;
    for scope in [1, 1, 2] {
        unit.count_attempt(&index(scope), NOW, NOW).await.expect("counted");
    }
    unit.count_attempt(&index(1), later(60), later(61)).await.expect("counted");
    assert!(unit.forgive_attempts(&index(1)).await.expect("forgiven"));
    assert!(!unit.forgive_attempts(&index(1)).await.expect("nothing left"));
    commit(unit).await;
    let mut unit = read(&registry).await;
    assert_eq!(unit.attempts(&index(1), NOW).await.expect("read"), 0);
    assert_eq!(unit.attempts(&index(1), later(60)).await.expect("read"), 0);
    assert_eq!(unit.attempts(&index(2), NOW).await.expect("read"), 1);
}

/// A counter goes when it was not written for long enough, not when it began long ago.
pub async fn old_counters_are_pruned(registry: Arc<dyn Registry>) {
    let mut unit = begin(&registry).await;
    unit.count_attempt(&index(1), NOW, NOW).await.expect("counted");
    unit.count_attempt(&index(2), NOW, later(60)).await.expect("counted");
    assert_eq!(unit.prune_attempts(later(60)).await.expect("pruned"), 1);
    assert_eq!(unit.attempts(&index(2), NOW).await.expect("read"), 1);
    commit(unit).await;
}
