//! A synthetic person in front of a synthetic camera, for tests: follows instructions, or does not.

use mibun_crypto::{digest::sha256, entropy::SeededEntropy};
use mibun_face::{Embedding, Exposure, Eyes, FaceBox, FrameMeasures, LiveScores, Offset};

use crate::{
    capture::{Capture, CaptureError, CaptureRules, FrameInput, Progress},
    challenge::{Action, Challenge, ChallengeRules},
};

/// When captures in tests begin.
pub const BEGIN_MS: i64 = 1_800_000_000_000;
/// Time between two frames of a wallet.
pub const FRAME_MS: i64 = 200;

/// A good frame of `person`, facing the camera.
pub fn facing(person: u8) -> FrameMeasures {
    FrameMeasures {
        faces: 1,
        detector_score: 0.95,
        face_box: FaceBox { x: 200.0, y: 120.0, width: 200.0, height: 240.0 },
        inter_eye_px: 90.0,
        eyes_open: Eyes { left: 0.3, right: 0.3 },
        face_height_ratio: 0.5,
        centre_offset: Offset { x: 0.02, y: -0.01 },
        exposure: Exposure {
            luminance_mean: 120.0,
            under_exposed: 0.05,
            over_exposed: 0.02,
            dynamic_range: 150.0,
            uniformity: 0.8,
        },
        sharpness: 20.0,
        live: Some(LiveScores::new(0.97, 0.93)),
        embedding: Some(face(person)),
        ..FrameMeasures::default()
    }
}

/// The face of a person: no two people resemble each other.
pub fn face(person: u8) -> Embedding {
    let axis = |index: u8| if index == person { 1.0 } else { 0.05 };
    Embedding::normalised((0..16).map(axis).collect()).expect("a vector with a length")
}

/// A frame of `person` in the middle of a movement.
pub fn moving(person: u8, action: Action) -> FrameMeasures {
    let still = facing(person);
    let turned = |yaw_deg| FrameMeasures { yaw_deg, embedding: None, ..still.clone() };
    match action {
        Action::Centre => still,
        Action::TurnLeft => turned(28.0),
        Action::TurnRight => turned(-28.0),
        Action::Nod => FrameMeasures { pitch_deg: 18.0, ..still },
        Action::Blink => FrameMeasures { eyes_open: Eyes { left: 0.08, right: 0.1 }, ..still },
        Action::Closer => FrameMeasures { face_height_ratio: 0.7, inter_eye_px: 126.0, ..still },
    }
}

/// No face in view.
pub fn empty() -> FrameMeasures {
    FrameMeasures { exposure: facing(0).exposure, ..FrameMeasures::default() }
}

/// A challenge drawn from this seed by the default rules.
pub fn challenge(seed: u32) -> Challenge {
    let mut entropy = SeededEntropy::new(seed.to_be_bytes());
    Challenge::draw(&ChallengeRules::default(), &mut entropy).expect("the default rules")
}

/// A capture with its camera.
#[derive(Clone)]
pub struct Scene {
    pub capture: Capture,
    pub progress: Progress,
    pub now_ms: i64,
    pub seq: u32,
    shown: u32,
}

impl Scene {
    pub fn new(seed: u32) -> Self {
        Self::with(&CaptureRules::default(), challenge(seed))
    }

    pub fn with(rules: &CaptureRules, challenge: Challenge) -> Self {
        let capture = Capture::begin(rules, challenge, BEGIN_MS);
        Self { progress: capture.instruction(), capture, now_ms: BEGIN_MS, seq: 0, shown: 0 }
    }

    /// Sends a frame at the wallet's usual pace.
    pub fn send(&mut self, measures: &FrameMeasures) -> Result<Progress, CaptureError> {
        self.now_ms += FRAME_MS;
        self.seq += 1;
        let frame =
            FrameInput { seq: self.seq, keyed_hash: sha256(&self.seq.to_be_bytes()), measures, at_ms: self.now_ms };
        let progress = self.capture.observe(frame)?;
        self.shown = if progress.step == self.progress.step { self.shown + 1 } else { 0 };
        self.progress = progress;
        Ok(progress)
    }

    /// Sends a frame that must be accepted.
    pub fn show(&mut self, measures: &FrameMeasures) -> Progress {
        self.send(measures).expect("an acceptable frame")
    }

    /// What somebody who follows instructions shows next.
    pub fn obedient(&self, person: u8) -> FrameMeasures {
        match self.progress.step {
            // Closed for one frame, then open.
            Action::Blink if self.shown % 2 == 1 => facing(person),
            action => moving(person, action),
        }
    }

    /// Follows instructions until the capture ends or `until` says so.
    pub fn follow_until(&mut self, person: u8, until: impl Fn(&Progress) -> bool) {
        while !self.progress.done && !until(&self.progress) {
            let frame = self.obedient(person);
            self.show(&frame);
        }
    }

    /// Follows instructions to the end.
    pub fn follow(&mut self, person: u8) -> &mut Self {
        self.follow_until(person, |_| false);
        self
    }

    /// Follows instructions until the first movement is shown, and says which.
    pub fn reach_first_movement(&mut self, person: u8) -> Action {
        self.follow_until(person, |progress| progress.step != Action::Centre);
        self.progress.step
    }
}
