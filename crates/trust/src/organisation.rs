//! Organisations: who they are and what they are registered to ask.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::scene::SceneId;
use crate::text::Texts;

/// A registered relying party: a hotel, a railway, a bank.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Organisation {
    /// Stable identifier in the register of organisations.
    pub id: String,
    /// The name people know it by.
    pub names: Texts,
    /// The scenes it may ask for.
    pub scenes: BTreeSet<SceneId>,
}

/// An organisation asked for something it is not registered for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("organisation {organisation} is not registered for the scene {scene}")]
pub struct NotRegistered {
    /// Who asked.
    pub organisation: String,
    /// What for.
    pub scene: SceneId,
}

impl Organisation {
    /// Whether the organisation is registered for `scene`; there is no wildcard.
    pub fn may_ask(&self, scene: &SceneId) -> Result<(), NotRegistered> {
        if self.scenes.contains(scene) {
            return Ok(());
        }
        Err(NotRegistered { organisation: self.id.clone(), scene: scene.clone() })
    }
}

#[cfg(test)]
mod tests;
