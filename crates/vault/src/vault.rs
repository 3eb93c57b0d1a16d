//! What a vault does.

use std::fmt;

use mibun_crypto::key::PublicKey;
use mibun_crypto::seal::Context;
use zeroize::Zeroizing;

use crate::VaultError;

/// Bytes that a wrapped key may have: several times what any module answers for a P-256 key.
const LONGEST_KEY: usize = 1024;

/// Bytes that a secret may have.
pub(crate) const LONGEST_SECRET: usize = 64 * 1024;

/// Bytes that sealing adds to a secret, at most.
pub(crate) const SECRET_OVERHEAD: usize = 128;

/// A keeper of private keys that never leave it unwrapped.
///
/// Keys are P-256 keys for ES256. A wrapped key is bound to the place where it is stored: table, row, column and
/// version. Moved to another row, it is refused.
pub trait KeyVault: Send + Sync {
    /// The kind of vault: `software` or `pkcs11`.
    fn name(&self) -> &'static str;

    /// Uses the vault's own keys once.
    ///
    /// # Errors
    /// [`VaultError::Unavailable`] or [`VaultError::Pin`] when it could not.
    fn health(&self) -> Result<(), VaultError>;

    /// A new key, wrapped for `place`.
    ///
    /// # Errors
    /// [`VaultError::Unavailable`], [`VaultError::Pin`], [`VaultError::Unsupported`].
    fn generate(&self, place: &Context<'_>) -> Result<Made, VaultError>;

    /// The ES256 signature of `key` over `message`: 64 bytes `r || s` (RFC 7518 3.4).
    ///
    /// # Errors
    /// [`VaultError::Refused`] when the key was changed, moved from `place` or wrapped by another vault,
    /// [`VaultError::Form`] when it is no wrapped key at all; else as [`KeyVault::generate`].
    fn sign(&self, key: &WrappedKey, place: &Context<'_>, message: &[u8]) -> Result<Vec<u8>, VaultError>;

    /// A secret of at most 64 KiB sealed under `label`, so that who has only the database cannot read it.
    ///
    /// # Errors
    /// [`VaultError::TooLong`]; else as [`KeyVault::generate`].
    fn seal(&self, label: &str, secret: &[u8]) -> Result<Vec<u8>, VaultError>;

    /// The secret that [`KeyVault::seal`] sealed under the same label.
    ///
    /// # Errors
    /// As [`KeyVault::sign`].
    fn open(&self, label: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, VaultError>;
}

/// A new key.
#[derive(Debug)]
pub struct Made {
    /// The private half as it is stored.
    pub wrapped: WrappedKey,
    /// The public half.
    pub public: PublicKey,
}

/// A private key that only its vault can use, and only in its place. Its first byte tells the kind of vault.
#[derive(Clone, PartialEq, Eq)]
pub struct WrappedKey(Vec<u8>);

impl WrappedKey {
    /// The key as it was stored.
    ///
    /// # Errors
    /// [`VaultError::Form`] for nothing, and for more bytes than any wrapped key has.
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, VaultError> {
        if bytes.is_empty() || bytes.len() > LONGEST_KEY {
            return Err(VaultError::Form);
        }
        Ok(Self(bytes))
    }

    /// The bytes to store.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for WrappedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WrappedKey({} bytes)", self.0.len())
    }
}
