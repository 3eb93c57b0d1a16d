//! Promises about things that count once.

use std::sync::Arc;

use super::sample::{hash, index, later};
use super::{begin, commit, race, winners};
use crate::Registry;

/// The second use is told apart, in the same unit and in a later one.
pub async fn a_nonce_is_spent_once(registry: Arc<dyn Registry>) {
    let mut unit = begin(&registry).await;
    assert!(unit.spend_nonce(&hash(1), later(60)).await.expect("spent"));
    assert!(!unit.spend_nonce(&hash(1), later(60)).await.expect("spent before"));
    assert!(unit.spend_nonce(&hash(2), later(60)).await.expect("another"));
    commit(unit).await;
    let mut unit = begin(&registry).await;
    assert!(!unit.spend_nonce(&hash(1), later(90)).await.expect("spent before"));
    commit(unit).await;
}

/// Sixty-four parallel uses are one use.
pub async fn of_many_who_spend_a_nonce_one_wins(registry: Arc<dyn Registry>) {
    let results = race(&registry, |_, unit| Box::pin(async move { unit.spend_nonce(&hash(1), later(60)).await }));
    assert_eq!(winners(&results.await), 1);
}

/// What a unit spent it also takes back when it does not commit.
pub async fn a_nonce_of_a_dropped_unit_is_unspent(registry: Arc<dyn Registry>) {
    let mut unit = begin(&registry).await;
    assert!(unit.spend_nonce(&hash(1), later(60)).await.expect("spent"));
    drop(unit);
    let mut unit = begin(&registry).await;
    assert!(unit.spend_nonce(&hash(1), later(60)).await.expect("unspent"));
    commit(unit).await;
}

/// Only expired nonces are pruned.
pub async fn nonces_are_pruned_when_expired(registry: Arc<dyn Registry>) {
    let mut unit = begin(&registry).await;
    unit.spend_nonce(&hash(1), later(60)).await.expect("spent");
    unit.spend_nonce(&hash(2), later(61)).await.expect("spent");
    assert_eq!(unit.prune_nonces(later(60)).await.expect("pruned"), 1);
    assert!(!unit.spend_nonce(&hash(2), later(61)).await.expect("kept"));
    commit(unit).await;
}

/// A replayed frame is told apart until it is pruned.
pub async fn a_frame_is_new_once(registry: Arc<dyn Registry>) {
    let mut unit = begin(&registry).await;
    assert!(unit.remember_frame(&index(1), later(60)).await.expect("new"));
    assert!(!unit.remember_frame(&index(1), later(60)).await.expect("replayed"));
    assert_eq!(unit.prune_frames(later(59)).await.expect("pruned"), 0);
    assert_eq!(unit.prune_frames(later(60)).await.expect("pruned"), 1);
    commit(unit).await;
}

/// A frame with the digest of a nonce is still new.
pub async fn frames_and_nonces_are_apart(registry: Arc<dyn Registry>) {
    let mut unit = begin(&registry).await;
    assert!(unit.spend_nonce(&hash(1), later(60)).await.expect("spent"));
    assert!(unit.remember_frame(&index(1), later(60)).await.expect("new"));
    commit(unit).await;
}
