//! One piece of evidence, and how a card spells it.

use mibun_crypto::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::AssuranceError;
use super::chip::ChipCheck;

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
    /// The chip of a physical document was read: a `document`, checked as `vcrypt`, and a live face compared with the
    /// portrait in it.
    DocumentChip(ChipCheck),
    /// The holder set an ID password: an `electronic_record` of ours, checked as `auth`.
    IdPassword,
}

/// Who compared a live face with a portrait.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Compared {
    /// The machine: check method `bvr`.
    Engine {
        /// The false-match rate that the threshold stood for when it was measured.
        false_match_rate: f32,
    },
    /// An officer: check method `pvr`.
    Officer,
}

/// One piece of evidence.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// What was checked.
    pub method: Method,
    /// When; written down to the day.
    pub at: Timestamp,
}

/// Found an existing electronic record that matches the claims.
const REGISTER_MATCH: &str = "data";
/// Biometric verification remotely, by an automated system.
const LIVE_FACE: &str = "bvr";
/// Physical verification remotely, by an authorised person.
const OFFICER_FACE: &str = "pvr";
/// Authentication of the person by an account that exists.
const AUTHENTICATION: &str = "auth";
/// The type of our evidence about records, and of the records that it is about.
const RECORD: &str = "electronic_record";
const REGISTER: &str = "population_register";
const ID_PASSWORD: &str = "id_password";
/// Our own member of `check_details`, for which the schema has no name.
const RATE: &str = "false_match_rate";

impl Evidence {
    /// The evidence as an element of the claim [`super::EVIDENCE`]. `source` names the register.
    pub fn to_value(&self, source: &str) -> Value {
        let time = self.at.floor_to_day().to_rfc3339();
        let (record, check) = match self.method {
            Method::DocumentChip(chip) => return chip.to_value(source, &time),
            Method::RegisterMatch => (REGISTER, check(REGISTER_MATCH, source, &time)),
            Method::LiveFace { false_match_rate } => {
                (REGISTER, Compared::Engine { false_match_rate }.to_check(source, &time))
            }
            Method::OfficerFace => (REGISTER, Compared::Officer.to_check(source, &time)),
            Method::IdPassword => (ID_PASSWORD, check(AUTHENTICATION, source, &time)),
        };
        json!({
            "type": RECORD,
            "time": time,
            "check_details": [check],
            "record": { "type": record, "source": { "name": source } },
        })
    }

    /// Reads an element of the claim [`super::EVIDENCE`]; none for evidence of a kind that is not ours.
    ///
    /// # Errors
    /// [`AssuranceError::Evidence`] for evidence of our kinds that is malformed.
    pub(super) fn from_value(value: &Value) -> Result<Option<Self>, AssuranceError> {
        const MALFORMED: AssuranceError = AssuranceError::Evidence;
        let checks = value.get("check_details").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let method = match (value["type"].as_str(), value["record"]["type"].as_str(), checks) {
            (Some(ChipCheck::TYPE), _, checks) => ChipCheck::from_value(value, checks)?.map(Method::DocumentChip),
            (Some(RECORD), Some(REGISTER), [check]) => of_register(check)?,
            (Some(RECORD), Some(ID_PASSWORD), [check]) => {
                (check["check_method"] == AUTHENTICATION).then_some(Method::IdPassword)
            }
            _ => None,
        };
        let Some(method) = method else { return Ok(None) };
        let time = value["time"].as_str().and_then(|time| Timestamp::parse_rfc3339(time).ok());
        Ok(Some(Self { method, at: time.ok_or(MALFORMED)? }))
    }
}

fn of_register(check: &Value) -> Result<Option<Method>, AssuranceError> {
    match check["check_method"].as_str() {
        Some(REGISTER_MATCH) => Ok(Some(Method::RegisterMatch)),
        Some(_) => Ok(Compared::from_check(check)?.map(|compared| match compared {
            Compared::Engine { false_match_rate } => Method::LiveFace { false_match_rate },
            Compared::Officer => Method::OfficerFace,
        })),
        None => Err(AssuranceError::Evidence),
    }
}

impl Compared {
    /// The comparison as an element of `check_details`.
    pub(super) fn to_check(self, source: &str, time: &str) -> Value {
        match self {
            Self::Engine { false_match_rate } => {
                let mut check = check(LIVE_FACE, source, time);
                check[RATE] = rate(false_match_rate);
                check
            }
            Self::Officer => check(OFFICER_FACE, source, time),
        }
    }

    /// Reads an element of `check_details`; none for another kind of check.
    pub(super) fn from_check(check: &Value) -> Result<Option<Self>, AssuranceError> {
        match check["check_method"].as_str() {
            Some(LIVE_FACE) => {
                let false_match_rate = read_rate(&check[RATE]).ok_or(AssuranceError::Evidence)?;
                Ok(Some(Self::Engine { false_match_rate }))
            }
            Some(OFFICER_FACE) => Ok(Some(Self::Officer)),
            _ => Ok(None),
        }
    }
}

/// An element of `check_details`.
pub(super) fn check(method: &str, source: &str, time: &str) -> Value {
    json!({ "check_method": method, "organization": source, "time": time })
}

/// `1e-5` as people write it: the nearest two digits of a 32-bit number that was read from a table of powers of ten.
fn rate(rate: f32) -> Value {
    format!("{rate:.1e}").parse::<f64>().map_or(Value::Null, Value::from)
}

fn read_rate(value: &Value) -> Option<f32> {
    value.as_f64().filter(|rate| (0.0..=1.0).contains(rate)).map(|rate| rate as f32)
}
