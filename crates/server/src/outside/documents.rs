//! Reading documents from photographs: models loaded at the first one, and one photograph at a time per worker.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use axum::body::Bytes;
use mibun_document::reader::{DETECTOR, Document, RECOGNISER, ReadError, Reader};
use tokio::sync::Semaphore;

use super::engine::EngineChoice;
use super::faces::folder;
use crate::config::Config;
use crate::work::WorkError;

/// Photographs that may wait, per worker; one takes seconds, so who comes later is told to come back.
const QUEUE: usize = 3;

/// The reader of this server.
pub struct Documents {
    folder: PathBuf,
    engine: EngineChoice,
    workers: Arc<Semaphore>,
    queue: Arc<Semaphore>,
    reader: Arc<OnceLock<Result<Reader, String>>>,
}

impl Documents {
    /// Over the folder of models; loads nothing.
    pub fn new(config: &Config) -> Self {
        let workers = config.face.workers.div_ceil(2);
        Self {
            folder: folder(config),
            engine: EngineChoice::of(config),
            workers: Arc::new(Semaphore::new(workers)),
            queue: Arc::new(Semaphore::new(workers * QUEUE)),
            reader: Arc::default(),
        }
    }

    /// Whether the models are there.
    pub fn available(&self) -> bool {
        [DETECTOR, RECOGNISER].iter().all(|file| self.folder.join(file.name).is_file())
    }

    /// Reads the document in a photograph (JPEG or PNG). The photograph goes nowhere else.
    ///
    /// # Errors
    /// [`WorkError::Blocked`] without models, [`WorkError::Busy`] when too many wait, [`WorkError::Refused`] for a
    /// photograph in which there is nothing to read.
    pub async fn read(&self, photograph: Bytes) -> Result<Document, WorkError> {
        if !self.available() {
            return Err(WorkError::Blocked("documents_not_read", "this installation reads no documents"));
        }
        let place = Arc::clone(&self.queue).try_acquire_owned().map_err(|_| WorkError::Busy)?;
        let worker = Arc::clone(&self.workers).acquire_owned().await.map_err(|_| WorkError::Busy)?;
        let (reader, folder, engine) = (Arc::clone(&self.reader), self.folder.clone(), self.engine.clone());
        let read = tokio::task::spawn_blocking(move || {
            // Whoever hangs up leaves the work behind: the places are free when it is done, not before.
            let _places = (place, worker);
            let ready = reader.get_or_init(|| load(&folder, &engine)).as_ref().map_err(|_| WorkError::Busy)?;
            ready.read(&photograph, &mut |_| {}).map_err(refusal)
        });
        read.await.map_err(|_| WorkError::Busy)?
    }
}

fn load(folder: &Path, engine: &EngineChoice) -> Result<Reader, String> {
    let reader = engine.make().and_then(|engine| {
        Reader::load(&engine, |name| std::fs::read(folder.join(name)).ok()).map_err(|error| error.to_string())
    });
    if let Err(error) = &reader {
        tracing::error!(error, "document models cannot be loaded");
    }
    reader
}

fn refusal(error: ReadError) -> WorkError {
    let code = match &error {
        ReadError::Decode(_) => "not_a_picture",
        ReadError::NoText => "no_text_found",
        ReadError::NoDocument => "no_document_found",
        ReadError::Engine(engine) => {
            tracing::error!(error = %engine, "the document reader failed");
            return WorkError::Busy;
        }
    };
    WorkError::Refused(code, error.to_string())
}

impl std::fmt::Debug for Documents {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Documents(available: {})", self.available())
    }
}
