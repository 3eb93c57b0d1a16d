//! What a journey to a full card gathers before the face is compared: the chip of the document, and an ID password.

use mibun_card::assurance::{CloneProtection, Country, DocumentType};
use mibun_crypto::time::{Date, Timestamp};
use serde::{Deserialize, Serialize};

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

impl Upgrade {
    /// Whether nothing is missing but the face.
    pub fn is_complete(&self) -> bool {
        self.chip.is_some() && self.password.is_some()
    }
}
