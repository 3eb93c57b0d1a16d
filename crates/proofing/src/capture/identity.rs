//! One and the same face from the first frame to the last.

use mibun_face::{Embedding, FrameMeasures};
use serde::{Deserialize, Serialize};

use super::rules::{IdentityRules, QualityFloors};

/// What a frame says about the person in it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Resemblance {
    /// Too blurred, dark or turned to be compared, or there is nothing to compare with yet.
    Unknown,
    /// The person of the first good frame, with the similarity.
    Same(f32),
    /// Somebody else, or a bad frame, with the similarity.
    Other(f32),
    /// So many in a row that it is somebody else.
    Changed(f32),
}

impl Resemblance {
    pub(super) fn similarity(self) -> Option<f32> {
        match self {
            Self::Unknown => None,
            Self::Same(similarity) | Self::Other(similarity) | Self::Changed(similarity) => Some(similarity),
        }
    }
}

/// The face a capture began with.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Identity {
    reference: Option<Embedding>,
    strikes: u8,
}

impl Identity {
    /// Compares a frame with the reference and counts frames that differ.
    pub(super) fn compare(&mut self, seen: &FrameMeasures, rules: &IdentityRules) -> Resemblance {
        let (Some(reference), Some(face)) = (&self.reference, &seen.embedding) else {
            return Resemblance::Unknown;
        };
        if seen.yaw_deg.abs() > rules.max_angle_deg || seen.pitch_deg.abs() > rules.max_angle_deg {
            return Resemblance::Unknown;
        }
        // Embeddings of different lengths come from different models: that is no resemblance either.
        let similarity = reference.cosine(face).unwrap_or(-1.0);
        if similarity >= rules.min_similarity {
            self.strikes = 0;
            return Resemblance::Same(similarity);
        }
        self.strikes = self.strikes.saturating_add(1);
        if self.strikes >= rules.strikes { Resemblance::Changed(similarity) } else { Resemblance::Other(similarity) }
    }

    /// Takes the first good frame as the reference; answers whether the frame may count as the same person.
    pub(super) fn establish(&mut self, seen: &FrameMeasures, resemblance: Resemblance) -> bool {
        match (resemblance, &self.reference, &seen.embedding) {
            (Resemblance::Same(_), _, _) => true,
            (Resemblance::Unknown, None, Some(face)) => {
                self.reference = Some(face.clone());
                true
            }
            _ => false,
        }
    }
}

/// Whether a frame is good enough to tell people apart: blur and darkness lower every similarity.
pub(super) fn comparable(seen: &FrameMeasures, floors: &QualityFloors) -> bool {
    seen.faces == 1
        && seen.sharpness >= floors.min_sharpness
        && seen.inter_eye_px >= floors.min_inter_eye_px
        && seen.exposure.luminance_mean >= floors.min_luminance
}
