//! The engine for volume: ONNX Runtime, loaded as a shared library when the engine is made (feature `ort`).

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use ort::environment::Environment;
use ort::session::Session;
use ort::value::Tensor as OrtTensor;

use super::{Engine, EngineError, Loaded, Tensor};

/// Runs models with ONNX Runtime 1.20 or newer.
pub struct OrtEngine {
    environment: Environment,
    threads: usize,
}

/// A session runs one input at a time.
struct OrtModel(Mutex<Session>);

impl OrtEngine {
    /// Loads the library (`libonnxruntime.so` and its kin) and makes an engine that uses `threads` threads for one model.
    /// A process can load one library only: a second engine uses the first one's.
    ///
    /// # Errors
    /// [`EngineError::Library`].
    pub fn new(library: &Path, threads: usize) -> Result<Self, EngineError> {
        let builder = ort::init_from(library).map_err(|error| EngineError::Library(error.into()))?;
        let environment = builder.build().map_err(|error| EngineError::Library(error.into()))?;
        Ok(Self { environment, threads: threads.max(1) })
    }

    fn session(&self, onnx: &[u8]) -> ort::Result<Session> {
        let builder = Session::builder(&self.environment)?;
        let mut builder = builder.with_intra_threads(self.threads)?.with_inter_threads(1)?;
        builder.commit_from_memory(onnx)
    }
}

impl Engine for OrtEngine {
    fn load(&self, onnx: Vec<u8>) -> Result<Loaded, EngineError> {
        let session = self.session(&onnx).map_err(|error| EngineError::Load(error.into()))?;
        Ok(Loaded::new(OrtModel(Mutex::new(session))))
    }

    fn run(&self, model: &Loaded, input: Tensor, outputs: &[&str]) -> Result<Vec<Tensor>, EngineError> {
        let model: &OrtModel = model.inside()?;
        let failed = |error: ort::Error| EngineError::Run(error.into());
        let input = OrtTensor::from_array((input.shape, input.data)).map_err(failed)?;
        // A session is whole after a panic in another thread: it keeps no state between runs.
        let mut session = model.0.lock().unwrap_or_else(PoisonError::into_inner);
        let values = session.run(ort::inputs![input]).map_err(failed)?;
        let named = |name: &&str| {
            let value = values.get(name).ok_or_else(|| EngineError::Output((*name).to_owned()))?;
            let (shape, data) = value.try_extract_tensor::<f32>().map_err(failed)?;
            let shape = shape.iter().map(|size| usize::try_from(*size).unwrap_or(0)).collect();
            Ok(Tensor { shape, data: data.to_vec() })
        };
        outputs.iter().map(named).collect()
    }

    fn name(&self) -> &'static str {
        "onnxruntime (ort 2.0.0-rc.15)"
    }
}

impl std::fmt::Debug for OrtEngine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OrtEngine")
    }
}
