//! What is measured on one image: raw numbers, no judgement.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Everything measured on one camera frame.
///
/// With no face in view (`faces == 0`) every face-related number is zero and both options are `None`; with several
/// faces the numbers describe the largest.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FrameMeasures {
    /// Faces found above the detector's score threshold.
    pub faces: u32,
    /// Detector confidence for the largest face, 0..1.
    pub detector_score: f32,
    /// Box of the largest face, in pixels of the frame.
    pub face_box: FaceBox,
    /// Distance between the eye centres, in pixels.
    pub inter_eye_px: f32,
    /// Turn of the head in degrees, positive when the person turns to their own left (right edge of an unmirrored image).
    pub yaw_deg: f32,
    /// Nod in degrees, positive when the chin goes down.
    pub pitch_deg: f32,
    /// In-plane tilt in degrees, positive when the head leans to the right edge of the image (clockwise as seen).
    pub roll_deg: f32,
    /// Eye opening: height over width of the lids, weighted with how strongly the iris stands out; about 0.1 to 0.5 open,
    /// depending on the person, and on closed eyes well below half of the same person's open ones.
    pub eyes_open: Eyes,
    /// Mouth opening, inner-lip height over mouth width: about 0 closed, above 0.2 open.
    pub mouth_open: f32,
    /// Height of the face box over the height of the image.
    pub face_height_ratio: f32,
    /// Middle of the face box minus middle of the image, as a share of the image's width and height.
    pub centre_offset: Offset,
    /// Light on the face (on the whole frame where there is no face).
    pub exposure: Exposure,
    /// Spread of the Laplacian over the face scaled to a fixed size; higher is sharper.
    pub sharpness: f32,
    /// Anti-spoof scores; `None` when the model set has no such model or there is no face.
    pub live: Option<LiveScores>,
    /// Embedding of the face; `None` unless the face is near frontal.
    pub embedding: Option<Embedding>,
}

/// What is measured on a portrait: the register's photograph or the image read from a document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PortraitMeasures {
    /// Embedding of the only face in the portrait.
    pub embedding: Embedding,
    /// The same raw numbers as for a frame, its `embedding` left out.
    pub quality: FrameMeasures,
}

/// An axis-aligned box in pixels; may reach outside the image.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FaceBox {
    /// Left edge.
    pub x: f32,
    /// Top edge.
    pub y: f32,
    /// Width.
    pub width: f32,
    /// Height.
    pub height: f32,
}

/// One number per eye; left and right are the person's own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Eyes {
    /// The person's left eye.
    pub left: f32,
    /// The person's right eye.
    pub right: f32,
}

/// A displacement relative to the size of the image; positive is right and down.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Offset {
    /// Share of the image's width.
    pub x: f32,
    /// Share of the image's height.
    pub y: f32,
}

/// How the light falls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Exposure {
    /// Mean luminance, 0..255.
    pub luminance_mean: f32,
    /// Share of pixels darker than 25 of 255.
    pub under_exposed: f32,
    /// Share of pixels brighter than 247 of 255.
    pub over_exposed: f32,
    /// Distance between the 5th and the 95th luminance percentile, 0..255.
    pub dynamic_range: f32,
    /// Overlap of the luminance histograms of the two halves of the face, 0 (lit from one side) to 1 (even).
    pub uniformity: f32,
}

/// What the anti-spoof models say, each the probability of a live face, 0..1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct LiveScores {
    /// The model that looks at the narrow crop (2.7 face widths).
    pub v2: f32,
    /// The model that looks at the wide crop (4 face widths).
    pub v1se: f32,
    /// The lower of the two: what policies look at.
    pub min: f32,
}

impl LiveScores {
    /// Puts the two scores together.
    pub fn new(v2: f32, v1se: f32) -> Self {
        Self { v2, v1se, min: v2.min(v1se) }
    }
}

/// A face as a unit vector; biometric data, so `Debug` shows its length only.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Embedding(Vec<f32>);

impl Embedding {
    /// Scales `raw` to unit length; `None` where that is impossible (empty, zero or not finite).
    pub fn normalised(mut raw: Vec<f32>) -> Option<Self> {
        let norm = raw.iter().map(|value| value * value).sum::<f32>().sqrt();
        if !norm.is_finite() || norm <= f32::EPSILON {
            return None;
        }
        raw.iter_mut().for_each(|value| *value /= norm);
        Some(Self(raw))
    }

    /// The components.
    pub fn values(&self) -> &[f32] {
        &self.0
    }

    /// Cosine of the angle between two faces, -1..1; `None` for embeddings of different models' lengths.
    pub fn cosine(&self, other: &Self) -> Option<f32> {
        (self.0.len() == other.0.len()).then(|| self.0.iter().zip(&other.0).map(|(a, b)| a * b).sum())
    }
}

impl fmt::Debug for Embedding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Embedding([redacted] x {})", self.0.len())
    }
}
