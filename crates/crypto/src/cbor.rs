//! CBOR (RFC 8949) that came from outside: one meaning per document, bounded work, and every item with the bytes it was
//! read from. Writing is deterministic: shortest forms, definite lengths, members in the order of the caller.

mod read;
mod value;

use thiserror::Error;

pub use crate::json::Limits;
pub use read::{Item, Kind, parse};
pub use value::Value;

/// A tag for CBOR that is carried as a byte string (RFC 8949 section 3.4.5.1).
pub const TAG_ENCODED: u64 = 24;

/// Why a document is refused. Names no content, which may be personal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CborError {
    /// Longer than [`Limits::bytes`].
    #[error("the document is too long")]
    TooLong,
    /// Nested deeper than [`Limits::depth`].
    #[error("the document is nested too deeply")]
    TooDeep,
    /// More items than [`Limits::nodes`].
    #[error("the document has too many items")]
    TooManyNodes,
    /// Ends within an item, or an item claims to be longer than the document.
    #[error("the document ends early")]
    CutOff,
    /// Something follows the item.
    #[error("there is something after the item")]
    Trailing,
    /// An item of indefinite length, or the end of one.
    #[error("an item has no definite length")]
    Indefinite,
    /// A number or length that is written longer than need be.
    #[error("a number is not in its shortest form")]
    NotShortest,
    /// Initial bytes that are reserved (additional information 28 to 30, or a simple value in two bytes below 32).
    #[error("reserved encoding")]
    Reserved,
    /// Text that is not UTF-8.
    #[error("text is not UTF-8")]
    Utf8,
    /// A map has a key twice, so that two readers may see two documents.
    #[error("a map has a key twice")]
    DuplicateKey,
    /// A key that is neither a number, text nor bytes.
    #[error("a map has a key that is neither a number, text nor bytes")]
    Key,
}

#[cfg(test)]
mod tests;
