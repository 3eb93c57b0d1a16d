//! What a journey to a full card gathers before the face is compared: the chip of the document, and an ID password.

use mibun_card::assurance::{CloneProtection, Country, DocumentType};
use mibun_crypto::time::{Date, Timestamp};
use mibun_proofing::level::Evidence;
use mibun_registry::{JourneyId, Unit};
use serde::{Deserialize, Serialize};

use super::{StoredJourney, open_row};
use crate::app::App;
use crate::work::WorkError;

/// The parts of a full card that a light one does not have.
///
/// Both belong to the journey alone until it is accepted: then, in the same unit, the password becomes the person's and
/// chip and password become evidence.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Upgrade {
    /// The chip, once it was read and found genuine and the person's.
    pub chip: Option<ChipFound>,
    /// The registration record of the ID password (RFC 9807 section 5.1) in base64url, once it was set.
    pub password: Option<String>,
}

/// A chip that passed every check but the face.
#[derive(Clone, Serialize, Deserialize)]
pub struct ChipFound {
    /// When it was read.
    pub at: Timestamp,
    /// The kind of document.
    pub document: DocumentType,
    /// Who issued it.
    pub country: Country,
    /// How it has shown that it is no copy.
    pub clone_protection: Option<CloneProtection>,
    /// The last day of the document.
    pub valid_until: Date,
}

/// Which card a journey leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Goal {
    /// Register match and live face.
    #[default]
    Light,
    /// Also chip and ID password.
    Full,
}

impl Upgrade {
    /// Whether nothing is missing but the face.
    pub fn is_complete(&self) -> bool {
        self.chip.is_some() && self.password.is_some()
    }
}

impl StoredJourney {
    /// Which card the journey leads to.
    pub fn goal(&self) -> Goal {
        if self.upgrade.is_some() { Goal::Full } else { Goal::Light }
    }

    /// What an accepted journey stands for; nothing in any other stage.
    ///
    /// The face that was compared with the register's portrait stands for the chip's, too: a chip is only found when it is
    /// the person's.
    pub fn evidence(&self) -> Vec<Evidence> {
        let mut evidence = self.life.evidence();
        let face = evidence.iter().find_map(|one| match *one {
            Evidence::LiveFace { at, by, attack_detection } => Some((at, by, attack_detection)),
            _ => None,
        });
        let complete = self.upgrade.as_ref().filter(|upgrade| upgrade.is_complete());
        if let (Some((accepted_at, by, attack_detection)), Some(chip)) =
            (face, complete.and_then(|upgrade| upgrade.chip.as_ref()))
        {
            let ChipFound { at, document, country, clone_protection, .. } = *chip;
            evidence.push(Evidence::DocumentChip { at, document, country, clone_protection, by, attack_detection });
            evidence.push(Evidence::IdPassword { at: accepted_at });
        }
        evidence
    }

    /// Refuses a capture that comes before what the journey needs.
    pub(super) fn ready_for_capture(&self) -> Result<(), WorkError> {
        match &self.upgrade {
            Some(Upgrade { chip: None, .. }) => {
                Err(WorkError::Blocked("chip_missing", "read the chip of the document first"))
            }
            Some(Upgrade { password: None, .. }) => {
                Err(WorkError::Blocked("password_missing", "set the ID password first"))
            }
            _ => Ok(()),
        }
    }
}

/// Whether the card of this journey rests on chip and password, so that its keys lie in the vault.
///
/// # Errors
/// The store's; [`WorkError::Safe`] for damage.
pub async fn is_full(app: &App, unit: &mut dyn Unit, id: Option<JourneyId>) -> Result<bool, WorkError> {
    let Some(id) = id else { return Ok(false) };
    let Some(row) = unit.journey(id).await? else { return Ok(false) };
    Ok(open_row(app, row)?.state.goal() == Goal::Full)
}
