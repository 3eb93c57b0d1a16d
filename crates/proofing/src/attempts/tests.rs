use super::*;

const NOW: Timestamp = Timestamp(1_800_000_123);

fn counted(policy: &AttemptPolicy, count_of: impl Fn(&Counter) -> u32) -> Vec<Counted> {
    policy.counters(NOW).into_iter().map(|counter| Counted { counter, count: count_of(&counter) }).collect()
}

#[test]
fn each_rung_gets_the_window_that_holds_now() {
    for counter in AttemptPolicy::default().counters(NOW) {
        let into = NOW.seconds_since(counter.window);
        assert_eq!(counter.window.0 % i64::from(counter.rung.seconds), 0);
        assert!((0..i64::from(counter.rung.seconds)).contains(&into), "{counter:?}");
    }
}

#[test]
fn the_first_attempt_passes_and_leaves_the_shortest_rungs_rest() {
    let counts = counted(&AttemptPolicy::default(), |_| 1);
    assert_eq!(admit(&counts, NOW), Ok(Admitted { attempts_left: 2 }));
}

#[test]
fn the_last_allowed_attempt_passes_and_the_next_does_not() {
    let policy = AttemptPolicy::default();
    let third = counted(&policy, |_| 3);
    assert_eq!(admit(&third, NOW), Ok(Admitted { attempts_left: 0 }));
    let fourth = counted(&policy, |_| 4);
    // 1_800_000_123 lies 123 s into its ten-minute window.
    assert_eq!(admit(&fourth, NOW), Err(AttemptsExhausted { scope: Scope::Record, retry_after_s: 477 }));
}

#[test]
fn waits_grow_with_every_rung() {
    let policy = AttemptPolicy::default();
    let wait = |tries: u32| admit(&counted(&policy, |_| tries), NOW).expect_err("over the limit").retry_after_s;
    assert!(wait(4) < wait(6) && wait(6) < wait(9), "{} {} {}", wait(4), wait(6), wait(9));
}

#[test]
fn a_busy_source_is_refused_whatever_the_record() {
    let counts = counted(&AttemptPolicy::default(), |counter| if counter.scope == Scope::Source { 31 } else { 1 });
    let refused = admit(&counts, NOW).expect_err("31st from one source");
    assert_eq!(refused.scope, Scope::Source);
    assert!((1..=3_600).contains(&refused.retry_after_s));
}

#[test]
fn of_several_limits_the_longest_is_told() {
    let counts = counted(&AttemptPolicy::default(), |_| 201);
    let refused = admit(&counts, NOW).expect_err("over every limit");
    let day_end = NOW.floor_to_day().plus_days(1).seconds_since(NOW);
    assert_eq!(i64::from(refused.retry_after_s), day_end);
}

#[test]
fn a_rung_of_no_length_divides_nothing() {
    let policy = AttemptPolicy { per_record: vec![Rung { seconds: 0, most: 1 }], per_source: Vec::new() };
    let counts = counted(&policy, |_| 2);
    assert_eq!(admit(&counts, NOW), Err(AttemptsExhausted { scope: Scope::Record, retry_after_s: 1 }));
}

#[test]
fn a_misspelt_setting_is_refused() {
    let settings = r#"{"per_record":[{"seconds":60,"most":1}],"per_sauce":[]}"#;
    assert!(serde_json::from_str::<AttemptPolicy>(settings).is_err());
}
