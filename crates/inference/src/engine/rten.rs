//! The default engine: rten, pure Rust.

use rten::{Model, ThreadPool};
use rten_tensor::prelude::*;
use std::sync::Arc;

use super::{Engine, EngineError, Loaded, Tensor};

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

impl Engine for RtenEngine {
    fn load(&self, onnx: Vec<u8>) -> Result<Loaded, EngineError> {
        let model = Model::load(onnx).map_err(|error| EngineError::Load(error.into()))?;
        Ok(Loaded::new(model))
    }

    fn run(&self, model: &Loaded, input: Tensor, outputs: &[&str]) -> Result<Vec<Tensor>, EngineError> {
        let model: &Model = model.inside()?;
        let id = *model.input_ids().first().ok_or(EngineError::Input)?;
        let missing = |name: &str| EngineError::Output(name.to_owned());
        let node = |name: &&str| model.node_id(name).map_err(|_| missing(name));
        let nodes = outputs.iter().map(node).collect::<Result<Vec<_>, _>>()?;
        let input = rten_tensor::Tensor::from_data(&input.shape, input.data);
        let options = rten::RunOptions::default().with_thread_pool(Some(Arc::clone(&self.pool)));
        let values = model.run(vec![(id, input.into())], &nodes, Some(options));
        let values = values.map_err(|error| EngineError::Run(error.into()))?;
        values.into_iter().zip(outputs).map(|(value, name)| tensor(value).ok_or_else(|| missing(name))).collect()
    }

    fn name(&self) -> &'static str {
        "rten 0.27.0"
    }
}

fn tensor(value: rten::Value) -> Option<Tensor> {
    let tensor = value.into_tensor::<f32>()?;
    Some(Tensor { shape: tensor.shape().to_vec(), data: tensor.into_data() })
}

impl std::fmt::Debug for RtenEngine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RtenEngine")
    }
}
