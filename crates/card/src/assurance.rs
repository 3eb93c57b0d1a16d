//! How sure the authority is, in the terms of OpenID Identity Assurance (ekyc-ida schema 1.0): a level, and the evidence
//! it was computed from.

mod chip;
mod evidence;

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub use chip::{ChipCheck, CloneProtection, Country, DocumentType, NotACountry};
pub use evidence::{Compared, Evidence, Method};

/// The claim that carries the level.
pub const LEVEL: &str = "assurance_level";
/// The claim that carries the evidence.
pub const EVIDENCE: &str = "evidence";

/// How strong a card is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Register match and live face.
    Light,
    /// Also the chip of the document and an ID password.
    Full,
}

/// Not the name of a level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a level is light or full")]
pub struct UnknownLevel;

impl Level {
    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Full => "full",
        }
    }

    /// The level of that name.
    ///
    /// # Errors
    /// [`UnknownLevel`].
    pub fn parse(name: &str) -> Result<Self, UnknownLevel> {
        match name {
            "light" => Ok(Self::Light),
            "full" => Ok(Self::Full),
            _ => Err(UnknownLevel),
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Level and evidence of a card.
#[derive(Debug, Clone, PartialEq)]
pub struct Assurance {
    /// The level.
    pub level: Level,
    /// What it was computed from.
    pub evidence: Vec<Evidence>,
}

/// Why the claims of a card say nothing about its assurance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AssuranceError {
    /// No level, or not the name of one.
    #[error("assurance_level is missing or not a level")]
    Level,
    /// No list of evidence, or a malformed element.
    #[error("evidence is missing or malformed")]
    Evidence,
}

impl Assurance {
    /// Adds level and evidence to the claims of a card.
    pub fn add_to(&self, claims: &mut Map<String, Value>, source: &str) {
        claims.insert(LEVEL.to_owned(), self.level.as_str().into());
        let evidence: Vec<Value> = self.evidence.iter().map(|evidence| evidence.to_value(source)).collect();
        claims.insert(EVIDENCE.to_owned(), evidence.into());
    }

    /// Reads level and evidence. Evidence of kinds that are not ours is passed over: it may only ever add to what ours
    /// says.
    ///
    /// # Errors
    /// [`AssuranceError`].
    pub fn from_claims(claims: &Map<String, Value>) -> Result<Self, AssuranceError> {
        let level = claims.get(LEVEL).and_then(Value::as_str).and_then(|name| Level::parse(name).ok());
        let evidence = claims.get(EVIDENCE).and_then(Value::as_array).ok_or(AssuranceError::Evidence)?;
        let evidence = evidence.iter().filter_map(|value| Evidence::from_value(value).transpose());
        Ok(Self { level: level.ok_or(AssuranceError::Level)?, evidence: evidence.collect::<Result<_, _>>()? })
    }
}

#[cfg(test)]
mod tests;
