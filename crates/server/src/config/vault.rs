//! Where the keys of full cards are kept.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{Config, ConfigError};

/// Where the keys of full cards are kept.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Vault {
    /// `software`, or `pkcs11` for a security module.
    pub kind: VaultKind,
    /// Software: the file with the vault's key, mode 0600; none: `vault.key` beside the master key.
    pub key_file: Option<PathBuf>,
    /// Software: that keys of people in software are meant, in production.
    pub software_keys_allowed: bool,
    /// Security module: the vendor's library.
    pub module: Option<PathBuf>,
    /// Security module: the label of the token.
    pub token_label: Option<String>,
    /// Security module: the file with the user PIN, mode 0600.
    pub pin_file: Option<PathBuf>,
    /// Security module: the environment variable with the user PIN, where no file can be.
    pub pin_env: Option<String>,
}

/// The kinds of vault.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum VaultKind {
    /// In memory, under a key in a file.
    #[default]
    Software,
    /// On a security module.
    Pkcs11,
}

impl Vault {
    /// Whether a security module is named in full.
    ///
    /// # Errors
    /// [`ConfigError::Vault`].
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        if self.kind == VaultKind::Software {
            return Ok(());
        }
        if self.module.is_none() {
            return Err(ConfigError::Vault("kind pkcs11 needs module"));
        }
        if self.token_label.as_ref().is_none_or(String::is_empty) {
            return Err(ConfigError::Vault("kind pkcs11 needs token_label"));
        }
        if self.pin_file.is_some() == self.pin_env.is_some() {
            return Err(ConfigError::Vault("kind pkcs11 needs pin_file or pin_env, and not both"));
        }
        Ok(())
    }
}

impl Config {
    /// The file with the key of a software vault.
    pub fn vault_key_file(&self) -> PathBuf {
        let beside = |master: &Path| master.with_file_name("vault.key");
        self.vault.key_file.clone().unwrap_or_else(|| beside(&self.storage.master_key))
    }
}
