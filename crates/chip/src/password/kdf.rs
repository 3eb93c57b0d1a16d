//! The key derivation function of chips.

use mibun_crypto::cipher::BlockCipher;
use mibun_crypto::digest;
use zeroize::Zeroizing;

/// What a derived key is for; the counter of the derivation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyUse {
    /// Encryption, counter 1.
    Encryption,
    /// Message authentication, counter 2.
    Authentication,
    /// The nonce of PACE, counter 3.
    Password,
}

/// Derives a key of `cipher` from a shared secret (ICAO Doc 9303 part 11, section 9.7.1): SHA-1 for 3DES and AES-128,
/// SHA-256 for the longer ones, over the secret and a counter of four bytes. Keys of 3DES get odd parity.
pub fn derive(secret: &[u8], cipher: BlockCipher, key_use: KeyUse) -> Zeroizing<Vec<u8>> {
    let counter: u32 = match key_use {
        KeyUse::Encryption => 1,
        KeyUse::Authentication => 2,
        KeyUse::Password => 3,
    };
    let mut input = Zeroizing::new(Vec::with_capacity(secret.len() + 4));
    input.extend_from_slice(secret);
    input.extend_from_slice(&counter.to_be_bytes());
    let mut key = Zeroizing::new(match cipher {
        BlockCipher::TripleDes | BlockCipher::Aes128 => digest::sha1(&input).to_vec(),
        BlockCipher::Aes192 | BlockCipher::Aes256 => digest::sha256(&input).to_vec(),
    });
    key.truncate(cipher.key_length());
    if cipher == BlockCipher::TripleDes {
        // The lowest bit of each byte makes the number of ones odd; DES ignores it, worked examples show it.
        key.iter_mut().for_each(|byte| *byte ^= u8::from(byte.count_ones().is_multiple_of(2)));
    }
    key
}
