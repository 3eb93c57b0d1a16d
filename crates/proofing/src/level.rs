//! What the evidence is worth: the level of a card, and until when.
//!
//! Evidence grows old. A level is computed anew from the kinds of evidence and their age each time it matters, never
//! stored as a fact of its own.

use mibun_card::assurance::{self, ChipCheck, CloneProtection, Compared, Country, DocumentType, Method};
use mibun_crypto::time::Timestamp;
use serde::{Deserialize, Serialize};

pub use mibun_card::assurance::Level;

use crate::decision::{AttackDetection, Decision, Outcome};

/// Something that was checked, as far as the authority itself needs it; [`Evidence::for_card`] is what others see.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Evidence {
    /// Number and name were found in the register, in good standing.
    RegisterMatch {
        /// When.
        at: Timestamp,
    },
    /// A live face matched the register's portrait.
    LiveFace {
        /// When.
        at: Timestamp,
        /// Who compared.
        by: ComparedBy,
        /// What presentation-attack detection said; `None` where the decision did not get that far.
        attack_detection: Option<AttackDetection>,
    },
    /// The chip of the person's document was read, its data was signed by its country, and a live face matched the
    /// portrait in it.
    DocumentChip {
        /// When.
        at: Timestamp,
        /// The kind of document.
        document: DocumentType,
        /// Who issued it.
        country: Country,
        /// How the chip has shown that it is no copy.
        clone_protection: Option<CloneProtection>,
        /// Who compared.
        by: ComparedBy,
        /// What presentation-attack detection said.
        attack_detection: Option<AttackDetection>,
    },
    /// The person set an ID password, face and chip being proven.
    IdPassword {
        /// When.
        at: Timestamp,
    },
}

impl Evidence {
    /// The evidence in the terms of a card.
    pub fn for_card(&self) -> assurance::Evidence {
        let (method, at) = match *self {
            Self::RegisterMatch { at } => (Method::RegisterMatch, at),
            Self::LiveFace { at, by: ComparedBy::Engine { false_match_rate }, .. } => {
                (Method::LiveFace { false_match_rate }, at)
            }
            Self::LiveFace { at, by: ComparedBy::Officer, .. } => (Method::OfficerFace, at),
            Self::DocumentChip { at, document, country, clone_protection, by, .. } => {
                let compared = match by {
                    ComparedBy::Engine { false_match_rate } => Compared::Engine { false_match_rate },
                    ComparedBy::Officer => Compared::Officer,
                };
                (Method::DocumentChip(ChipCheck { document, country, clone_protection, compared }), at)
            }
            Self::IdPassword { at } => (Method::IdPassword, at),
        };
        assurance::Evidence { method, at }
    }
}

/// Who compared face and portrait.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ComparedBy {
    /// The face engine.
    Engine {
        /// The measured false-match rate of the threshold that was reached.
        false_match_rate: f32,
    },
    /// An officer.
    Officer,
}

/// For how long evidence counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DecayPolicy {
    /// Days that a register match counts.
    pub register_days: u32,
    /// Days that a live face counts; faces and forgeries both change.
    pub face_days: u32,
    /// Days that a chip counts: documents are lost and revoked. After that a full card steps down to a light one.
    pub chip_days: u32,
    /// Days that an ID password counts after it was set.
    pub password_days: u32,
    /// Whether a chip counts that cannot show that it is no copy. Many older documents cannot.
    pub copyable_chips: bool,
}

impl Default for DecayPolicy {
    fn default() -> Self {
        Self { register_days: 1_826, face_days: 1_096, chip_days: 365, password_days: 1_826, copyable_chips: false }
    }
}

/// A level and its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// The level.
    pub level: Level,
    /// The first moment at which it no longer holds.
    pub until: Timestamp,
}

/// The evidence that an accepting decision stands for; none for any other decision.
pub fn evidence_of(decision: &Decision, at: Timestamp) -> Vec<Evidence> {
    if decision.outcome != Outcome::Accepted {
        return Vec::new();
    }
    let by = match decision.false_match_rate {
        Some(false_match_rate) => ComparedBy::Engine { false_match_rate },
        None => ComparedBy::Officer,
    };
    let attack_detection = decision.attack_detection;
    vec![Evidence::RegisterMatch { at }, Evidence::LiveFace { at, by, attack_detection }]
}

/// The level that the evidence carries at `now`, or `None` if none.
///
/// Light needs register match and live face, full also chip and ID password, each recent enough. A level ends with the
/// first of what it rests on: then it is computed again, and a full card whose chip has grown old is a light one.
pub fn level(evidence: &[Evidence], policy: &DecayPolicy, now: Timestamp) -> Option<Standing> {
    let holds = |part: Part| holds_until(evidence, part, policy, now);
    let light = holds(Part::Register)?.min(holds(Part::Face)?);
    match (holds(Part::Chip), holds(Part::Password)) {
        (Some(chip), Some(password)) => Some(Standing { level: Level::Full, until: light.min(chip).min(password) }),
        _ => Some(Standing { level: Level::Light, until: light }),
    }
}

/// What a level rests on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Register,
    Face,
    Chip,
    Password,
}

/// Until when the newest evidence of a part counts, if it counts now. Evidence from the future counts nothing, and
/// leaves older evidence as it is.
fn holds_until(evidence: &[Evidence], part: Part, policy: &DecayPolicy, now: Timestamp) -> Option<Timestamp> {
    let times = evidence.iter().filter_map(|one| match *one {
        Evidence::RegisterMatch { at } => Some((Part::Register, at)),
        Evidence::LiveFace { at, .. } => Some((Part::Face, at)),
        Evidence::DocumentChip { at, clone_protection, .. } => {
            (clone_protection.is_some() || policy.copyable_chips).then_some((Part::Chip, at))
        }
        Evidence::IdPassword { at } => Some((Part::Password, at)),
    });
    let newest = times.filter(|(of, at)| *of == part && *at <= now).map(|(_, at)| at).max()?;
    let days = match part {
        Part::Register => policy.register_days,
        Part::Face => policy.face_days,
        Part::Chip => policy.chip_days,
        Part::Password => policy.password_days,
    };
    let until = newest.plus_days(i64::from(days));
    (now < until).then_some(until)
}

#[cfg(test)]
mod tests;
