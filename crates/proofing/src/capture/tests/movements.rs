//! When a movement counts, and when it fails.

use mibun_face::{Eyes, FrameMeasures};

use crate::{
    actor::{FRAME_MS, Scene, empty, facing, moving},
    capture::{CaptureEnd, StepEnd},
    challenge::Action,
};

/// A capture at the moment its first movement, this one, has just been shown.
fn shown(wanted: Action) -> Scene {
    let found =
        (0..200).map(Scene::new).find_map(|mut scene| (scene.reach_first_movement(1) == wanted).then_some(scene));
    found.expect("every movement comes first in some draw")
}

fn ends(scene: &Scene) -> Vec<StepEnd> {
    let mut capture = scene.capture.clone();
    capture.lapse(i64::MAX);
    capture.summary().expect("lapsed").steps.iter().map(|step| step.end).collect()
}

#[test]
fn one_frame_of_a_movement_is_not_enough_and_two_are() {
    for action in [Action::TurnLeft, Action::TurnRight, Action::Nod, Action::Closer] {
        let mut scene = shown(action);
        assert_eq!(scene.show(&moving(1, action)).index, 1, "{action:?}");
        assert_eq!(scene.show(&moving(1, action)).index, 2, "{action:?}");
    }
}

#[test]
fn a_nod_counts_up_as_well_as_down() {
    let mut scene = shown(Action::Nod);
    let up = FrameMeasures { pitch_deg: -15.0, ..facing(1) };
    scene.show(&up);
    assert_eq!(scene.show(&up).index, 2);
}

#[test]
fn a_blink_needs_closed_eyes_and_then_open_ones() {
    let mut scene = shown(Action::Blink);
    for _ in 0..3 {
        assert_eq!(scene.show(&facing(1)).index, 1, "open eyes alone");
    }
    for _ in 0..3 {
        assert_eq!(scene.show(&moving(1, Action::Blink)).index, 1, "closed eyes alone");
    }
    assert_eq!(scene.show(&facing(1)).index, 2);
}

#[test]
fn a_blink_is_measured_against_the_persons_own_eyes() {
    let lids = |opening| FrameMeasures { eyes_open: Eyes { left: opening, right: opening }, ..facing(1) };
    let mut scene = (0..200)
        .map(Scene::new)
        .find_map(|mut scene| {
            // Narrow eyes: open at 0.16, which for other people would be nearly closed.
            while scene.progress.step == Action::Centre {
                scene.show(&lids(0.16));
            }
            (scene.progress.step == Action::Blink).then_some(scene)
        })
        .expect("a blink comes first in some draw");
    assert_eq!(scene.show(&lids(0.15)).index, 1);
    assert_eq!(scene.show(&lids(0.16)).index, 1, "never closed");
    assert_eq!(scene.show(&lids(0.05)).index, 1);
    assert_eq!(scene.show(&lids(0.15)).index, 2);
}

#[test]
fn lids_that_sink_with_a_nod_are_no_blink() {
    let mut scene = shown(Action::Blink);
    scene.show(&FrameMeasures { pitch_deg: 18.0, ..moving(1, Action::Blink) });
    assert_eq!(scene.show(&facing(1)).index, 1);
}

#[test]
fn just_below_the_threshold_does_not_count() {
    let almost = [
        (Action::TurnLeft, FrameMeasures { yaw_deg: 16.5, ..facing(1) }),
        (Action::TurnRight, FrameMeasures { yaw_deg: -16.5, ..facing(1) }),
        (Action::Nod, FrameMeasures { pitch_deg: 10.5, ..facing(1) }),
        (Action::Closer, FrameMeasures { face_height_ratio: 0.62, ..facing(1) }),
    ];
    for (action, seen) in almost {
        let mut scene = shown(action);
        for _ in 0..10 {
            assert_eq!(scene.show(&seen).index, 1, "{action:?}");
        }
        assert_eq!(ends(&scene), [StepEnd::Done], "{action:?}: neither made nor failed");
    }
}

#[test]
fn what_comes_sooner_than_anyone_can_react_does_not_count() {
    let mut scene = shown(Action::TurnLeft);
    scene.now_ms -= FRAME_MS - 100;
    assert_eq!(scene.show(&moving(1, Action::TurnLeft)).index, 1);
    assert_eq!(scene.show(&moving(1, Action::TurnLeft)).index, 1, "the first of the two came 100 ms after the order");
    assert_eq!(scene.show(&moving(1, Action::TurnLeft)).index, 2);
}

#[test]
fn a_movement_made_before_it_is_shown_does_not_count() {
    let mut scene = Scene::new(1);
    scene.follow_until(1, |progress| progress.index == 1);
    for action in Action::MOVEMENTS {
        scene.show(&moving(1, action));
    }
    assert_eq!((scene.progress.index, scene.progress.step), (1, Action::Centre));
}

#[test]
fn the_wrong_turn_fails_the_step_and_another_movement_is_drawn() {
    for (asked, made) in [
        (Action::TurnLeft, Action::TurnRight),
        (Action::TurnRight, Action::TurnLeft),
        (Action::Nod, Action::TurnLeft),
        (Action::Blink, Action::TurnRight),
        (Action::Closer, Action::TurnRight),
    ] {
        let mut scene = shown(asked);
        assert_eq!(scene.show(&moving(1, made)).step, asked, "one frame may be an accident");
        assert_eq!(scene.show(&moving(1, made)).step, Action::Centre);
        assert_eq!(ends(&scene), [StepEnd::Done, StepEnd::WrongAction]);
        scene.follow_until(1, |progress| progress.step != Action::Centre);
        assert_eq!(scene.progress.index, 1);
        assert_ne!(scene.progress.step, asked);
    }
}

#[test]
fn a_natural_blink_or_nod_during_a_turn_is_no_fault() {
    let mut scene = shown(Action::TurnLeft);
    for action in [Action::Blink, Action::Nod, Action::Closer] {
        scene.show(&moving(1, action));
        scene.show(&moving(1, action));
    }
    assert_eq!((scene.progress.index, scene.progress.step), (1, Action::TurnLeft));
}

#[test]
fn standing_still_runs_out_of_time_and_another_movement_is_drawn() {
    let mut scene = shown(Action::Nod);
    while scene.progress.step == Action::Nod {
        scene.show(&facing(1));
    }
    assert_eq!(ends(&scene), [StepEnd::Done, StepEnd::TimeOver]);
    assert_eq!(scene.progress.index, 1);
}

#[test]
fn a_face_that_leaves_the_view_in_a_movement_fails_it() {
    let mut scene = shown(Action::TurnLeft);
    scene.show(&empty());
    assert_eq!(scene.progress.step, Action::TurnLeft, "a detector may miss one frame");
    scene.show(&empty());
    assert_eq!(ends(&scene), [StepEnd::Done, StepEnd::FaceLost]);
}

#[test]
fn what_was_seen_before_the_face_was_lost_is_forgotten() {
    let mut scene = shown(Action::TurnLeft);
    scene.show(&moving(1, Action::TurnLeft));
    scene.show(&empty());
    assert_eq!(scene.show(&moving(1, Action::TurnLeft)).index, 1);
    assert_eq!(scene.show(&moving(1, Action::TurnLeft)).index, 2);
}

#[test]
fn only_missing_frames_in_a_row_lose_the_face() {
    let mut scene = shown(Action::TurnLeft);
    for _ in 0..4 {
        scene.show(&empty());
        scene.show(&facing(1));
    }
    assert_eq!((scene.progress.index, scene.progress.step), (1, Action::TurnLeft));
}

#[test]
fn movements_in_the_dark_do_not_count() {
    let mut scene = shown(Action::TurnLeft);
    let mut dark = moving(1, Action::TurnLeft);
    dark.exposure.luminance_mean = 20.0;
    for _ in 0..5 {
        assert_eq!(scene.show(&dark).index, 1);
    }
}

#[test]
fn the_third_failure_ends_the_capture() {
    for seed in 0..50 {
        let mut scene = Scene::new(seed);
        while !scene.progress.done {
            let frame = match scene.progress.step {
                Action::Centre => facing(1),
                Action::TurnRight => moving(1, Action::TurnLeft),
                _ => moving(1, Action::TurnRight),
            };
            scene.show(&frame);
        }
        assert_eq!(scene.capture.end(), Some(CaptureEnd::ChallengeFailed), "seed {seed}");
        let wrong = ends(&scene).iter().filter(|end| **end == StepEnd::WrongAction).count();
        assert_eq!(wrong, 3, "seed {seed}");
    }
}

#[test]
fn two_failures_may_still_end_well() {
    let mut scene = Scene::new(2);
    for _ in 0..2 {
        let asked = scene.reach_first_movement(1);
        let wrong = if asked == Action::TurnLeft { Action::TurnRight } else { Action::TurnLeft };
        scene.show(&moving(1, if asked == Action::TurnRight { Action::TurnLeft } else { wrong }));
        scene.show(&moving(1, if asked == Action::TurnRight { Action::TurnLeft } else { wrong }));
    }
    scene.follow(1);
    assert_eq!(scene.capture.end(), Some(CaptureEnd::Completed));
    assert_eq!(ends(&scene).iter().filter(|end| **end == StepEnd::WrongAction).count(), 2);
}
