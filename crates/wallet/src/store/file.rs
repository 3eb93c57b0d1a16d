//! The file of a store: sealed as a whole, replaced as a whole, one process at a time.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use mibun_crypto::base64url;
use mibun_crypto::entropy::Entropy;
use mibun_crypto::password;
use mibun_crypto::seal::{Context, SealingKey};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{Contents, StoreError, Unlock};

/// Grows when the form of file or contents changes.
const FORMAT: u32 = 1;
/// Nobody but the owner.
const MODE: u32 = 0o600;
const CONTEXT: Context<'_> = Context { table: "wallet", row: b"", column: "contents", version: FORMAT };

/// What the file holds in the clear: how to open the rest.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Envelope {
    format: u32,
    protection: Protection,
    sealed: String,
}

/// How the sealing key is had.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
enum Protection {
    KeyFile,
    Passphrase { salt: String },
}

/// An open file. The lock ends with the process.
#[derive(Debug)]
pub struct SealedFile {
    path: PathBuf,
    key: SealingKey,
    protection: Protection,
    _lock: File,
}

impl SealedFile {
    /// Locks the file and reads its contents; a file that does not exist yet has none.
    pub fn open(path: &Path, unlock: &Unlock, entropy: &mut dyn Entropy) -> Result<(Self, Contents), StoreError> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let lock = lock(path)?;
        let Some(envelope) = read(path)? else {
            let protection = Protection::new(unlock, entropy);
            let key = protection.key(unlock)?;
            return Ok((Self { path: path.to_owned(), key, protection, _lock: lock }, Contents::default()));
        };
        let key = envelope.protection.key(unlock)?;
        let sealed = base64url::decode(&envelope.sealed).map_err(|_| StoreError::Form)?;
        let contents = serde_json::from_slice(&key.open(&sealed, &CONTEXT)?).map_err(|_| StoreError::Form)?;
        let file = Self { path: path.to_owned(), key, protection: envelope.protection, _lock: lock };
        Ok((file, contents))
    }

    /// Replaces the contents: after a crash at any point the file holds either the old or the new ones.
    pub fn write(&self, contents: &Contents, entropy: &mut dyn Entropy) -> Result<(), StoreError> {
        let plain = Zeroizing::new(serde_json::to_vec(contents).map_err(|_| StoreError::Form)?);
        let sealed = base64url::encode(&self.key.seal(&plain, &CONTEXT, entropy));
        let envelope = Envelope { format: FORMAT, protection: self.protection.clone(), sealed };
        let text = serde_json::to_vec(&envelope).map_err(|_| StoreError::Form)?;
        let fresh = with_suffix(&self.path, ".new");
        let mut file = private().create(true).truncate(true).open(&fresh)?;
        file.write_all(&text)?;
        file.sync_all()?;
        fs::rename(&fresh, &self.path)?;
        // The new name is only durable once its folder is.
        if let Some(folder) = self.path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            File::open(folder)?.sync_all()?;
        }
        Ok(())
    }
}

impl Protection {
    fn new(unlock: &Unlock, entropy: &mut dyn Entropy) -> Self {
        match unlock {
            Unlock::Key(_) => Self::KeyFile,
            Unlock::Passphrase(_) => {
                let salt: [u8; 16] = entropy.bytes();
                Self::Passphrase { salt: base64url::encode(&salt) }
            }
        }
    }

    fn key(&self, unlock: &Unlock) -> Result<SealingKey, StoreError> {
        match (self, unlock) {
            (Self::KeyFile, Unlock::Key(key)) => Ok(key.clone()),
            (Self::Passphrase { salt }, Unlock::Passphrase(passphrase)) => {
                let salt = base64url::decode(salt).map_err(|_| StoreError::Form)?;
                let salt = salt.try_into().map_err(|_| StoreError::Form)?;
                Ok(password::derive_key(passphrase.expose(), &salt))
            }
            (Self::KeyFile, Unlock::Passphrase(_)) | (Self::Passphrase { .. }, Unlock::Key(_)) => {
                Err(StoreError::OtherUnlock)
            }
        }
    }
}

/// The key in `path`, base64url on one line; a new one is written there when the file does not exist.
pub fn read_or_make_key(path: &Path, entropy: &mut dyn Entropy) -> Result<SealingKey, StoreError> {
    match fs::read_to_string(path).map(Zeroizing::new) {
        Ok(text) => {
            let bytes = base64url::decode(text.trim()).map(Zeroizing::new).map_err(|_| StoreError::KeyFile)?;
            let bytes: &[u8; 32] = bytes.as_slice().try_into().map_err(|_| StoreError::KeyFile)?;
            Ok(SealingKey::from_bytes(bytes))
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder)?;
            }
            let key = SealingKey::generate(entropy);
            let mut file = private().create_new(true).open(path)?;
            let text = Zeroizing::new(base64url::encode(key.expose()));
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            Ok(key)
        }
        Err(error) => Err(error.into()),
    }
}

fn lock(path: &Path) -> Result<File, StoreError> {
    let lock = private().create(true).truncate(false).open(with_suffix(path, ".lock"))?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(StoreError::InUse),
        Err(TryLockError::Error(error)) => Err(error.into()),
    }
}

fn read(path: &Path) -> Result<Option<Envelope>, StoreError> {
    let mut text = Vec::new();
    match File::open(path) {
        Ok(mut file) => file.read_to_end(&mut text)?,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let envelope: Envelope = serde_json::from_slice(&text).map_err(|_| StoreError::Form)?;
    if envelope.format == FORMAT { Ok(Some(envelope)) } else { Err(StoreError::Form) }
}

fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).mode(MODE);
    options
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}
