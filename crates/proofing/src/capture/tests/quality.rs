//! Hints: one per fault, the most important first.

use mibun_face::{Exposure, FrameMeasures, Offset};

use crate::{
    actor::{Scene, empty, facing, moving},
    capture::{Hint, Progress},
    challenge::Action,
};

fn hint_for(seen: &FrameMeasures) -> Option<Hint> {
    let Progress { hint, index, done, .. } = Scene::new(1).show(seen);
    assert_eq!((index, done), (0, false));
    hint
}

/// Changes a good frame for the worse.
type Fault = fn(&mut FrameMeasures);

/// Every fault with its hint, in order of priority.
const FAULTS: [(Hint, Fault); 8] = [
    (Hint::TwoFaces, |seen| seen.faces = 2),
    (Hint::TooDark, |seen| seen.exposure.luminance_mean = 30.0),
    (Hint::TooBright, |seen| seen.exposure.over_exposed = 0.5),
    (Hint::TooFar, |seen| seen.inter_eye_px = 40.0),
    (Hint::TooClose, |seen| seen.face_height_ratio = 0.8),
    (Hint::OffCentre, |seen| seen.centre_offset.y = 0.3),
    (Hint::LookStraight, |seen| seen.yaw_deg = -14.0),
    (Hint::Blurred, |seen| seen.sharpness = 1.0),
];

fn with(faults: &[Fault]) -> FrameMeasures {
    let mut seen = facing(1);
    faults.iter().for_each(|fault| fault(&mut seen));
    seen
}

#[test]
fn each_fault_has_its_hint() {
    for (hint, fault) in FAULTS {
        assert_eq!(hint_for(&with(&[fault])), Some(hint));
    }
    assert_eq!(hint_for(&empty()), Some(Hint::NoFace));
}

#[test]
fn the_other_side_of_each_floor_has_the_same_hint() {
    let others: [(Hint, Fault); 8] = [
        (Hint::TwoFaces, |seen| seen.faces = 9),
        (Hint::TooDark, |seen| seen.exposure.under_exposed = 0.9),
        (Hint::TooBright, |seen| seen.exposure.luminance_mean = 240.0),
        (Hint::TooFar, |seen| seen.face_height_ratio = 0.1),
        (Hint::OffCentre, |seen| seen.centre_offset = Offset { x: -0.3, y: 0.0 }),
        (Hint::LookStraight, |seen| seen.pitch_deg = 25.0),
        (Hint::LookStraight, |seen| seen.roll_deg = -30.0),
        (Hint::LookStraight, |seen| seen.yaw_deg = 14.0),
    ];
    for (hint, fault) in others {
        assert_eq!(hint_for(&with(&[fault])), Some(hint));
    }
}

#[test]
fn of_two_faults_the_more_important_is_told() {
    for (first, (hint, fault)) in FAULTS.iter().enumerate() {
        for (_, other) in &FAULTS[first + 1..] {
            assert_eq!(hint_for(&with(&[*other, *fault])), Some(*hint));
        }
    }
}

#[test]
fn a_covered_lens_is_dark_rather_than_empty() {
    let black = Exposure { luminance_mean: 3.0, under_exposed: 1.0, ..Exposure::default() };
    assert_eq!(hint_for(&FrameMeasures { exposure: black, ..FrameMeasures::default() }), Some(Hint::TooDark));
}

#[test]
fn a_good_frame_asks_to_hold_still() {
    assert_eq!(hint_for(&facing(1)), Some(Hint::HoldStill));
}

#[test]
fn no_faulty_frame_completes_the_first_step() {
    for (hint, fault) in FAULTS {
        let mut scene = Scene::new(1);
        let seen = with(&[fault]);
        for _ in 0..5 {
            scene.show(&seen);
        }
        assert_eq!(scene.progress.index, 0, "{hint:?}");
        assert!(scene.capture.faces().next().is_none(), "{hint:?}: a faulty frame was kept");
    }
}

#[test]
fn good_frames_count_only_in_a_row() {
    let mut scene = Scene::new(1);
    for _ in 0..8 {
        scene.show(&facing(1));
        scene.show(&facing(1));
        scene.show(&with(&[|seen| seen.sharpness = 1.0]));
    }
    assert_eq!(scene.progress.index, 0);
}

#[test]
fn a_movement_is_not_told_to_look_straight() {
    for seed in 0..20 {
        let mut scene = Scene::new(seed);
        let action = scene.reach_first_movement(1);
        let hint = scene.show(&moving(1, action)).hint;
        assert!(!matches!(hint, Some(Hint::LookStraight | Hint::OffCentre | Hint::Blurred)), "{action:?}: {hint:?}");
    }
}

#[test]
fn coming_closer_is_not_too_close_until_the_face_fills_the_view() {
    let mut scene = Scene::new(0);
    let mut seed = 0;
    while scene.reach_first_movement(1) != Action::Closer {
        seed += 1;
        scene = Scene::new(seed);
    }
    assert_eq!(scene.clone().show(&FrameMeasures { face_height_ratio: 0.9, ..facing(1) }).hint, None);
    assert_eq!(scene.show(&FrameMeasures { face_height_ratio: 0.99, ..facing(1) }).hint, Some(Hint::TooClose));
}
