//! Models that belong together, each checked against the hash of its manifest.

use std::sync::Arc;

use mibun_inference::engine::{Engine, EngineError, Tensor};
use mibun_inference::model::{self, ModelError};
use serde::Deserialize;

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
    /// A set names a manifest that is not there.
    #[error("the set names the manifest {0}, which is neither beside it nor one of ours")]
    NoManifest(String),
    /// An embedder without a single measured threshold: nothing could ever be decided by it.
    #[error("the embedder {0} has no calibration row for photographs")]
    NotCalibrated(String),
}

/// The manifests that this crate brings, by file name.
const SHIPPED: [(&str, &str); 7] = [
    ("yunet.toml", include_str!("../models/yunet.toml")),
    ("facemesh.toml", include_str!("../models/facemesh.toml")),
    ("minifasnet_v2.toml", include_str!("../models/minifasnet_v2.toml")),
    ("minifasnet_v1se.toml", include_str!("../models/minifasnet_v1se.toml")),
    ("mobilefacenet.toml", include_str!("../models/mobilefacenet.toml")),
    ("blazeface.toml", include_str!("../models/blazeface.toml")),
    ("faceres.toml", include_str!("../models/faceres.toml")),
];

/// The recommended set.
const RECOMMENDED: [&str; 5] =
    ["yunet.toml", "facemesh.toml", "minifasnet_v2.toml", "minifasnet_v1se.toml", "mobilefacenet.toml"];

/// The recommended set without what has no public address in converted form.
const WITHOUT_ANTISPOOF: [&str; 3] = ["yunet.toml", "facemesh.toml", "mobilefacenet.toml"];

/// The standard set: what npm `@vladmandic/human` carries.
const STANDARD: [&str; 3] = ["blazeface.toml", "facemesh.toml", "faceres.toml"];

/// The file, in a folder of models, with which an operator describes a set of their own.
pub const OWN_SET: &str = "set.toml";

/// The content of [`OWN_SET`].
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OwnSet {
    /// What the set is called.
    name: String,
    /// File names of manifests, beside this file or among those that this crate brings.
    manifests: Vec<String>,
}

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
        Self::parse("recommended", &shipped(&RECOMMENDED))
    }

    /// Every set this crate knows, the best first.
    pub fn known() -> Vec<Self> {
        let sets: [(&str, &[&str]); 3] = [
            ("recommended", &RECOMMENDED),
            ("recommended without anti-spoof", &WITHOUT_ANTISPOOF),
            ("standard", &STANDARD),
        ];
        sets.iter().filter_map(|(name, files)| Self::parse(name, &shipped(files)).ok()).collect()
    }

    /// The set that an operator describes in `text`, the content of [`OWN_SET`]; `read` gives the manifests beside it.
    ///
    /// # Errors
    /// [`ModelSetError`]: nothing is guessed, for a set that was meant and not used would go unnoticed.
    pub fn own(text: &str, read: impl Fn(&str) -> Option<String>) -> Result<Self, ModelSetError> {
        let own: OwnSet = toml::from_str(text)?;
        let manifest = |file: &String| {
            let ours = || SHIPPED.iter().find(|(name, _)| name == file).map(|(_, text)| (*text).to_owned());
            read(file).or_else(ours).ok_or_else(|| ModelSetError::NoManifest(file.clone()))
        };
        let manifests = own.manifests.iter().map(manifest).collect::<Result<Vec<_>, _>>()?;
        let set = Self::parse(&own.name, &manifests.iter().map(String::as_str).collect::<Vec<_>>())?;
        let blind = |one: &&Manifest| {
            let measured = one.calibration.iter().any(|row| row.portrait == PortraitKind::Photo);
            one.role == Role::Embedder && !measured
        };
        match set.manifests.iter().find(blind) {
            Some(embedder) => Err(ModelSetError::NotCalibrated(embedder.file.clone())),
            None => Ok(set),
        }
    }

    /// A set of these manifests.
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

/// The texts of manifests of ours.
fn shipped(files: &[&str]) -> Vec<&'static str> {
    SHIPPED.iter().filter(|(name, _)| files.contains(name)).map(|(_, text)| *text).collect()
}

#[cfg(test)]
mod tests;
