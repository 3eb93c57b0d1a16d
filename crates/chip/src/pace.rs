//! PACE with generic mapping over elliptic curves (ICAO Doc 9303 part 11, section 4.4; BSI TR-03110 part 3, appendix A.3).
//!
//! Five exchanges: MSE:Set AT, then four GENERAL AUTHENTICATE: the encrypted nonce, the mapping to a new base point, the
//! key agreement on it, the proof of having agreed. [`Pace`] is the state between two of them.

mod messages;

use mibun_crypto::cipher::{BlockCipher, BlockKey, CipherError, MacKey, TAG_LENGTH};
use mibun_crypto::curve::{Curve, CurveError, Point, Scalar};
use mibun_crypto::digest::constant_time_eq;
use mibun_crypto::entropy::Entropy;
use thiserror::Error;
use zeroize::Zeroizing;

use crate::apdu::{Command, Response, Status};
use crate::bac::refuses_password;
use crate::password::{KeyUse, Password, derive};
use crate::secure_messaging::SecureMessaging;
use crate::security_info::{PaceInfo, parameter_id_of_curve};
use crate::tlv::TlvError;

pub use messages::token_input;
pub(crate) use messages::{INS_GENERAL_AUTHENTICATE, INS_MSE, dynamic_authentication};

/// Longest nonce, in bytes.
const MAX_NONCE: usize = 32;

/// Which exchange is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PaceStep {
    /// MSE:Set AT.
    SetAt,
    /// The encrypted nonce.
    Nonce,
    /// The mapping of the nonce.
    Mapping,
    /// The key agreement.
    Agreement,
    /// The authentication tokens.
    Tokens,
}

/// Why PACE ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Error)]
pub enum PaceError {
    /// The chip offers it in a way that is not spoken here.
    #[error("the chip offers no way of PACE that is spoken here")]
    Unsupported,
    /// The chip refuses a step for another reason than the password.
    #[error("the chip answered {status} to step {step:?}")]
    Refused {
        /// The step.
        step: PaceStep,
        /// The chip's answer.
        status: Status,
    },
    /// The chip does not accept the reader's token: the password is wrong, or the chip is blocked.
    #[error("the chip does not accept the password ({0})")]
    WrongPassword(Status),
    /// A response is not made of the data objects it must have.
    #[error("the response to step {step:?} is malformed: {error}")]
    Form {
        /// The step.
        step: PaceStep,
        /// What is wrong.
        error: TlvError,
    },
    /// The encrypted nonce does not have the length of a nonce, or is zero as a number of the curve.
    #[error("the encrypted nonce is malformed")]
    Nonce,
    /// The chip sent what is no point of the curve, or leads to the point at infinity.
    #[error("the chip's point in step {step:?} is refused: {error}")]
    Point {
        /// The step.
        step: PaceStep,
        /// What is wrong.
        error: CurveError,
    },
    /// The chip sent the reader's own public key back.
    #[error("the chip sent the reader's own public key back")]
    Echo,
    /// The chip's token is wrong: it did not agree on the same key, so it does not know the password.
    #[error("the chip's authentication token is wrong")]
    Token,
}

/// The state of a run.
#[derive(Clone)]
pub struct Pace {
    protocol: Vec<u8>,
    curve: Curve,
    cipher: BlockCipher,
    password: Password,
    state: State,
}

#[derive(Clone)]
enum State {
    /// MSE:Set AT is to be sent.
    SetAt,
    /// The nonce is to be asked for.
    Nonce,
    /// The first key of the reader and the nonce it will be mapped with.
    Mapping { nonce: Scalar, secret: Scalar },
    /// The second key of the reader, on the mapped base point.
    Agreement { secret: Scalar, public: Point },
    /// Both public keys and what was agreed on.
    Tokens { public: Point, chip_public: Point, shared: Point },
}

/// What a response leads to.
pub enum PaceOutcome {
    /// Another exchange.
    Next(Pace),
    /// The session.
    Done(SecureMessaging),
}

impl Pace {
    /// A run of the way that `info` offers.
    ///
    /// # Errors
    /// [`PaceError::Unsupported`].
    pub fn new(info: &PaceInfo, password: &Password) -> Result<Self, PaceError> {
        let curve = info.curve().ok_or(PaceError::Unsupported)?;
        let (protocol, cipher, password) = (info.protocol.clone(), info.cipher, password.clone());
        Ok(Self { protocol, curve, cipher, password, state: State::SetAt })
    }

    /// The exchange that comes next.
    pub fn step(&self) -> PaceStep {
        match self.state {
            State::SetAt => PaceStep::SetAt,
            State::Nonce => PaceStep::Nonce,
            State::Mapping { .. } => PaceStep::Mapping,
            State::Agreement { .. } => PaceStep::Agreement,
            State::Tokens { .. } => PaceStep::Tokens,
        }
    }

    /// The command to send next.
    pub fn command(&self) -> Command {
        match &self.state {
            State::SetAt => {
                let parameter_id = parameter_id_of_curve(self.curve);
                messages::set_at(&self.protocol, self.password.reference(), parameter_id)
            }
            State::Nonce => messages::general_authenticate(None, true),
            State::Mapping { secret, .. } => {
                messages::general_authenticate(Some((0x81, secret.public_point().as_bytes())), true)
            }
            State::Agreement { public, .. } => messages::general_authenticate(Some((0x83, public.as_bytes())), true),
            State::Tokens { chip_public, shared, .. } => {
                let token = self.token(shared, chip_public);
                messages::general_authenticate(Some((0x85, &token)), false)
            }
        }
    }

    /// Takes the chip's response and moves on. Keys are drawn when the step before them has succeeded: the first after
    /// the nonce, the second after the mapping.
    ///
    /// # Errors
    /// [`PaceError`].
    pub fn receive(self, response: &Response, entropy: &mut dyn Entropy) -> Result<PaceOutcome, PaceError> {
        let step = self.step();
        match response.status {
            Status::Success => {}
            status if step == PaceStep::Tokens && refuses_password(status) => {
                return Err(PaceError::WrongPassword(status));
            }
            status => return Err(PaceError::Refused { step, status }),
        }
        let state = match &self.state {
            State::SetAt => State::Nonce,
            State::Nonce => self.take_nonce(response, entropy)?,
            State::Mapping { nonce, secret } => self.map(response, nonce, secret, entropy)?,
            State::Agreement { secret, public } => self.agree(response, secret, public)?,
            State::Tokens { public, shared, .. } => return self.finish(response, public, shared),
        };
        Ok(PaceOutcome::Next(Self { state, ..self }))
    }

    fn take_nonce(&self, response: &Response, entropy: &mut dyn Entropy) -> Result<State, PaceError> {
        let encrypted = messages::object(response, 0x80, PaceStep::Nonce)?;
        let nonce = decrypt_nonce(&self.password, self.cipher, encrypted).map_err(|_| PaceError::Nonce)?;
        let nonce = self.curve.reduced_scalar(&nonce).map_err(|_| PaceError::Nonce)?;
        Ok(State::Mapping { nonce, secret: self.curve.random_scalar(entropy) })
    }

    fn map(
        &self,
        response: &Response,
        nonce: &Scalar,
        secret: &Scalar,
        entropy: &mut dyn Entropy,
    ) -> Result<State, PaceError> {
        let step = PaceStep::Mapping;
        let chip_public = self.point(messages::object(response, 0x82, step)?, step)?;
        if chip_public == secret.public_point() {
            return Err(PaceError::Echo);
        }
        let base = map_nonce(nonce, &chip_public, secret).map_err(|error| PaceError::Point { step, error })?;
        let secret = self.curve.random_scalar(entropy);
        let public = base.multiply(&secret).map_err(|error| PaceError::Point { step, error })?;
        Ok(State::Agreement { secret, public })
    }

    fn agree(&self, response: &Response, secret: &Scalar, public: &Point) -> Result<State, PaceError> {
        let step = PaceStep::Agreement;
        let chip_public = self.point(messages::object(response, 0x84, step)?, step)?;
        // Whoever sends our key back would have us accept our own token (section 4.4.4.4).
        if chip_public == *public {
            return Err(PaceError::Echo);
        }
        let shared = chip_public.multiply(secret).map_err(|error| PaceError::Point { step, error })?;
        Ok(State::Tokens { public: public.clone(), chip_public, shared })
    }

    fn finish(&self, response: &Response, public: &Point, shared: &Point) -> Result<PaceOutcome, PaceError> {
        let token = messages::object(response, 0x86, PaceStep::Tokens)?;
        let expected = self.token(shared, public);
        if !constant_time_eq(token, &expected) {
            return Err(PaceError::Token);
        }
        Ok(PaceOutcome::Done(SecureMessaging::from_secret(shared.x(), self.cipher)))
    }

    /// The authentication token over the other side's public key.
    fn token(&self, shared: &Point, public: &Point) -> [u8; TAG_LENGTH] {
        token(&self.protocol, self.cipher, shared, public)
    }

    fn point(&self, encoded: &[u8], step: PaceStep) -> Result<Point, PaceError> {
        self.curve.point(encoded).map_err(|error| PaceError::Point { step, error })
    }
}

impl std::fmt::Debug for Pace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Pace({:?}, {:?}, {:?})", self.curve, self.cipher, self.step())
    }
}

/// The nonce of an encrypted one (section 4.4.4.2): CBC under K_pi with an initialisation vector of zeros.
///
/// # Errors
/// [`CipherError::BlockLength`] for what is no whole number of blocks, or nothing.
pub fn decrypt_nonce(
    password: &Password,
    cipher: BlockCipher,
    encrypted: &[u8],
) -> Result<Zeroizing<Vec<u8>>, CipherError> {
    // One or two blocks: 128 to 256 bits, a multiple of the block (section 4.4.3.2).
    if encrypted.is_empty() || encrypted.len() > MAX_NONCE {
        return Err(CipherError::BlockLength);
    }
    password_key(password, cipher).decrypt_cbc(&vec![0; cipher.block_length()], encrypted)
}

/// K_pi.
pub(crate) fn password_key(password: &Password, cipher: BlockCipher) -> BlockKey {
    let key = derive(&password.pace_secret(), cipher, KeyUse::Password);
    BlockKey::new(cipher, &key).expect("derived keys have their cipher's length")
}

/// The new base point of the generic mapping (section 4.4.4.3): `nonce * G + H`, where H is agreed on.
///
/// # Errors
/// [`CurveError::Infinity`] when both cancel each other out, [`CurveError::CurveMismatch`].
pub fn map_nonce(nonce: &Scalar, other_public: &Point, secret: &Scalar) -> Result<Point, CurveError> {
    nonce.public_point().add(&other_public.multiply(secret)?)
}

/// The authentication token over a public key (section 4.4.4.4).
pub(crate) fn token(protocol: &[u8], cipher: BlockCipher, shared: &Point, public: &Point) -> [u8; TAG_LENGTH] {
    let key = derive(shared.x(), cipher, KeyUse::Authentication);
    let key = MacKey::new(cipher, &key).expect("derived keys have their cipher's length");
    key.tag(&token_input(protocol, public.as_bytes()))
}

#[cfg(test)]
mod tests;
