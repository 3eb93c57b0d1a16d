//! What an entry says, and how a card names its entry.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What an entry says (section 7.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    /// Good.
    Valid,
    /// Revoked, for good.
    Invalid,
    /// Not good for now.
    Suspended,
    /// A value that we give no meaning; a checker treats it as not good.
    Other(u8),
}

impl Status {
    /// The value in the list.
    pub const fn value(self) -> u8 {
        match self {
            Self::Valid => 0,
            Self::Invalid => 1,
            Self::Suspended => 2,
            Self::Other(value) => value,
        }
    }

    /// The meaning of a value.
    pub const fn from_value(value: u8) -> Self {
        match value {
            0 => Self::Valid,
            1 => Self::Invalid,
            2 => Self::Suspended,
            other => Self::Other(other),
        }
    }
}

/// How a card names its entry: the member `status_list` of its claim `status` (section 6.2).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Reference {
    /// The entry.
    pub idx: u32,
    /// Where the list lies; the `sub` of its token.
    pub uri: String,
}

/// Why the claim `status` of a card cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReferenceError {
    /// `status` is not an object with an object `status_list`.
    #[error("status has no status_list")]
    Missing,
    /// `idx` is not a whole number from 0.
    #[error("status_list.idx is not an index")]
    Index,
    /// `uri` is not text of a sensible length.
    #[error("status_list.uri is not an address")]
    Uri,
}

const LONGEST_URI: usize = 2048;

impl Reference {
    /// Reads the claim `status`; members and mechanisms that are not known are ignored.
    ///
    /// # Errors
    /// [`ReferenceError`].
    pub fn from_claim(status: &Value) -> Result<Self, ReferenceError> {
        let list = status.get("status_list").and_then(Value::as_object).ok_or(ReferenceError::Missing)?;
        let idx = list.get("idx").and_then(Value::as_u64).and_then(|idx| u32::try_from(idx).ok());
        let uri = list.get("uri").and_then(Value::as_str).filter(|uri| !uri.is_empty() && uri.len() <= LONGEST_URI);
        Ok(Self { idx: idx.ok_or(ReferenceError::Index)?, uri: uri.ok_or(ReferenceError::Uri)?.to_owned() })
    }

    /// The claim `status`.
    pub fn to_claim(&self) -> Value {
        serde_json::json!({ "status_list": { "idx": self.idx, "uri": self.uri } })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_reference_survives_the_claim() {
        let reference = Reference { idx: 7, uri: "https://a.example/1".to_owned() };
        assert_eq!(Reference::from_claim(&reference.to_claim()), Ok(reference));
    }

    #[test]
    fn each_fault_has_its_own_error() {
        let read = |claim| Reference::from_claim(&claim);
        assert_eq!(read(json!({})), Err(ReferenceError::Missing));
        assert_eq!(read(json!({ "status_list": [] })), Err(ReferenceError::Missing));
        assert_eq!(read(json!({ "status_list": { "uri": "u" } })), Err(ReferenceError::Index));
        assert_eq!(read(json!({ "status_list": { "idx": -1, "uri": "u" } })), Err(ReferenceError::Index));
        assert_eq!(read(json!({ "status_list": { "idx": "1", "uri": "u" } })), Err(ReferenceError::Index));
        assert_eq!(
            read(json!({ "status_list": { "idx": 4_294_967_296_u64, "uri": "u" } })),
            Err(ReferenceError::Index)
        );
        assert_eq!(read(json!({ "status_list": { "idx": 1 } })), Err(ReferenceError::Uri));
        assert_eq!(read(json!({ "status_list": { "idx": 1, "uri": "" } })), Err(ReferenceError::Uri));
    }

    #[test]
    fn values_and_meanings_agree() {
        assert!((0..=255).all(|value| Status::from_value(value).value() == value));
    }
}
