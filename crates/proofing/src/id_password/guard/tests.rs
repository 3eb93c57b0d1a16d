use proptest::prelude::*;

use super::*;

const NOW: Timestamp = Timestamp(1_800_000_000);

/// A guard after `count` wrong tries, each as early as the policy allows, and when the last one began.
fn after(count: u32, policy: &GuardPolicy) -> (Guard, Timestamp) {
    let mut now = NOW;
    let mut guard = Guard::default();
    for _ in 0..count {
        guard = loop {
            match guard.begin(policy, now) {
                Ok((counted, _)) => break counted,
                Err(GuardRefusal::Wait { retry_after_s }) => now = now.plus_seconds(i64::from(retry_after_s)),
                Err(refusal) => panic!("{refusal}"),
            }
        };
    }
    (guard, now)
}

fn wait_after(count: u32) -> Option<u32> {
    let policy = GuardPolicy::default();
    let (guard, now) = after(count, &policy);
    match guard.begin(&policy, now) {
        Err(GuardRefusal::Wait { retry_after_s }) => Some(retry_after_s),
        _ => None,
    }
}

#[test]
fn the_defaults_are_three_six_ten_and_can_be_used() {
    let policy = GuardPolicy::default();
    assert_eq!(policy.check(), Ok(()));
    let waits: Vec<Option<u32>> = (0..10).map(wait_after).collect();
    let (none, minute, quarter) = (None, Some(60), Some(900));
    assert_eq!(waits, [none, none, none, minute, minute, minute, quarter, quarter, quarter, quarter]);
    let (guard, last) = after(10, &policy);
    assert_eq!(guard.begin(&policy, last.plus_days(10_000)), Err(GuardRefusal::Locked));
    assert_eq!(guard.tries_left(&policy), 0);
}

#[test]
fn a_wait_ends_to_the_second() {
    let policy = GuardPolicy::default();
    let (guard, last) = after(3, &policy);
    assert_eq!(guard.begin(&policy, last.plus_seconds(59)), Err(GuardRefusal::Wait { retry_after_s: 1 }));
    assert!(guard.begin(&policy, last.plus_seconds(60)).is_ok());
}

#[test]
fn a_clock_that_was_set_back_does_not_shorten_a_wait() {
    let policy = GuardPolicy::default();
    let (guard, last) = after(3, &policy);
    assert_eq!(guard.begin(&policy, last.plus_seconds(-100)), Err(GuardRefusal::Wait { retry_after_s: 160 }));
}

#[test]
fn a_success_begins_a_new_round() {
    let policy = GuardPolicy::default();
    let (guard, last) = after(9, &policy);
    let (guard, right) = guard.begin(&policy, last.plus_seconds(900)).expect("the tenth");
    let guard = guard.succeed(right).expect("right");
    assert_eq!(guard.tries_left(&policy), 10);
    assert!(guard.begin(&policy, last.plus_seconds(900)).is_ok());
}

#[test]
fn a_success_counts_once() {
    let policy = GuardPolicy::default();
    let (guard, right) = Guard::default().begin(&policy, NOW).expect("the first");
    let guard = guard.succeed(right).expect("right");
    assert_eq!(guard.succeed(right), Err(GuardRefusal::Void));
    let (guard, _) = guard.begin(&policy, NOW).expect("another");
    assert_eq!(guard.succeed(right), Err(GuardRefusal::Void));
}

#[test]
fn a_try_at_the_old_password_is_void_when_a_new_one_is_set() {
    let policy = GuardPolicy::default();
    let (guard, old) = Guard::default().begin(&policy, NOW).expect("the first");
    assert_eq!(guard.renewed().succeed(old), Err(GuardRefusal::Void));
}

#[test]
fn a_locked_password_opens_when_it_is_set_anew() {
    let policy = GuardPolicy::default();
    let (guard, last) = after(10, &policy);
    assert!(guard.is_locked(&policy));
    assert!(guard.renewed().begin(&policy, last).is_ok());
}

#[test]
fn a_made_up_try_is_void() {
    let policy = GuardPolicy::default();
    let (guard, _) = Guard::default().begin(&policy, NOW).expect("the first");
    for made_up in [Try { round: 0, number: 0 }, Try { round: 0, number: 2 }, Try { round: 1, number: 1 }] {
        assert_eq!(guard.succeed(made_up), Err(GuardRefusal::Void));
    }
}

#[test]
fn stored_guards_come_back_and_strange_ones_do_not() {
    let (guard, _) = after(4, &GuardPolicy::default());
    let stored = serde_json::to_string(&guard).expect("writes");
    assert_eq!(serde_json::from_str::<Guard>(&stored).expect("reads"), guard);
    for strange in [
        r#"{"round":0,"tries":-1,"last":null}"#,
        r#"{"round":0,"last":null}"#,
        r#"{"round":0,"tries":0,"last":null,"x":1}"#,
    ] {
        assert!(serde_json::from_str::<Guard>(strange).is_err(), "{strange}");
    }
}

#[test]
fn policies_that_limit_nothing_are_refused() {
    let with = |waits: &[(u32, u32)], lock_after| GuardPolicy {
        waits: waits.iter().map(|(after, seconds)| Wait { after: *after, seconds: *seconds }).collect(),
        lock_after,
    };
    assert_eq!(with(&[], 0).check(), Err(GuardPolicyError::LockAfter));
    assert_eq!(with(&[], 101).check(), Err(GuardPolicyError::LockAfter));
    for waits in [&[(0, 60)][..], &[(3, 0)], &[(10, 60)], &[(3, 60), (3, 90)], &[(3, 60), (6, 60)], &[(6, 60), (3, 90)]]
    {
        assert_eq!(with(waits, 10).check(), Err(GuardPolicyError::Waits), "{waits:?}");
    }
    assert_eq!(with(&[], 1).check(), Ok(()));
}

/// What a caller of several machines at once does next.
#[derive(Debug, Clone, Copy)]
enum Move {
    /// Machine reads the stored guard.
    Read(usize),
    /// Machine writes the counted guard, if the stored one is what it read, and then compares.
    Write(usize),
    /// Time passes.
    Wait(u32),
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let one = prop_oneof![
        (0_usize..4).prop_map(Move::Read),
        (0_usize..4).prop_map(Move::Write),
        (0_u32..2_000).prop_map(Move::Wait),
    ];
    prop::collection::vec(one, 0..200)
}

/// Plays wrong guesses and answers the times at which something was compared.
fn comparisons(policy: &GuardPolicy, moves: &[Move]) -> Vec<Timestamp> {
    let (mut stored, mut now) = (Guard::default(), NOW);
    let mut read = [Guard::default(); 4];
    let mut compared = Vec::new();
    for one in moves {
        match *one {
            Move::Wait(seconds) => now = now.plus_seconds(i64::from(seconds)),
            Move::Read(machine) => read[machine] = stored,
            Move::Write(machine) => {
                if let Ok((counted, _)) = read[machine].begin(policy, now)
                    && stored == read[machine]
                {
                    stored = counted;
                    compared.push(now);
                }
            }
        }
    }
    compared
}

proptest! {
    #[test]
    fn no_interleaving_compares_more_often_than_the_limit(moves in moves()) {
        let policy = GuardPolicy::default();
        let compared = comparisons(&policy, &moves);
        prop_assert!(compared.len() <= 10);
        for (at, pair) in compared.windows(2).enumerate() {
            let least = match at + 1 { 0..=2 => 0, 3..=5 => 60, _ => 900 };
            prop_assert!(pair[1].seconds_since(pair[0]) >= least);
        }
    }

    #[test]
    fn who_never_knows_the_password_never_has_more_than_the_limit_between_two_who_do(
        rights in prop::collection::vec(any::<bool>(), 0..60),
    ) {
        let policy = GuardPolicy::default();
        let (mut guard, mut now, mut wrong) = (Guard::default(), NOW, 0_u32);
        for right in rights {
            now = now.plus_seconds(900);
            match guard.begin(&policy, now) {
                Ok((counted, one)) if right => { guard = counted.succeed(one).expect("this round"); wrong = 0; }
                Ok((counted, _)) => { guard = counted; wrong += 1; }
                Err(refusal) => { prop_assert_eq!(refusal, GuardRefusal::Locked); prop_assert_eq!(wrong, 10); }
            }
            prop_assert!(wrong <= 10);
        }
    }
}
