//! Keys at rest: the master key, what is derived from it, and the sealing of rows.
//!
//! The master key lies outside the database. It wraps one data key per person and per check, so that destroying the
//! wrapped key destroys what it sealed; everything else is sealed under keys derived from it, one per use.

use std::path::Path;

use mibun_crypto::base64url;
use mibun_crypto::digest::hmac_sha256;
use mibun_crypto::entropy::Entropy;
use mibun_crypto::seal::{Context, IndexKey, SealError, SealingKey};
use mibun_registry::{BlindIndex, Hash, Sealed};
use serde::Serialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

/// The keys of this installation.
pub struct Safe {
    wrapping: SealingKey,
    rows: SealingKey,
    index: IndexKey,
    macs: Zeroizing<[u8; 32]>,
}

/// Why a row could not be opened or the master key not be read.
#[derive(Debug, thiserror::Error)]
pub enum SafeError {
    /// The master key file is missing, unreadable or malformed.
    #[error("master key {path}: {source}")]
    MasterKeyFile {
        /// The file.
        path: std::path::PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The master key is not 32 bytes in base64url.
    #[error("the master key file must hold 32 bytes in base64url")]
    MasterKeyForm,
    /// Other people may read the master key.
    #[error("the master key file must be readable by its owner only (chmod 600)")]
    MasterKeyMode,
    /// The row was sealed under another key, for another place, or was altered.
    #[error("a sealed row does not open")]
    Seal(#[from] SealError),
    /// The row opened, but holds something this version cannot read.
    #[error("a sealed row holds an unknown form")]
    Form(#[from] serde_json::Error),
}

/// Where a sealed value belongs; sealed values cannot be moved between places.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// The table.
    pub table: &'a str,
    /// The row's identifier.
    pub row: &'a str,
    /// The column.
    pub column: &'a str,
}

impl<'a> Place<'a> {
    /// The place `table.column` of `row`.
    pub const fn new(table: &'a str, row: &'a str, column: &'a str) -> Self {
        Self { table, row, column }
    }

    fn context(&self) -> Context<'a> {
        Context { table: self.table, row: self.row.as_bytes(), column: self.column, version: 1 }
    }
}

impl Safe {
    /// Derives the installation's keys from the master key.
    pub fn new(master: &[u8; 32]) -> Self {
        let derive = |label: &str| hmac_sha256(master, &[b"mibun key 1", label.as_bytes()]);
        Self {
            wrapping: SealingKey::from_bytes(&derive("wrap")),
            rows: SealingKey::from_bytes(&derive("rows")),
            index: IndexKey::from_bytes(&derive("index")),
            macs: Zeroizing::new(derive("macs")),
        }
    }

    /// Reads the master key file.
    ///
    /// # Errors
    /// [`SafeError`] for a missing, malformed or too widely readable file.
    pub fn open_file(path: &Path) -> Result<Self, SafeError> {
        let file_error = |source| SafeError::MasterKeyFile { path: path.to_owned(), source };
        owner_only(path).map_err(file_error)?.then_some(()).ok_or(SafeError::MasterKeyMode)?;
        let text = Zeroizing::new(std::fs::read_to_string(path).map_err(file_error)?);
        let bytes = Zeroizing::new(base64url::decode(text.trim()).map_err(|_| SafeError::MasterKeyForm)?);
        let master: &[u8; 32] = bytes.as_slice().try_into().map_err(|_| SafeError::MasterKeyForm)?;
        Ok(Self::new(master))
    }

    /// Draws a master key and writes it to a new file that only its owner may read.
    ///
    /// # Errors
    /// [`SafeError::MasterKeyFile`], also when the file exists: a second master key would orphan every row.
    pub fn create_file(path: &Path, entropy: &mut dyn Entropy) -> Result<(), SafeError> {
        let file_error = |source| SafeError::MasterKeyFile { path: path.to_owned(), source };
        let mut master = Zeroizing::new([0_u8; 32]);
        entropy.fill(master.as_mut_slice());
        let text = Zeroizing::new(format!("{}\n", base64url::encode(master.as_slice())));
        write_new(path, text.as_bytes()).map_err(file_error)
    }

    /// A keyed index of a value that people must be found by.
    pub fn index(&self, domain: &str, value: &str) -> BlindIndex {
        BlindIndex::new(self.index.blind_index(domain, value))
    }

    /// A keyed digest of bytes, for a purpose named by `label`.
    pub fn mac(&self, label: &str, parts: &[&[u8]]) -> [u8; 32] {
        let mut all: Vec<&[u8]> = vec![label.as_bytes(), &[0]];
        all.extend_from_slice(parts);
        hmac_sha256(self.macs.as_slice(), &all)
    }

    /// A key of its own for one purpose of a pure crate (nonces, moving codes).
    pub fn derived(&self, label: &str) -> [u8; 32] {
        self.mac("derive", &[label.as_bytes()])
    }

    /// Draws a data key and wraps it for `place`.
    pub fn new_data_key(&self, place: Place<'_>, entropy: &mut dyn Entropy) -> (SealingKey, Sealed) {
        let key = SealingKey::generate(entropy);
        let wrapped = self.wrapping.wrap(&key, &place.context(), entropy);
        (key, Sealed::new(wrapped))
    }

    /// Unwraps a data key.
    ///
    /// # Errors
    /// [`SafeError::Seal`] for a key that was destroyed or belongs elsewhere.
    pub fn data_key(&self, place: Place<'_>, wrapped: &Sealed) -> Result<SealingKey, SafeError> {
        Ok(self.wrapping.unwrap(wrapped.as_bytes(), &place.context())?)
    }

    /// Seals a value that belongs to no person, or only until it expires.
    ///
    /// # Errors
    /// [`SafeError::Form`] if the value cannot be written as JSON.
    pub fn seal<T: Serialize>(
        &self,
        place: Place<'_>,
        value: &T,
        entropy: &mut dyn Entropy,
    ) -> Result<Sealed, SafeError> {
        seal_with(&self.rows, place, value, entropy)
    }

    /// Opens what [`Safe::seal`] sealed.
    ///
    /// # Errors
    /// [`SafeError`] for an altered or moved row.
    pub fn open<T: DeserializeOwned>(&self, place: Place<'_>, sealed: &Sealed) -> Result<T, SafeError> {
        open_with(&self.rows, place, sealed)
    }
}

impl std::fmt::Debug for Safe {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Safe([redacted])")
    }
}

/// Seals `value` as JSON under a data key.
///
/// # Errors
/// [`SafeError::Form`] if the value cannot be written as JSON.
pub fn seal_with<T: Serialize>(
    key: &SealingKey,
    place: Place<'_>,
    value: &T,
    entropy: &mut dyn Entropy,
) -> Result<Sealed, SafeError> {
    let plain = Zeroizing::new(serde_json::to_vec(value)?);
    Ok(seal_bytes(key, place, &plain, entropy))
}

/// Opens JSON sealed under a data key.
///
/// # Errors
/// [`SafeError`] for an altered or moved row.
pub fn open_with<T: DeserializeOwned>(key: &SealingKey, place: Place<'_>, sealed: &Sealed) -> Result<T, SafeError> {
    Ok(serde_json::from_slice(&open_bytes(key, place, sealed)?)?)
}

/// Seals bytes under a data key.
pub fn seal_bytes(key: &SealingKey, place: Place<'_>, plain: &[u8], entropy: &mut dyn Entropy) -> Sealed {
    Sealed::new(key.seal(plain, &place.context(), entropy))
}

/// Opens bytes sealed under a data key.
///
/// # Errors
/// [`SafeError::Seal`].
pub fn open_bytes(key: &SealingKey, place: Place<'_>, sealed: &Sealed) -> Result<Zeroizing<Vec<u8>>, SafeError> {
    Ok(key.open(sealed.as_bytes(), &place.context())?)
}

/// The digest under which a random token or code is stored.
pub fn token_hash(token: &str) -> Hash {
    Hash::new(mibun_crypto::digest::sha256(token.as_bytes()))
}

/// Writes a file that must not exist yet and that only its owner may read.
///
/// # Errors
/// What the system said.
pub fn write_new(path: &Path, content: &[u8]) -> std::io::Result<()> {
    use std::io::Write;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(content)?;
    file.sync_all()
}

#[cfg(unix)]
fn owner_only(path: &Path) -> std::io::Result<bool> {
    use std::os::unix::fs::PermissionsExt;
    Ok(std::fs::metadata(path)?.permissions().mode() & 0o077 == 0)
}

#[cfg(not(unix))]
fn owner_only(path: &Path) -> std::io::Result<bool> {
    std::fs::metadata(path).map(|_| true)
}
