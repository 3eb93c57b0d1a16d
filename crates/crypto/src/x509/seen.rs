//! Which certificates a key was seen to have signed.
//!
//! Who signs cards has one certificate for many of them, and a server that judges cards verifies the signature under it
//! again and again. That a key made a signature stays true; everything else about a chain is checked anew each time.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Mutex, PoisonError};

use super::Certificate;
use crate::digest::sha256;
use crate::key::BadSignature;

/// Most certificates that are remembered of one issuer. Only what it really signed counts, so nobody else can fill this.
const MOST: usize = 256;

/// Digests of certificates, whole, whose signature by the owner of this was good. A clone remembers nothing.
#[derive(Default)]
pub(super) struct Seen(Mutex<BTreeSet<[u8; 32]>>);

impl Seen {
    /// Whether `issuer`, whose memory this is, signed `certificate`.
    pub(super) fn verify(&self, issuer: &Certificate, certificate: &Certificate) -> Result<(), BadSignature> {
        let digest = sha256(certificate.der());
        if self.lock().contains(&digest) {
            return Ok(());
        }
        certificate.verify_signature(issuer.public_key())?;
        let mut known = self.lock();
        if known.len() >= MOST {
            known.clear();
        }
        known.insert(digest);
        Ok(())
    }

    /// How many are remembered.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.lock().len()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeSet<[u8; 32]>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clone for Seen {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl fmt::Debug for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seen")
    }
}
