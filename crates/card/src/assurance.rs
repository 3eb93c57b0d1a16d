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
    pub fn to_value(&self, source: &str) -> Value {
        let time = self.at.floor_to_day().to_rfc3339();
        match self.method {
            Method::RegisterMatch => json!({
                "type": "electronic_record",
                "time": time,
                "check_details": [{ "check_method": "data", "organization": source, "time": time }],
                "record": { "type": "population_register", "source": { "name": source } },
            }),
            Method::LiveFace { false_match_rate } => json!({
                "type": "electronic_record",
                "time": time,
                "check_details": [{
                    "check_method": "bvr",
                    "organization": source,
                    "time": time,
                    "false_match_rate": rate(false_match_rate),
                }],
            }),
            Method::OfficerFace => json!({
                "type": "electronic_record",
                "time": time,
                "check_details": [{ "check_method": "pvr", "organization": source, "time": time }],
            }),
        }
    }
}

/// `1e-5` as people write it: the nearest two digits of a 32-bit number that was read from a table of powers of ten.
fn rate(rate: f32) -> Value {
    format!("{rate:.1e}").parse::<f64>().map_or(Value::Null, Value::from)
}

/// Level and evidence of a card.
#[derive(Debug, Clone, PartialEq)]
pub struct Assurance {
    /// The level.
    pub level: Level,
    /// What it was computed from.
    pub evidence: Vec<Evidence>,
}

impl Assurance {
    /// Adds level and evidence to the claims of a card.
    pub fn add_to(&self, claims: &mut Map<String, Value>, source: &str) {
        claims.insert(LEVEL.to_owned(), self.level.as_str().into());
        let evidence: Vec<Value> = self.evidence.iter().map(|evidence| evidence.to_value(source)).collect();
        claims.insert(EVIDENCE.to_owned(), evidence.into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_named_and_ordered() {
        assert!(Level::Light < Level::Full);
        for level in [Level::Light, Level::Full] {
            assert_eq!(Level::parse(level.as_str()), Ok(level));
        }
        assert_eq!(Level::parse("Full"), Err(UnknownLevel));
    }

    #[test]
    fn evidence_names_method_day_and_measured_rate() {
        let at = Timestamp(1_800_000_123);
        let face = Evidence { method: Method::LiveFace { false_match_rate: 1e-5 }, at }.to_value("Registry");
        assert_eq!(face["time"], "2027-01-15T00:00:00Z");
        assert_eq!(face["check_details"][0]["check_method"], "bvr");
        assert_eq!(face["check_details"][0]["false_match_rate"], 1e-5);
        let record = Evidence { method: Method::RegisterMatch, at }.to_value("Registry");
        assert_eq!(record["record"]["source"]["name"], "Registry");
    }

    #[test]
    fn level_and_evidence_become_claims() {
        let mut claims = Map::new();
        let evidence = vec![Evidence { method: Method::OfficerFace, at: Timestamp(0) }];
        Assurance { level: Level::Light, evidence }.add_to(&mut claims, "Registry");
        assert_eq!(claims[LEVEL], "light");
        assert_eq!(claims[EVIDENCE].as_array().map(Vec::len), Some(1));
    }
}
