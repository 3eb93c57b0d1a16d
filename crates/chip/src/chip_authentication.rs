//! Chip authentication, version 1, over elliptic curves (ICAO Doc 9303 part 11, section 6.2): the chip shows that it has
//! the private key that EF.DG14 names, by going on under keys that only its holder can know.
//!
//! With 3DES it takes MSE:Set KAT, with AES MSE:Set AT and GENERAL AUTHENTICATE. The response still comes under the old
//! keys. Nothing is proven before a response under the new ones has verified.

use mibun_crypto::cipher::BlockCipher;
use mibun_crypto::curve::{CurveError, Point, Scalar};
use mibun_crypto::entropy::Entropy;
use thiserror::Error;

use crate::apdu::{Command, MAX_SHORT_RESPONSE, Response, Status};
use crate::pace::dynamic_authentication;
use crate::secure_messaging::SecureMessaging;
use crate::security_info::{Agreement, CHIP_AUTHENTICATION_ECDH, ChipAuthenticationPublicKeyInfo, SecurityInfos};
use crate::tlv::{self, Tlv, TlvError};

pub(crate) use crate::pace::{INS_GENERAL_AUTHENTICATE, INS_MSE};

/// Why chip authentication ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Error)]
pub enum ChipAuthenticationError {
    /// The chip refuses a step.
    #[error("the chip answered {0}")]
    Refused(Status),
    /// A response is not made of the data objects it must have.
    #[error("the response is malformed: {0}")]
    Form(#[from] TlvError),
    /// The key agreement failed, which no key from a parsed file leads to.
    #[error("the key agreement failed: {0}")]
    Agreement(#[from] CurveError),
}

/// What a chip offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Offer {
    /// Nothing.
    None,
    /// Only ways or keys that are not spoken here.
    Unsupported,
    /// This.
    Usable(Chosen),
}

/// The way and key that are used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chosen {
    /// The protocol's object identifier.
    pub protocol: Vec<u8>,
    /// Its cipher.
    pub cipher: BlockCipher,
    /// The chip's public key.
    pub public_key: Point,
    /// Which of several keys it is.
    pub key_id: Option<Vec<u8>>,
}

impl Offer {
    /// Chooses from EF.DG14: the first way of version 1 over a curve of ours that has a key. A key without a way means
    /// 3DES, as on chips from before ways were listed (BSI TR-03110 part 3, appendix A.1.1.2).
    pub fn choose(infos: &SecurityInfos) -> Self {
        let keys: Vec<_> = infos.chip_authentication_keys().collect();
        if keys.is_empty() {
            return Self::None;
        }
        let mut listed = false;
        for way in infos.chip_authentication() {
            listed = true;
            let usable = way.agreement == Agreement::Ecdh && way.version == 1;
            let key = keys.iter().find(|key| usable && key.key_id == way.key_id);
            if let Some((key, point)) = key.and_then(|key| Some((key, usable_point(key)?))) {
                return Self::Usable(Chosen {
                    protocol: way.protocol.clone(),
                    cipher: way.cipher,
                    public_key: point.clone(),
                    key_id: key.key_id.clone(),
                });
            }
        }
        match keys.iter().find_map(|key| Some((key, usable_point(key)?))) {
            Some((key, point)) if !listed => Self::Usable(Chosen {
                protocol: [&CHIP_AUTHENTICATION_ECDH[..], &[1]].concat(),
                cipher: BlockCipher::TripleDes,
                public_key: point.clone(),
                key_id: key.key_id.clone(),
            }),
            _ => Self::Unsupported,
        }
    }
}

fn usable_point(key: &ChipAuthenticationPublicKeyInfo) -> Option<&Point> {
    key.point.as_ref().filter(|_| key.agreement == Agreement::Ecdh)
}

/// The state of a run.
#[derive(Clone)]
pub struct ChipAuthentication {
    chosen: Chosen,
    secret: Scalar,
    set_at_done: bool,
}

/// What a response leads to.
pub enum ChipAuthenticationOutcome {
    /// Another exchange.
    Next(ChipAuthentication),
    /// The session that replaces the present one.
    Rekeyed(SecureMessaging),
}

impl ChipAuthentication {
    /// A run; draws the reader's key.
    pub fn new(chosen: Chosen, entropy: &mut dyn Entropy) -> Self {
        let secret = chosen.public_key.curve().random_scalar(entropy);
        Self { chosen, secret, set_at_done: false }
    }

    /// The command to send next, under the present session.
    pub fn command(&self) -> Command {
        let public = self.secret.public_point();
        if self.chosen.cipher == BlockCipher::TripleDes {
            // Section 6.2.4.1.
            let data = self.with_key_id(tlv::encode(0x91, public.as_bytes()));
            return Command::new(INS_MSE, 0x41, 0xa6).with_data(data);
        }
        if !self.set_at_done {
            // Section 6.2.4.2.
            let data = self.with_key_id(tlv::encode(0x80, &self.chosen.protocol));
            return Command::new(INS_MSE, 0x41, 0xa4).with_data(data);
        }
        let data = dynamic_authentication(Some((0x80, public.as_bytes())));
        Command::new(INS_GENERAL_AUTHENTICATE, 0, 0).with_data(data).expecting(MAX_SHORT_RESPONSE)
    }

    /// Takes the chip's response and moves on.
    ///
    /// # Errors
    /// [`ChipAuthenticationError`].
    pub fn receive(self, response: &Response) -> Result<ChipAuthenticationOutcome, ChipAuthenticationError> {
        if !response.status.is_success() {
            return Err(ChipAuthenticationError::Refused(response.status));
        }
        if self.chosen.cipher != BlockCipher::TripleDes {
            if !self.set_at_done {
                return Ok(ChipAuthenticationOutcome::Next(Self { set_at_done: true, ..self }));
            }
            // Empty in version 1; the objects of other versions do not matter here.
            Tlv::parse_tagged(&response.data, 0x7c)?;
        }
        let shared = self.chosen.public_key.multiply(&self.secret)?;
        Ok(ChipAuthenticationOutcome::Rekeyed(SecureMessaging::from_secret(shared.x(), self.chosen.cipher)))
    }

    fn with_key_id(&self, mut data: Vec<u8>) -> Vec<u8> {
        if let Some(key_id) = &self.chosen.key_id {
            tlv::write(&mut data, 0x84, key_id);
        }
        data
    }
}

impl std::fmt::Debug for ChipAuthentication {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ChipAuthentication({:?}, {:?})", self.chosen.public_key.curve(), self.chosen.cipher)
    }
}

#[cfg(test)]
mod tests;
