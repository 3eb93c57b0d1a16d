mod both_portraits;
mod reasons;
mod replay;

use mibun_face::LiveScores;

use super::*;
use crate::{
    actor::{Scene, facing},
    capture::FrameScore,
    policy::CalibrationRow,
};

const REVIEW: CalibrationRow = CalibrationRow { fmr: 1e-3, threshold: 0.339 };
const ACCEPT: CalibrationRow = CalibrationRow { fmr: 1e-5, threshold: 0.480 };

/// A person in good standing who completed the capture and resembles the portrait this much.
fn inputs(scores: &[f32]) -> DecisionInputs {
    let mut scene = Scene::new(1);
    scene.follow(1);
    let capture = scene.capture.summary().expect("an ended capture");
    let matches = (1..).zip(scores).map(|(seq, score)| MatchScore { seq, score: *score }).collect();
    let files = vec![ModelUsed { role: "embedder".to_owned(), sha256: "b7120c09".to_owned() }];
    DecisionInputs {
        subject: Subject::Eligible,
        capture,
        matches,
        thresholds: MatchThresholds { accept: Some(ACCEPT), review: REVIEW },
        chip: None,
        models: ModelSet {
            name: "recommended".to_owned(),
            engine: "rten 0.27.0".to_owned(),
            files,
            detects_attacks: true,
        },
    }
}

fn good() -> DecisionInputs {
    inputs(&[0.62, 0.66, 0.58])
}

fn live(mut inputs: DecisionInputs, scores: impl IntoIterator<Item = f32>) -> DecisionInputs {
    let score = |(seq, live): (u32, f32)| FrameScore { seq, live: Some(LiveScores::new(live, live)), same_face: None };
    inputs.capture.scores = (1..).zip(scores).map(score).collect();
    inputs
}

fn decided(inputs: &DecisionInputs) -> (Outcome, ReasonCode) {
    let decision = decide(inputs, &Policy::default());
    (decision.outcome, decision.reason)
}

#[test]
fn a_live_matching_face_is_accepted() {
    let decision = decide(&good(), &Policy::default());
    assert_eq!((decision.outcome, decision.reason), (Outcome::Accepted, ReasonCode::Matched));
    assert_eq!(decision.attack_detection, Some(AttackDetection::Passed));
    assert_eq!(decision.match_score, Some(0.62));
    assert_eq!(decision.false_match_rate, Some(1e-5));
    let score = decision.live_score.expect("a score");
    assert!((score - 0.95).abs() < 1e-6, "the mean of both models: {score}");
}

#[test]
fn thresholds_are_met_exactly_or_not_at_all() {
    let just_below = |value: f32| f32::from_bits(value.to_bits() - 1);
    assert_eq!(decided(&inputs(&[0.480; 3])).0, Outcome::Accepted);
    assert_eq!(decided(&inputs(&[just_below(0.480); 3])), (Outcome::Referred, ReasonCode::MatchUncertain));
    assert_eq!(decided(&inputs(&[0.339; 3])), (Outcome::Referred, ReasonCode::MatchUncertain));
    assert_eq!(decided(&inputs(&[just_below(0.339); 3])), (Outcome::Rejected, ReasonCode::FaceMismatch));
}

#[test]
fn the_median_counts_and_not_the_best() {
    assert_eq!(decided(&inputs(&[0.2, 0.3, 0.9])), (Outcome::Rejected, ReasonCode::FaceMismatch));
    assert_eq!(decided(&inputs(&[0.9, 0.4, 0.4])), (Outcome::Referred, ReasonCode::MatchUncertain));
    assert_eq!(decide(&inputs(&[0.9, 0.5]), &Policy::default()).match_score, Some(0.5), "of two the lower");
}

#[test]
fn one_frame_of_somebody_else_is_not_outvoted() {
    assert_eq!(decided(&inputs(&[0.9, 0.9, 0.1])), (Outcome::Referred, ReasonCode::MatchUncertain));
}

#[test]
fn no_score_and_no_number_are_no_match() {
    assert_eq!(decided(&inputs(&[])), (Outcome::Rejected, ReasonCode::FaceMismatch));
    for odd in [f32::NAN, -f32::NAN, f32::NEG_INFINITY] {
        assert_ne!(decided(&inputs(&[odd; 3])).0, Outcome::Accepted);
    }
    assert_ne!(decided(&inputs(&[f32::NAN, 0.9, 0.9])).0, Outcome::Accepted);
}

#[test]
fn without_an_accepting_row_an_officer_decides() {
    let mut inputs = inputs(&[0.99; 3]);
    inputs.thresholds.accept = None;
    assert_eq!(decided(&inputs), (Outcome::Referred, ReasonCode::MatchUncertain));
}

#[test]
fn live_scores_fall_into_three_bands() {
    assert_eq!(decided(&live(good(), [0.8; 10])), (Outcome::Accepted, ReasonCode::Matched));
    assert_eq!(decided(&live(good(), [0.79; 10])), (Outcome::Referred, ReasonCode::LivenessUncertain));
    assert_eq!(decided(&live(good(), [0.5; 10])), (Outcome::Referred, ReasonCode::LivenessUncertain));
    assert_eq!(decided(&live(good(), [0.49; 10])), (Outcome::Rejected, ReasonCode::PresentationAttack));
}

#[test]
fn the_twentieth_percentile_of_the_frames_counts() {
    let with_low = |low: usize| live(good(), (0..11).map(|frame| if frame < low { 0.1 } else { 0.95 }));
    assert_eq!(decided(&with_low(2)).0, Outcome::Accepted, "two blurred frames of eleven");
    assert_eq!(decided(&with_low(3)), (Outcome::Rejected, ReasonCode::PresentationAttack));
}

#[test]
fn a_replay_that_is_live_half_of_the_time_is_an_attack() {
    let half = live(good(), (0..20).map(|frame| if frame % 2 == 0 { 0.99 } else { 0.05 }));
    assert_eq!(decided(&half), (Outcome::Rejected, ReasonCode::PresentationAttack));
}

#[test]
fn too_few_live_scores_say_nothing() {
    assert_eq!(decided(&live(good(), [0.99; 4])), (Outcome::Referred, ReasonCode::LivenessUncertain));
    assert_eq!(decided(&live(good(), [0.01; 4])), (Outcome::Referred, ReasonCode::LivenessUncertain));
    assert_eq!(decided(&live(good(), [0.99; 5])).0, Outcome::Accepted);
}

#[test]
fn an_attack_is_told_before_anything_about_the_record() {
    for subject in [Subject::Eligible, Subject::Unknown, Subject::Deceased, Subject::WithoutPortrait] {
        let attack = DecisionInputs { subject, ..live(good(), [0.1; 10]) };
        assert_eq!(decided(&attack), (Outcome::Rejected, ReasonCode::PresentationAttack), "{subject:?}");
    }
}

#[test]
fn without_an_anti_spoof_model_the_operator_chooses_and_the_record_says_so() {
    let mut inputs = live(good(), []);
    inputs.models.detects_attacks = false;
    let referred = decide(&inputs, &Policy::default());
    assert_eq!((referred.outcome, referred.reason), (Outcome::Referred, ReasonCode::LivenessUncertain));
    assert_eq!(referred.attack_detection, Some(AttackDetection::NotAvailable));
    let mut policy = Policy::default();
    policy.liveness.without_model = WithoutModel::AcceptOnChallenge;
    let accepted = decide(&inputs, &policy);
    assert_eq!((accepted.outcome, accepted.reason), (Outcome::Accepted, ReasonCode::Matched));
    assert_eq!(accepted.attack_detection, Some(AttackDetection::NotAvailable));
}

#[test]
fn accepting_on_the_challenge_excuses_no_bad_score() {
    let mut policy = Policy::default();
    policy.liveness.without_model = WithoutModel::AcceptOnChallenge;
    let grey = decide(&live(good(), [0.6; 10]), &policy);
    assert_eq!((grey.outcome, grey.reason), (Outcome::Referred, ReasonCode::LivenessUncertain));
}

#[test]
fn every_bad_end_has_its_reason() {
    let ends = [
        (CaptureEnd::ChallengeFailed, ReasonCode::ChallengeFailed),
        (CaptureEnd::FaceChanged, ReasonCode::FaceChanged),
        (CaptureEnd::TwoFaces, ReasonCode::TwoFaces),
        (CaptureEnd::NoFace, ReasonCode::NoFace),
        (CaptureEnd::TooDark, ReasonCode::TooDark),
        (CaptureEnd::TimeOver, ReasonCode::CaptureTimeout),
        (CaptureEnd::Interrupted, ReasonCode::CaptureInterrupted),
    ];
    for (end, reason) in ends {
        let mut inputs = good();
        inputs.capture.end = end;
        assert_eq!(decide(&inputs, &Policy::default()), Decision::rejected(reason));
    }
}

#[test]
fn only_the_persons_own_face_learns_of_the_records_standing() {
    for subject in [Subject::Deceased, Subject::Expired, Subject::Suspended] {
        let owner = DecisionInputs { subject, ..good() };
        assert_eq!(decided(&owner), (Outcome::Rejected, ReasonCode::PersonNotEligible), "{subject:?}");
        let stranger = DecisionInputs { subject, ..inputs(&[0.1; 3]) };
        assert_eq!(decided(&stranger), (Outcome::Rejected, ReasonCode::FaceMismatch), "{subject:?}");
    }
}

#[test]
fn a_record_without_a_portrait_goes_to_an_officer() {
    let inputs = DecisionInputs { subject: Subject::WithoutPortrait, ..inputs(&[]) };
    assert_eq!(decided(&inputs), (Outcome::Referred, ReasonCode::PortraitUnusable));
}

#[test]
fn nobody_is_never_accepted_nor_referred_however_well_the_decoy_matches() {
    for scores in [[0.99; 3], [0.4; 3], [0.0; 3]] {
        let nobody = DecisionInputs { subject: Subject::Unknown, ..inputs(&scores) };
        assert_eq!(decided(&nobody), (Outcome::Rejected, ReasonCode::NotFoundOrMismatch));
    }
}

#[test]
fn nobody_and_somebody_else_are_told_the_same_to_the_letter() {
    let told = |inputs: &DecisionInputs| {
        serde_json::to_string(&decide(inputs, &Policy::default()).public()).expect("a decision is data")
    };
    let stranger = told(&inputs(&[0.1; 3]));
    let nobody = told(&DecisionInputs { subject: Subject::Unknown, ..inputs(&[0.1; 3]) });
    assert_eq!(stranger, nobody);
    assert!(stranger.contains(r#""reason":"not_found_or_mismatch""#), "{stranger}");
}

#[test]
fn a_failed_capture_is_told_alike_whoever_was_named() {
    for end in [CaptureEnd::ChallengeFailed, CaptureEnd::TimeOver, CaptureEnd::FaceChanged] {
        let subjects = [Subject::Eligible, Subject::Unknown, Subject::Deceased, Subject::WithoutPortrait];
        let told = subjects.map(|subject| {
            let mut inputs = DecisionInputs { subject, ..good() };
            inputs.capture.end = end;
            decide(&inputs, &Policy::default())
        });
        assert!(told.iter().all(|decision| *decision == told[0]), "{end:?}");
    }
}

#[test]
fn the_officers_word_is_the_decision() {
    let review =
        |accepted| Review { officer: "o-1".to_owned(), accepted, grounds: "seen".to_owned(), at: Timestamp(0) };
    let referred = decide(&inputs(&[0.4; 3]), &Policy::default());
    let accepted = review(true).decision(&referred);
    assert_eq!((accepted.outcome, accepted.reason), (Outcome::Accepted, ReasonCode::OfficerAccepted));
    assert_eq!((accepted.match_score, accepted.live_score), (referred.match_score, referred.live_score));
    assert_eq!(accepted.false_match_rate, None, "no measured rate stands behind an officer's eyes");
    let rejected = review(false).decision(&referred);
    assert_eq!((rejected.outcome, rejected.reason), (Outcome::Rejected, ReasonCode::OfficerRejected));
    assert!(!rejected.public().retry_allowed);
}

#[test]
fn frames_of_a_capture_are_scored_as_they_came() {
    let capture = good().capture;
    let expected = facing(1).live;
    assert!(capture.scores.iter().filter_map(|score| score.live).all(|live| Some(live) == expected));
}
