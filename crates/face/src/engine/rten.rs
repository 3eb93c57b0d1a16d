//! The default engine: rten, pure Rust.

use rten::{Model, ThreadPool};
use rten_tensor::prelude::*;
use std::sync::Arc;

use super::{EngineError, FaceEngine, Loaded, Tensor};

/// Runs models with rten on the calling thread's share of a pool.
pub struct RtenEngine {
    pool: Arc<ThreadPool>,
}

impl RtenEngine {
    /// An engine that uses `threads` threads for one model.
    pub fn new(threads: usize) -> Self {
        Self { pool: Arc::new(ThreadPool::with_num_threads(threads.max(1))) }
    }
}

impl FaceEngine for RtenEngine {
    fn load(&self, onnx: Vec<u8>) -> Result<Loaded, EngineError> {
        let model = Model::load(onnx).map_err(|error| EngineError::Load(error.to_string()))?;
        Ok(Loaded::new(model))
    }

    fn run(&self, model: &Loaded, input: Tensor, outputs: &[&str]) -> Result<Vec<Tensor>, EngineError> {
        let model: &Model = model.inside()?;
        let run_error = |error: rten::RunError| EngineError::Run(error.to_string());
        let id = *model.input_ids().first().ok_or_else(|| EngineError::Run("no input".to_owned()))?;
        let node = |name: &&str| model.node_id(name).map_err(|_| EngineError::Output((*name).to_owned()));
        let nodes = outputs.iter().map(node).collect::<Result<Vec<_>, _>>()?;
        let input = rten_tensor::Tensor::from_data(&input.shape, input.data);
        let options = rten::RunOptions::default().with_thread_pool(Some(Arc::clone(&self.pool)));
        let values = model.run(vec![(id, input.into())], &nodes, Some(options)).map_err(run_error)?;
        values.into_iter().map(tensor).collect()
    }

    fn name(&self) -> &'static str {
        "rten 0.27.0"
    }
}

fn tensor(value: rten::Value) -> Result<Tensor, EngineError> {
    let tensor =
        value.into_tensor::<f32>().ok_or_else(|| EngineError::Run("an output is not of numbers".to_owned()))?;
    Ok(Tensor { shape: tensor.shape().to_vec(), data: tensor.into_data() })
}

impl std::fmt::Debug for RtenEngine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RtenEngine")
    }
}
