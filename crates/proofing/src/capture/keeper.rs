//! The best frames of a capture: one from before the movements, one from between them, one from after.
//!
//! Three moments rather than the three best frames: whoever shows the right face only while standing still at the
//! beginning must also show it at the end.

use mibun_face::{Embedding, FrameMeasures};
use serde::{Deserialize, Serialize};

use super::rules::QualityFloors;

/// Which part of the capture a frame is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Moment {
    /// The first centre step.
    Before,
    /// Facing the camera between movements.
    Between,
    /// The last centre step.
    After,
}

/// A frame kept for matching with the register's portrait.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KeptFrame {
    /// Its number.
    pub seq: u32,
    /// When it arrived.
    pub at_ms: i64,
    /// The part of the capture it is from.
    pub moment: Moment,
    /// Its rank among near-frontal frames, 0 (floor) to 1; see [`rank`].
    pub rank: f32,
    /// Everything measured on it, but for the embedding.
    pub measures: FrameMeasures,
}

/// The best frame of each moment, with its face.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Keeper {
    kept: Vec<(KeptFrame, Embedding)>,
}

impl Keeper {
    /// Keeps a good frame if it is the best of its moment so far; answers whether it was.
    pub(super) fn offer(&mut self, frame: KeptFrame) -> bool {
        let KeptFrame { measures: FrameMeasures { embedding: Some(face), .. }, .. } = &frame else {
            return false;
        };
        let face = face.clone();
        let frame = KeptFrame { measures: FrameMeasures { embedding: None, ..frame.measures }, ..frame };
        match self.kept.iter_mut().find(|(kept, _)| kept.moment == frame.moment) {
            Some((kept, _)) if kept.rank >= frame.rank => return false,
            Some(place) => *place = (frame, face),
            None => self.kept.push((frame, face)),
        }
        true
    }

    pub(super) fn frames(&self) -> impl Iterator<Item = &KeptFrame> {
        self.kept.iter().map(|(frame, _)| frame)
    }

    pub(super) fn faces(&self) -> impl Iterator<Item = (u32, &Embedding)> {
        self.kept.iter().map(|(frame, face)| (frame.seq, face))
    }
}

/// How well a frame suits matching, 0..1: the mean of frontality, size, sharpness, evenness of light and open eyes,
/// each running from 0 at its floor to 1 where more no longer helps.
pub(super) fn rank(seen: &FrameMeasures, floors: &QualityFloors) -> f32 {
    let frontal = 1.0 - (seen.yaw_deg.abs() / floors.max_yaw_deg + seen.pitch_deg.abs() / floors.max_pitch_deg) / 2.0;
    let size = seen.inter_eye_px / floors.min_inter_eye_px - 1.0;
    let sharp = (seen.sharpness / floors.min_sharpness - 1.0) / 3.0;
    let eyes = (seen.eyes_open.left + seen.eyes_open.right) / 2.0 / OPEN_EYES;
    let parts = [frontal, size, sharp, seen.exposure.uniformity, eyes];
    // A floor set to zero divides by zero; such a part simply does not help to choose.
    let bounded = parts.map(|part| if part.is_finite() { part.clamp(0.0, 1.0) } else { 0.0 });
    bounded.iter().sum::<f32>() / 5.0
}

/// Opening of wide-open eyes, in the unit of `FrameMeasures::eyes_open`.
const OPEN_EYES: f32 = 0.3;
