//! A vault in memory, under a key in a file.

use std::fmt;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use mibun_crypto::base64url;
use mibun_crypto::digest::hmac_sha256;
use mibun_crypto::entropy::Entropy;
use mibun_crypto::key::{Signer, SoftwareKey};
use mibun_crypto::seal::{Context, SealingKey};
use zeroize::Zeroizing;

use crate::vault::{LONGEST_SECRET, SECRET_OVERHEAD};
use crate::{Fault, KeyVault, Made, OpenError, VaultError, WrappedKey, secret_file};

/// First byte of what a software vault wraps or seals.
const KIND: u8 = 1;

/// What an installation is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// Tests, demonstrations, development.
    Development,
    /// Cards of real people.
    Production {
        /// What the configuration says under `vault.software_keys_allowed`.
        software_keys_allowed: bool,
    },
}

/// A vault whose keys are in memory while they are used. Who reads the memory or the key file has them all.
pub struct SoftwareVault {
    keys: SealingKey,
    secrets: SealingKey,
    entropy: Mutex<Box<dyn Entropy + Send>>,
}

impl SoftwareVault {
    /// The vault of the key in `path`.
    ///
    /// # Errors
    /// [`OpenError::SoftwareKeys`] in production unless it is allowed; [`OpenError::File`], [`OpenError::FileMode`],
    /// [`OpenError::KeyForm`].
    pub fn open_file(path: &Path, operation: Operation, entropy: Box<dyn Entropy + Send>) -> Result<Self, OpenError> {
        permitted(operation)?;
        let text = secret_file::read(path)?;
        let malformed = || OpenError::KeyForm(path.to_owned());
        let bytes = Zeroizing::new(base64url::decode(&text).map_err(|_| malformed())?);
        let key: &[u8; 32] = bytes.as_slice().try_into().map_err(|_| malformed())?;
        Self::of_key(key, operation, entropy)
    }

    /// Draws a key and writes it to a new file that only its owner may read.
    ///
    /// # Errors
    /// [`OpenError::File`], also when the file exists: a second key would orphan everything wrapped under the first.
    pub fn create_file(path: &Path, entropy: &mut dyn Entropy) -> Result<(), OpenError> {
        let mut key = Zeroizing::new([0; 32]);
        entropy.fill(key.as_mut_slice());
        let text = Zeroizing::new(format!("{}\n", base64url::encode(key.as_slice())));
        secret_file::create(path, &text)
    }

    /// The vault of this key.
    ///
    /// # Errors
    /// [`OpenError::SoftwareKeys`].
    pub fn of_key(key: &[u8; 32], operation: Operation, entropy: Box<dyn Entropy + Send>) -> Result<Self, OpenError> {
        permitted(operation)?;
        let derive = |label: &[u8]| Zeroizing::new(hmac_sha256(key, &[b"mibun vault 1", label]));
        Ok(Self {
            keys: SealingKey::from_bytes(&derive(b"keys")),
            secrets: SealingKey::from_bytes(&derive(b"secrets")),
            entropy: Mutex::new(entropy),
        })
    }

    fn entropy(&self) -> MutexGuard<'_, Box<dyn Entropy + Send>> {
        self.entropy.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn permitted(operation: Operation) -> Result<(), OpenError> {
    match operation {
        Operation::Development | Operation::Production { software_keys_allowed: true } => Ok(()),
        Operation::Production { software_keys_allowed: false } => Err(OpenError::SoftwareKeys),
    }
}

fn secret_place(label: &str) -> Context<'_> {
    Context { table: "vault secret", row: b"", column: label, version: 1 }
}

fn of_this_kind(sealed: Vec<u8>) -> Vec<u8> {
    [&[KIND][..], &sealed].concat()
}

fn reveal(key: &SealingKey, stored: &[u8], place: &Context<'_>) -> Result<Zeroizing<Vec<u8>>, VaultError> {
    let sealed = stored.strip_prefix(&[KIND]).ok_or(VaultError::Form)?;
    Ok(key.open(sealed, place)?)
}

impl KeyVault for SoftwareVault {
    fn name(&self) -> &'static str {
        "software"
    }

    fn health(&self) -> Result<(), VaultError> {
        let sealed = self.seal("health", b"health")?;
        self.open("health", &sealed).map(drop)
    }

    fn generate(&self, place: &Context<'_>) -> Result<Made, VaultError> {
        let mut entropy = self.entropy();
        let key = SoftwareKey::generate(&mut **entropy);
        let wrapped = self.keys.seal(&key.to_pkcs8_der(), place, &mut **entropy);
        Ok(Made { wrapped: WrappedKey::from_bytes(of_this_kind(wrapped))?, public: key.public_key().clone() })
    }

    fn sign(&self, key: &WrappedKey, place: &Context<'_>, message: &[u8]) -> Result<Vec<u8>, VaultError> {
        let der = reveal(&self.keys, key.as_bytes(), place)?;
        let key = SoftwareKey::from_pkcs8_der(&der).map_err(|_| Fault::Malformed)?;
        Ok(key.sign(message).map_err(|_| Fault::Inconsistent)?)
    }

    fn seal(&self, label: &str, secret: &[u8]) -> Result<Vec<u8>, VaultError> {
        if secret.len() > LONGEST_SECRET {
            return Err(VaultError::TooLong);
        }
        Ok(of_this_kind(self.secrets.seal(secret, &secret_place(label), &mut **self.entropy())))
    }

    fn open(&self, label: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        if sealed.len() > LONGEST_SECRET + SECRET_OVERHEAD {
            return Err(VaultError::Form);
        }
        reveal(&self.secrets, sealed, &secret_place(label))
    }
}

impl fmt::Debug for SoftwareVault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SoftwareVault([redacted])")
    }
}

#[cfg(test)]
mod tests;
