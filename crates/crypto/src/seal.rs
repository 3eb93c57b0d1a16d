//! Sealing: what is written to a database or a file can be read only with the key, and only in its own place.

mod index;

use std::fmt;

use thiserror::Error;
use zeroize::{ZeroizeOnDrop, Zeroizing};

use crate::aead::{Cipher, NONCE_LENGTH, TAG_LENGTH};
use crate::entropy::Entropy;

pub use index::IndexKey;

/// First byte of everything sealed: AES-256-GCM, 96-bit nonce, 128-bit tag. Another scheme takes another number.
const SCHEME: u8 = 1;

/// Bytes that sealing adds: scheme, nonce and tag.
pub const OVERHEAD: usize = 1 + NONCE_LENGTH + TAG_LENGTH;

/// Where a sealed value belongs. A value moved to another row, column, table or version does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Context<'a> {
    /// Table or kind of file.
    pub table: &'a str,
    /// Identity of the row.
    pub row: &'a [u8],
    /// Column.
    pub column: &'a str,
    /// Version of the column's content format.
    pub version: u32,
}

impl Context<'_> {
    /// The place as associated data for `purpose`: every part with its length before it, so that no two places spell the
    /// same bytes.
    pub fn to_bytes(self, purpose: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for part in [purpose, self.table.as_bytes(), self.row, self.column.as_bytes()] {
            bytes.extend_from_slice(&(part.len() as u64).to_be_bytes());
            bytes.extend_from_slice(part);
        }
        bytes.extend_from_slice(&self.version.to_be_bytes());
        bytes
    }
}

/// Why sealed bytes do not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SealError {
    /// Too short, or of a scheme this version does not know.
    #[error("not a sealed value of a known scheme")]
    Form,
    /// Changed, moved from its place, or sealed with another key.
    #[error("the sealed value does not belong to this key and place")]
    Refused,
}

/// A 256-bit key that seals values and other keys. Wiped on drop.
///
/// Nonces are random: seal fewer than 2^32 values with one key (NIST SP 800-38D 8.3). One data key per person stays far below.
#[derive(Clone, ZeroizeOnDrop)]
pub struct SealingKey([u8; 32]);

impl SealingKey {
    /// A new key.
    pub fn generate(entropy: &mut dyn Entropy) -> Self {
        let mut key = Self([0; 32]);
        entropy.fill(&mut key.0);
        key
    }

    /// The key of these bytes.
    pub fn from_bytes(bytes: &[u8; 32]) -> Self {
        Self(*bytes)
    }

    /// The key itself, for whoever stores it outside of the database.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }

    /// `plaintext` sealed for its place. Longer by [`OVERHEAD`].
    pub fn seal(&self, plaintext: &[u8], context: &Context<'_>, entropy: &mut dyn Entropy) -> Vec<u8> {
        self.close(plaintext, &context.to_bytes(b"value"), entropy)
    }

    /// The plaintext of what [`SealingKey::seal`] sealed for the same place.
    pub fn open(&self, sealed: &[u8], context: &Context<'_>) -> Result<Zeroizing<Vec<u8>>, SealError> {
        self.reveal(sealed, &context.to_bytes(b"value"))
    }

    /// `key` sealed with this key: a data key under a master key. Never opens as a value, nor a value as a key.
    pub fn wrap(&self, key: &Self, context: &Context<'_>, entropy: &mut dyn Entropy) -> Vec<u8> {
        self.close(&key.0, &context.to_bytes(b"key"), entropy)
    }

    /// The key that [`SealingKey::wrap`] sealed for the same place.
    pub fn unwrap(&self, wrapped: &[u8], context: &Context<'_>) -> Result<Self, SealError> {
        let bytes = self.reveal(wrapped, &context.to_bytes(b"key"))?;
        let bytes: Zeroizing<[u8; 32]> = Zeroizing::new(bytes.as_slice().try_into().map_err(|_| SealError::Form)?);
        Ok(Self(*bytes))
    }

    fn close(&self, plaintext: &[u8], associated: &[u8], entropy: &mut dyn Entropy) -> Vec<u8> {
        let nonce: [u8; NONCE_LENGTH] = entropy.bytes();
        // Reserved in one piece, so that no half-grown copy of the plaintext stays behind in memory.
        let mut sealed = Vec::with_capacity(plaintext.len() + OVERHEAD);
        sealed.push(SCHEME);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(plaintext);
        let tag = self.cipher().seal(nonce, associated, &mut sealed[1 + NONCE_LENGTH..]);
        sealed.extend_from_slice(&tag);
        sealed
    }

    fn reveal(&self, sealed: &[u8], associated: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let body = sealed.strip_prefix(&[SCHEME]).ok_or(SealError::Form)?;
        let (nonce, body) = body.split_first_chunk::<NONCE_LENGTH>().ok_or(SealError::Form)?;
        if body.len() < TAG_LENGTH {
            return Err(SealError::Form);
        }
        self.cipher().open(*nonce, associated, body).ok_or(SealError::Refused)
    }

    fn cipher(&self) -> Cipher {
        Cipher::new(&self.0).expect("the key has the 32 bytes of AES-256")
    }
}

impl fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealingKey([redacted])")
    }
}

#[cfg(test)]
mod tests;
