//! What runs neural networks: two methods, so that another engine can take over.

use std::any::Any;
use std::sync::Arc;

mod rten;

pub use self::rten::RtenEngine;

/// Runs ONNX models.
pub trait FaceEngine: Send + Sync {
    /// Prepares a model.
    ///
    /// # Errors
    /// [`EngineError::Load`].
    fn load(&self, onnx: Vec<u8>) -> Result<Loaded, EngineError>;

    /// Runs a model on one input and answers the named outputs in that order.
    ///
    /// # Errors
    /// [`EngineError::Run`], [`EngineError::Output`].
    fn run(&self, model: &Loaded, input: Tensor, outputs: &[&str]) -> Result<Vec<Tensor>, EngineError>;

    /// Name and version, for decision records.
    fn name(&self) -> &'static str;
}

/// A model that an engine has prepared; only the engine that did knows what is inside.
#[derive(Clone)]
pub struct Loaded(Arc<dyn Any + Send + Sync>);

impl Loaded {
    /// Wraps what an engine made.
    pub fn new(inside: impl Any + Send + Sync) -> Self {
        Self(Arc::new(inside))
    }

    /// What the engine made.
    ///
    /// # Errors
    /// [`EngineError::Foreign`] for another engine's model.
    pub fn inside<T: Any>(&self) -> Result<&T, EngineError> {
        self.0.downcast_ref().ok_or(EngineError::Foreign)
    }
}

impl std::fmt::Debug for Loaded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Loaded")
    }
}

/// Numbers with a shape, row by row.
#[derive(Debug, Clone, PartialEq)]
pub struct Tensor {
    /// Sizes, outermost first.
    pub shape: Vec<usize>,
    /// As many numbers as the product of the sizes.
    pub data: Vec<f32>,
}

/// Why a model does not run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EngineError {
    /// The file is not a model that the engine understands.
    #[error("the model cannot be loaded: {0}")]
    Load(String),
    /// The model failed on the input.
    #[error("the model failed: {0}")]
    Run(String),
    /// The model has no such output.
    #[error("the model has no output {0}")]
    Output(String),
    /// The model was prepared by another engine.
    #[error("the model belongs to another engine")]
    Foreign,
}
