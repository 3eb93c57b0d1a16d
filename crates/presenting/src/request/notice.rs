//! What a check is for, in words the holder reads before consenting.

use mibun_trust::scene::Presence;
use mibun_trust::text::TextError;
use mibun_trust::{Scene, SceneId, Texts};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::VerifierInfo;

/// The `format` of our entry in `verifier_info`.
pub const SCENE_NOTICE_FORMAT: &str = "urn:mibun:scene:1";

/// The asker's statement of the scene, its purpose and how long the fields are kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SceneNotice {
    /// The scene.
    pub scene: SceneId,
    /// Its version.
    pub version: u32,
    /// What it is called.
    pub title: Texts,
    /// What the check is for.
    pub purpose: Texts,
    /// How long the fields are kept; 0 keeps the result only.
    pub retention_days: u32,
    /// The proof of presence that the scene demands; wallets ask their holder for it.
    #[serde(default)]
    pub presence: Presence,
}

/// Why a statement of purpose is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoticeError {
    /// The entry lacks something or has something of the wrong kind.
    #[error("the scene notice is malformed")]
    Malformed,
    /// Two entries of the format.
    #[error("there are two scene notices")]
    Twice,
    /// A text that must not be shown.
    #[error("the scene notice cannot be shown: {0}")]
    Text(#[from] TextError),
}

impl SceneNotice {
    /// The notice of a scene.
    pub fn of(scene: &Scene) -> Self {
        Self {
            scene: scene.id.clone(),
            version: scene.version,
            title: scene.title.clone(),
            purpose: scene.purpose.clone(),
            retention_days: scene.retention_days,
            presence: scene.presence,
        }
    }

    /// The entry of `verifier_info`.
    pub(crate) fn to_entry(&self) -> Value {
        json!({ "format": SCENE_NOTICE_FORMAT, "data": self })
    }

    /// Our entry among those of `verifier_info`; entries of other formats are ignored.
    pub(super) fn find(verifier_info: &[VerifierInfo]) -> Result<Option<Self>, NoticeError> {
        let mut found = None;
        for entry in verifier_info.iter().filter(|entry| entry.format == SCENE_NOTICE_FORMAT) {
            if found.is_some() {
                return Err(NoticeError::Twice);
            }
            let notice = Self::deserialize(&entry.data).map_err(|_| NoticeError::Malformed)?;
            notice.title.check()?;
            notice.purpose.check()?;
            found = Some(notice);
        }
        Ok(found)
    }
}
