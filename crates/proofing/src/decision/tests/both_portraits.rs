//! Where a chip was read, the live face must be that of its portrait too.

use mibun_crypto::time::Timestamp;

use super::{ACCEPT, REVIEW, decided, good, inputs};
use crate::decision::{ChipMatches, DecisionInputs, DecisionRecord, MatchScore, Outcome, ReasonCode, Subject, decide};
use crate::policy::{CalibrationRow, MatchThresholds, Policy};

fn with_chip(register: &[f32], chip: &[f32]) -> DecisionInputs {
    let matches = (1..).zip(chip).map(|(seq, score)| MatchScore { seq, score: *score }).collect();
    let thresholds = MatchThresholds { accept: Some(ACCEPT), review: REVIEW };
    DecisionInputs { chip: Some(ChipMatches { matches, thresholds }), ..inputs(register) }
}

#[test]
fn both_portraits_must_reach_the_threshold() {
    let (high, middle, low) = ([0.7; 3], [0.4; 3], [0.1; 3]);
    assert_eq!(decided(&with_chip(&high, &high)), (Outcome::Accepted, ReasonCode::Matched));
    assert_eq!(decided(&with_chip(&high, &middle)), (Outcome::Referred, ReasonCode::MatchUncertain));
    assert_eq!(decided(&with_chip(&middle, &high)), (Outcome::Referred, ReasonCode::MatchUncertain));
    assert_eq!(decided(&with_chip(&high, &low)), (Outcome::Rejected, ReasonCode::FaceMismatch));
    assert_eq!(decided(&with_chip(&low, &high)), (Outcome::Rejected, ReasonCode::FaceMismatch));
}

#[test]
fn the_lower_score_counts_and_the_weaker_rate_is_told() {
    assert_eq!(decide(&with_chip(&[0.7; 3], &[0.6; 3]), &Policy::default()).match_score, Some(0.6));
    assert_eq!(decide(&with_chip(&[0.5; 3], &[0.6; 3]), &Policy::default()).match_score, Some(0.5));
    let mut inputs = with_chip(&[0.7; 3], &[0.7; 3]);
    let weaker = CalibrationRow { fmr: 1e-4, threshold: 0.45 };
    inputs.chip.as_mut().expect("a chip").thresholds.accept = Some(weaker);
    assert_eq!(decide(&inputs, &Policy::default()).false_match_rate, Some(1e-4));
}

#[test]
fn a_portrait_that_cannot_be_matched_with_goes_to_an_officer() {
    assert_eq!(decided(&with_chip(&[0.7; 3], &[])), (Outcome::Referred, ReasonCode::PortraitUnusable));
    assert_eq!(decided(&with_chip(&[0.1; 3], &[])), (Outcome::Rejected, ReasonCode::FaceMismatch));
    let unknown = DecisionInputs { subject: Subject::Unknown, ..with_chip(&[0.7; 3], &[]) };
    assert_eq!(decided(&unknown), (Outcome::Rejected, ReasonCode::NotFoundOrMismatch));
}

#[test]
fn the_record_keeps_both_and_replays() {
    let record = DecisionRecord::decide(with_chip(&[0.7; 3], &[0.4; 3]), &Policy::default(), Timestamp(1_800_000_000));
    let stored = serde_json::to_string(&record).expect("a record is data");
    let loaded: DecisionRecord = serde_json::from_str(&stored).expect("as stored");
    assert_eq!(loaded, record);
    assert_eq!(loaded.inputs.chip.as_ref().expect("a chip").matches[0].score, 0.4);
    assert_eq!(loaded.replay(), record.decision);
}

#[test]
fn records_from_before_chips_still_replay() {
    let record = DecisionRecord::decide(good(), &Policy::default(), Timestamp(1_800_000_000));
    let stored = serde_json::to_string(&record).expect("a record is data");
    assert!(!stored.contains("\"chip\""), "nothing about chips where there was none");
    let loaded: DecisionRecord = serde_json::from_str(&stored).expect("as stored");
    assert_eq!(loaded.replay(), record.decision);
}
