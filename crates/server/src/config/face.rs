//! The section `[face]`.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// Models and thresholds of the face check.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Face {
    /// Folder with the model files; none: `MIBUN_MODELS_DIR`, then `models` beside the database file (with PostgreSQL,
    /// beside the master key).
    pub models_dir: Option<PathBuf>,
    /// `own` (described by `set.toml` in that folder), `recommended`, `standard`, or `auto`: the first of them that is
    /// there.
    pub set: ModelSetChoice,
    /// The shared library of ONNX Runtime 1.20 or newer, which then runs the models instead of the engine that is built in.
    /// Needs a build with the feature `ort`.
    pub ort_library: Option<PathBuf>,
    /// Threads for the face engine; captures beyond it wait.
    pub workers: usize,
    /// How captures run and what decides them; the defaults are documented with their measurements.
    pub policy: mibun_proofing::policy::Policy,
}

/// Which set of models to load.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ModelSetChoice {
    /// The operator's own set if one is described, else the recommended one if whole, else the standard one.
    Auto,
    /// The set that `set.toml` describes, and no other.
    Own,
    /// Detector, mesh, embedder and anti-spoof.
    Recommended,
    /// Detector, mesh and embedder; no passive anti-spoofing.
    Standard,
}

impl Default for Face {
    fn default() -> Self {
        Self {
            models_dir: None,
            set: ModelSetChoice::Auto,
            ort_library: None,
            workers: 2,
            policy: mibun_proofing::policy::Policy::default(),
        }
    }
}
