//! The face engine: models loaded once, at the first face, and as many faces at a time as the operator allows.

mod abilities;

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use axum::body::Bytes;
use mibun_face::manifest::PortraitKind;
use mibun_face::model_set::{ModelSet, ModelSetError, OWN_SET, SetDescription};
use mibun_face::pipeline::{MeasureError, Pipeline};
use mibun_face::{FrameMeasures, PortraitMeasures, portrait};
use mibun_inference::decode::DecodeError;
use mibun_proofing::decision;
use mibun_proofing::policy::{CalibrationRow, MatchThresholds, Policy};
use mibun_trust::Texts;
use tokio::sync::Semaphore;

use crate::config::{Config, ModelSetChoice, Storage};
use crate::http::about::{AbilityView, ModelsView};
use crate::outside::engine::EngineChoice;
use crate::work::WorkError;
use abilities::Ability;

/// Faces that may wait for a worker, per worker; beyond it the answer is "busy".
const QUEUE: usize = 8;

/// The face engine of this server.
pub struct Faces {
    folder: PathBuf,
    description: Option<SetDescription>,
    engine: EngineChoice,
    policy: Policy,
    workers: Arc<Semaphore>,
    queue: Arc<Semaphore>,
    pipeline: Arc<OnceLock<Result<Pipeline, String>>>,
}

impl Faces {
    /// Finds out which set of models is there; loads nothing.
    ///
    /// # Errors
    /// [`FacesError`] for a set of the operator's own that cannot be used: another one would decide in its place.
    pub fn new(config: &Config) -> Result<Self, FacesError> {
        let folder = folder(config);
        let description = choose(config.face.set, &folder)?;
        let workers = config.face.workers;
        Ok(Self {
            folder,
            description,
            engine: EngineChoice::of(config),
            policy: config.face.policy.clone(),
            workers: Arc::new(Semaphore::new(workers)),
            queue: Arc::new(Semaphore::new(workers * QUEUE)),
            pipeline: Arc::new(OnceLock::new()),
        })
    }

    /// The set in use, for people.
    pub fn describe(&self) -> ModelsView {
        let (can, cannot) = abilities::of(self.description.as_ref().map(SetDescription::detects_attacks));
        let view = |ability: &Ability, text: Texts| AbilityView { code: ability.code(), text: (&text).into() };
        ModelsView {
            set: self.description.as_ref().map_or_else(|| "none".to_owned(), |set| set.name.clone()),
            can: can.iter().map(|ability| view(ability, ability.can())).collect(),
            cannot: cannot.iter().map(|ability| view(ability, ability.cannot())).collect(),
        }
    }

    /// The thresholds for the register's portraits, which are photographs.
    ///
    /// # Errors
    /// [`WorkError::Busy`] without models, or for an embedder that was never measured at all.
    pub fn thresholds(&self) -> Result<MatchThresholds, WorkError> {
        self.thresholds_for(PortraitKind::Photo)
    }

    /// The thresholds for portraits in chips. Where an embedder was not measured with those, its measurement with
    /// photographs counts: a portrait in a chip is one, only smaller.
    ///
    /// # Errors
    /// As [`Faces::thresholds`].
    pub fn chip_thresholds(&self) -> Result<MatchThresholds, WorkError> {
        self.thresholds_for(PortraitKind::Chip).or_else(|_| self.thresholds())
    }

    fn thresholds_for(&self, kind: PortraitKind) -> Result<MatchThresholds, WorkError> {
        let set = self.description.as_ref().ok_or(WorkError::Busy)?;
        let row = |row: &&mibun_face::manifest::Calibration| CalibrationRow { fmr: row.fmr, threshold: row.threshold };
        let measured: Vec<CalibrationRow> = set.calibration(kind).iter().map(row).collect();
        let loosest = measured.iter().max_by(|one, other| one.fmr.total_cmp(&other.fmr)).copied();
        // An embedder that was never measured at the review rate accepts nobody: whatever it finds similar at the
        // loosest measured row goes to an officer.
        let fall_back = || loosest.map(|review| MatchThresholds { accept: None, review }).ok_or(WorkError::Busy);
        self.policy.matching.thresholds(&measured).or_else(|_| fall_back())
    }

    /// What took part in a decision, for its record.
    ///
    /// # Errors
    /// [`WorkError::Busy`] without models.
    pub fn models(&self) -> Result<decision::ModelSet, WorkError> {
        let set = self.description.as_ref().ok_or(WorkError::Busy)?;
        let file = |manifest: &mibun_face::manifest::Manifest| decision::ModelUsed {
            role: manifest.role.as_str().to_owned(),
            sha256: manifest.sha256.clone(),
        };
        Ok(decision::ModelSet {
            name: set.name.clone(),
            engine: self.engine.make().map_err(|_| WorkError::Busy)?.name().to_owned(),
            files: set.manifests.iter().map(file).collect(),
            detects_attacks: set.detects_attacks(),
        })
    }

    /// Measures a camera frame.
    ///
    /// # Errors
    /// [`WorkError::Refused`] for a file that is no frame, [`WorkError::Busy`] when too many wait.
    pub async fn measure(&self, image: Bytes) -> Result<FrameMeasures, WorkError> {
        self.work(move |pipeline| pipeline.frame(&image, &mut |_| {})).await
    }

    /// Measures a portrait.
    ///
    /// # Errors
    /// [`WorkError::Refused`] for a picture that cannot be compared, [`WorkError::Busy`].
    pub async fn portrait(&self, image: Bytes) -> Result<PortraitMeasures, WorkError> {
        self.work(move |pipeline| pipeline.portrait(&image)).await
    }

    /// Cuts the card's portrait out of a photograph.
    ///
    /// # Errors
    /// [`WorkError::Refused`], [`WorkError::Busy`].
    pub async fn card_portrait(&self, image: Bytes) -> Result<Vec<u8>, WorkError> {
        self.work(move |pipeline| {
            let measures = pipeline.portrait(&image)?;
            Ok(portrait::for_card(&image, &measures.quality.face_box)?)
        })
        .await
    }

    async fn work<T: Send + 'static>(
        &self,
        task: impl FnOnce(&Pipeline) -> Result<T, MeasureError> + Send + 'static,
    ) -> Result<T, WorkError> {
        let description = self.description.clone().ok_or(WorkError::Busy)?;
        let place = Arc::clone(&self.queue).try_acquire_owned().map_err(|_| WorkError::Busy)?;
        let worker = Arc::clone(&self.workers).acquire_owned().await.map_err(|_| WorkError::Busy)?;
        let (pipeline, folder, engine) = (Arc::clone(&self.pipeline), self.folder.clone(), self.engine.clone());
        let done = tokio::task::spawn_blocking(move || {
            // Whoever hangs up leaves the work behind: the places are free when it is done, not before.
            let _places = (place, worker);
            let ready = pipeline.get_or_init(|| load(description, &folder, &engine));
            ready.as_ref().map_err(|_| WorkError::Busy).and_then(|pipeline| task(pipeline).map_err(refusal))
        });
        done.await.map_err(|_| WorkError::Busy)?
    }
}

impl std::fmt::Debug for Faces {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Faces({})", self.describe().set)
    }
}

/// Loads a set of models from a folder.
///
/// # Errors
/// What is wrong with which file.
pub fn load(description: SetDescription, folder: &Path, engine: &EngineChoice) -> Result<Pipeline, String> {
    let name = description.name.clone();
    let set = engine.make().and_then(|engine| {
        let set = ModelSet::load(description, engine, |file| std::fs::read(folder.join(file)).ok());
        set.map_err(|error| error.to_string())
    });
    match set {
        Ok(set) => {
            tracing::info!(set = name, "face models loaded");
            Ok(Pipeline::new(set))
        }
        Err(error) => {
            tracing::error!(error, "face models cannot be loaded");
            Err(error)
        }
    }
}

/// Where the models lie: configured, in the environment, or `models` beside the database file; with PostgreSQL, beside
/// the master key.
pub fn folder(config: &Config) -> PathBuf {
    let configured = config.face.models_dir.clone();
    let environment = || std::env::var_os("MIBUN_MODELS_DIR").map(PathBuf::from);
    configured.or_else(environment).unwrap_or_else(|| beside_the_record(&config.storage))
}

fn beside_the_record(storage: &Storage) -> PathBuf {
    let file = storage.url.strip_prefix("sqlite:").map(|path| path.trim_start_matches("//"));
    file.map_or(storage.master_key.as_path(), Path::new).with_file_name("models")
}

/// A folder of models that describes a set which cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {source}")]
pub struct FacesError {
    path: PathBuf,
    source: ModelSetError,
}

/// The operator's own set where the folder describes one, else the best known set whose files are all in it.
///
/// # Errors
/// [`FacesError`].
pub fn choose(choice: ModelSetChoice, folder: &Path) -> Result<Option<SetDescription>, FacesError> {
    let path = folder.join(OWN_SET);
    match std::fs::read_to_string(&path) {
        Ok(text) if matches!(choice, ModelSetChoice::Auto | ModelSetChoice::Own) => {
            // A name is a file's name and no way out of the folder.
            let beside = |file: &str| (!file.contains(['/', '\\'])).then(|| folder.join(file));
            let read = |file: &str| std::fs::read_to_string(beside(file)?).ok();
            SetDescription::own(&text, read).map(Some).map_err(|source| FacesError { path, source })
        }
        _ => Ok(known(choice, folder)),
    }
}

fn known(choice: ModelSetChoice, folder: &Path) -> Option<SetDescription> {
    let whole = |set: &SetDescription| set.manifests.iter().all(|manifest| folder.join(&manifest.file).is_file());
    SetDescription::known().into_iter().find(|set| {
        let wanted = match choice {
            ModelSetChoice::Auto => true,
            ModelSetChoice::Recommended => set.detects_attacks(),
            ModelSetChoice::Standard => !set.detects_attacks(),
            ModelSetChoice::Own => false,
        };
        wanted && whole(set)
    })
}

fn refusal(error: MeasureError) -> WorkError {
    let code = match &error {
        MeasureError::Decode(DecodeError::NotAnImage) => "not_an_image",
        MeasureError::Decode(DecodeError::UnsupportedFormat) => "unsupported_image",
        MeasureError::Decode(DecodeError::TooLarge) => "image_too_large",
        MeasureError::Decode(DecodeError::TooSmall) => "image_too_small",
        MeasureError::Decode(DecodeError::Truncated) => "image_truncated",
        MeasureError::NoFace => "no_face",
        MeasureError::SeveralFaces => "two_faces",
        MeasureError::Unusable => "portrait_unusable",
        MeasureError::Engine(engine) => {
            tracing::error!(error = %engine, "the face engine failed");
            return WorkError::Busy;
        }
    };
    WorkError::Refused(code, error.to_string())
}
