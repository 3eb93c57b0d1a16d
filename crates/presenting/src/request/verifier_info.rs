//! What others say about an asker (OpenID4VP 1.0 sections 5.1 and 5.11): registration certificates and the like.

use serde_json::{Map, Value};

use crate::dcql::Query;
use crate::members::{self, Fault};

/// One entry of `verifier_info`, as received. Whoever uses it verifies its signature and that it is about this asker.
#[derive(Debug, Clone, PartialEq)]
pub struct VerifierInfo {
    /// What kind of statement it is, for example `registration_cert` (ETSI TS 119 472-2).
    pub format: String,
    /// The statement: text or an object.
    pub data: Value,
    /// The credential queries that it is about; empty means all.
    pub credential_ids: Vec<String>,
}

/// Why `verifier_info` is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VerifierInfoError {
    /// Not an array of objects with text `format` and text or object `data`, or empty.
    #[error("verifier_info is malformed")]
    Malformed,
    /// `credential_ids` names a credential that is not asked.
    #[error("verifier_info names the unknown credential {0}")]
    UnknownCredential(String),
}

impl VerifierInfo {
    /// Reads `verifier_info` of a request with this query; absent is none.
    pub(super) fn read(value: Option<&Value>, query: &Query) -> Result<Vec<Self>, VerifierInfoError> {
        let Some(value) = value else { return Ok(Vec::new()) };
        let entries = value.as_array().filter(|entries| !entries.is_empty()).ok_or(VerifierInfoError::Malformed)?;
        entries.iter().map(|entry| Self::entry(entry, query)).collect()
    }

    fn entry(value: &Value, query: &Query) -> Result<Self, VerifierInfoError> {
        let object = value.as_object().ok_or(VerifierInfoError::Malformed)?;
        let format = members::text(object, "format")?.ok_or(VerifierInfoError::Malformed)?;
        let data = object.get("data").filter(|data| data.is_string() || data.is_object());
        let credential_ids = match members::array(object, "credential_ids")? {
            None => Vec::new(),
            Some([]) => return Err(VerifierInfoError::Malformed),
            Some(ids) => ids.iter().map(|id| asked(id, query)).collect::<Result<_, _>>()?,
        };
        Ok(Self { format: format.to_owned(), data: data.ok_or(VerifierInfoError::Malformed)?.clone(), credential_ids })
    }

    /// The entry as it is written.
    pub fn to_value(&self) -> Value {
        let mut object = Map::new();
        object.insert("format".into(), self.format.clone().into());
        object.insert("data".into(), self.data.clone());
        if !self.credential_ids.is_empty() {
            object.insert("credential_ids".into(), self.credential_ids.clone().into());
        }
        Value::Object(object)
    }
}

fn asked(id: &Value, query: &Query) -> Result<String, VerifierInfoError> {
    let id = id.as_str().ok_or(VerifierInfoError::Malformed)?;
    match query.credential(id) {
        Some(_) => Ok(id.to_owned()),
        None => Err(VerifierInfoError::UnknownCredential(id.to_owned())),
    }
}

impl From<Fault> for VerifierInfoError {
    fn from(_: Fault) -> Self {
        Self::Malformed
    }
}
