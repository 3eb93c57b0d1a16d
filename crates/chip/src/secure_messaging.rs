//! Secure messaging: every command and response encrypted and authenticated (ICAO Doc 9303 part 11, section 9.8).
//!
//! The first response that does not verify ends the session: its keys are wiped and nothing can be sent any more. A
//! relay in the middle can therefore stop a reading, and do nothing else to it.

#[cfg(feature = "virtual-chip")]
mod chip_side;

use std::fmt;

use mibun_crypto::cipher::{BlockCipher, BlockKey, CipherError, MacKey, TAG_LENGTH, pad, unpad};
use thiserror::Error;
use zeroize::Zeroizing;

use crate::apdu::{ApduError, CLA_SECURE, Command, MAX_DATA, MAX_SHORT_RESPONSE, Response, Status};
use crate::password::{KeyUse, derive};
use crate::tlv::{self, Reader, TlvError};

/// Encrypted data with one byte before it that names the padding.
const DO_CRYPTOGRAM: u32 = 0x87;
/// Encrypted data of an instruction with an odd code, which is itself BER-TLV.
const DO_CRYPTOGRAM_TLV: u32 = 0x85;
/// The number of bytes expected.
const DO_EXPECTED: u32 = 0x97;
/// The status.
const DO_STATUS: u32 = 0x99;
/// The checksum.
const DO_CHECKSUM: u32 = 0x8e;
/// The padding that [`DO_CRYPTOGRAM`] names: ISO/IEC 9797-1 method 2.
const PADDING_METHOD_2: u8 = 0x01;

/// Why a message cannot be protected, or is not believed. Each of them ends the session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Error)]
pub enum SecureMessagingError {
    /// The session has ended by an earlier error.
    #[error("the secure messaging session has ended")]
    Ended,
    /// The message came without protection: the chip has given up the session, or somebody pretends to be it.
    #[error("the chip answered {0} without protection")]
    Unprotected(Status),
    /// The protected message is not made of data objects.
    #[error("the protected message is malformed: {0}")]
    Form(#[from] TlvError),
    /// The protected message does not have the objects it must have, or has others.
    #[error("the objects of the protected message are not those of a message")]
    Objects,
    /// The checksum is wrong.
    #[error("the checksum of the protected message is wrong")]
    Checksum,
    /// What was encrypted does not decrypt to padded data.
    #[error("the protected message does not decrypt")]
    Decryption,
    /// The status outside of the protection is another than inside.
    #[error("the status outside of the protection is another than inside")]
    StatusMismatch,
    /// The command does not fit into an APDU once it is protected.
    #[error("the command is too long to be protected")]
    TooLong,
    /// The send sequence counter has come round.
    #[error("the send sequence counter is used up")]
    CounterExhausted,
}

impl From<CipherError> for SecureMessagingError {
    fn from(error: CipherError) -> Self {
        match error {
            CipherError::Tag => Self::Checksum,
            CipherError::KeyLength | CipherError::BlockLength | CipherError::Padding => Self::Decryption,
        }
    }
}

impl From<ApduError> for SecureMessagingError {
    fn from(_: ApduError) -> Self {
        Self::TooLong
    }
}

/// One session: two keys and the send sequence counter. `Debug` shows none of them.
#[derive(Clone)]
pub struct SecureMessaging {
    keys: Option<Keys>,
    cipher: BlockCipher,
    counter: u128,
}

#[derive(Clone)]
struct Keys {
    encryption: BlockKey,
    authentication: MacKey,
}

impl SecureMessaging {
    /// A session whose keys are derived from a shared secret, with a counter of zero: after PACE and after chip
    /// authentication (ICAO Doc 9303 part 11, sections 4.4.5 and 6.2.4).
    pub fn from_secret(secret: &[u8], cipher: BlockCipher) -> Self {
        Self::from_secret_and_counter(secret, cipher, 0)
    }

    /// The same with another counter: after BAC (section 9.8.6.3).
    pub(crate) fn from_secret_and_counter(secret: &[u8], cipher: BlockCipher, counter: u128) -> Self {
        let encryption = derive(secret, cipher, KeyUse::Encryption);
        let authentication = derive(secret, cipher, KeyUse::Authentication);
        Self::with_keys(cipher, &encryption, &authentication, counter).expect("derived keys have their cipher's length")
    }

    /// A session of these keys and this counter.
    ///
    /// # Errors
    /// [`CipherError::KeyLength`].
    pub fn with_keys(
        cipher: BlockCipher,
        encryption: &[u8],
        authentication: &[u8],
        counter: u128,
    ) -> Result<Self, CipherError> {
        let encryption = BlockKey::new(cipher, encryption)?;
        let authentication = MacKey::new(cipher, authentication)?;
        Ok(Self { keys: Some(Keys { encryption, authentication }), cipher, counter })
    }

    /// Its cipher.
    pub fn cipher(&self) -> BlockCipher {
        self.cipher
    }

    /// The counter as of the last message.
    pub fn counter(&self) -> u128 {
        self.counter
    }

    /// Whether messages can still be exchanged.
    pub fn is_alive(&self) -> bool {
        self.keys.is_some()
    }

    /// The protected form of a command (section 9.8.4).
    ///
    /// # Errors
    /// [`SecureMessagingError::Ended`], [`SecureMessagingError::TooLong`], [`SecureMessagingError::CounterExhausted`].
    pub fn protect(&mut self, command: &Command) -> Result<Command, SecureMessagingError> {
        self.in_session(|session| session.protect_command(command))
    }

    /// The response inside of a protected one.
    ///
    /// # Errors
    /// [`SecureMessagingError`].
    pub fn unprotect(&mut self, response: &Response) -> Result<Response, SecureMessagingError> {
        self.in_session(|session| session.open_response(response))
    }

    /// Runs one step with the counter raised; whatever goes wrong ends the session.
    fn in_session<T>(
        &mut self,
        step: impl FnOnce(&Session<'_>) -> Result<T, SecureMessagingError>,
    ) -> Result<T, SecureMessagingError> {
        let keys = self.keys.take().ok_or(SecureMessagingError::Ended)?;
        let block_length = self.cipher.block_length();
        self.counter = next_counter(self.counter, block_length);
        if self.counter == 0 {
            return Err(SecureMessagingError::CounterExhausted);
        }
        let wide = self.counter.to_be_bytes();
        let done = step(&Session { keys: &keys, counter: &wide[wide.len() - block_length..] })?;
        self.keys = Some(keys);
        Ok(done)
    }
}

impl fmt::Debug for SecureMessaging {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecureMessaging({:?}, [redacted])", self.cipher)
    }
}

/// The counter after `counter`, in a block's length: 64 bits for 3DES, 128 for AES.
fn next_counter(counter: u128, block_length: usize) -> u128 {
    let next = counter.wrapping_add(1);
    if block_length == BlockCipher::TripleDes.block_length() { next & u128::from(u64::MAX) } else { next }
}

/// One step of a session.
struct Session<'a> {
    keys: &'a Keys,
    counter: &'a [u8],
}

impl Session<'_> {
    fn protect_command(&self, command: &Command) -> Result<Command, SecureMessagingError> {
        let header = [command.cla | CLA_SECURE, command.ins, command.p1, command.p2];
        let mut body = self.cryptogram(&command.data, command.ins)?;
        if let Some(length) = command.expected {
            tlv::write(&mut body, DO_EXPECTED, &expected_bytes(length, command.is_extended()));
        }
        let tag = self.tag(&[&pad(&header, self.block_length())[..], &body].concat());
        tlv::write(&mut body, DO_CHECKSUM, &tag);
        if body.len() > MAX_DATA {
            return Err(SecureMessagingError::TooLong);
        }
        // Whatever is expected inside, the protected answer is asked for with the largest Le of the same form.
        let extended = command.is_extended() || body.len() > 255;
        let expected = if extended { MAX_DATA + 1 } else { MAX_SHORT_RESPONSE };
        let [cla, ins, p1, p2] = header;
        Ok(Command { cla, ins, p1, p2, data: body, expected: Some(expected) })
    }

    fn open_response(&self, response: &Response) -> Result<Response, SecureMessagingError> {
        if response.data.is_empty() {
            return Err(SecureMessagingError::Unprotected(response.status));
        }
        let (signed, tag) = split_checksum(&response.data)?;
        self.verify(signed, tag)?;
        let mut objects = Reader::new(signed);
        let data = self.optional_data(&mut objects)?;
        let status = objects.expect(DO_STATUS).map_err(|_| SecureMessagingError::Objects)?;
        let status = status.value.try_into().map_err(|_| SecureMessagingError::Objects)?;
        objects.finish().map_err(|_| SecureMessagingError::Objects)?;
        let status = Status::from_bytes(status);
        if status != response.status {
            return Err(SecureMessagingError::StatusMismatch);
        }
        Ok(Response { data, status })
    }

    /// The data object of encrypted data, or nothing where there is no data.
    fn cryptogram(&self, data: &[u8], ins: u8) -> Result<Vec<u8>, SecureMessagingError> {
        if data.is_empty() {
            return Ok(Vec::new());
        }
        let encrypted = self.keys.encryption.encrypt_cbc(&self.iv()?, &pad(data, self.block_length()))?;
        if encrypted.len() > MAX_DATA {
            return Err(SecureMessagingError::TooLong);
        }
        if ins & 1 == 1 {
            return Ok(tlv::encode(DO_CRYPTOGRAM_TLV, &encrypted));
        }
        Ok(tlv::encode(DO_CRYPTOGRAM, &[&[PADDING_METHOD_2][..], &encrypted].concat()))
    }

    /// The data of whichever object of encrypted data comes next. Chips differ in which one answers an odd instruction.
    fn optional_data(&self, objects: &mut Reader<'_>) -> Result<Vec<u8>, SecureMessagingError> {
        let encrypted = if let Some(found) = objects.optional(DO_CRYPTOGRAM)? {
            found.value.strip_prefix(&[PADDING_METHOD_2]).ok_or(SecureMessagingError::Decryption)?
        } else if let Some(found) = objects.optional(DO_CRYPTOGRAM_TLV)? {
            found.value
        } else {
            return Ok(Vec::new());
        };
        let padded: Zeroizing<Vec<u8>> = self.keys.encryption.decrypt_cbc(&self.iv()?, encrypted)?;
        Ok(unpad(&padded, self.block_length())?.to_vec())
    }

    /// Zeros for 3DES, the encrypted counter for AES (section 9.8.6.1).
    fn iv(&self) -> Result<Vec<u8>, CipherError> {
        match self.keys.encryption.cipher() {
            BlockCipher::TripleDes => Ok(vec![0; self.block_length()]),
            BlockCipher::Aes128 | BlockCipher::Aes192 | BlockCipher::Aes256 => {
                self.keys.encryption.encrypt_block(self.counter)
            }
        }
    }

    fn tag(&self, message: &[u8]) -> [u8; TAG_LENGTH] {
        self.keys.authentication.padded_tag(&[self.counter, message].concat())
    }

    fn verify(&self, message: &[u8], tag: &[u8]) -> Result<(), CipherError> {
        self.keys.authentication.verify_padded(&[self.counter, message].concat(), tag)
    }

    fn block_length(&self) -> usize {
        self.counter.len()
    }
}

/// What the checksum covers, and the checksum: the last object.
fn split_checksum(body: &[u8]) -> Result<(&[u8], &[u8]), SecureMessagingError> {
    let mut objects = Reader::new(body);
    let mut covered = 0;
    while let Some(found) = objects.next()? {
        if found.tag == DO_CHECKSUM {
            objects.finish().map_err(|_| SecureMessagingError::Objects)?;
            return Ok((&body[..covered], found.value));
        }
        covered += found.encoded.len();
    }
    Err(SecureMessagingError::Objects)
}

/// Le as [`DO_EXPECTED`] holds it: one byte, or two of an extended command; zeros for the most there is.
fn expected_bytes(length: usize, extended: bool) -> Vec<u8> {
    // Cut on purpose: 256 and 65536 are written as zero.
    if extended { (length as u16).to_be_bytes().to_vec() } else { vec![length as u8] }
}

#[cfg(test)]
mod tests;
