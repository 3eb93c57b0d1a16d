//! AES in Galois/Counter mode (NIST SP 800-38D) with 96-bit nonces and 128-bit tags, under sealing and under JWE.

use aws_lc_rs::aead::{AES_128_GCM, AES_256_GCM, Aad, Algorithm, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use zeroize::Zeroizing;

/// Bytes of a nonce.
pub const NONCE_LENGTH: usize = NONCE_LEN;
/// Bytes of a tag.
pub const TAG_LENGTH: usize = 16;

/// A key that was handed to a cipher, and where it is spent.
pub struct Cipher(LessSafeKey);

impl Cipher {
    /// AES-128 or AES-256 by the length of the key; no other length is a key.
    pub fn new(key: &[u8]) -> Option<Self> {
        let algorithm: &'static Algorithm = match key.len() {
            16 => &AES_128_GCM,
            32 => &AES_256_GCM,
            _ => return None,
        };
        UnboundKey::new(algorithm, key).ok().map(|key| Self(LessSafeKey::new(key)))
    }

    /// Encrypts `content` in place and gives its tag. A nonce must never come twice for one key.
    ///
    /// # Panics
    /// For content past the 64 GiB of the mode, which no message or column reaches.
    pub fn seal(&self, nonce: [u8; NONCE_LENGTH], associated: &[u8], content: &mut [u8]) -> [u8; TAG_LENGTH] {
        let nonce = Nonce::assume_unique_for_key(nonce);
        let tag = self.0.seal_in_place_separate_tag(nonce, Aad::from(associated), content);
        let tag = tag.expect("content is far shorter than the mode allows");
        tag.as_ref().try_into().expect("a tag of this mode has 128 bits")
    }

    /// The plaintext of `body`, which is ciphertext and tag; nothing when any bit differs from what was sealed.
    pub fn open(&self, nonce: [u8; NONCE_LENGTH], associated: &[u8], body: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let nonce = Nonce::assume_unique_for_key(nonce);
        let mut content = Zeroizing::new(body.to_vec());
        let length = self.0.open_in_place(nonce, Aad::from(associated), &mut content).ok()?.len();
        content.truncate(length);
        Some(content)
    }
}
