//! What the pipeline measures on frames of the test actor: each movement shows, the person stays the same, and a
//! picture held up does not pass for a live face.

mod common;

use common::{photograph, pipeline, rten};
use mibun_face::pipeline::Pipeline;
use mibun_face::testing::{Actor, Pose, simulate_print, simulate_screen};
use mibun_face::{Embedding, FrameMeasures, Picture, portrait};

/// The movements of a capture and the least that they must show, as in the default rules of proofing.
const TURN_DEG: f32 = 17.0;
const NOD_DEG: f32 = 11.0;
const CLOSER: f32 = 1.25;
const CLOSED: f32 = 0.55;
const LIVE: f32 = 0.8;
const ATTACK: f32 = 0.5;
/// The cosine that stands for a false-match rate of 1e-5, and the one for 1e-3.
const SAME: f32 = 0.48;
const OTHER: f32 = 0.339;

struct Stage {
    pipeline: Pipeline,
    actor: Actor,
    portrait: Embedding,
}

impl Stage {
    /// An actor made of one photograph, and the register's portrait of the same person from another day.
    fn new(photo: &str, portrait: &str) -> Self {
        let pipeline = pipeline(rten());
        let actor = Actor::new(&pipeline, &photograph(photo)).expect("a face");
        let portrait = pipeline.portrait(&photograph(portrait)).expect("a usable portrait").embedding;
        Self { pipeline, actor, portrait }
    }

    fn measure(&self, picture: &Picture) -> FrameMeasures {
        // As a camera's frames arrive: JPEG.
        self.pipeline.frame(&portrait::jpeg(picture, 85), &mut |_| {}).expect("a frame")
    }

    fn see(&self, pose: Pose, seed: u64) -> FrameMeasures {
        self.measure(&self.actor.frame(&pose, seed))
    }

    fn likeness(&self, seen: &FrameMeasures) -> f32 {
        let embedding = seen.embedding.as_ref().expect("a frontal face");
        embedding.cosine(&self.portrait).expect("one model")
    }
}

/// What policies look at: the mean of both models.
fn live(seen: &FrameMeasures) -> f32 {
    let scores = seen.live.expect("the set tells attacks");
    (scores.v2 + scores.v1se) / 2.0
}

fn eyes(seen: &FrameMeasures) -> f32 {
    (seen.eyes_open.left + seen.eyes_open.right) / 2.0
}

fn movements_show(stage: &Stage) {
    let neutral = stage.see(Pose::NEUTRAL, 1);
    let moved = |pose: Pose, seed: u64| {
        let seen = stage.see(pose, seed);
        assert_eq!(seen.faces, 1, "{pose:?}");
        assert!(live(&seen) >= LIVE, "{pose:?}: {:?}", seen.live);
        seen
    };
    let (left, right) = (moved(Pose::TURNED_LEFT, 2), moved(Pose::TURNED_RIGHT, 3));
    assert!(left.yaw_deg - neutral.yaw_deg >= TURN_DEG, "{} from {}", left.yaw_deg, neutral.yaw_deg);
    assert!(right.yaw_deg - neutral.yaw_deg <= -TURN_DEG, "{} from {}", right.yaw_deg, neutral.yaw_deg);
    let (nod, raised) = (moved(Pose::NODDING, 4), moved(Pose::RAISED, 5));
    assert!(nod.pitch_deg - neutral.pitch_deg >= NOD_DEG, "{} from {}", nod.pitch_deg, neutral.pitch_deg);
    assert!(raised.pitch_deg - neutral.pitch_deg <= -NOD_DEG, "{} from {}", raised.pitch_deg, neutral.pitch_deg);
    for seen in [&nod, &raised] {
        assert!((seen.yaw_deg - neutral.yaw_deg).abs() < TURN_DEG);
    }
    let blink = moved(Pose::BLINKING, 6);
    assert!(eyes(&blink) <= eyes(&neutral) * CLOSED, "{} of {}", eyes(&blink), eyes(&neutral));
    assert!((blink.pitch_deg - neutral.pitch_deg).abs() < NOD_DEG && blink.inter_eye_px > 60.0);
    let closer = moved(Pose::CLOSER, 7);
    assert!(closer.face_height_ratio >= neutral.face_height_ratio * CLOSER);
    let farther = moved(Pose::FARTHER, 8);
    assert!(farther.face_height_ratio < neutral.face_height_ratio * 0.9);
}

#[expect(clippy::print_stdout, reason = "the scores are what a reader of a failure wants to see")]
fn stays_the_same_live_person(stage: &Stage) {
    let mut open = Vec::new();
    for seed in 20..26 {
        let seen = stage.see(Pose::NEUTRAL, seed);
        println!("likeness {:.3}, live {:?}", stage.likeness(&seen), seen.live);
        assert_eq!(seen.faces, 1);
        assert!(stage.likeness(&seen) >= SAME, "{}", stage.likeness(&seen));
        assert!(live(&seen) >= LIVE, "{:?}", seen.live);
        assert!(seen.yaw_deg.abs() <= 12.0 && seen.pitch_deg.abs() <= 20.0 && seen.sharpness >= 4.0);
        open.push(eyes(&seen));
    }
    // What blinking is told from must be steady itself.
    let widest = open.iter().copied().fold(0.0, f32::max);
    assert!(open.iter().all(|eyes| *eyes >= widest * 0.75), "{open:?}");
}

#[expect(clippy::print_stdout, reason = "the scores are what a reader of a failure wants to see")]
fn recaptures_are_told(stage: &Stage) {
    for seed in 30..33 {
        let frame = stage.actor.frame(&Pose::NEUTRAL, seed);
        for (name, held_up) in [("print", simulate_print(&frame, seed)), ("screen", simulate_screen(&frame, seed))] {
            let seen = stage.measure(&held_up);
            println!("{name}: live {:?}", seen.live);
            assert_eq!(seen.faces, 1, "{name}");
            assert!(live(&seen) < ATTACK, "{name}: {:?}", seen.live);
        }
    }
}

#[test]
fn person_a_moves_as_told() {
    movements_show(&Stage::new("a1", "a2"));
}

#[test]
fn person_b_moves_as_told() {
    movements_show(&Stage::new("b1", "b2"));
}

#[test]
fn person_a_stays_the_same_live_person() {
    stays_the_same_live_person(&Stage::new("a1", "a2"));
}

#[test]
fn person_b_stays_the_same_live_person() {
    stays_the_same_live_person(&Stage::new("b1", "b2"));
}

#[test]
fn a_held_up_print_or_screen_is_told_from_person_a() {
    recaptures_are_told(&Stage::new("a1", "a2"));
}

#[test]
fn a_held_up_print_or_screen_is_told_from_person_b() {
    recaptures_are_told(&Stage::new("b1", "b2"));
}

#[test]
fn one_person_in_front_of_the_camera_is_not_the_other() {
    let stage = Stage::new("a1", "b2");
    assert!(stage.likeness(&stage.see(Pose::NEUTRAL, 1)) < OTHER);
}

#[test]
fn the_same_seed_makes_the_same_frame() {
    let stage = Stage::new("a1", "a2");
    assert_eq!(stage.actor.frame(&Pose::NODDING, 9), stage.actor.frame(&Pose::NODDING, 9));
    assert_ne!(stage.actor.frame(&Pose::NODDING, 9), stage.actor.frame(&Pose::NODDING, 10));
}

#[test]
fn a_photograph_without_a_face_makes_no_actor() {
    let grey = Picture { width: 300, height: 300, data: vec![128; 300 * 300 * 3] };
    let made = Actor::new(&pipeline(rten()), &portrait::jpeg(&grey, 90));
    assert!(matches!(made, Err(mibun_face::testing::ActorError::NoFace)));
}
