//! One wrapped key as a signer, for code that signs with whatever key it is given.

use std::sync::{Mutex, PoisonError};

use mibun_crypto::key::{PublicKey, SignError, Signer};
use mibun_crypto::seal::Context;

use crate::{KeyVault, VaultError, WrappedKey};

/// A wrapped key, in use for as long as this lives.
pub struct VaultSigner<'a> {
    vault: &'a dyn KeyVault,
    key: &'a WrappedKey,
    place: Context<'a>,
    public: &'a PublicKey,
    failure: Mutex<Option<VaultError>>,
}

impl<'a> VaultSigner<'a> {
    /// `key` of `place`, whose public half is `public`.
    pub fn new(vault: &'a dyn KeyVault, key: &'a WrappedKey, place: Context<'a>, public: &'a PublicKey) -> Self {
        Self { vault, key, place, public, failure: Mutex::new(None) }
    }

    /// Why the last signature failed, which [`SignError`] does not say.
    pub fn failure(&self) -> Option<VaultError> {
        *self.failure.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Signer for VaultSigner<'_> {
    fn public_key(&self) -> &PublicKey {
        self.public
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        let signed = self.vault.sign(self.key, &self.place, message);
        *self.failure.lock().unwrap_or_else(PoisonError::into_inner) = signed.as_ref().err().copied();
        signed.map_err(|_| SignError)
    }
}
