//! One and the same face throughout.

use mibun_face::{Embedding, FrameMeasures};

use crate::{
    actor::{Scene, facing, moving},
    capture::CaptureEnd,
    challenge::Action,
};

#[test]
fn another_face_at_any_time_ends_the_capture() {
    for frames_before in 3..14 {
        let mut scene = Scene::new(4);
        for _ in 0..frames_before {
            let frame = scene.obedient(1);
            scene.show(&frame);
        }
        // The swap: from here on another person stands still, then follows.
        scene.show(&facing(2));
        scene.show(&facing(2));
        assert_eq!(scene.capture.end(), Some(CaptureEnd::FaceChanged), "after {frames_before} frames");
    }
}

#[test]
fn somebody_else_who_makes_the_movements_is_found_when_facing_the_camera_again() {
    for seed in 0..30 {
        let mut scene = Scene::new(seed);
        let action = scene.reach_first_movement(1);
        while scene.capture.end().is_none() {
            let frame = scene.obedient(2);
            scene.show(&frame);
        }
        assert_eq!(scene.capture.end(), Some(CaptureEnd::FaceChanged), "{action:?}");
    }
}

#[test]
fn one_odd_frame_is_forgiven_but_does_not_count() {
    let mut scene = Scene::new(4);
    scene.show(&facing(1));
    scene.show(&facing(1));
    scene.show(&facing(2));
    assert_eq!((scene.progress.index, scene.progress.done), (0, false));
    scene.follow(1);
    assert_eq!(scene.capture.end(), Some(CaptureEnd::Completed));
    assert!(scene.capture.faces().all(|(seq, _)| seq != 3), "the odd frame is not matched with the portrait");
}

#[test]
fn odd_frames_apart_from_each_other_are_forgiven() {
    let mut scene = Scene::new(4);
    scene.show(&facing(1));
    for _ in 0..4 {
        scene.show(&facing(2));
        scene.show(&facing(1));
    }
    assert_eq!(scene.capture.end(), None);
}

#[test]
fn a_turned_face_is_neither_compared_nor_scored_for_liveness() {
    let mut scene = Scene::new(4);
    scene.show(&facing(1));
    scene.show(&FrameMeasures { yaw_deg: 24.0, ..facing(1) });
    scene.show(&FrameMeasures { pitch_deg: -24.0, ..facing(1) });
    scene.capture.lapse(i64::MAX);
    let summary = scene.capture.summary().expect("lapsed");
    assert_eq!(summary.scores.iter().map(|score| score.seq).collect::<Vec<_>>(), [1]);
}

#[test]
fn a_movement_by_another_face_does_not_count() {
    // A nod keeps the face in view, so the face is compared in the middle of it.
    let mut scene = (0..200)
        .map(Scene::new)
        .find_map(|mut scene| (scene.reach_first_movement(1) == Action::Nod).then_some(scene))
        .expect("a nod comes first in some draw");
    scene.show(&moving(2, Action::Nod));
    assert_eq!(scene.progress.index, 1);
    scene.show(&moving(1, Action::Nod));
    assert_eq!(scene.progress.index, 1, "one nod of the person alone is not two");
}

#[test]
fn blurred_frames_accuse_nobody() {
    let mut scene = Scene::new(4);
    scene.show(&facing(1));
    for _ in 0..10 {
        scene.show(&FrameMeasures { sharpness: 1.0, ..facing(2) });
    }
    assert_eq!(scene.capture.end(), None);
}

#[test]
fn turned_frames_accuse_nobody() {
    let mut scene = Scene::new(4);
    scene.show(&facing(1));
    for _ in 0..10 {
        scene.show(&FrameMeasures { yaw_deg: 24.0, ..facing(2) });
    }
    assert_eq!(scene.capture.end(), None);
}

#[test]
fn a_frame_without_an_embedding_never_counts_as_the_person() {
    let mut scene = Scene::new(4);
    for _ in 0..20 {
        scene.show(&FrameMeasures { embedding: None, ..facing(1) });
    }
    assert_eq!(scene.progress.index, 0);
    assert!(scene.capture.faces().next().is_none());
}

#[test]
fn a_template_of_another_model_resembles_nobody() {
    let mut scene = Scene::new(4);
    scene.show(&facing(1));
    let foreign = Embedding::normalised(vec![1.0; 512]);
    for _ in 0..2 {
        scene.show(&FrameMeasures { embedding: foreign.clone(), ..facing(1) });
    }
    assert_eq!(scene.capture.end(), Some(CaptureEnd::FaceChanged));
}

#[test]
fn every_comparison_is_in_the_summary() {
    let mut scene = Scene::new(4);
    scene.show(&facing(1));
    scene.show(&facing(2));
    scene.follow(1);
    let summary = scene.capture.summary().expect("an ended capture");
    let lowest = summary.scores.iter().filter_map(|score| score.same_face).fold(1.0, f32::min);
    assert!(lowest < 0.2, "{lowest}");
}
