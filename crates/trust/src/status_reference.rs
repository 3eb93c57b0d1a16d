//! Where the standing of a statement is looked up.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// What a statement says of its own standing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Standing {
    /// It is an entry of this list.
    Listed(StatusReference),
    /// It is told in a way that is not read here.
    Otherwise,
}

/// One entry of a token status list (Token Status List, section 6.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusReference {
    /// Address of the list.
    pub uri: String,
    /// Place of the entry in it.
    pub index: u64,
}

impl StatusReference {
    /// The members of `status_list`; `None` when one is missing, of the wrong kind or too long.
    pub(crate) fn read(list: &Value) -> Option<Self> {
        let uri = list.get("uri")?.as_str().filter(|uri| !uri.is_empty() && uri.len() <= 2048)?;
        Some(Self { uri: uri.to_owned(), index: list.get("idx")?.as_u64()? })
    }

    /// The claim `status`.
    pub(crate) fn to_claim(&self) -> Value {
        json!({ "status_list": { "idx": self.index, "uri": self.uri } })
    }
}
