//! What the tests of reading share.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use mibun_document::reader::Reader;
use mibun_inference::engine::{Engine, RtenEngine};

/// Where `cargo xtask models` puts the models, unless the environment names another folder.
fn models() -> PathBuf {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.mibun/models");
    std::env::var_os("MIBUN_DOCUMENT_MODELS_DIR").filter(|path| !path.is_empty()).map_or_else(beside, PathBuf::from)
}

/// A reader on one thread; without the models the test fails and says how to get them.
pub fn reader() -> &'static Reader {
    static READER: OnceLock<Reader> = OnceLock::new();
    READER.get_or_init(|| {
        let engine: Arc<dyn Engine> = Arc::new(RtenEngine::new(1));
        let folder = models();
        Reader::load(&engine, |name| std::fs::read(folder.join(name)).ok())
            .unwrap_or_else(|error| panic!("{error} in {}: run `cargo xtask models`", folder.display()))
    })
}
