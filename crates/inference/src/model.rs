//! Model files: the one with the pinned hash or none, prepared by an engine.

use std::sync::Arc;

use mibun_crypto::digest::sha256;

use crate::engine::{Engine, EngineError, Loaded, Tensor};

mod metadata;

pub use metadata::metadata;

/// A model, ready to run.
#[derive(Clone)]
pub struct Model {
    engine: Arc<dyn Engine>,
    loaded: Loaded,
}

/// Why a model file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// The file is not there.
    #[error("the model file {0} is missing")]
    Missing(String),
    /// The file is not the one of the manifest.
    #[error("the model file {0} is not the one that its manifest names")]
    Hash(String),
    /// The engine does not take the file.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

impl Model {
    /// Prepares a file, after its SHA-256 (lower-case hexadecimal) was found to be the expected one. `name` is for errors.
    ///
    /// # Errors
    /// [`ModelError`].
    pub fn load(
        engine: &Arc<dyn Engine>,
        name: &str,
        expected: &str,
        file: Option<Vec<u8>>,
    ) -> Result<Self, ModelError> {
        let bytes = file.ok_or_else(|| ModelError::Missing(name.to_owned()))?;
        if !is_hash(&bytes, expected) {
            return Err(ModelError::Hash(name.to_owned()));
        }
        Ok(Self { engine: Arc::clone(engine), loaded: engine.load(bytes)? })
    }

    /// Runs the model on one input and answers the named outputs in that order.
    ///
    /// # Errors
    /// [`EngineError::Run`], [`EngineError::Output`].
    pub fn run(&self, input: Tensor, outputs: &[&str]) -> Result<Vec<Tensor>, EngineError> {
        self.engine.run(&self.loaded, input, outputs)
    }
}

impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Model({})", self.engine.name())
    }
}

/// Whether a file has this SHA-256, given in lower-case hexadecimal.
pub fn is_hash(file: &[u8], expected: &str) -> bool {
    let found: String = sha256(file).iter().map(|byte| format!("{byte:02x}")).collect();
    found == expected
}
