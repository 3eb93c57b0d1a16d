//! Base64url without padding (RFC 4648 section 5), as all of JOSE uses it.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use thiserror::Error;

/// Why a text is not base64.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Base64Error {
    /// A letter outside the alphabet, at this place; white space and the other alphabet count as such.
    #[error("letter {0} is not of the alphabet")]
    Letter(usize),
    /// No number of whole bytes is spelt in this many letters.
    #[error("the text is cut short")]
    Length,
    /// Bits past the last byte are set: another spelling of the same bytes.
    #[error("the last letter carries bits that belong to no byte")]
    NotCanonical,
    /// Padding is missing, or where it must not be.
    #[error("wrong padding")]
    Padding,
}

/// The one spelling of `bytes`.
pub fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Appends the spelling of `bytes` to `text`.
pub fn encode_onto(bytes: &[u8], text: &mut String) {
    URL_SAFE_NO_PAD.encode_string(bytes, text);
}

/// The bytes of an unpadded, canonical text.
pub fn decode(text: &str) -> Result<Vec<u8>, Base64Error> {
    URL_SAFE_NO_PAD.decode(text).map_err(Base64Error::from)
}

/// The bytes of a padded text in the ordinary alphabet (RFC 4648 section 4): what `x5c` and data URLs use.
pub fn decode_standard(text: &str) -> Result<Vec<u8>, Base64Error> {
    STANDARD.decode(text).map_err(Base64Error::from)
}

/// The padded spelling in the ordinary alphabet (RFC 4648 section 4).
pub fn encode_standard(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

impl From<base64::DecodeError> for Base64Error {
    fn from(error: base64::DecodeError) -> Self {
        match error {
            base64::DecodeError::InvalidByte(at, _) => Self::Letter(at),
            base64::DecodeError::InvalidLength(_) => Self::Length,
            base64::DecodeError::InvalidLastSymbol { .. } => Self::NotCanonical,
            base64::DecodeError::InvalidPadding => Self::Padding,
        }
    }
}

#[cfg(test)]
mod tests;
