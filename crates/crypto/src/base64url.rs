//! Base64url without padding (RFC 4648 section 5), as all of JOSE uses it.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde::{Serialize, Serializer};
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
    // The library clears a block of 1 KiB for each call; a salt or a digest needs less than a tenth of it.
    let mut short = [0; 64];
    match URL_SAFE_NO_PAD.encode_slice(bytes, &mut short) {
        Ok(letters) => text.push_str(ascii(&short[..letters])),
        Err(_) => URL_SAFE_NO_PAD.encode_string(bytes, text),
    }
}

/// Writes the spelling of `bytes` into `out`.
///
/// # Panics
/// Unless `out` has exactly the letters that it takes.
pub fn encode_into(bytes: &[u8], out: &mut [u8]) {
    let letters = URL_SAFE_NO_PAD.encode_slice(bytes, out);
    assert_eq!(letters, Ok(out.len()), "the letters of {} bytes", bytes.len());
}

/// The spelling of 32 bytes, as digests stand in tokens: always 43 letters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Letters43([u8; 43]);

impl Letters43 {
    /// The one spelling of `bytes`.
    pub fn of(bytes: &[u8; 32]) -> Self {
        let mut letters = [0; 43];
        encode_into(bytes, &mut letters);
        Self(letters)
    }

    /// The letters.
    pub fn as_str(&self) -> &str {
        ascii(&self.0)
    }
}

impl Serialize for Letters43 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl std::fmt::Debug for Letters43 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Debug::fmt(self.as_str(), f)
    }
}

fn ascii(letters: &[u8]) -> &str {
    std::str::from_utf8(letters).expect("the alphabet is ASCII")
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
