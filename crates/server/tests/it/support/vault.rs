//! A vault that can be taken away, as a security module can.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use mibun_crypto::seal::Context;
use mibun_vault::{KeyVault, Made, Outage, VaultError, WrappedKey};
use zeroize::Zeroizing;

/// The server's own vault, which counts signatures and answers nothing while it is away.
pub(crate) struct Removable {
    inner: Arc<dyn KeyVault>,
    away: AtomicBool,
    signed: AtomicUsize,
}

impl Removable {
    pub(crate) fn new(inner: Arc<dyn KeyVault>) -> Self {
        Self { inner, away: AtomicBool::new(false), signed: AtomicUsize::new(0) }
    }

    /// Takes the vault away, or puts it back.
    pub(crate) fn set_away(&self, away: bool) {
        self.away.store(away, Ordering::SeqCst);
    }

    /// Signatures that people's keys have made.
    pub(crate) fn signatures(&self) -> usize {
        self.signed.load(Ordering::SeqCst)
    }

    fn there(&self) -> Result<&dyn KeyVault, VaultError> {
        if self.away.load(Ordering::SeqCst) { Err(Outage::TokenAbsent.into()) } else { Ok(&*self.inner) }
    }
}

impl KeyVault for Removable {
    fn name(&self) -> &'static str {
        self.inner.name()
    }

    fn health(&self) -> Result<(), VaultError> {
        self.there()?.health()
    }

    fn generate(&self, place: &Context<'_>) -> Result<Made, VaultError> {
        self.there()?.generate(place)
    }

    fn sign(&self, key: &WrappedKey, place: &Context<'_>, message: &[u8]) -> Result<Vec<u8>, VaultError> {
        let signature = self.there()?.sign(key, place, message)?;
        self.signed.fetch_add(1, Ordering::SeqCst);
        Ok(signature)
    }

    fn seal(&self, label: &str, secret: &[u8]) -> Result<Vec<u8>, VaultError> {
        self.there()?.seal(label, secret)
    }

    fn open(&self, label: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        self.there()?.open(label, sealed)
    }
}
