//! How a capture ends when it does not end well.

use mibun_face::FrameMeasures;

use crate::{
    actor::{BEGIN_MS, FRAME_MS, Scene, challenge, empty, facing},
    capture::{CaptureEnd, CaptureRules, Hint, StepEnd},
};

fn dark() -> FrameMeasures {
    let mut seen = facing(1);
    seen.exposure.luminance_mean = 20.0;
    seen
}

fn crowd() -> FrameMeasures {
    FrameMeasures { faces: 2, ..facing(1) }
}

#[test]
fn a_few_frames_with_two_faces_are_forgiven_and_more_are_not() {
    let mut scene = Scene::new(1);
    for _ in 0..5 {
        assert_eq!(scene.show(&crowd()).hint, Some(Hint::TwoFaces));
    }
    assert_eq!(scene.capture.end(), None);
    assert!(scene.show(&crowd()).done);
    assert_eq!(scene.capture.end(), Some(CaptureEnd::TwoFaces));
}

#[test]
fn frames_with_two_faces_add_up_over_the_whole_capture() {
    let mut scene = Scene::new(1);
    while scene.capture.end().is_none() {
        scene.show(&crowd());
        let frame = scene.obedient(1);
        if scene.capture.end().is_none() {
            scene.show(&frame);
        }
    }
    assert_eq!(scene.capture.end(), Some(CaptureEnd::TwoFaces));
}

#[test]
fn an_empty_room_ends_with_no_face() {
    let mut scene = Scene::new(1);
    while !scene.progress.done {
        scene.show(&empty());
    }
    assert_eq!(scene.capture.end(), Some(CaptureEnd::NoFace));
    assert!(scene.now_ms <= scene.capture.expires_at_ms());
}

#[test]
fn a_dark_room_ends_with_too_dark() {
    let mut scene = Scene::new(1);
    while !scene.progress.done {
        scene.show(&dark());
    }
    assert_eq!(scene.capture.end(), Some(CaptureEnd::TooDark));
}

#[test]
fn a_fault_of_half_the_frames_does_not_explain_the_end_and_of_more_than_half_does() {
    let end = |dark_frames: u32| {
        let rules = CaptureRules { max_frames: 20, ..CaptureRules::default() };
        let mut scene = Scene::with(&rules, challenge(1));
        for frame in 0..20 {
            scene.show(&if frame < dark_frames { dark() } else { facing(1) });
        }
        scene.capture.end()
    };
    assert_eq!(end(10), Some(CaptureEnd::TimeOver));
    assert_eq!(end(11), Some(CaptureEnd::TooDark));
}

#[test]
fn standing_still_all_the_time_ends_with_the_challenge_failed() {
    for seed in 0..50 {
        let mut scene = Scene::new(seed);
        while !scene.progress.done {
            scene.show(&facing(1));
        }
        assert_eq!(scene.capture.end(), Some(CaptureEnd::ChallengeFailed), "seed {seed}");
    }
}

#[test]
fn time_over_is_noted_when_it_lapses() {
    let rules = CaptureRules { time_limit_ms: 3_000, ..CaptureRules::default() };
    let mut scene = Scene::with(&rules, challenge(1));
    for _ in 0..10 {
        scene.show(&facing(1));
    }
    assert_eq!(scene.capture.lapse(BEGIN_MS + 3_000), None, "the last moment still counts");
    assert_eq!(scene.capture.lapse(BEGIN_MS + 3_001), Some(CaptureEnd::TimeOver));
    assert_eq!(scene.capture.summary().map(|summary| summary.ended_ms), Some(BEGIN_MS + 3_001));
}

#[test]
fn silence_is_an_interruption() {
    let mut scene = Scene::new(1);
    scene.show(&facing(1));
    assert_eq!(scene.capture.lapse(scene.now_ms + 15_000), None);
    assert_eq!(scene.capture.lapse(scene.now_ms + 15_001), Some(CaptureEnd::Interrupted));
}

#[test]
fn a_frame_after_too_long_a_silence_ends_the_capture() {
    let mut scene = Scene::new(1);
    scene.show(&facing(1));
    scene.now_ms += 15_000;
    assert!(scene.show(&facing(1)).done);
    assert_eq!(scene.capture.end(), Some(CaptureEnd::Interrupted));
}

#[test]
fn an_end_is_final() {
    let mut scene = Scene::new(1);
    scene.follow(1);
    let ended = scene.capture.clone();
    assert_eq!(scene.capture.lapse(i64::MAX), Some(CaptureEnd::Completed));
    assert_eq!(scene.capture, ended);
}

#[test]
fn too_many_frames_end_the_capture() {
    let rules = CaptureRules { max_frames: 20, ..CaptureRules::default() };
    let mut scene = Scene::with(&rules, challenge(1));
    while !scene.progress.done {
        scene.show(&facing(1));
    }
    assert_eq!((scene.seq, scene.capture.end()), (20, Some(CaptureEnd::TimeOver)));
}

#[test]
fn a_person_who_never_faces_the_camera_again_fails_the_step() {
    let mut scene = Scene::new(1);
    scene.follow_until(1, |progress| progress.index == 1);
    let away = FrameMeasures { yaw_deg: 40.0, embedding: None, ..facing(1) };
    while !scene.progress.done && scene.capture.lapse(scene.now_ms).is_none() {
        scene.show(&away);
    }
    let summary = scene.capture.summary().expect("an ended capture");
    let failed: Vec<_> = summary.steps.iter().filter(|step| step.end == StepEnd::TimeOver).collect();
    assert_eq!(failed.len(), 3);
    assert!(failed.iter().all(|step| step.shown_ms.is_none()), "the movement stayed secret");
    assert_eq!(summary.end, CaptureEnd::ChallengeFailed);
}

/// Somebody who stands still, with so long between two frames.
fn standing_still(interval_ms: i64) -> Option<CaptureEnd> {
    let mut scene = Scene::new(1);
    while !scene.progress.done && scene.capture.lapse(scene.now_ms).is_none() {
        scene.now_ms += interval_ms - FRAME_MS;
        scene.show(&facing(1));
    }
    scene.capture.end()
}

#[test]
fn too_few_frames_a_second_are_a_matter_of_the_connection_and_no_failed_challenge() {
    assert_eq!(standing_still(850), Some(CaptureEnd::Interrupted));
    assert_eq!(standing_still(501), Some(CaptureEnd::Interrupted));
    assert_eq!(standing_still(500), Some(CaptureEnd::ChallengeFailed), "two a second show what the person does");
}

#[test]
fn whoever_follows_in_spite_of_few_frames_completes_the_capture() {
    let mut scene = Scene::new(1);
    while !scene.progress.done && scene.capture.lapse(scene.now_ms).is_none() {
        scene.now_ms += 600 - FRAME_MS;
        let frame = scene.obedient(1);
        scene.show(&frame);
    }
    assert_eq!(scene.capture.end(), Some(CaptureEnd::Completed));
}
