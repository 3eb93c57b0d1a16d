//! The client's half: a wallet that is not a browser, and tests.

use opaque_ke as library;
use opaque_ke::{
    ClientLoginFinishParameters, ClientRegistrationFinishParameters, CredentialResponse, RegistrationResponse,
};

use super::{LOGIN_RESPONSE, OpaqueError, REGISTRATION_RESPONSE, Random, SessionKey, Suite, bounded, exactly};
use crate::entropy::Entropy;

/// A registration that was started.
pub struct Registration(library::ClientRegistration<Suite>);

/// A registration that is complete once the server has the record.
pub struct Registered {
    /// For the server.
    pub record: Vec<u8>,
    /// Whom the password was set at.
    pub server_key: Vec<u8>,
}

/// A login that was started.
pub struct Login(library::ClientLogin<Suite>);

/// A login that is complete once the server has the last message.
pub struct LoggedIn {
    /// For the server.
    pub finalization: Vec<u8>,
    /// What both sides share now.
    pub session_key: SessionKey,
    /// Who answered: the key of the registration, or the login would have failed.
    pub server_key: Vec<u8>,
}

impl Registration {
    /// Begins to set `password`; the message goes to the server.
    ///
    /// # Errors
    /// [`OpaqueError::Input`].
    pub fn start(password: &[u8], entropy: &mut dyn Entropy) -> Result<(Self, Vec<u8>), OpaqueError> {
        let started = library::ClientRegistration::start(&mut Random(entropy), bounded(password)?)?;
        Ok((Self(started.state), started.message.serialize().to_vec()))
    }

    /// Takes the server's answer. Some 200 ms and 64 MiB.
    ///
    /// # Errors
    /// [`OpaqueError::Length`], [`OpaqueError::Encoding`], [`OpaqueError::Reflected`], [`OpaqueError::Input`].
    pub fn finish(
        self,
        password: &[u8],
        response: &[u8],
        entropy: &mut dyn Entropy,
    ) -> Result<Registered, OpaqueError> {
        let response = RegistrationResponse::deserialize(exactly(response, REGISTRATION_RESPONSE)?)?;
        let parameters = ClientRegistrationFinishParameters::default();
        let done = self.0.finish(&mut Random(entropy), bounded(password)?, response, parameters)?;
        Ok(Registered { record: done.message.serialize().to_vec(), server_key: done.server_s_pk.serialize().to_vec() })
    }
}

impl Login {
    /// Begins to prove `password`; the message goes to the server.
    ///
    /// # Errors
    /// [`OpaqueError::Input`].
    pub fn start(password: &[u8], entropy: &mut dyn Entropy) -> Result<(Self, Vec<u8>), OpaqueError> {
        let started = library::ClientLogin::start(&mut Random(entropy), bounded(password)?)?;
        Ok((Self(started.state), started.message.serialize().to_vec()))
    }

    /// Takes the server's answer. Some 200 ms and 64 MiB.
    ///
    /// # Errors
    /// [`OpaqueError::WrongPassword`], [`OpaqueError::Length`], [`OpaqueError::Encoding`], [`OpaqueError::Reflected`],
    /// [`OpaqueError::Input`].
    pub fn finish(self, password: &[u8], response: &[u8], entropy: &mut dyn Entropy) -> Result<LoggedIn, OpaqueError> {
        let response = CredentialResponse::deserialize(exactly(response, LOGIN_RESPONSE)?)?;
        let parameters = ClientLoginFinishParameters::default();
        let done = self.0.finish(&mut Random(entropy), bounded(password)?, response, parameters)?;
        Ok(LoggedIn {
            finalization: done.message.serialize().to_vec(),
            session_key: SessionKey(done.session_key.into()),
            server_key: done.server_s_pk.serialize().to_vec(),
        })
    }
}

redacted!(Registration, Registered, Login, LoggedIn);
