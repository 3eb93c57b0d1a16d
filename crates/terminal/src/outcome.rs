//! How a relay went and ended.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::reader::ReaderError;
use crate::text::{Plain, ServerText};

/// The server's last word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Outcome {
    /// The document was taken.
    Done {
        /// What may be seen of it.
        document: Document,
    },
    /// It was not.
    Refused(Refusal),
}

/// A document that was taken. `Debug` tells neither country nor date.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// `passport`, `idcard` or another of the server's kinds.
    pub kind: Plain,
    /// Three letters.
    pub country: Plain,
    /// Last day of validity, `YYYY-MM-DD`.
    pub valid_until: Plain,
    /// Always true: otherwise the document is refused.
    pub names_match: bool,
    /// How the chip showed that it is no copy.
    pub clone_protection: Option<Plain>,
}

/// Why a document was not taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// Stable name of the reason, see `docs/protocols`.
    pub code: Plain,
    /// What it means and what to do.
    pub message: ServerText,
    /// Whether the same document may be taken at another try.
    pub retry_allowed: bool,
    /// Seconds after which another try makes sense.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u32>,
    /// What the reader said, where it was the reader that failed.
    #[serde(skip)]
    pub reader: Option<ReaderError>,
}

/// How far a reading is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct Progress {
    /// What is being done.
    pub stage: Stage,
    /// Bytes of files that have arrived.
    pub done: usize,
    /// Bytes known to come; grows.
    pub total: usize,
}

/// What is being done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Finding out what the chip can do.
    Discovery,
    /// Opening it.
    Access,
    /// Reading data.
    Data,
    /// Reading the portrait.
    Portrait,
    /// Asking whether it is a copy.
    ChipAuthentication,
    /// Asking it in the older way.
    ActiveAuthentication,
    /// The server judges.
    Judging,
    /// A stage that this version does not know.
    #[serde(other)]
    Other,
}

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Document").field("kind", &self.kind).finish_non_exhaustive()
    }
}
