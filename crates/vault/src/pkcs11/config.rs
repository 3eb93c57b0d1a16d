//! Which module, which token, and the PIN.

use std::fmt;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};

use cryptoki::types::AuthPin;
use zeroize::Zeroizing;

use crate::{OpenError, secret_file};

/// Bytes that a PIN may have: as many as any module takes.
const LONGEST_PIN: usize = 255;

/// Where the vault's keys lie.
#[derive(Debug, Clone)]
pub struct Pkcs11Config {
    /// The vendor's library.
    pub module: PathBuf,
    /// Label of the token, at most 32 bytes (PKCS#11 3.0, 3.2).
    pub token_label: String,
    /// What the labels of the vault's keys begin with; another for each vault on one token.
    pub key_label: String,
    /// PIN of the token's user.
    pub pin: Pin,
    /// Sessions open at most, so calls at a time.
    pub sessions: NonZeroU32,
}

impl Pkcs11Config {
    /// Keys that are called `mibun-…`, and eight sessions.
    pub fn new(module: impl Into<PathBuf>, token_label: impl Into<String>, pin: Pin) -> Self {
        let sessions = NonZeroU32::MIN.saturating_add(7);
        Self { module: module.into(), token_label: token_label.into(), key_label: "mibun".to_owned(), pin, sessions }
    }
}

/// A PIN, wiped when dropped.
#[derive(Clone)]
pub struct Pin(AuthPin);

impl Pin {
    /// The PIN that this text is.
    ///
    /// # Errors
    /// [`OpenError::PinForm`] for nothing and for more than 255 bytes.
    pub fn new(text: &str) -> Result<Self, OpenError> {
        if text.is_empty() || text.len() > LONGEST_PIN {
            return Err(OpenError::PinForm);
        }
        Ok(Self(AuthPin::new(text.into())))
    }

    /// The PIN in a file that only its owner may read; white space around it does not count.
    ///
    /// # Errors
    /// [`OpenError::File`], [`OpenError::FileMode`], [`OpenError::PinForm`].
    pub fn from_file(path: &Path) -> Result<Self, OpenError> {
        Self::new(&secret_file::read(path)?)
    }

    /// The PIN in a variable of the environment. A file is better: the environment of a process is not wiped.
    ///
    /// # Errors
    /// [`OpenError::PinForm`], also when the variable is not set.
    pub fn from_env(variable: &str) -> Result<Self, OpenError> {
        let text = std::env::var(variable).map(Zeroizing::new).map_err(|_| OpenError::PinForm)?;
        Self::new(&text)
    }

    pub(super) fn as_auth(&self) -> &AuthPin {
        &self.0
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pin([redacted])")
    }
}

#[cfg(test)]
mod tests;
