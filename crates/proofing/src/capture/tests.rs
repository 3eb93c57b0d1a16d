mod ends;
mod identity;
mod movements;
mod order;
mod properties;
mod quality;

use mibun_face::FrameMeasures;

use super::*;
use crate::actor::{BEGIN_MS, Scene, challenge, facing};

#[test]
fn whoever_follows_the_instructions_completes_every_challenge() {
    for seed in 0..200 {
        let mut scene = Scene::new(seed);
        scene.follow(1);
        assert_eq!(scene.capture.end(), Some(CaptureEnd::Completed), "seed {seed}");
        let summary = scene.capture.summary().expect("an ended capture");
        let done: Vec<Action> = summary.steps.iter().map(|step| step.action).collect();
        let asked: Vec<Action> = summary.challenge.steps().iter().map(|step| step.action).collect();
        assert_eq!(done, asked, "seed {seed}");
        assert!(summary.steps.iter().all(|step| step.end == StepEnd::Done));
    }
}

#[test]
fn the_next_movement_is_shown_only_when_the_one_before_is_done() {
    let mut scene = Scene::new(3);
    let asked: Vec<Action> = challenge(3).steps().iter().map(|step| step.action).collect();
    assert_eq!(scene.progress.step, Action::Centre);
    while !scene.progress.done {
        let (index, step) = (usize::from(scene.progress.index), scene.progress.step);
        assert!(step == Action::Centre || step == asked[index], "{:?}", scene.progress);
        let frame = scene.obedient(1);
        let next = scene.show(&frame);
        if usize::from(next.index) > index {
            assert_eq!(next.step, Action::Centre, "facing the camera comes between any two movements");
        }
    }
}

#[test]
fn progress_never_falls_while_instructions_are_followed_and_ends_at_one() {
    let mut scene = Scene::new(5);
    let mut last = 0.0;
    while !scene.progress.done {
        let frame = scene.obedient(1);
        let progress = scene.show(&frame).progress;
        assert!(progress >= last && progress <= 1.0, "{last} -> {progress}");
        last = progress;
    }
    assert!((last - 1.0).abs() < f32::EPSILON);
}

#[test]
fn the_drawn_pause_passes_before_a_movement_is_shown() {
    for seed in 0..50 {
        let mut scene = Scene::new(seed);
        scene.follow(1);
        let summary = scene.capture.summary().expect("an ended capture");
        for (step, drawn) in summary.steps.iter().zip(summary.challenge.steps()) {
            let paused_ms = step.shown_ms.unwrap_or(step.ended_ms) - step.begun_ms;
            assert!(paused_ms >= i64::from(drawn.hold_ms), "seed {seed}: {paused_ms} ms of {drawn:?}");
        }
    }
}

#[test]
fn the_summary_names_times_frames_and_scores() {
    let mut scene = Scene::new(11);
    assert_eq!(scene.capture.summary(), None);
    scene.follow(1);
    let summary = scene.capture.summary().expect("an ended capture");
    assert_eq!((summary.begun_ms, summary.ended_ms), (BEGIN_MS, scene.now_ms));
    assert_eq!(summary.frames.len(), usize::from(summary.tally.frames));
    assert_eq!(u32::from(summary.tally.frames), scene.seq);
    assert!(summary.scores.iter().filter(|score| score.live.is_some()).count() >= 5);
    assert!(summary.scores.iter().filter_map(|score| score.same_face).all(|same| same > 0.99));
}

#[test]
fn it_keeps_the_best_frame_before_between_and_after() {
    let mut scene = Scene::new(13);
    let fair = FrameMeasures { sharpness: 5.0, ..facing(1) };
    assert_eq!(scene.show(&fair).kept, Some(Moment::Before));
    assert_eq!(scene.show(&facing(1)).kept, Some(Moment::Before));
    assert_eq!(scene.show(&fair).kept, None);
    scene.follow(1);
    let summary = scene.capture.summary().expect("an ended capture");
    let moments: Vec<Moment> = summary.kept.iter().map(|frame| frame.moment).collect();
    assert_eq!(moments, [Moment::Before, Moment::Between, Moment::After]);
    assert_eq!(summary.kept[0].seq, 2);
    assert!(summary.kept.iter().all(|frame| frame.measures.embedding.is_none()), "no template in the record");
    let faces: Vec<u32> = scene.capture.faces().map(|(seq, _)| seq).collect();
    assert_eq!(faces, summary.kept.iter().map(|frame| frame.seq).collect::<Vec<_>>());
}

#[test]
fn the_state_survives_storage_at_every_frame() {
    let mut scene = Scene::new(17);
    while !scene.progress.done {
        let stored = serde_json::to_vec(&scene.capture).expect("a capture is data");
        let loaded: Capture = serde_json::from_slice(&stored).expect("as stored");
        assert_eq!(loaded, scene.capture);
        scene.capture = loaded;
        let frame = scene.obedient(1);
        scene.show(&frame);
    }
    assert_eq!(scene.capture.end(), Some(CaptureEnd::Completed));
}

#[test]
fn debug_shows_no_template() {
    let mut scene = Scene::new(19);
    scene.follow(1);
    let shown = format!("{:?}", scene.capture);
    assert!(shown.contains("Embedding([redacted]"), "{shown}");
    // The first component of the face, as any number format would begin it.
    let component = crate::actor::face(1).values()[1];
    assert!(!shown.contains(&format!("{component:.4}")));
}
