//! What the evidence is worth: the level of a card, and until when.
//!
//! Evidence grows old. A level is computed anew from the kinds of evidence and their age each time it matters, never
//! stored as a fact of its own.

use mibun_card::assurance::{self, Method};
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
}

impl Default for DecayPolicy {
    fn default() -> Self {
        Self { register_days: 1_826, face_days: 1_096 }
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

/// The level that the evidence carries at `now`, or `None` if none. Nothing here yields [`Level::Full`]: that needs
/// kinds of evidence that do not exist yet.
pub fn level(evidence: &[Evidence], policy: &DecayPolicy, now: Timestamp) -> Option<Standing> {
    let lasts = |days: u32, at: Timestamp| at.plus_days(i64::from(days));
    let register = newest(evidence, |one| match one {
        Evidence::RegisterMatch { at } => Some((*at, lasts(policy.register_days, *at))),
        Evidence::LiveFace { .. } => None,
    });
    let face = newest(evidence, |one| match one {
        Evidence::LiveFace { at, .. } => Some((*at, lasts(policy.face_days, *at))),
        Evidence::RegisterMatch { .. } => None,
    });
    let ((register_at, register_until), (face_at, face_until)) = (register?, face?);
    let until = register_until.min(face_until);
    let holds = register_at <= now && face_at <= now && now < until;
    holds.then_some(Standing { level: Level::Light, until })
}

fn newest<T: Ord>(evidence: &[Evidence], pick: impl Fn(&Evidence) -> Option<T>) -> Option<T> {
    evidence.iter().filter_map(pick).max()
}

#[cfg(test)]
mod tests;
