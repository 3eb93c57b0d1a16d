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
