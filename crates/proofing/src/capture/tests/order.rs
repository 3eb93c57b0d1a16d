//! What is received: order, pace, repetition, lateness; and that a refused frame changes nothing.

use mibun_crypto::digest::sha256;

use crate::{
    actor::{BEGIN_MS, Scene, facing},
    capture::{CaptureEnd, CaptureError, CaptureRules, FrameInput},
};
use mibun_face::{Embedding, FrameMeasures, LiveScores};

fn frame(seq: u32, content: u32, at_ms: i64, measures: &FrameMeasures) -> FrameInput<'_> {
    FrameInput { seq, keyed_hash: sha256(&content.to_be_bytes()), measures, at_ms }
}

/// A capture that has three frames, 200 ms apart, and its last moment.
fn begun() -> Scene {
    let mut scene = Scene::new(1);
    for _ in 0..3 {
        scene.show(&facing(1));
    }
    scene
}

#[track_caller]
fn refused(scene: &Scene, input: FrameInput<'_>, expected: CaptureError) {
    let mut capture = scene.capture.clone();
    assert_eq!(capture.observe(input), Err(expected));
    assert_eq!(capture, scene.capture, "a refused frame changed the capture");
}

#[test]
fn a_frame_with_the_number_before_is_out_of_order() {
    let (scene, good) = (begun(), facing(1));
    for seq in [0, 1, 2, 3] {
        refused(&scene, frame(seq, 99, scene.now_ms + 200, &good), CaptureError::OutOfOrder { last: 3 });
    }
}

#[test]
fn numbers_may_skip() {
    let (mut scene, good) = (begun(), facing(1));
    let at_ms = scene.now_ms + 200;
    assert!(scene.capture.observe(frame(40, 99, at_ms, &good)).is_ok());
}

#[test]
fn the_same_bytes_under_another_number_are_replayed() {
    let (scene, good) = (begun(), facing(1));
    for content in [1, 2, 3] {
        refused(&scene, frame(4, content, scene.now_ms + 200, &good), CaptureError::FrameReplayed);
    }
}

#[test]
fn frames_faster_than_a_camera_are_refused_with_the_time_to_wait() {
    let (scene, good) = (begun(), facing(1));
    refused(&scene, frame(4, 4, scene.now_ms + 59, &good), CaptureError::TooFast { wait_ms: 1 });
    refused(&scene, frame(4, 4, scene.now_ms, &good), CaptureError::TooFast { wait_ms: 60 });
    let mut capture = scene.capture.clone();
    assert!(capture.observe(frame(4, 4, scene.now_ms + 60, &good)).is_ok());
}

#[test]
fn a_clock_that_goes_back_is_no_way_to_send_more() {
    let (scene, good) = (begun(), facing(1));
    refused(&scene, frame(4, 4, scene.now_ms - 1_000, &good), CaptureError::TooFast { wait_ms: 1_060 });
}

#[test]
fn the_first_frame_may_come_at_once() {
    let mut scene = Scene::new(1);
    assert!(scene.capture.observe(frame(0, 0, BEGIN_MS, &facing(1))).is_ok());
}

#[test]
fn a_late_frame_is_refused() {
    let (scene, good) = (begun(), facing(1));
    let expires_at_ms = scene.capture.expires_at_ms();
    assert_eq!(expires_at_ms, BEGIN_MS + i64::from(CaptureRules::default().time_limit_ms));
    refused(&scene, frame(4, 4, expires_at_ms + 1, &good), CaptureError::Expired);
    // The very last moment still counts as a frame: here one after a long silence.
    let mut capture = scene.capture.clone();
    assert!(capture.observe(frame(4, 4, expires_at_ms, &good)).is_ok());
}

#[test]
fn nothing_is_taken_after_the_end() {
    let mut scene = Scene::new(1);
    scene.follow(1);
    assert_eq!(scene.capture.end(), Some(CaptureEnd::Completed));
    refused(&scene, frame(999, 999, scene.now_ms + 200, &facing(1)), CaptureError::Ended);
}

#[test]
fn measures_that_are_no_numbers_are_refused() {
    let scene = begun();
    let odd = [
        FrameMeasures { yaw_deg: f32::NAN, ..facing(1) },
        FrameMeasures { face_height_ratio: f32::INFINITY, ..facing(1) },
        FrameMeasures { sharpness: f32::NEG_INFINITY, ..facing(1) },
        FrameMeasures { live: Some(LiveScores { v2: f32::NAN, v1se: 1.0, min: 1.0 }), ..facing(1) },
    ];
    for measures in &odd {
        refused(&scene, frame(4, 4, scene.now_ms + 200, measures), CaptureError::NotANumber);
    }
    assert_eq!(Embedding::normalised(vec![f32::NAN]), None, "an embedding is finite from the start");
}
