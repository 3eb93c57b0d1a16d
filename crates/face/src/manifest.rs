//! What is known of a model file: licence, source, how it is fed, what its scores mean.

use mibun_inference::picture::Scaling;
use serde::Deserialize;

pub use mibun_inference::picture::Channels;

/// A model and how to use it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// What the model does.
    pub role: Role,
    /// How its outputs are read.
    pub kind: Kind,
    /// The file's name.
    pub file: String,
    /// SHA-256 of the file, lower-case hexadecimal.
    pub sha256: String,
    /// SPDX expression, as its authors state it.
    pub licence: String,
    /// Where it comes from.
    pub source: String,
    /// What an operator should know.
    #[serde(default)]
    pub notes: String,
    /// How the input is made.
    pub input: Feed,
    /// How much wider than the face box the cut is.
    #[serde(default = "one")]
    pub crop: f32,
    /// Names of the outputs, in the order in which the kind reads them.
    #[serde(default)]
    pub outputs: Vec<String>,
    /// Measured thresholds of an embedder.
    #[serde(default)]
    pub calibration: Vec<Calibration>,
}

/// What a model does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Finds faces and five points of each.
    Detector,
    /// Finds 468 points of a face.
    Mesh,
    /// Tells a live face from a picture of one.
    Antispoof,
    /// Turns a face into a vector.
    Embedder,
}

impl Role {
    /// The name, as in manifests and records.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Detector => "detector",
            Self::Mesh => "mesh",
            Self::Antispoof => "antispoof",
            Self::Embedder => "embedder",
        }
    }
}

/// How a model's outputs are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// YuNet: scores, boxes and five points at strides 8, 16 and 32.
    Yunet,
    /// MediaPipe BlazeFace: scores and boxes of two grids, six points.
    BlazeFace,
    /// MediaPipe Face Mesh: 468 points in pixels of the input.
    FaceMesh,
    /// MiniFASNet: three probabilities, the second for a live face.
    MiniFasNet,
    /// A face aligned to the five points of ArcFace, turned into a vector.
    ArcFace,
    /// A square around the face's box, upright by the eyes, turned into a vector.
    BoxCrop,
}

/// How an input is made.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Feed {
    /// Pixels per side.
    pub size: usize,
    /// Order of the colours.
    pub channels: Channels,
    /// Divides 0..255.
    pub scale: f32,
    /// Is subtracted, per plane.
    #[serde(default)]
    pub mean: [f32; 3],
    /// Divides, per plane.
    #[serde(default = "ones")]
    pub deviation: [f32; 3],
}

impl Feed {
    /// How the colours become numbers.
    pub const fn scaling(&self) -> Scaling {
        Scaling { channels: self.channels, scale: self.scale, mean: self.mean, deviation: self.deviation }
    }
}

/// A measured row: how often strangers score at or above a threshold.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calibration {
    /// Which portrait the live face is compared with.
    pub portrait: PortraitKind,
    /// False-match rate.
    pub fmr: f32,
    /// Cosine.
    pub threshold: f32,
    /// False non-match rate at the threshold.
    pub fnmr: f32,
    /// On what it was measured.
    pub measured_on: String,
}

/// Where a portrait comes from; a threshold measured on one kind says little about another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PortraitKind {
    /// A photograph.
    Photo,
    /// Read from a document's chip.
    Chip,
    /// Printed on a document.
    Printed,
}

const fn one() -> f32 {
    1.0
}

const fn ones() -> [f32; 3] {
    [1.0; 3]
}

impl Manifest {
    /// Reads a manifest.
    ///
    /// # Errors
    /// What the TOML reader says, with the line.
    pub fn parse(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
    }
}
