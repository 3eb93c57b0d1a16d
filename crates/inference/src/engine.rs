//! What runs neural networks: two methods, so that another engine can take over.

use std::any::Any;
use std::error::Error;
use std::sync::Arc;

#[cfg(feature = "ort")]
mod ort;
mod rten;

#[cfg(feature = "ort")]
pub use self::ort::OrtEngine;
pub use self::rten::RtenEngine;

/// Runs ONNX models.
pub trait Engine: Send + Sync {
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
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The engine's shared library cannot be used.
    #[error("the engine's library cannot be loaded")]
    Library(#[source] Box<dyn Error + Send + Sync>),
    /// The file is not a model that the engine understands.
    #[error("the model cannot be loaded")]
    Load(#[source] Box<dyn Error + Send + Sync>),
    /// The model failed on the input.
    #[error("the model failed")]
    Run(#[source] Box<dyn Error + Send + Sync>),
    /// The model takes no input.
    #[error("the model takes no input")]
    Input,
    /// The model has no such output of numbers.
    #[error("the model has no output {0} of numbers")]
    Output(String),
    /// The model was prepared by another engine.
    #[error("the model belongs to another engine")]
    Foreign,
}
