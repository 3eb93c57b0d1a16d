//! Hybrid public key encryption (RFC 9180) in base mode, in the one suite of ISO/IEC 18013-7 annex C: DHKEM(P-256,
//! HKDF-SHA256), HKDF-SHA256, AES-128-GCM. One message per encapsulated key.

use aws_lc_rs::agreement::{self, ECDH_P256, UnparsedPublicKey};
use thiserror::Error;
use zeroize::Zeroizing;

use crate::aead::{Cipher, NONCE_LENGTH, TAG_LENGTH};
use crate::digest::hmac_sha256;
use crate::entropy::Entropy;
use crate::jwe::EphemeralKey;
use crate::key::{Algorithm, PublicKey};

/// Bytes of an encapsulated key: an uncompressed point.
pub const ENCAPSULATED_LENGTH: usize = 65;
const KEY_LENGTH: u16 = 16;

/// "KEM" and the number of DHKEM(P-256, HKDF-SHA256).
const KEM_SUITE: &[u8] = b"KEM\x00\x10";
/// "HPKE" and the numbers of the KEM, of HKDF-SHA256 and of AES-128-GCM.
const SUITE: &[u8] = b"HPKE\x00\x10\x00\x01\x00\x01";
/// Base mode: no pre-shared key, no sender's key.
const MODE: u8 = 0;

/// Why a message cannot be sealed or opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum HpkeError {
    /// The receiver's key, or the encapsulated one, is not an uncompressed point on P-256.
    #[error("a public key is not usable for key agreement")]
    PublicKey,
    /// Changed, or sealed to another key or under other `info`.
    #[error("the message does not decrypt")]
    Decryption,
}

/// A sealed message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// The sender's key of this one message.
    pub enc: [u8; ENCAPSULATED_LENGTH],
    /// Ciphertext and tag.
    pub ciphertext: Vec<u8>,
}

/// Seals `plaintext` for the holder of `recipient`, bound to `info` and to `associated` data.
///
/// # Errors
/// [`HpkeError::PublicKey`].
pub fn seal(
    plaintext: &[u8],
    recipient: &PublicKey,
    info: &[u8],
    associated: &[u8],
    entropy: &mut dyn Entropy,
) -> Result<Sealed, HpkeError> {
    if recipient.algorithm() != Algorithm::Es256 {
        return Err(HpkeError::PublicKey);
    }
    let sender = EphemeralKey::generate(entropy);
    let enc: [u8; ENCAPSULATED_LENGTH] = sender.point().try_into().map_err(|_| HpkeError::PublicKey)?;
    let secret = shared_secret(&sender, recipient.as_bytes(), &[&enc, recipient.as_bytes()].concat())?;
    let (cipher, nonce) = schedule(&secret, info);
    let mut ciphertext = plaintext.to_vec();
    let tag: [u8; TAG_LENGTH] = cipher.seal(nonce, associated, &mut ciphertext);
    ciphertext.extend_from_slice(&tag);
    Ok(Sealed { enc, ciphertext })
}

/// Opens what was sealed to `key` under `info` and `associated` data. `enc` is checked to be a point on the curve.
///
/// # Errors
/// [`HpkeError`].
pub fn open(
    enc: &[u8],
    ciphertext: &[u8],
    key: &EphemeralKey,
    info: &[u8],
    associated: &[u8],
) -> Result<Zeroizing<Vec<u8>>, HpkeError> {
    if enc.len() != ENCAPSULATED_LENGTH {
        return Err(HpkeError::PublicKey);
    }
    let secret = shared_secret(key, enc, &[enc, key.point()].concat())?;
    let (cipher, nonce) = schedule(&secret, info);
    cipher.open(nonce, associated, ciphertext).ok_or(HpkeError::Decryption)
}

/// `Encap` and `Decap` of section 4.1: the agreed secret, bound to both public keys.
fn shared_secret(own: &EphemeralKey, peer: &[u8], context: &[u8]) -> Result<Zeroizing<[u8; 32]>, HpkeError> {
    let peer = UnparsedPublicKey::new(&ECDH_P256, peer);
    let agreed = agreement::agree(own.private(), peer, HpkeError::PublicKey, |secret| {
        Ok(Zeroizing::new(labeled_extract(KEM_SUITE, &[], "eae_prk", secret)))
    })?;
    Ok(Zeroizing::new(labeled_expand(&agreed, KEM_SUITE, "shared_secret", context, 32)))
}

/// `KeySchedule` of section 5.1, for the first and only message.
fn schedule(secret: &[u8; 32], info: &[u8]) -> (Cipher, [u8; NONCE_LENGTH]) {
    let id = labeled_extract(SUITE, &[], "psk_id_hash", &[]);
    let info = labeled_extract(SUITE, &[], "info_hash", info);
    let context = [&[MODE][..], &id, &info].concat();
    let secret = Zeroizing::new(labeled_extract(SUITE, secret, "secret", &[]));
    let key = Zeroizing::new(labeled_expand(&secret, SUITE, "key", &context, KEY_LENGTH));
    let nonce = labeled_expand(&secret, SUITE, "base_nonce", &context, NONCE_LENGTH as u16);
    let cipher = Cipher::new(&key[..usize::from(KEY_LENGTH)]).expect("a key of 16 bytes");
    (cipher, nonce[..NONCE_LENGTH].try_into().expect("twelve of 32 bytes"))
}

/// `LabeledExtract` of section 4: HKDF-Extract is an HMAC under the salt.
fn labeled_extract(suite: &[u8], salt: &[u8], label: &str, input: &[u8]) -> [u8; 32] {
    hmac_sha256(salt, &[b"HPKE-v1", suite, label.as_bytes(), input])
}

/// `LabeledExpand` of section 4, of which the caller takes the first `length` bytes: one block of HKDF-Expand has 32.
fn labeled_expand(key: &[u8; 32], suite: &[u8], label: &str, info: &[u8], length: u16) -> [u8; 32] {
    hmac_sha256(key, &[&length.to_be_bytes(), b"HPKE-v1", suite, label.as_bytes(), info, &[1]])
}

#[cfg(test)]
mod tests;
