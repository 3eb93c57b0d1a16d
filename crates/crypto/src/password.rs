//! Passwords of officers, stored as PHC text, and keys made of passphrases: Argon2id (RFC 9106).

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use thiserror::Error;
use zeroize::Zeroizing;

use crate::entropy::Entropy;
use crate::seal::SealingKey;

/// Memory in KiB, passes and lanes: the least that OWASP's password storage advice gives for Argon2id.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// For keys: whoever has the sealed file can try passphrases on as many machines as they like.
const KEY_MEMORY_KIB: u32 = 64 * 1024;
const KEY_PASSES: u32 = 3;

/// A stored hash that costs more than this was not written by us, and computing it would stop the server.
const MOST_MEMORY_KIB: u32 = 256 * 1024;
const MOST_PASSES: u32 = 16;
const MOST_LANES: u32 = 4;

/// Why a password is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PasswordError {
    /// Another password.
    #[error("the password is wrong")]
    Wrong,
    /// What is stored is not an Argon2id hash of sensible cost: our fault, not the officer's.
    #[error("the stored password hash is not usable")]
    StoredHash,
}

/// The PHC text to store for `password`, under a fresh salt of 128 bits. Takes some 30 ms and 19 MiB.
pub fn hash(password: &str, entropy: &mut dyn Entropy) -> String {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).expect("the costs are within Argon2's range");
    let salt: [u8; 16] = entropy.bytes();
    let hashed: PasswordHash = Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_with_salt(password.as_bytes(), &salt)
        .expect("a salt of 16 bytes and a password below 4 GiB are within Argon2's range");
    hashed.to_string()
}

/// Whether `password` is the one that `stored` was made of. Takes as long as [`hash`], right or wrong.
pub fn verify(password: &str, stored: &str) -> Result<(), PasswordError> {
    let stored = PasswordHash::new(stored).map_err(|_| PasswordError::StoredHash)?;
    let params = Params::try_from(&stored).map_err(|_| PasswordError::StoredHash)?;
    let sensible = stored.algorithm.as_str() == Algorithm::Argon2id.as_str()
        && params.m_cost() <= MOST_MEMORY_KIB
        && params.t_cost() <= MOST_PASSES
        && params.p_cost() <= MOST_LANES;
    if !sensible || stored.hash.is_none() || stored.salt.is_none() {
        return Err(PasswordError::StoredHash);
    }
    Argon2::default().verify_password(password.as_bytes(), &stored).map_err(|_| PasswordError::Wrong)
}

/// The key that belongs to a passphrase and a random salt, for sealing what one person keeps in a file. Always the same
/// for both; takes some 200 ms and 64 MiB.
pub fn derive_key(passphrase: &str, salt: &[u8; 16]) -> SealingKey {
    let params = Params::new(KEY_MEMORY_KIB, KEY_PASSES, LANES, Some(32)).expect("the costs are within Argon2's range");
    let mut key = Zeroizing::new([0; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(passphrase.as_bytes(), salt, key.as_mut_slice())
        .expect("a salt of 16 bytes and a passphrase below 4 GiB are within Argon2's range");
    SealingKey::from_bytes(&key)
}

#[cfg(test)]
mod tests;
