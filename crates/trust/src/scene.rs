//! Scenes: one lawful use of a card per file, in TOML.
//!
//! A scene says what may be asked, for what, how long it may be kept and how it leaves the counter. It is read
//! strictly: an unknown key, a missing language, a claim the card does not carry or a promise that contradicts
//! itself is an error that names the place.

mod check;
mod document;
mod paths;

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::text::{TextError, Texts};

pub use paths::CARD_PATHS;

/// The name of a scene: 1 to 64 lower-case letters, digits and hyphens.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct SceneId(String);

/// Not the name of a scene.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a scene id is 1 to 64 lower-case letters, digits and hyphens, starting with a letter")]
pub struct BadSceneId;

/// The weakest card a scene accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RequiredLevel {
    /// Register match and live face.
    Light,
    /// Also the chip of the document and an ID password.
    Full,
}

/// The proof of presence a scene wants besides possession of the card's key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// Nothing more.
    #[default]
    None,
    /// A fresh live face.
    Face,
    /// The ID password: a full card, whose keeper writes into the proof that it was given.
    Password,
}

/// Where a claim stands in the card's dataset: object member names, outermost first.
pub type FieldPath = Vec<String>;

/// One item a scene asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Where the claim stands in the card.
    pub path: FieldPath,
    /// Whether the scene cannot do without it; the holder may withhold the others.
    pub required: bool,
    /// Whether the value may be stored for the retention time, or only shown once.
    #[serde(default = "yes")]
    pub keep: bool,
    /// What the item is called.
    pub label: Texts,
    /// Why it is asked, for the consent page.
    pub why: Texts,
}

/// A fact about the check itself that an export may carry; never personal data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fact {
    /// When the card was checked, RFC 3339.
    CheckedAt,
    /// `accepted` or `refused`.
    Outcome,
    /// The level of the card.
    Level,
    /// The identifier of the check.
    Reference,
}

/// What fills a column of an export.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnSource {
    /// The value of a field of the scene.
    Field(FieldPath),
    /// A fact about the check.
    Fact(Fact),
}

/// One column of the CSV a scene exports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Column {
    /// The heading.
    pub header: String,
    /// What stands below it.
    pub source: ColumnSource,
}

/// One lawful use of a card. Made by [`load`] only, so that every scene in memory has passed its checks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Scene {
    /// The name.
    pub id: SceneId,
    /// Counts up when the meaning changes.
    pub version: u32,
    /// The weakest card that will do.
    pub minimum_level: RequiredLevel,
    /// The proof of presence wanted.
    pub presence: Presence,
    /// Days the kept fields may be stored; 0 keeps nothing but the result.
    pub retention_days: u32,
    /// How old the newest evidence behind the card may be, in days; `None` sets no limit.
    pub maximum_evidence_age_days: Option<u32>,
    /// How old the newest reading of a document's chip may be, in days; only for scenes that need a full card.
    pub maximum_chip_age_days: Option<u32>,
    /// How old the newest comparison of a live face may be, in days, be it with the register's portrait or the chip's.
    pub maximum_face_age_days: Option<u32>,
    /// Whether a lawyer of the installation has confirmed the legal basis. Shipped scenes say `false`.
    pub counsel_confirmed: bool,
    /// What the scene is called.
    pub title: Texts,
    /// What the check is for, as the holder reads it.
    pub purpose: Texts,
    /// The rule the scene rests on, as far as it is known.
    pub legal_basis: Texts,
    /// What is asked; empty means that only the result is given.
    pub fields: Vec<Field>,
    /// The columns of the export.
    pub export: Vec<Column>,
}

/// A scene file that must not be used. Lines count from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SceneError {
    /// Not TOML, an unknown or missing key, or a value of the wrong kind.
    #[error("line {line}: {}", source.message())]
    Syntax {
        /// Where.
        line: usize,
        /// What the reader says.
        source: Box<toml::de::Error>,
    },
    /// A text is missing, empty or deceptive.
    #[error("{place}: {source}")]
    Text {
        /// The key, such as `title` or `fields[2].why`.
        place: String,
        /// What is wrong.
        source: TextError,
    },
    /// A field that the card does not carry.
    #[error("the card has no claim {0:?}")]
    UnknownPath(FieldPath),
    /// A field asked twice, by itself or within a larger one.
    #[error("the claim {0:?} is asked for twice")]
    DuplicateField(FieldPath),
    /// More items that may be withheld than a query can spell out.
    #[error("{0} optional fields; at most {MAX_OPTIONAL_FIELDS} are possible")]
    TooManyOptionalFields(usize),
    /// An export column with neither or both of `field` and `fact`.
    #[error("the export column {0:?} needs either a field or a fact")]
    AmbiguousColumn(String),
    /// An export column for a field the scene does not ask or may not keep.
    #[error("the export column {0:?} names a field that the scene does not keep")]
    ColumnWithoutField(String),
    /// Two columns with one heading.
    #[error("the export column {0:?} appears twice")]
    DuplicateColumn(String),
    /// Nothing may be kept, yet a field is marked as kept.
    #[error("retention is 0 days, so the field {0:?} must say keep = false")]
    KeptWithoutRetention(FieldPath),
    /// An age for evidence that the cards of the scene need not carry.
    #[error("maximum_chip_age_days needs minimum_level = \"full\"")]
    ChipAgeWithoutFull,
    /// Longer than a hundred years, or a version or age of 0.
    #[error("{0} is out of range")]
    OutOfRange(&'static str),
    /// The file is not named after the scene.
    #[error("the file {file:?} holds the scene {id}")]
    WrongFileName {
        /// The name of the file, without `.toml`.
        file: String,
        /// The scene in it.
        id: SceneId,
    },
    /// Two files hold the same scene.
    #[error("the scene {0} exists twice")]
    DuplicateScene(SceneId),
}

/// A scene file that must not be used, and which.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {source}")]
pub struct SceneFileError {
    /// The name of the file.
    pub file: String,
    /// What is wrong with it.
    pub source: SceneError,
}

/// Reads one scene.
pub fn load(toml: &str) -> Result<Scene, SceneError> {
    let scene = document::read(toml)?;
    check::scene(&scene)?;
    Ok(scene)
}

/// Reads all scenes of an installation from (file name, content) pairs; each file is named after its scene.
pub fn load_all<N: AsRef<str>, T: AsRef<str>>(files: &[(N, T)]) -> Result<BTreeMap<SceneId, Scene>, SceneFileError> {
    let mut scenes = BTreeMap::new();
    for (name, toml) in files {
        let name = name.as_ref();
        let refuse = |source| SceneFileError { file: name.to_owned(), source };
        let scene = load(toml.as_ref()).map_err(refuse)?;
        let stem = name.strip_suffix(".toml").unwrap_or(name);
        if stem != scene.id.as_str() {
            return Err(refuse(SceneError::WrongFileName { file: stem.to_owned(), id: scene.id }));
        }
        if scenes.contains_key(&scene.id) {
            return Err(refuse(SceneError::DuplicateScene(scene.id)));
        }
        scenes.insert(scene.id.clone(), scene);
    }
    Ok(scenes)
}

impl Scene {
    /// Whether the organisation learns nothing but the result.
    pub fn is_result_only(&self) -> bool {
        self.fields.is_empty()
    }

    /// Whether the evidence behind the card has to be shown, for its age.
    pub fn reads_evidence(&self) -> bool {
        let ages = [self.maximum_evidence_age_days, self.maximum_chip_age_days, self.maximum_face_age_days];
        ages.iter().any(Option::is_some)
    }

    /// The field at `path`, if the scene asks for it.
    pub fn field(&self, path: &[String]) -> Option<&Field> {
        self.fields.iter().find(|field| field.path == path)
    }
}

impl SceneId {
    /// Reads a scene name.
    pub fn parse(id: &str) -> Result<Self, BadSceneId> {
        let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        let starts_well = id.bytes().next().is_some_and(|b| b.is_ascii_lowercase());
        if starts_well && id.len() <= 64 && id.bytes().all(allowed) { Ok(Self(id.to_owned())) } else { Err(BadSceneId) }
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for SceneId {
    type Error = BadSceneId;

    fn try_from(id: String) -> Result<Self, BadSceneId> {
        Self::parse(&id)
    }
}

impl fmt::Display for SceneId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

const fn yes() -> bool {
    true
}

/// A query lists every combination of optional fields, 2^n of them.
pub const MAX_OPTIONAL_FIELDS: usize = 5;

#[cfg(test)]
mod tests;
