//! Which engine runs the models: rten, compiled in, or ONNX Runtime from the operator's library.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use mibun_inference::engine::{Engine, RtenEngine};

use crate::config::Config;

/// The engine of this installation; made when the first model is loaded.
#[derive(Debug, Clone, Default)]
pub struct EngineChoice(Option<PathBuf>);

impl EngineChoice {
    /// As configured.
    pub fn of(config: &Config) -> Self {
        Self(config.face.ort_library.clone())
    }

    /// Makes the engine, with one thread per model: as many run beside one another as there are workers.
    ///
    /// # Errors
    /// A library that is not there or not usable, or a build without the feature `ort`.
    pub fn make(&self) -> Result<Arc<dyn Engine>, String> {
        match &self.0 {
            None => Ok(Arc::new(RtenEngine::new(1))),
            Some(library) => onnx_runtime(library),
        }
    }
}

#[cfg(feature = "ort")]
fn onnx_runtime(library: &Path) -> Result<Arc<dyn Engine>, String> {
    let engine = mibun_inference::engine::OrtEngine::new(library, 1);
    engine.map(|engine| Arc::new(engine) as _).map_err(|error| format!("{}: {error}", library.display()))
}

#[cfg(not(feature = "ort"))]
fn onnx_runtime(library: &Path) -> Result<Arc<dyn Engine>, String> {
    let wanted = library.display();
    Err(format!(
        "{wanted}: this build has no ONNX Runtime (face.ort_library); build it with --features mibun-server/ort"
    ))
}
