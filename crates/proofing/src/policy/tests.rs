use super::*;
use crate::challenge::Action;

/// The recommended embedder on photographs (docs: 87.3 million different-person pairs).
const MEASURED: [CalibrationRow; 4] = [
    CalibrationRow { fmr: 1e-3, threshold: 0.339 },
    CalibrationRow { fmr: 1e-4, threshold: 0.412 },
    CalibrationRow { fmr: 1e-5, threshold: 0.480 },
    CalibrationRow { fmr: 1e-6, threshold: 0.540 },
];

#[test]
fn the_defaults_are_usable_and_documented() {
    let policy = Policy::default();
    assert_eq!(policy.check(), Ok(()));
    assert_eq!((policy.matching.accept_fmr, policy.matching.review_fmr), (1e-5, 1e-3));
    assert_eq!((policy.liveness.accept, policy.liveness.percentile), (0.8, 20));
    assert_eq!(policy.liveness.without_model, WithoutModel::Refer);
}

#[test]
fn defaults_pick_the_rows_they_name() {
    let thresholds = MatchRules::default().thresholds(&MEASURED).expect("all rows are there");
    assert_eq!(thresholds.accept, Some(MEASURED[2]));
    assert_eq!(thresholds.review, MEASURED[0]);
}

#[test]
fn a_rate_between_two_rows_takes_the_stricter() {
    let rules = MatchRules { accept_fmr: 5e-5, review_fmr: 9e-4 };
    let thresholds = rules.thresholds(&MEASURED).expect("stricter rows are there");
    assert_eq!((thresholds.accept, thresholds.review), (Some(MEASURED[2]), MEASURED[1]));
}

#[test]
fn an_embedder_never_measured_that_far_accepts_nobody_by_itself() {
    let thresholds = MatchRules::default().thresholds(&MEASURED[..1]).expect("the reviewing row is there");
    assert_eq!((thresholds.accept, thresholds.review), (None, MEASURED[0]));
}

#[test]
fn an_embedder_without_a_reviewing_row_is_not_calibrated() {
    assert_eq!(MatchRules::default().thresholds(&[]), Err(NotCalibrated { fmr: 1e-3 }));
    let loose = [CalibrationRow { fmr: 1e-2, threshold: 0.255 }];
    assert_eq!(MatchRules::default().thresholds(&loose), Err(NotCalibrated { fmr: 1e-3 }));
}

#[test]
fn a_policy_under_which_anything_or_nothing_passes_is_refused() {
    let refused = |change: fn(&mut Policy)| {
        let mut policy = Policy::default();
        change(&mut policy);
        policy.check().expect_err("an unusable policy")
    };
    assert_eq!(
        refused(|policy| policy.challenge.movements = vec![Action::Blink]),
        PolicyError::Challenge(RulesError::Movements)
    );
    assert_eq!(refused(|policy| policy.capture.max_frames = 0), PolicyError::Capture);
    assert_eq!(refused(|policy| policy.capture.max_frames = 2_001), PolicyError::Capture);
    assert_eq!(refused(|policy| policy.capture.time_limit_ms = 0), PolicyError::Capture);
    assert_eq!(refused(|policy| policy.capture.movement.confirm_frames = 0), PolicyError::Capture);
    assert_eq!(refused(|policy| policy.matching.accept_fmr = 0.0), PolicyError::Matching);
    assert_eq!(refused(|policy| policy.matching.accept_fmr = 0.01), PolicyError::Matching);
    assert_eq!(refused(|policy| policy.matching.review_fmr = f32::NAN), PolicyError::Matching);
    assert_eq!(refused(|policy| policy.liveness.reject = 0.9), PolicyError::Liveness);
    assert_eq!(refused(|policy| policy.liveness.accept = 1.5), PolicyError::Liveness);
    assert_eq!(refused(|policy| policy.liveness.percentile = 51), PolicyError::Liveness);
    assert_eq!(refused(|policy| policy.liveness.min_frames = 0), PolicyError::Liveness);
}

#[test]
fn unknown_settings_are_refused_at_every_depth() {
    for text in [
        r#"{"versoin":"x"}"#,
        r#"{"capture":{"quality":{"min_inter_eye":50}}}"#,
        r#"{"challenge":{"limit_ms":{"min":1,"max":2,"mean":1}}}"#,
        r#"{"liveness":{"without_model":"accept"}}"#,
    ] {
        assert!(serde_json::from_str::<Policy>(text).is_err(), "{text}");
    }
}

#[test]
fn what_is_left_out_takes_its_default() {
    let policy: Policy = serde_json::from_str(r#"{"liveness":{"accept":0.9}}"#).expect("one setting");
    let mut expected = Policy::default();
    expected.liveness.accept = 0.9;
    assert_eq!(policy, expected);
}
