//! What every kind of vault keeps: one function per promise.
//!
//! A kind of vault runs [`promises`] on two vaults of its own, by name. A promise that is not listed there is dead
//! code, which the compiler tells.

use std::sync::Arc;

use mibun_crypto::seal::Context;

use crate::{KeyVault, Made, VaultError, WrappedKey};

mod keys;
mod secrets;

/// Two vaults of one kind with keys of their own.
pub struct Fixture {
    /// The vault under test.
    pub vault: Arc<dyn KeyVault>,
    /// Another one.
    pub other: Arc<dyn KeyVault>,
}

/// Panics unless the vault keeps it.
pub type Promise = fn(&Fixture);

/// All promises with their names.
pub fn promises() -> Vec<(&'static str, Promise)> {
    [keys::PROMISES, secrets::PROMISES].concat()
}

const PLACE: Context<'static> = Context { table: "full card", row: b"42", column: "key", version: 1 };

const MESSAGE: &[u8] = b"what the holder agreed to";

fn made(vault: &dyn KeyVault) -> Made {
    vault.generate(&PLACE).expect("a key is made")
}

fn key(bytes: impl Into<Vec<u8>>) -> WrappedKey {
    WrappedKey::from_bytes(bytes.into()).expect("as long as a key")
}

/// `bytes` with each bit changed in turn.
fn flipped(bytes: &[u8]) -> impl Iterator<Item = Vec<u8>> + '_ {
    (0..bytes.len() * 8).map(|bit| {
        let mut changed = bytes.to_vec();
        changed[bit / 8] ^= 1 << (bit % 8);
        changed
    })
}

/// Either reason to refuse: which one depends on where something was changed.
fn is_refused(error: Option<VaultError>) -> bool {
    matches!(error, Some(VaultError::Refused | VaultError::Form))
}
