//! How sure the authority is, in the terms of OpenID Identity Assurance (ekyc-ida schema 1.0): a level, and the evidence
//! it was computed from.

use std::fmt;

use mibun_crypto::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

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

/// What was checked.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Method {
    /// The authority's register holds a record with this number and name: an `electronic_record`, checked as `data`.
    RegisterMatch,
    /// A live face was compared with the register's portrait by the machine: check method `bvr`, biometric
    /// verification remotely.
    LiveFace {
        /// The false-match rate that the threshold stood for when it was measured.
        false_match_rate: f32,
    },
    /// An officer compared the live face with the register's portrait: check method `pvr`, physical verification
    /// remotely.
    OfficerFace,
}

/// One piece of evidence.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// What was checked.
    pub method: Method,
    /// When; written down to the day.
    pub at: Timestamp,
}

impl Evidence {
    /// The evidence as an element of the claim [`EVIDENCE`]. `source` names the register.
    ///
    /// Every kind is about one `electronic_record`, the person's in the register: that it was found, or that its portrait
    /// is of the person.
    pub fn to_value(&self, source: &str) -> Value {
        let time = self.at.floor_to_day().to_rfc3339();
        let mut check = json!({ "check_method": self.method.check_method(), "organization": source, "time": time });
        if let Method::LiveFace { false_match_rate } = self.method {
            check[RATE] = rate(false_match_rate);
        }
        json!({
            "type": RECORD,
            "time": time,
            "check_details": [check],
            "record": { "type": REGISTER, "source": { "name": source } },
        })
    }

    /// Reads an element of the claim [`EVIDENCE`]; none for evidence of a kind that is not ours.
    ///
    /// # Errors
    /// [`AssuranceError::Evidence`] for evidence of our kinds that is malformed.
    fn from_value(value: &Value) -> Result<Option<Self>, AssuranceError> {
        const MALFORMED: AssuranceError = AssuranceError::Evidence;
        let [check] = value.get("check_details").and_then(Value::as_array).map_or(&[][..], Vec::as_slice) else {
            return Ok(None);
        };
        if value["type"] != RECORD || value["record"]["type"] != REGISTER {
            return Ok(None);
        }
        let method = match check["check_method"].as_str() {
            Some(REGISTER_MATCH) => Method::RegisterMatch,
            Some(LIVE_FACE) => Method::LiveFace { false_match_rate: read_rate(&check[RATE]).ok_or(MALFORMED)? },
            Some(OFFICER_FACE) => Method::OfficerFace,
            Some(_) => return Ok(None),
            None => return Err(MALFORMED),
        };
        let time = value["time"].as_str().and_then(|time| Timestamp::parse_rfc3339(time).ok());
        Ok(Some(Self { method, at: time.ok_or(MALFORMED)? }))
    }
}

/// Found an existing electronic record that matches the claims.
const REGISTER_MATCH: &str = "data";
/// Biometric verification remotely, by an automated system.
const LIVE_FACE: &str = "bvr";
/// Physical verification remotely, by an authorised person.
const OFFICER_FACE: &str = "pvr";
/// The type of all our evidence, and of the record that it is about.
const RECORD: &str = "electronic_record";
const REGISTER: &str = "population_register";
/// Our own member of `check_details`, for which the schema has no name.
const RATE: &str = "false_match_rate";

impl Method {
    /// The name in the list of check methods that the schema refers to.
    const fn check_method(self) -> &'static str {
        match self {
            Self::RegisterMatch => REGISTER_MATCH,
            Self::LiveFace { .. } => LIVE_FACE,
            Self::OfficerFace => OFFICER_FACE,
        }
    }
}

/// `1e-5` as people write it: the nearest two digits of a 32-bit number that was read from a table of powers of ten.
fn rate(rate: f32) -> Value {
    format!("{rate:.1e}").parse::<f64>().map_or(Value::Null, Value::from)
}

fn read_rate(value: &Value) -> Option<f32> {
    value.as_f64().filter(|rate| (0.0..=1.0).contains(rate)).map(|rate| rate as f32)
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
