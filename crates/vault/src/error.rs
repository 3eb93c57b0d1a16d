//! Why a vault does not do what it was asked, and why it cannot be opened.

use std::io;
use std::path::PathBuf;

use cryptoki::error::RvError;
use mibun_crypto::seal::SealError;
use thiserror::Error;

/// Why a vault did not do what it was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum VaultError {
    /// Not a wrapped key or a sealed secret of this kind of vault.
    #[error("not something that this kind of vault wraps or seals")]
    Form,
    /// Changed, moved from its place, or of another vault.
    #[error("the wrapped key or sealed secret does not belong to this vault and place")]
    Refused,
    /// The secret is longer than 64 KiB.
    #[error("the secret is longer than a vault seals")]
    TooLong,
    /// The security module does not answer now. Asking again later may help, and the vault recovers by itself.
    #[error("the security module is not available: {0}")]
    Unavailable(#[from] Outage),
    /// The security module does not take the PIN. The vault will not try again until it is opened anew, for every try
    /// may be the one that locks the token.
    #[error("the security module does not take the PIN: {0}")]
    Pin(#[from] PinError),
    /// The security module, or what is on it, is not fit for this. Asking again does not help.
    #[error("the security module cannot do this: {0}")]
    Unsupported(#[from] Fault),
}

impl From<SealError> for VaultError {
    fn from(error: SealError) -> Self {
        match error {
            SealError::Form => Self::Form,
            SealError::Refused => Self::Refused,
        }
    }
}

/// Why a security module is not available.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Outage {
    /// The module answered with this code (PKCS#11 3.0, 5.1).
    #[error("it answered {0:?}")]
    Answer(RvError),
    /// No token has the configured label.
    #[error("no token has the configured label")]
    TokenAbsent,
    /// The token does not hold the vault's keys, or not as keys that cannot be read out.
    #[error("the token does not hold the keys of this vault")]
    KeysAbsent,
    /// All sessions are in use and none came back in time.
    #[error("all sessions are in use")]
    Busy,
    /// The module is being started again.
    #[error("the module is being started again")]
    Restarting,
}

/// Why a token does not take a PIN.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PinError {
    /// It is the wrong one.
    #[error("wrong PIN")]
    Incorrect,
    /// The token is locked after too many wrong ones.
    #[error("the token is locked")]
    Locked,
    /// A wrong one would lock the token, so it was not tried: enter the right one by the vendor's tool first.
    #[error("one try is left; use the vendor's tool to enter the PIN once, then start again")]
    LastTry,
    /// It has to be changed first.
    #[error("the PIN has expired")]
    Expired,
    /// The token has none yet.
    #[error("the token has no user PIN yet")]
    NotSet,
}

/// What is wrong with a security module or with what is on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Fault {
    /// The module answered with this code (PKCS#11 3.0, 5.1).
    #[error("it answered {0:?}")]
    Answer(RvError),
    /// The module's answer has a form that the standard does not allow.
    #[error("its answer is malformed")]
    Malformed,
    /// The module does not offer this mechanism.
    #[error("it does not offer {0}")]
    Mechanism(&'static str),
    /// A new key's public half does not verify its signatures.
    #[error("a new key does not sign what its public half verifies")]
    Inconsistent,
    /// Several tokens have the configured label.
    #[error("several tokens have the configured label")]
    TokensAlike,
    /// Several keys on the token have one label of this vault.
    #[error("several keys on the token have the label of one key of this vault")]
    KeysAlike,
    /// The token holds one of the two keys of this vault. A new one beside it would orphan every key wrapped so far.
    #[error("the token holds only one of the two keys of this vault")]
    HalfInitialised,
}

/// Why a vault cannot be opened.
#[derive(Debug, Error)]
pub enum OpenError {
    /// A software vault in production that the configuration does not allow.
    #[error(
        "keys of people in software are refused in production: use a security module, or set vault.software_keys_allowed = true"
    )]
    SoftwareKeys,
    /// The file with the software vault's key, or with the PIN, cannot be read or made.
    #[error("{path}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Others than its owner may read the file.
    #[error("{0} must be readable by its owner only (chmod 600)")]
    FileMode(PathBuf),
    /// The key file does not hold 32 bytes in base64url.
    #[error("{0} must hold 32 bytes in base64url")]
    KeyForm(PathBuf),
    /// The PIN is empty, longer than 255 bytes, or its variable is not set.
    #[error("the PIN is missing, empty or too long")]
    PinForm,
    /// The module's library cannot be loaded.
    #[error("security module {path}: {source}")]
    Module {
        /// The library.
        path: PathBuf,
        /// What the loader or the module said.
        source: cryptoki::error::Error,
    },
    /// The module was loaded, and the vault on it cannot be used.
    #[error(transparent)]
    Vault(#[from] VaultError),
}
