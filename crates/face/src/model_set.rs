//! Models that belong together, each checked against the hash of its manifest.

use std::sync::Arc;

use mibun_inference::engine::{Engine, EngineError, Tensor};
use mibun_inference::model::{self, ModelError};

use crate::manifest::{Calibration, Manifest, PortraitKind, Role};

/// A model, ready to run.
pub struct Model {
    /// What is known of it.
    pub manifest: Manifest,
    model: model::Model,
}

impl Model {
    pub(crate) fn run(&self, input: Tensor, outputs: &[&str]) -> Result<Vec<Tensor>, EngineError> {
        self.model.run(input, outputs)
    }

    pub(crate) fn run_all(&self, input: Tensor) -> Result<Vec<Tensor>, EngineError> {
        let names: Vec<&str> = self.manifest.outputs.iter().map(String::as_str).collect();
        self.run(input, &names)
    }
}

impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Model({})", self.manifest.file)
    }
}

/// Why a set cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ModelSetError {
    /// A file cannot be used.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// A manifest cannot be read.
    #[error("manifest: {0}")]
    Manifest(#[from] toml::de::Error),
    /// A role that every set needs is not filled.
    #[error("the set has no {0}")]
    Role(&'static str),
}

/// The manifests of the recommended set.
const RECOMMENDED: [&str; 5] = [
    include_str!("../models/yunet.toml"),
    include_str!("../models/facemesh.toml"),
    include_str!("../models/minifasnet_v2.toml"),
    include_str!("../models/minifasnet_v1se.toml"),
    include_str!("../models/mobilefacenet.toml"),
];

/// The recommended set without what has no public address in converted form.
const WITHOUT_ANTISPOOF: [&str; 3] = [
    include_str!("../models/yunet.toml"),
    include_str!("../models/facemesh.toml"),
    include_str!("../models/mobilefacenet.toml"),
];

/// The standard set: what npm `@vladmandic/human` carries.
const STANDARD: [&str; 3] = [
    include_str!("../models/blazeface.toml"),
    include_str!("../models/facemesh.toml"),
    include_str!("../models/faceres.toml"),
];

/// Manifests under a name; nothing is loaded.
#[derive(Debug, Clone)]
pub struct SetDescription {
    /// The set's name.
    pub name: String,
    /// Its models.
    pub manifests: Vec<Manifest>,
}

impl SetDescription {
    /// The recommended set.
    ///
    /// # Errors
    /// Never for the manifests of this crate, which its tests read.
    pub fn recommended() -> Result<Self, ModelSetError> {
        Self::parse("recommended", &RECOMMENDED)
    }

    /// Every set this crate knows, the best first.
    pub fn known() -> Vec<Self> {
        let sets: [(&str, &[&str]); 3] = [
            ("recommended", &RECOMMENDED),
            ("recommended without anti-spoof", &WITHOUT_ANTISPOOF),
            ("standard", &STANDARD),
        ];
        sets.iter().filter_map(|(name, manifests)| Self::parse(name, manifests).ok()).collect()
    }

    /// A set of these manifests, such as one with an operator's own embedder.
    ///
    /// # Errors
    /// [`ModelSetError::Manifest`], [`ModelSetError::Role`].
    pub fn parse(name: &str, manifests: &[&str]) -> Result<Self, ModelSetError> {
        let manifests = manifests.iter().map(|text| Manifest::parse(text)).collect::<Result<Vec<_>, _>>()?;
        for role in [Role::Detector, Role::Mesh, Role::Embedder] {
            if !manifests.iter().any(|manifest| manifest.role == role) {
                return Err(ModelSetError::Role(role.as_str()));
            }
        }
        Ok(Self { name: name.to_owned(), manifests })
    }

    /// Whether the set tells a live face from a picture of one.
    pub fn detects_attacks(&self) -> bool {
        self.manifests.iter().any(|manifest| manifest.role == Role::Antispoof)
    }

    /// The measured rows of the embedder for one kind of portrait.
    pub fn calibration(&self, portrait: PortraitKind) -> Vec<&Calibration> {
        let embedders = self.manifests.iter().filter(|manifest| manifest.role == Role::Embedder);
        embedders.flat_map(|manifest| &manifest.calibration).filter(|row| row.portrait == portrait).collect()
    }

    /// What the set does, for people.
    pub fn can(&self) -> Vec<&'static str> {
        let mut can = vec!["find one face and follow its movements", "compare it with the register's portrait"];
        if self.detects_attacks() {
            can.push("tell most printed pictures and screens from a live face");
        }
        can
    }

    /// What the set does not do, for people.
    pub fn cannot(&self) -> Vec<&'static str> {
        let mut cannot = Vec::new();
        if !self.detects_attacks() {
            cannot.push("tell a picture or screen from a live face: only the movements speak for it");
        }
        cannot.push("notice injected or generated video; it is not certified (ISO/IEC 30107-3)");
        cannot
    }
}

/// A set whose models are loaded.
#[derive(Debug)]
pub struct ModelSet {
    /// What it is.
    pub description: SetDescription,
    /// The engine's name and version.
    pub engine: &'static str,
    models: Vec<Model>,
}

impl ModelSet {
    /// Loads every model; `file` hands out a file by name.
    ///
    /// # Errors
    /// [`ModelSetError`] for a file that is missing, changed or not understood.
    pub fn load(
        description: SetDescription,
        engine: Arc<dyn Engine>,
        file: impl Fn(&str) -> Option<Vec<u8>>,
    ) -> Result<Self, ModelSetError> {
        let mut models = Vec::new();
        for manifest in &description.manifests {
            let model = model::Model::load(&engine, &manifest.file, &manifest.sha256, file(&manifest.file))?;
            models.push(Model { manifest: manifest.clone(), model });
        }
        Ok(Self { description, engine: engine.name(), models })
    }

    pub(crate) fn of(&self, role: Role) -> impl Iterator<Item = &Model> {
        self.models.iter().filter(move |model| model.manifest.role == role)
    }
}
