//! A record decides again what it decided.

use mibun_crypto::time::Timestamp;
use proptest::prelude::*;

use super::{good, inputs, live};
use crate::{
    actor::Scene,
    decision::{DecisionInputs, DecisionRecord, Outcome, Subject},
    policy::{Policy, WithoutModel},
};

fn through_storage(record: &DecisionRecord) -> DecisionRecord {
    let stored = serde_json::to_vec(record).expect("a record is data");
    serde_json::from_slice(&stored).expect("as stored")
}

#[test]
fn a_stored_record_replays_to_its_decision() {
    let record = DecisionRecord::decide(good(), &Policy::default(), Timestamp(1_800_000_000));
    let loaded = through_storage(&record);
    assert_eq!(loaded, record);
    assert_eq!(loaded.replay(), record.decision);
    assert_eq!(loaded.decision.outcome, Outcome::Accepted);
}

#[test]
fn a_record_whose_score_was_changed_does_not_replay() {
    let mut record = DecisionRecord::decide(good(), &Policy::default(), Timestamp(1_800_000_000));
    record.inputs.matches.iter_mut().for_each(|score| score.score = 0.1);
    assert_ne!(record.replay(), record.decision);
}

#[test]
fn the_record_keeps_the_policys_values_and_not_only_its_name() {
    let mut policy = Policy::default();
    policy.liveness.accept = 0.99;
    let record = DecisionRecord::decide(good(), &policy, Timestamp(1_800_000_000));
    assert_eq!(record.decision.outcome, Outcome::Referred);
    assert_eq!(through_storage(&record).replay(), record.decision);
}

#[test]
fn the_record_holds_no_template() {
    let record = DecisionRecord::decide(good(), &Policy::default(), Timestamp(1_800_000_000));
    let json = serde_json::to_value(&record).expect("a record is data");
    let kept = json["inputs"]["capture"]["kept"].as_array().expect("kept frames");
    assert_eq!(kept.len(), 3);
    assert!(kept.iter().all(|frame| frame["measures"]["embedding"].is_null()));
}

proptest! {
    #[test]
    fn every_record_replays(
        seed in any::<u32>(),
        scores in prop::collection::vec(-1f32..1.0, 0..4),
        lives in prop::collection::vec(0f32..1.0, 0..30),
        subject in prop::sample::select(vec![
            Subject::Eligible, Subject::WithoutPortrait, Subject::Deceased, Subject::Unknown,
        ]),
        detects_attacks in any::<bool>(),
        active_only in any::<bool>(),
        frames in 0usize..60,
    ) {
        let mut scene = Scene::new(seed);
        for _ in 0..frames {
            if !scene.progress.done {
                let frame = scene.obedient(1);
                scene.show(&frame);
            }
        }
        scene.capture.lapse(i64::MAX);
        let capture = scene.capture.summary().expect("lapsed");
        let mut inputs = live(DecisionInputs { subject, capture, ..inputs(&scores) }, lives);
        inputs.models.detects_attacks = detects_attacks;
        let mut policy = Policy::default();
        if active_only {
            policy.liveness.without_model = WithoutModel::AcceptOnChallenge;
        }
        let record = DecisionRecord::decide(inputs, &policy, Timestamp(1_800_000_000));
        let loaded = through_storage(&record);
        prop_assert_eq!(loaded.replay(), record.decision);
        prop_assert_eq!(loaded, record);
    }
}
