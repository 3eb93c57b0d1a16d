//! Encrypted messages in compact form (RFC 7516): ECDH-ES on P-256 straight to the content key, AES-GCM.
//!
//! This is what a wallet sends for `direct_post.jwt`. Nothing else of JWE is spoken: no key wrapping, no compression,
//! no other curve.

mod envelope;
mod header;
mod key;

use thiserror::Error;

use crate::json::JsonError;

pub use envelope::{Decrypted, PartyInfo, decrypt, encrypt};
pub use header::{Enc, Header};
pub use key::EphemeralKey;

/// Longest protected header, in bytes of JSON.
pub const MAX_HEADER_BYTES: usize = 4 * 1024;

/// Why an encrypted message, or a key to encrypt to, is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum JweError {
    /// Not five parts of canonical base64url, or parts of impossible length.
    #[error("not a compact JWE")]
    Form,
    /// Longer than allowed.
    #[error("the message is too long")]
    TooLong,
    /// The header is not an acceptable JSON object.
    #[error("the header is refused: {0}")]
    HeaderJson(#[source] JsonError),
    /// A member of the header has the wrong type or encoding.
    #[error("header member {0} is malformed")]
    HeaderMember(&'static str),
    /// `alg` is not ECDH-ES.
    #[error("the key management algorithm is not accepted")]
    Algorithm,
    /// `enc` is unknown, or not among those that the receiver allows.
    #[error("the content encryption algorithm is not accepted")]
    Encryption,
    /// `zip`: what is compressed before encryption betrays its content by its length.
    #[error("compressed content is not accepted")]
    Compressed,
    /// `crit` names an extension: nothing that must be understood is.
    #[error("the header demands an extension that is not understood")]
    Critical,
    /// The sender's or receiver's public key is not a point on P-256, or is meant for something else.
    #[error("a public key is not usable for key agreement")]
    PublicKey,
    /// Changed, or encrypted to another key.
    #[error("the message does not decrypt")]
    Decryption,
}

#[cfg(test)]
mod tests;
