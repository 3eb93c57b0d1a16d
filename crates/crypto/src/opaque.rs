//! Passwords that the server never learns: OPAQUE, an augmented password-authenticated key exchange (RFC 9807).
//!
//! The suite is ristretto255, SHA-512, 3DH and Argon2id with 64 MiB, three passes and four lanes, no context and no
//! identities but the public keys: that of `@serenity-kit/opaque` as it comes, so that a browser is the other half.
//!
//! A login is *started* by the client, *answered* by the server and *finished* by the client. The client can tell from
//! the answer alone whether its password was right and need not come back: whoever limits guesses counts answers.

/// `Debug` that tells the kind and nothing more.
macro_rules! redacted {
    ($($kind:ident),*) => {$(
        impl std::fmt::Debug for $kind {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($kind), "([redacted])"))
            }
        }
    )*};
}

mod client;
mod server;

use argon2::{Algorithm, Argon2, Params, Version};
use opaque_ke::errors::{InternalError, ProtocolError};
use opaque_ke::generic_array::{ArrayLength, GenericArray};
use opaque_ke::ksf::Ksf;
use opaque_ke::rand::{self, CryptoRng, RngCore};
use opaque_ke::{CipherSuite, Ristretto255, TripleDh};
use sha2_for_opaque::Sha512;
use thiserror::Error;
use zeroize::Zeroize;

use crate::digest;
use crate::entropy::Entropy;

pub use client::{LoggedIn, Login, Registered, Registration};
pub use server::{LoginAnswer, PasswordRecord, PendingLogin, ServerSetup};

/// Bytes of the client's first message of a registration.
pub const REGISTRATION_REQUEST: usize = 32;
/// Bytes of the server's answer to it.
pub const REGISTRATION_RESPONSE: usize = 64;
/// Bytes of what the client then uploads, and of the record that the server keeps.
pub const REGISTRATION_RECORD: usize = 192;
/// Bytes of the client's first message of a login (KE1).
pub const LOGIN_REQUEST: usize = 96;
/// Bytes of the server's answer to it (KE2).
pub const LOGIN_RESPONSE: usize = 320;
/// Bytes of the client's last message of a login (KE3).
pub const LOGIN_FINALIZATION: usize = 64;
/// Bytes of a server's setup, to be sealed.
pub const SERVER_SETUP: usize = 128;
/// Bytes of what the server keeps between the two messages of a login, to be sealed.
pub const PENDING_LOGIN: usize = 128;
/// Longest password and credential identifier that are taken, in bytes.
pub const MAX_INPUT: usize = 1024;

/// Memory in KiB, passes and lanes: the second choice of RFC 9106 section 4, for machines without 2 GiB to spare.
const MEMORY_KIB: u32 = 64 * 1024;
const PASSES: u32 = 3;
const LANES: u32 = 4;

/// Why a step of the protocol does not go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum OpaqueError {
    /// A message of another length than its kind has.
    #[error("the message has {actual} bytes instead of {expected}")]
    Length {
        /// What its kind has.
        expected: usize,
        /// What came.
        actual: usize,
    },
    /// A message of the right length that holds no point, scalar or key of the group.
    #[error("the message holds no value of the group")]
    Encoding,
    /// The server's answer is the client's own value.
    #[error("the answer reflects the question")]
    Reflected,
    /// Another password, another server or person, or a message that was changed on its way: these look the same.
    #[error("the password is wrong")]
    WrongPassword,
    /// A password or credential identifier that is empty or longer than [`MAX_INPUT`].
    #[error("a password or credential identifier is empty or too long")]
    Input,
    /// What was stored is not what this version stores: our fault.
    #[error("what is stored is not usable")]
    Stored,
    /// The library failed where input cannot make it fail: our fault.
    #[error("the exchange failed by itself")]
    Library,
}

/// What both sides of a login share, and nobody else: 512 bits. Wiped on drop.
#[derive(Clone)]
pub struct SessionKey([u8; 64]);

impl SessionKey {
    /// The key of these bytes, as they came out of their seal.
    pub fn from_bytes(bytes: &[u8; 64]) -> Self {
        Self(*bytes)
    }

    /// The key itself, to be sealed. Never used as it is: see [`SessionKey::derive`].
    pub fn expose(&self) -> &[u8; 64] {
        &self.0
    }

    /// The key for one purpose, which `info` names: HKDF-SHA-256 (RFC 5869) without salt.
    pub fn derive(&self, info: &[u8]) -> [u8; 32] {
        digest::hkdf_sha256(&self.0, &[], info)
    }
}

impl Drop for SessionKey {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

redacted!(SessionKey);

/// The cipher suite, which fixes every length above.
pub(crate) struct Suite;

impl CipherSuite for Suite {
    type OprfCs = Ristretto255;
    type KeyExchange = TripleDh<Ristretto255, Sha512>;
    type Ksf = Stretching;
}

/// Argon2id with a salt of zeros: the input is a pseudo-random value of its person and server already.
pub(crate) struct Stretching(Argon2<'static>);

impl Default for Stretching {
    fn default() -> Self {
        let params = Params::new(MEMORY_KIB, PASSES, LANES, None).expect("the costs are within Argon2's range");
        Self(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
    }
}

impl Ksf for Stretching {
    fn hash<L: ArrayLength<u8>>(&self, input: GenericArray<u8, L>) -> Result<GenericArray<u8, L>, InternalError> {
        let mut output = GenericArray::default();
        let hashed = self.0.hash_password_into(&input, &[0; 16], &mut output);
        hashed.map(|()| output).map_err(|_| InternalError::KsfError)
    }
}

/// Our randomness as the library asks for it.
pub(crate) struct Random<'a>(pub(crate) &'a mut dyn Entropy);

impl RngCore for Random<'_> {
    fn next_u32(&mut self) -> u32 {
        u32::from_be_bytes(self.0.bytes())
    }

    fn next_u64(&mut self) -> u64 {
        u64::from_be_bytes(self.0.bytes())
    }

    fn fill_bytes(&mut self, out: &mut [u8]) {
        self.0.fill(out);
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), rand::Error> {
        self.0.fill(out);
        Ok(())
    }
}

impl CryptoRng for Random<'_> {}

/// The library reads past nothing but ignores what follows, so lengths are held here.
fn exactly(message: &[u8], expected: usize) -> Result<&[u8], OpaqueError> {
    let actual = message.len();
    if actual == expected { Ok(message) } else { Err(OpaqueError::Length { expected, actual }) }
}

fn bounded(input: &[u8]) -> Result<&[u8], OpaqueError> {
    if input.is_empty() || input.len() > MAX_INPUT { Err(OpaqueError::Input) } else { Ok(input) }
}

impl From<ProtocolError> for OpaqueError {
    fn from(error: ProtocolError) -> Self {
        match error {
            ProtocolError::InvalidLoginError => Self::WrongPassword,
            ProtocolError::ReflectedValueError => Self::Reflected,
            ProtocolError::SerializationError | ProtocolError::SizeError { .. } => Self::Encoding,
            // The blinded elements are read by the library's library, which has errors of its own.
            ProtocolError::LibraryError(InternalError::OprfError(_)) => Self::Encoding,
            ProtocolError::LibraryError(_) | ProtocolError::Custom(_) => Self::Library,
        }
    }
}

#[cfg(test)]
mod tests;
