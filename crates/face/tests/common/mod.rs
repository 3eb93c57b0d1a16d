//! Models and photographs for tests.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use mibun_face::model_set::{ModelSet, SetDescription};
use mibun_face::pipeline::Pipeline;
use mibun_inference::engine::{Engine, RtenEngine};

/// The folder that `variable` names, else the shared one beside the repository.
pub fn folder(variable: &str, name: &str) -> PathBuf {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared").join(name);
    let folder = std::env::var_os(variable).map_or(shared, PathBuf::from);
    assert!(folder.is_dir(), "{} is missing: set {variable}", folder.display());
    folder
}

/// The default engine.
pub fn rten() -> Arc<dyn Engine> {
    Arc::new(RtenEngine::new(1))
}

/// The recommended set, loaded.
pub fn pipeline(engine: Arc<dyn Engine>) -> Pipeline {
    let models = folder("MIBUN_MODELS_DIR", "models");
    let description = SetDescription::recommended().expect("the manifests of this crate");
    let set = ModelSet::load(description, engine, |file| std::fs::read(models.join(file)).ok());
    Pipeline::new(set.expect("the recommended set is whole"))
}

/// A test photograph: `a1`, `a2` (one person), `b1`, `b2` (another).
pub fn photograph(name: &str) -> Vec<u8> {
    let file = folder("MIBUN_TEST_FACES", "faces").join(format!("{name}.jpg"));
    std::fs::read(&file).unwrap_or_else(|error| panic!("{}: {error}; set MIBUN_TEST_FACES", file.display()))
}
