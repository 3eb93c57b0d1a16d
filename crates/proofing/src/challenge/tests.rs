use std::collections::BTreeSet;

use mibun_crypto::entropy::SeededEntropy;
use proptest::prelude::*;

use super::*;

fn draw(rules: &ChallengeRules, seed: u32) -> Result<Challenge, RulesError> {
    Challenge::draw(rules, &mut SeededEntropy::new(seed.to_be_bytes()))
}

fn movements(challenge: &Challenge) -> Vec<Action> {
    challenge.steps().iter().map(|step| step.action).filter(|action| *action != Action::Centre).collect()
}

fn default_draw(seed: u32) -> Challenge {
    draw(&ChallengeRules::default(), seed).expect("the default rules")
}

#[test]
fn it_begins_and_ends_facing_the_camera() {
    for seed in 0..200 {
        let challenge = default_draw(seed);
        let centres: Vec<usize> = (0..5).filter(|index| challenge.steps()[*index].action == Action::Centre).collect();
        assert_eq!((centres, challenge.steps().len()), (vec![0, 4], 5));
    }
}

#[test]
fn every_draw_holds_a_turn_and_another_kind_without_repetition() {
    for seed in 0..500 {
        let drawn = movements(&default_draw(seed));
        assert!(drawn.windows(2).all(|pair| pair[0] != pair[1]), "{drawn:?}");
        assert!(drawn.iter().any(|action| action.kind() == Kind::Turn), "{drawn:?}");
        assert!(drawn.iter().map(|action| action.kind()).collect::<BTreeSet<_>>().len() >= 2, "{drawn:?}");
    }
}

#[test]
fn all_orders_come_up() {
    let all = ChallengeRules::default().scripts();
    // 5 * 4 * 4 orders without repetition, less 12 without a turn (a-b-c and a-b-a of nod, blink, closer) and less
    // left-right-left and right-left-right.
    assert_eq!(all.len(), 80 - 12 - 2);
    let drawn: BTreeSet<Vec<Action>> = (0..2_000).map(|seed| movements(&default_draw(seed))).collect();
    assert_eq!(drawn, all.into_iter().collect());
}

#[test]
fn orders_are_about_equally_likely() {
    let mut counts = std::collections::BTreeMap::new();
    for seed in 0..6_600 {
        *counts.entry(movements(&default_draw(seed))).or_insert(0u32) += 1;
    }
    // Expected 100 each; 45 and 170 lie more than five standard deviations away.
    assert!(counts.values().all(|count| (45..170).contains(count)), "{counts:?}");
}

#[test]
fn times_are_drawn_within_their_ranges() {
    let rules = ChallengeRules::default();
    let (mut limits, mut holds) = (BTreeSet::new(), BTreeSet::new());
    for seed in 0..200 {
        for step in default_draw(seed).steps() {
            assert!((rules.hold_ms.min..=rules.hold_ms.max).contains(&step.hold_ms));
            holds.insert(step.hold_ms);
            if step.action == Action::Centre {
                assert_eq!(step.limit_ms, rules.centre_limit_ms);
            } else {
                assert!((rules.limit_ms.min..=rules.limit_ms.max).contains(&step.limit_ms));
                limits.insert(step.limit_ms);
            }
        }
    }
    assert!(limits.len() > 100 && holds.len() > 100);
}

#[test]
fn nonces_never_repeat() {
    let nonces: BTreeSet<String> = (0..500).map(|seed| default_draw(seed).nonce().to_owned()).collect();
    assert_eq!(nonces.len(), 500);
    assert!(nonces.iter().all(|nonce| nonce.len() == 22));
}

#[test]
fn a_failed_movement_is_replaced_by_another_and_the_script_stays_a_challenge() {
    for seed in 0..300 {
        let challenge = default_draw(seed);
        for index in 1..=3 {
            let step = challenge.replacement(challenge.steps(), index, 0).expect("a first failure");
            assert_ne!(step.action, challenge.steps()[index].action);
            assert!(fits(&with_movement(challenge.steps(), index, step.action)));
        }
    }
}

#[test]
fn replacements_run_out() {
    let challenge = default_draw(1);
    assert_eq!(challenge.max_failures(), 3);
    assert!(challenge.replacement(challenge.steps(), 1, 1).is_some());
    assert_eq!(challenge.replacement(challenge.steps(), 1, 2), None);
}

#[test]
fn a_failed_centre_step_stays_a_centre_step() {
    let challenge = default_draw(1);
    assert_eq!(challenge.replacement(challenge.steps(), 0, 0), Some(challenge.steps()[0]));
}

#[test]
fn without_a_choice_the_failed_movement_comes_again() {
    let rules =
        ChallengeRules { movements: vec![Action::TurnLeft, Action::Nod], count: 2, ..ChallengeRules::default() };
    let challenge = draw(&rules, 7).expect("two kinds are enough");
    let failed = challenge.steps()[1].action;
    assert_eq!(challenge.replacement(challenge.steps(), 1, 0).map(|step| step.action), Some(failed));
}

#[test]
fn rules_that_draw_nothing_are_refused() {
    let refused = |change: fn(&mut ChallengeRules)| {
        let mut rules = ChallengeRules::default();
        change(&mut rules);
        draw(&rules, 0).expect_err("unusable rules")
    };
    assert_eq!(refused(|rules| rules.movements.clear()), RulesError::Movements);
    assert_eq!(refused(|rules| rules.movements = vec![Action::Nod, Action::Blink]), RulesError::Movements);
    assert_eq!(refused(|rules| rules.movements = vec![Action::TurnLeft, Action::TurnRight]), RulesError::Movements);
    assert_eq!(refused(|rules| rules.movements.push(Action::Centre)), RulesError::Movements);
    assert_eq!(refused(|rules| rules.count = 1), RulesError::Count);
    assert_eq!(refused(|rules| rules.count = 6), RulesError::Count);
    assert_eq!(refused(|rules| rules.limit_ms = MillisRange { min: 9, max: 8 }), RulesError::Times);
    assert_eq!(refused(|rules| rules.limit_ms = MillisRange { min: 0, max: 8 }), RulesError::Times);
    assert_eq!(refused(|rules| rules.hold_ms.max = u32::MAX), RulesError::Times);
    assert_eq!(refused(|rules| rules.centre_limit_ms = 0), RulesError::Times);
    assert_eq!(refused(|rules| rules.max_failures = 0), RulesError::Failures);
}

proptest! {
    #[test]
    fn whatever_passes_the_check_can_be_drawn(
        pool in prop::collection::vec(prop::sample::select(Action::MOVEMENTS.to_vec()), 0..7),
        count in 0u8..8,
        max_failures in 0u8..12,
        seed in any::<u32>(),
    ) {
        let rules = ChallengeRules { movements: pool, count, max_failures, ..ChallengeRules::default() };
        let drawn = draw(&rules, seed);
        prop_assert_eq!(drawn.clone().map(|_| ()), rules.check());
        if let Ok(challenge) = drawn {
            prop_assert!(fits(&movements(&challenge)));
            prop_assert_eq!(challenge.steps().len(), usize::from(count) + 2);
        }
    }
}
