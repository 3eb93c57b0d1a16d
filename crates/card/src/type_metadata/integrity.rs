//! Hashes beside an address (W3C Subresource Integrity): what the bytes behind it must be.

use mibun_crypto::base64url::decode_standard;
use mibun_crypto::digest::{sha256, sha384};

/// The strongest hash of an integrity text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Integrity {
    /// SHA-256; any of these.
    Sha256(Vec<[u8; 32]>),
    /// SHA-384; any of these.
    Sha384(Vec<[u8; 48]>),
}

/// Why an integrity text cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IntegrityError {
    /// Not hashes of the form `sha256-…` in base64, separated by spaces.
    #[error("the integrity is not a list of hashes")]
    Form,
    /// No hash of an algorithm that is spoken, so that nothing would be checked.
    #[error("the integrity names no algorithm that is understood")]
    Algorithm,
}

impl Integrity {
    /// Reads an integrity text. Of several algorithms the strongest counts; hashes of unknown ones are passed over.
    ///
    /// # Errors
    /// [`IntegrityError`].
    pub fn parse(text: &str) -> Result<Self, IntegrityError> {
        let (mut short, mut long) = (Vec::new(), Vec::new());
        for hash in text.split_ascii_whitespace() {
            // Options may follow a question mark; none are defined.
            let hash = hash.split_once('?').map_or(hash, |(hash, _)| hash);
            let (algorithm, digest) = hash.split_once('-').ok_or(IntegrityError::Form)?;
            let digest = decode_standard(digest).map_err(|_| IntegrityError::Form)?;
            match algorithm {
                "sha256" => short.push(digest.try_into().map_err(|_| IntegrityError::Form)?),
                "sha384" => long.push(digest.try_into().map_err(|_| IntegrityError::Form)?),
                _ => {}
            }
        }
        match (short.is_empty(), long.is_empty()) {
            (_, false) => Ok(Self::Sha384(long)),
            (false, true) => Ok(Self::Sha256(short)),
            (true, true) => Err(IntegrityError::Algorithm),
        }
    }

    /// Whether these are the bytes.
    pub fn matches(&self, bytes: &[u8]) -> bool {
        match self {
            Self::Sha256(hashes) => hashes.contains(&sha256(bytes)),
            Self::Sha384(hashes) => hashes.contains(&sha384(bytes)),
        }
    }
}
