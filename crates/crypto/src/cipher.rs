//! Bare block modes and the checksums that ICAO 9303 chips use: 3DES and AES in CBC mode, retail MAC, CMAC.
//!
//! Nothing here authenticates by itself and the older half is weak; whoever has a choice takes [`crate::seal`] or
//! [`crate::jwe`]. Chips leave none (ICAO Doc 9303 part 11, sections 4.3, 9.7 and 9.8).

use std::fmt;

use aes::{Aes128, Aes192, Aes256};
use cbc::cipher::{Array, BlockCipherDecrypt, BlockCipherEncrypt, BlockModeDecrypt, BlockModeEncrypt};
use cbc::cipher::{KeyInit, KeyIvInit};
use cmac::{Cmac, Mac};
use des::{Des, TdesEde2};
use thiserror::Error;
use zeroize::Zeroizing;

use crate::digest;

/// Bytes of every checksum here; CMAC is cut to them (ICAO Doc 9303 part 11, section 9.8.6.2).
pub const TAG_LENGTH: usize = 8;

/// A block cipher with its key length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BlockCipher {
    /// Triple DES with two keys (ISO/IEC 18033-3).
    TripleDes,
    /// AES (FIPS 197) with a key of 128 bits.
    Aes128,
    /// AES with a key of 192 bits.
    Aes192,
    /// AES with a key of 256 bits.
    Aes256,
}

impl BlockCipher {
    /// Bytes of a key.
    pub fn key_length(self) -> usize {
        match self {
            Self::TripleDes | Self::Aes128 => 16,
            Self::Aes192 => 24,
            Self::Aes256 => 32,
        }
    }

    /// Bytes of a block.
    pub fn block_length(self) -> usize {
        match self {
            Self::TripleDes => 8,
            Self::Aes128 | Self::Aes192 | Self::Aes256 => 16,
        }
    }
}

/// Why a cipher does not run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Error)]
pub enum CipherError {
    /// The key does not have the length of its cipher.
    #[error("the key does not have the length of its cipher")]
    KeyLength,
    /// Not a whole number of blocks, or an initialisation vector that is not one block.
    #[error("not a whole number of blocks")]
    BlockLength,
    /// The padding is not that of ISO/IEC 9797-1 method 2.
    #[error("the padding is malformed")]
    Padding,
    /// The checksum does not belong to this message and key.
    #[error("the checksum is wrong")]
    Tag,
}

/// A key for encryption without authentication. Wiped on drop.
#[derive(Clone)]
pub struct BlockKey {
    cipher: BlockCipher,
    bytes: Zeroizing<Vec<u8>>,
}

impl BlockKey {
    /// The key of these bytes.
    ///
    /// # Errors
    /// [`CipherError::KeyLength`].
    pub fn new(cipher: BlockCipher, bytes: &[u8]) -> Result<Self, CipherError> {
        if bytes.len() != cipher.key_length() {
            return Err(CipherError::KeyLength);
        }
        Ok(Self { cipher, bytes: Zeroizing::new(bytes.to_vec()) })
    }

    /// The cipher.
    pub fn cipher(&self) -> BlockCipher {
        self.cipher
    }

    /// `plaintext` in CBC mode without padding (NIST SP 800-38A section 6.2).
    ///
    /// # Errors
    /// [`CipherError::BlockLength`].
    pub fn encrypt_cbc(&self, iv: &[u8], plaintext: &[u8]) -> Result<Vec<u8>, CipherError> {
        let mut data = plaintext.to_vec();
        match self.cipher {
            BlockCipher::TripleDes => encrypt::<TdesEde2>(&self.bytes, iv, &mut data),
            BlockCipher::Aes128 => encrypt::<Aes128>(&self.bytes, iv, &mut data),
            BlockCipher::Aes192 => encrypt::<Aes192>(&self.bytes, iv, &mut data),
            BlockCipher::Aes256 => encrypt::<Aes256>(&self.bytes, iv, &mut data),
        }?;
        Ok(data)
    }

    /// The plaintext of what [`BlockKey::encrypt_cbc`] encrypted.
    ///
    /// # Errors
    /// [`CipherError::BlockLength`].
    pub fn decrypt_cbc(&self, iv: &[u8], ciphertext: &[u8]) -> Result<Zeroizing<Vec<u8>>, CipherError> {
        let mut data = Zeroizing::new(ciphertext.to_vec());
        match self.cipher {
            BlockCipher::TripleDes => decrypt::<TdesEde2>(&self.bytes, iv, &mut data),
            BlockCipher::Aes128 => decrypt::<Aes128>(&self.bytes, iv, &mut data),
            BlockCipher::Aes192 => decrypt::<Aes192>(&self.bytes, iv, &mut data),
            BlockCipher::Aes256 => decrypt::<Aes256>(&self.bytes, iv, &mut data),
        }?;
        Ok(data)
    }

    /// One block in ECB mode, as CBC with an initialisation vector of zeros.
    ///
    /// # Errors
    /// [`CipherError::BlockLength`].
    pub fn encrypt_block(&self, block: &[u8]) -> Result<Vec<u8>, CipherError> {
        if block.len() != self.cipher.block_length() {
            return Err(CipherError::BlockLength);
        }
        self.encrypt_cbc(&vec![0; block.len()], block)
    }
}

impl fmt::Debug for BlockKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BlockKey({:?}, [redacted])", self.cipher)
    }
}

/// A key for checksums of [`TAG_LENGTH`] bytes: retail MAC for 3DES, CMAC for AES. Wiped on drop.
#[derive(Clone)]
pub struct MacKey {
    cipher: BlockCipher,
    bytes: Zeroizing<Vec<u8>>,
}

impl MacKey {
    /// The key of these bytes.
    ///
    /// # Errors
    /// [`CipherError::KeyLength`].
    pub fn new(cipher: BlockCipher, bytes: &[u8]) -> Result<Self, CipherError> {
        let BlockKey { cipher, bytes } = BlockKey::new(cipher, bytes)?;
        Ok(Self { cipher, bytes })
    }

    /// The cipher.
    pub fn cipher(&self) -> BlockCipher {
        self.cipher
    }

    /// The checksum of `message`: for 3DES the retail MAC with padding method 2 (ISO/IEC 9797-1 algorithm 3), for AES
    /// the CMAC (NIST SP 800-38B), which pads by itself.
    pub fn tag(&self, message: &[u8]) -> [u8; TAG_LENGTH] {
        match self.cipher {
            BlockCipher::TripleDes => retail_mac(&self.bytes, &pad(message, BlockCipher::TripleDes.block_length())),
            BlockCipher::Aes128 => cmac::<Cmac<Aes128>>(&self.bytes, message),
            BlockCipher::Aes192 => cmac::<Cmac<Aes192>>(&self.bytes, message),
            BlockCipher::Aes256 => cmac::<Cmac<Aes256>>(&self.bytes, message),
        }
    }

    /// The checksum of secure messaging: padding method 2 to whole blocks for either cipher, then retail MAC or CMAC
    /// (ICAO Doc 9303 part 11, section 9.8.4).
    pub fn padded_tag(&self, message: &[u8]) -> [u8; TAG_LENGTH] {
        match self.cipher {
            BlockCipher::TripleDes => self.tag(message),
            BlockCipher::Aes128 | BlockCipher::Aes192 | BlockCipher::Aes256 => {
                self.tag(&pad(message, self.cipher.block_length()))
            }
        }
    }

    /// Accepts `tag` as what [`MacKey::tag`] makes of `message`, in constant time.
    ///
    /// # Errors
    /// [`CipherError::Tag`].
    pub fn verify(&self, message: &[u8], tag: &[u8]) -> Result<(), CipherError> {
        if digest::constant_time_eq(&self.tag(message), tag) { Ok(()) } else { Err(CipherError::Tag) }
    }

    /// Accepts `tag` as what [`MacKey::padded_tag`] makes of `message`, in constant time.
    ///
    /// # Errors
    /// [`CipherError::Tag`].
    pub fn verify_padded(&self, message: &[u8], tag: &[u8]) -> Result<(), CipherError> {
        if digest::constant_time_eq(&self.padded_tag(message), tag) { Ok(()) } else { Err(CipherError::Tag) }
    }
}

impl fmt::Debug for MacKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MacKey({:?}, [redacted])", self.cipher)
    }
}

/// `message` with the padding of ISO/IEC 9797-1 method 2: one byte `80`, then zeros up to a whole block.
pub fn pad(message: &[u8], block_length: usize) -> Zeroizing<Vec<u8>> {
    let length = (message.len() / block_length + 1) * block_length;
    let mut padded = Zeroizing::new(Vec::with_capacity(length));
    padded.extend_from_slice(message);
    padded.push(0x80);
    padded.resize(length, 0);
    padded
}

/// The message inside of what [`pad`] padded. The padding may be longer than it needs to be, up to one block.
///
/// # Errors
/// [`CipherError::Padding`].
pub fn unpad(padded: &[u8], block_length: usize) -> Result<&[u8], CipherError> {
    let end = padded.iter().rposition(|byte| *byte != 0).ok_or(CipherError::Padding)?;
    let whole = padded.len().is_multiple_of(block_length) && padded.len() - end <= block_length;
    if whole && padded[end] == 0x80 { Ok(&padded[..end]) } else { Err(CipherError::Padding) }
}

fn encrypt<C: BlockCipherEncrypt + KeyInit>(key: &[u8], iv: &[u8], data: &mut [u8]) -> Result<(), CipherError> {
    let mut mode = cbc::Encryptor::<C>::new_from_slices(key, iv).map_err(|_| CipherError::BlockLength)?;
    let (blocks, rest) = Array::slice_as_chunks_mut(data);
    if !rest.is_empty() {
        return Err(CipherError::BlockLength);
    }
    mode.encrypt_blocks(blocks);
    Ok(())
}

fn decrypt<C: BlockCipherDecrypt + KeyInit>(key: &[u8], iv: &[u8], data: &mut [u8]) -> Result<(), CipherError> {
    let mut mode = cbc::Decryptor::<C>::new_from_slices(key, iv).map_err(|_| CipherError::BlockLength)?;
    let (blocks, rest) = Array::slice_as_chunks_mut(data);
    if !rest.is_empty() {
        return Err(CipherError::BlockLength);
    }
    mode.decrypt_blocks(blocks);
    Ok(())
}

/// MAC algorithm 3 of ISO/IEC 9797-1: DES in CBC mode with the first key, the last block with both.
fn retail_mac(key: &[u8], padded: &[u8]) -> [u8; TAG_LENGTH] {
    let single = Des::new_from_slice(&key[..8]).expect("half a two-key 3DES key is a DES key");
    let both = TdesEde2::new_from_slice(key).expect("the key has the length of its cipher");
    let mut state = [0; TAG_LENGTH];
    let mut blocks = padded.chunks_exact(TAG_LENGTH).peekable();
    while let Some(block) = blocks.next() {
        state.iter_mut().zip(block).for_each(|(left, right)| *left ^= right);
        let block: &mut Array<u8, _> = (&mut state).into();
        if blocks.peek().is_some() { single.encrypt_block(block) } else { both.encrypt_block(block) }
    }
    state
}

fn cmac<M: Mac + KeyInit>(key: &[u8], message: &[u8]) -> [u8; TAG_LENGTH] {
    let mut mac = M::new_from_slice(key).expect("the key has the length of its cipher");
    mac.update(message);
    let whole = mac.finalize().into_bytes();
    whole[..TAG_LENGTH].try_into().expect("a block of AES is longer than the tag")
}

#[cfg(test)]
mod tests;
