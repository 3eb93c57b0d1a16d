mod full;

use super::*;
use crate::decision::ReasonCode;

const NOW: Timestamp = Timestamp(1_800_000_000);

fn days_ago(days: i64) -> Timestamp {
    NOW.plus_days(-days)
}

fn register(at: Timestamp) -> Evidence {
    Evidence::RegisterMatch { at }
}

fn face(at: Timestamp) -> Evidence {
    Evidence::LiveFace {
        at,
        by: ComparedBy::Engine { false_match_rate: 1e-5 },
        attack_detection: Some(AttackDetection::Passed),
    }
}

fn level_of(evidence: &[Evidence]) -> Option<Level> {
    level(evidence, &DecayPolicy::default(), NOW).map(|standing| standing.level)
}

#[test]
fn register_and_face_together_make_a_light_card() {
    assert_eq!(level_of(&[register(NOW), face(NOW)]), Some(Level::Light));
}

#[test]
fn either_alone_makes_none() {
    assert_eq!(level_of(&[]), None);
    assert_eq!(level_of(&[register(NOW)]), None);
    assert_eq!(level_of(&[face(NOW)]), None);
}

#[test]
fn evidence_decays_to_the_second() {
    let policy = DecayPolicy { register_days: 10, face_days: 5, ..DecayPolicy::default() };
    let evidence = [register(days_ago(5)), face(days_ago(5))];
    assert_eq!(level(&evidence, &policy, NOW.plus_seconds(-1)), Some(Standing { level: Level::Light, until: NOW }));
    assert_eq!(level(&evidence, &policy, NOW), None);
}

#[test]
fn the_shorter_lived_evidence_sets_the_end() {
    let policy = DecayPolicy { register_days: 3, face_days: 50, ..DecayPolicy::default() };
    let standing = level(&[register(NOW), face(NOW)], &policy, NOW).expect("fresh evidence");
    assert_eq!(standing.until, NOW.plus_days(3));
}

#[test]
fn newer_evidence_of_the_same_kind_renews() {
    let policy = DecayPolicy { register_days: 10, face_days: 5, ..DecayPolicy::default() };
    let stale = [register(NOW), face(days_ago(6))];
    assert_eq!(level(&stale, &policy, NOW), None);
    let renewed = [register(NOW), face(days_ago(1)), face(days_ago(6))];
    assert_eq!(level(&renewed, &policy, NOW).map(|standing| standing.until), Some(NOW.plus_days(4)));
}

#[test]
fn evidence_from_the_future_counts_nothing() {
    assert_eq!(level_of(&[register(NOW), face(NOW.plus_seconds(1))]), None);
}

#[test]
fn only_acceptance_is_evidence() {
    for outcome in [Outcome::Referred, Outcome::Rejected] {
        let decision = Decision { outcome, ..Decision::rejected(ReasonCode::FaceMismatch) };
        assert_eq!(evidence_of(&decision, NOW), []);
    }
}

fn accepted(false_match_rate: Option<f32>) -> Decision {
    let attack_detection = Some(AttackDetection::NotAvailable);
    Decision {
        outcome: Outcome::Accepted,
        attack_detection,
        false_match_rate,
        ..Decision::rejected(ReasonCode::Matched)
    }
}

#[test]
fn evidence_names_who_compared_and_what_attack_detection_said() {
    let face = |by| Evidence::LiveFace { at: NOW, by, attack_detection: Some(AttackDetection::NotAvailable) };
    let engine = ComparedBy::Engine { false_match_rate: 1e-5 };
    assert_eq!(evidence_of(&accepted(Some(1e-5)), NOW), [register(NOW), face(engine)]);
    assert_eq!(evidence_of(&accepted(None), NOW), [register(NOW), face(ComparedBy::Officer)]);
}

#[test]
fn cards_carry_method_time_and_measured_rate() {
    let methods = |decision: &Decision| -> Vec<assurance::Evidence> {
        evidence_of(decision, NOW).iter().map(Evidence::for_card).collect()
    };
    let on_card = |method| assurance::Evidence { method, at: NOW };
    let live = Method::LiveFace { false_match_rate: 1e-5 };
    assert_eq!(methods(&accepted(Some(1e-5))), [on_card(Method::RegisterMatch), on_card(live)]);
    assert_eq!(methods(&accepted(None)), [on_card(Method::RegisterMatch), on_card(Method::OfficerFace)]);
}
