//! What holds for any frames at all.

use mibun_crypto::digest::sha256;
use mibun_face::{Exposure, Eyes, FrameMeasures, Offset};
use proptest::prelude::*;

use crate::{
    actor::{BEGIN_MS, Scene, challenge, face, facing, moving},
    capture::{Capture, CaptureEnd, CaptureRules, FrameInput, StepEnd, StepRecord},
    challenge::Action,
};

/// Frames as a camera, an attacker or a broken engine may deliver them; often good, so that captures get somewhere.
fn any_frame() -> impl Strategy<Value = FrameMeasures> {
    let wild =
        (0u32..4, -60f32..60.0, -40f32..40.0, 0f32..0.5, 0f32..1.2, -0.5f32..0.5, 0f32..255.0, 0f32..30.0, 0u8..3)
            .prop_map(|(faces, yaw_deg, pitch_deg, eyes, height, offset, light, sharpness, person)| FrameMeasures {
                faces,
                yaw_deg,
                pitch_deg,
                eyes_open: Eyes { left: eyes, right: eyes },
                face_height_ratio: height,
                centre_offset: Offset { x: offset, y: offset },
                exposure: Exposure { luminance_mean: light, ..Exposure::default() },
                sharpness,
                embedding: (person > 0).then(|| face(person)),
                ..facing(1)
            });
    let staged = prop::sample::select(Action::MOVEMENTS.to_vec()).prop_map(|action| moving(1, action));
    prop_oneof![2 => wild, 3 => Just(facing(1)), 3 => staged]
}

/// Whether the frames sent during a step show its movement: judged without any code of the capture.
fn was_made(step: &StepRecord, frames: &[(i64, FrameMeasures)]) -> bool {
    let shown_ms = step.shown_ms.expect("a movement that was made was shown");
    let since = |ms: i64| frames.iter().filter(move |(at_ms, _)| (ms + 1..=step.ended_ms).contains(at_ms));
    let twice = |shows: fn(&FrameMeasures) -> bool| since(shown_ms).filter(|(_, seen)| shows(seen)).count() >= 2;
    match step.action {
        Action::Centre => true,
        Action::TurnLeft => twice(|seen| seen.yaw_deg >= 5.0),
        Action::TurnRight => twice(|seen| seen.yaw_deg <= -5.0),
        Action::Nod => {
            // From wherever the head was held before, up or down.
            let pitches = || since(step.begun_ms).map(|(_, seen)| seen.pitch_deg);
            pitches().fold(f32::MIN, f32::max) - pitches().fold(f32::MAX, f32::min) >= 11.0
        }
        Action::Blink => since(shown_ms).any(|(_, seen)| seen.eyes_open.left < 0.3),
        Action::Closer => twice(|seen| seen.face_height_ratio > 0.27),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn no_frames_complete_a_capture_without_the_challenge(
        seed in 0u32..1_000,
        // None: what the instruction asks for, so that many of these captures get to the end.
        frames in prop::collection::vec(prop::option::weighted(0.3, any_frame()), 1..150),
    ) {
        let mut scene = Scene::new(seed);
        let mut sent = Vec::new();
        for seen in frames {
            if scene.progress.done {
                break;
            }
            let seen = seen.unwrap_or_else(|| scene.obedient(1));
            scene.show(&seen);
            sent.push((scene.now_ms, seen));
        }
        if scene.capture.end() == Some(CaptureEnd::Completed) {
            let summary = scene.capture.summary().expect("an ended capture");
            let done: Vec<_> = summary.steps.iter().filter(|step| step.end == StepEnd::Done).collect();
            prop_assert_eq!(done.iter().map(|step| step.index).collect::<Vec<_>>(), [0, 1, 2, 3, 4]);
            for step in done.iter().filter(|step| step.action != Action::Centre) {
                prop_assert!(was_made(step, &sent), "{:?}", step);
            }
        }
    }

    #[test]
    fn a_still_picture_never_completes_a_capture(seed in any::<u32>(), picture in any_frame()) {
        let mut scene = Scene::new(seed);
        while !scene.progress.done && scene.capture.lapse(scene.now_ms + 200).is_none() {
            scene.show(&picture);
        }
        prop_assert_ne!(scene.capture.end(), Some(CaptureEnd::Completed));
    }

    #[test]
    fn a_recording_of_one_challenge_does_not_pass_another(recorded in 0u32..200, asked in 0u32..200) {
        let movements = |seed| challenge(seed).steps().iter().map(|step| step.action).collect::<Vec<_>>();
        prop_assume!(movements(recorded) != movements(asked));
        let mut rehearsal = Scene::new(recorded);
        let mut recording = Vec::new();
        while !rehearsal.progress.done {
            let frame = rehearsal.obedient(1);
            rehearsal.show(&frame);
            recording.push(frame);
        }
        let mut scene = Scene::new(asked);
        for frame in &recording {
            if !scene.progress.done {
                scene.show(frame);
            }
        }
        prop_assert_ne!(scene.capture.end(), Some(CaptureEnd::Completed));
    }

}

proptest! {
    // Storing the state after every frame is slow.
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn whatever_is_sent_and_however_the_capture_ends_in_time_and_size(
        seed in any::<u32>(),
        frames in prop::collection::vec((any_frame(), 0i64..2_000, 0u32..4), 1..60),
    ) {
        let rules = CaptureRules { max_frames: 40, ..CaptureRules::default() };
        let mut capture = Capture::begin(&rules, challenge(seed), BEGIN_MS);
        let (mut at_ms, mut seq, mut largest) = (BEGIN_MS, 0u32, 0);
        for (count, (measures, gap_ms, step)) in frames.iter().cycle().take(160).enumerate() {
            at_ms += gap_ms;
            seq += step;
            let before = capture.clone();
            let hash = sha256(&(count / 2).to_be_bytes());
            let taken = capture.observe(FrameInput { seq, keyed_hash: hash, measures, at_ms });
            match taken {
                Ok(_) => largest = largest.max(serde_json::to_vec(&capture).expect("a capture is data").len()),
                Err(_) => prop_assert_eq!(&capture, &before),
            }
        }
        prop_assert!(capture.lapse(BEGIN_MS + 1_000_000).is_some());
        let summary = capture.summary().expect("an ended capture");
        prop_assert!(summary.frames.len() <= 40 && summary.scores.len() <= 40 && summary.kept.len() <= 3);
        prop_assert!(largest < 32 * 1024, "{} bytes", largest);
    }
}
