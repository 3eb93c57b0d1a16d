//! Basic access control (ICAO Doc 9303 part 11, section 4.3): both sides prove that they know the MRZ.
//!
//! Two exchanges: GET CHALLENGE, then EXTERNAL AUTHENTICATE. Old and weak (a written-down conversation can be opened by
//! trying dates and numbers), spoken only where a chip offers nothing better.

use mibun_crypto::cipher::{BlockCipher, BlockKey, MacKey, TAG_LENGTH};
use mibun_crypto::digest::constant_time_eq;
use mibun_crypto::entropy::Entropy;
use thiserror::Error;
use zeroize::Zeroizing;

use crate::apdu::{Command, Response, Status};
use crate::password::{KeyUse, MrzPassword, derive};
use crate::secure_messaging::SecureMessaging;

/// Bytes of either side's random number.
pub(crate) const NONCE: usize = 8;
/// Bytes of either side's share of the key.
pub(crate) const SHARE: usize = 16;
/// Bytes of an encrypted message: two random numbers and a share.
pub(crate) const MESSAGE: usize = 2 * NONCE + SHARE;
/// GET CHALLENGE.
pub(crate) const INS_GET_CHALLENGE: u8 = 0x84;
/// EXTERNAL AUTHENTICATE.
pub(crate) const INS_EXTERNAL_AUTHENTICATE: u8 = 0x82;

/// Why basic access control ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Error)]
pub enum BacError {
    /// The chip refuses a step for another reason than the password.
    #[error("the chip answered {0}")]
    Refused(Status),
    /// The chip does not accept what was derived from the MRZ.
    #[error("the chip does not accept the MRZ ({0})")]
    WrongPassword(Status),
    /// A response does not have the length it must have.
    #[error("the response has {found} bytes instead of {expected}")]
    Length {
        /// Bytes that it must have.
        expected: usize,
        /// Bytes that it has.
        found: usize,
    },
    /// The chip's message is not authentic: it does not know the MRZ either.
    #[error("the checksum of the chip's message is wrong")]
    Checksum,
    /// The chip's message does not repeat both random numbers: it answers somebody else.
    #[error("the chip's message repeats other random numbers")]
    Nonce,
}

/// The two keys that the MRZ gives, K_Enc and K_MAC.
pub(crate) struct BacKeys {
    encryption: BlockKey,
    authentication: MacKey,
}

impl BacKeys {
    pub(crate) fn new(mrz: &MrzPassword) -> Self {
        let seed = mrz.seed();
        let cipher = BlockCipher::TripleDes;
        let encryption = derive(seed.as_slice(), cipher, KeyUse::Encryption);
        let authentication = derive(seed.as_slice(), cipher, KeyUse::Authentication);
        let fits = "derived keys have their cipher's length";
        Self {
            encryption: BlockKey::new(cipher, &encryption).expect(fits),
            authentication: MacKey::new(cipher, &authentication).expect(fits),
        }
    }

    /// A message encrypted, its checksum after it.
    pub(crate) fn seal(&self, message: &[u8; MESSAGE]) -> Vec<u8> {
        let encrypted = self.encryption.encrypt_cbc(&[0; 8], message).expect("four whole blocks");
        let tag = self.authentication.tag(&encrypted);
        [&encrypted[..], &tag].concat()
    }

    /// The message of what [`BacKeys::seal`] made.
    pub(crate) fn open(&self, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, BacError> {
        let wrong = BacError::Length { expected: MESSAGE + TAG_LENGTH, found: sealed.len() };
        let (encrypted, tag) = sealed.split_at_checked(MESSAGE).ok_or(wrong)?;
        if tag.len() != TAG_LENGTH {
            return Err(wrong);
        }
        self.authentication.verify(encrypted, tag).map_err(|_| BacError::Checksum)?;
        Ok(self.encryption.decrypt_cbc(&[0; 8], encrypted).expect("four whole blocks"))
    }
}

/// The first command: GET CHALLENGE.
pub fn get_challenge() -> Command {
    Command::new(INS_GET_CHALLENGE, 0, 0).expecting(NONCE)
}

/// What the reader has sent and waits for: the state between the two exchanges.
#[derive(Clone)]
pub struct Bac {
    mrz: MrzPassword,
    chip_nonce: [u8; NONCE],
    nonce: [u8; NONCE],
    share: Zeroizing<[u8; SHARE]>,
}

impl Bac {
    /// Takes the chip's answer to [`get_challenge`] and draws the reader's own random numbers: nonce, then key share.
    ///
    /// # Errors
    /// [`BacError::Refused`], [`BacError::Length`].
    pub fn answer_challenge(
        mrz: &MrzPassword,
        response: &Response,
        entropy: &mut dyn Entropy,
    ) -> Result<Self, BacError> {
        if !response.status.is_success() {
            return Err(BacError::Refused(response.status));
        }
        let found = response.data.len();
        let chip_nonce =
            response.data.as_slice().try_into().map_err(|_| BacError::Length { expected: NONCE, found })?;
        Ok(Self { mrz: mrz.clone(), chip_nonce, nonce: entropy.bytes(), share: Zeroizing::new(entropy.bytes()) })
    }

    /// The second command: EXTERNAL AUTHENTICATE with nonces and key share.
    pub fn command(&self) -> Command {
        let message = message(&self.nonce, &self.chip_nonce, &self.share);
        let sealed = BacKeys::new(&self.mrz).seal(&message);
        let length = sealed.len();
        Command::new(INS_EXTERNAL_AUTHENTICATE, 0, 0).with_data(sealed).expecting(length)
    }

    /// The session that the chip's answer opens.
    ///
    /// # Errors
    /// [`BacError`].
    pub fn finish(&self, response: &Response) -> Result<SecureMessaging, BacError> {
        match response.status {
            Status::Success => {}
            status if refuses_password(status) => return Err(BacError::WrongPassword(status)),
            status => return Err(BacError::Refused(status)),
        }
        let message = BacKeys::new(&self.mrz).open(&response.data)?;
        let (nonces, chip_share) = message.split_at(2 * NONCE);
        if !constant_time_eq(nonces, &[self.chip_nonce, self.nonce].concat()) {
            return Err(BacError::Nonce);
        }
        Ok(session(&self.share, chip_share, &self.chip_nonce, &self.nonce))
    }
}

impl std::fmt::Debug for Bac {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Bac([redacted])")
    }
}

/// The statuses by which chips say that the password is wrong; they differ between makers.
pub(crate) fn refuses_password(status: Status) -> bool {
    let denied = [Status::AuthenticationFailed, Status::SecurityStatus, Status::Blocked, Status::ConditionsOfUse];
    denied.contains(&status) || matches!(status, Status::TriesLeft(_) | Status::SecureMessagingIncorrect)
}

/// `own nonce || other's nonce || own share`.
pub(crate) fn message(own: &[u8; NONCE], other: &[u8; NONCE], share: &[u8; SHARE]) -> Zeroizing<[u8; MESSAGE]> {
    let mut message = Zeroizing::new([0; MESSAGE]);
    message[..NONCE].copy_from_slice(own);
    message[NONCE..2 * NONCE].copy_from_slice(other);
    message[2 * NONCE..].copy_from_slice(share);
    message
}

/// The session of both shares; its counter starts with the last halves of both nonces (section 9.8.6.3).
pub(crate) fn session(
    share: &[u8; SHARE],
    other_share: &[u8],
    chip_nonce: &[u8; NONCE],
    reader_nonce: &[u8; NONCE],
) -> SecureMessaging {
    let seed: Zeroizing<Vec<u8>> = Zeroizing::new(share.iter().zip(other_share).map(|(a, b)| a ^ b).collect());
    let halves = chip_nonce[NONCE / 2..].iter().chain(&reader_nonce[NONCE / 2..]);
    let counter = halves.fold(0, |counter: u128, byte| counter << 8 | u128::from(*byte));
    SecureMessaging::from_secret_and_counter(&seed, BlockCipher::TripleDes, counter)
}

#[cfg(test)]
mod tests;
