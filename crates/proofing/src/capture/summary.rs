//! What a finished capture leaves behind: every raw score and every time, but no image and no embedding.

use mibun_face::{FrameMeasures, LiveScores};
use serde::{Deserialize, Serialize};

use super::{hint::Hint, keeper::KeptFrame, ledger::FrameHash};
use crate::challenge::{Action, Challenge};

/// How a capture ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaptureEnd {
    /// Every step was done by one and the same face.
    Completed,
    /// Too many steps failed.
    ChallengeFailed,
    /// Another face came in.
    FaceChanged,
    /// Several faces in too many frames.
    TwoFaces,
    /// Time went by, mostly without a face in view.
    NoFace,
    /// Time went by, mostly in the dark.
    TooDark,
    /// Time went by.
    TimeOver,
    /// The frames stopped.
    Interrupted,
}

/// How a step ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepEnd {
    /// Done as asked.
    Done,
    /// Another movement was made.
    WrongAction,
    /// Its time was over.
    TimeOver,
    /// The face left the view in the middle of the movement.
    FaceLost,
}

/// One step as it went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepRecord {
    /// Its place in the script.
    pub index: u8,
    /// What was asked for.
    pub action: Action,
    /// When facing the camera for it began.
    pub begun_ms: i64,
    /// When the movement was shown; `None` if the step failed before that, and for centre steps.
    pub shown_ms: Option<i64>,
    /// When it ended.
    pub ended_ms: i64,
    /// How it ended.
    pub end: StepEnd,
}

/// The raw scores of one frame that count over the whole capture.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct FrameScore {
    /// The frame's number.
    pub seq: u32,
    /// Anti-spoof scores, of near-frontal sharp frames with one face.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub live: Option<LiveScores>,
    /// Similarity to the first good frame.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub same_face: Option<f32>,
}

/// How many frames had which fault.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// All frames.
    pub frames: u16,
    /// Frames without a face.
    pub no_face: u16,
    /// Frames with several.
    pub two_faces: u16,
    /// Frames too dark.
    pub too_dark: u16,
}

impl Tally {
    pub(super) fn count(&mut self, fault: Option<Hint>) {
        self.frames = self.frames.saturating_add(1);
        let counter = match fault {
            Some(Hint::NoFace) => &mut self.no_face,
            Some(Hint::TwoFaces) => &mut self.two_faces,
            Some(Hint::TooDark) => &mut self.too_dark,
            _ => return,
        };
        *counter = counter.saturating_add(1);
    }

    /// The fault of more than half of all frames, as the end it explains.
    pub(super) fn main_fault(&self) -> Option<CaptureEnd> {
        let most = |count: u16| u32::from(count) * 2 > u32::from(self.frames);
        match self {
            _ if most(self.no_face) => Some(CaptureEnd::NoFace),
            _ if most(self.too_dark) => Some(CaptureEnd::TooDark),
            _ => None,
        }
    }
}

/// A finished capture, as the decision sees it and the decision record keeps it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CaptureSummary {
    /// The script that was drawn, its nonce and its replacements.
    pub challenge: Challenge,
    /// Every step, in time, failed ones included.
    pub steps: Vec<StepRecord>,
    /// How it ended.
    pub end: CaptureEnd,
    /// When it began.
    pub begun_ms: i64,
    /// When it ended.
    pub ended_ms: i64,
    /// Faults counted.
    pub tally: Tally,
    /// Raw scores per frame.
    pub scores: Vec<FrameScore>,
    /// The frames kept for matching.
    pub kept: Vec<KeptFrame>,
    /// Keyed hashes of every frame, in order of arrival.
    pub frames: Vec<FrameHash>,
}

/// Whether a frame carries numbers only: a measure that is not a number compares as neither above nor below a floor.
pub(super) fn all_finite(seen: &FrameMeasures) -> bool {
    let light = &seen.exposure;
    let plain = [
        seen.detector_score,
        seen.inter_eye_px,
        seen.yaw_deg,
        seen.pitch_deg,
        seen.roll_deg,
        seen.eyes_open.left,
        seen.eyes_open.right,
        seen.mouth_open,
        seen.face_height_ratio,
        seen.centre_offset.x,
        seen.centre_offset.y,
        light.luminance_mean,
        light.under_exposed,
        light.over_exposed,
        light.dynamic_range,
        light.uniformity,
        seen.sharpness,
        seen.face_box.x,
        seen.face_box.y,
        seen.face_box.width,
        seen.face_box.height,
    ];
    let live = seen.live.is_none_or(|live| [live.v2, live.v1se, live.min].iter().all(|score| score.is_finite()));
    let face = seen.embedding.as_ref().is_none_or(|face| face.values().iter().all(|value| value.is_finite()));
    live && face && plain.iter().all(|value| value.is_finite())
}
