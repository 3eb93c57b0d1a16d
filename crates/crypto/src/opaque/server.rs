//! The server's half.

use opaque_ke as library;
use opaque_ke::{CredentialFinalization, CredentialRequest, RegistrationRequest, ServerLoginParameters};
use zeroize::Zeroizing;

use super::{
    LOGIN_FINALIZATION, LOGIN_REQUEST, OpaqueError, PENDING_LOGIN, REGISTRATION_RECORD, REGISTRATION_REQUEST, Random,
    SERVER_SETUP, SessionKey, Suite, bounded, exactly,
};
use crate::entropy::Entropy;

/// The server's long-lived secrets: a key pair, and the seed of every person's part of the password function.
///
/// Made once and sealed: with a new one no password works any more, and with this one and the records stolen together
/// passwords can be tried offline.
pub struct ServerSetup(library::ServerSetup<Suite>);

/// What the server keeps of a person's password. Worthless without the setup, yet to be sealed.
#[derive(Clone)]
pub struct PasswordRecord(library::ServerRegistration<Suite>);

/// A login that was answered and not finished.
pub struct PendingLogin(library::ServerLogin<Suite>);

/// The answer to a started login.
pub struct LoginAnswer {
    /// For the client.
    pub response: Vec<u8>,
    /// For the second message; store it sealed and use it once.
    pub pending: PendingLogin,
}

impl ServerSetup {
    /// A new setup.
    pub fn generate(entropy: &mut dyn Entropy) -> Self {
        Self(library::ServerSetup::new(&mut Random(entropy)))
    }

    /// The setup of these bytes, as they came out of their seal.
    ///
    /// # Errors
    /// [`OpaqueError::Stored`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, OpaqueError> {
        let bytes = exactly(bytes, SERVER_SETUP).map_err(|_| OpaqueError::Stored)?;
        library::ServerSetup::deserialize(bytes).map(Self).map_err(|_| OpaqueError::Stored)
    }

    /// The setup as bytes, to be sealed.
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(self.0.serialize().to_vec())
    }

    /// The server's public key, which clients learn when they register and may hold against what is published.
    pub fn public_key(&self) -> Vec<u8> {
        self.0.keypair().public().serialize().to_vec()
    }

    /// Answers the first message of a registration. `credential` names the person and nobody else, for ever.
    ///
    /// # Errors
    /// [`OpaqueError::Length`], [`OpaqueError::Encoding`], [`OpaqueError::Input`].
    pub fn answer_registration(&self, credential: &[u8], request: &[u8]) -> Result<Vec<u8>, OpaqueError> {
        let request = RegistrationRequest::deserialize(exactly(request, REGISTRATION_REQUEST)?)?;
        let answer = library::ServerRegistration::<Suite>::start(&self.0, request, bounded(credential)?)?;
        Ok(answer.message.serialize().to_vec())
    }

    /// Answers the first message of a login. Without a record the answer is a fake that only ever says "wrong password":
    /// whether a person exists or has a password does not show.
    ///
    /// Count the attempt *before* the answer leaves: the client learns from it whether its guess was right.
    ///
    /// # Errors
    /// [`OpaqueError::Length`], [`OpaqueError::Encoding`], [`OpaqueError::Input`].
    pub fn answer_login(
        &self,
        credential: &[u8],
        record: Option<&PasswordRecord>,
        request: &[u8],
        entropy: &mut dyn Entropy,
    ) -> Result<LoginAnswer, OpaqueError> {
        let request = CredentialRequest::deserialize(exactly(request, LOGIN_REQUEST)?)?;
        let record = record.map(|record| record.0.clone());
        let parameters = ServerLoginParameters::default();
        let credential = bounded(credential)?;
        let mut random = Random(entropy);
        let answer = library::ServerLogin::start(&mut random, &self.0, record, request, credential, parameters)?;
        Ok(LoginAnswer { response: answer.message.serialize().to_vec(), pending: PendingLogin(answer.state) })
    }
}

impl PasswordRecord {
    /// Takes what a client uploads at the end of a registration, or what was stored of it.
    ///
    /// # Errors
    /// [`OpaqueError::Length`], [`OpaqueError::Encoding`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, OpaqueError> {
        let record = library::ServerRegistration::deserialize(exactly(bytes, REGISTRATION_RECORD)?)?;
        Ok(Self(record))
    }

    /// The record as bytes, to be sealed.
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(self.0.serialize().to_vec())
    }
}

impl PendingLogin {
    /// The login of these bytes, as they came out of their seal.
    ///
    /// # Errors
    /// [`OpaqueError::Stored`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, OpaqueError> {
        let bytes = exactly(bytes, PENDING_LOGIN).map_err(|_| OpaqueError::Stored)?;
        library::ServerLogin::deserialize(bytes).map(Self).map_err(|_| OpaqueError::Stored)
    }

    /// The login as bytes, to be sealed.
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(self.0.serialize().to_vec())
    }

    /// Takes the client's last message: the proof that it knew the password.
    ///
    /// # Errors
    /// [`OpaqueError::Length`], [`OpaqueError::WrongPassword`].
    pub fn finish(self, finalization: &[u8]) -> Result<SessionKey, OpaqueError> {
        let finalization = CredentialFinalization::deserialize(exactly(finalization, LOGIN_FINALIZATION)?)?;
        let finished = self.0.finish(finalization, ServerLoginParameters::default())?;
        Ok(SessionKey(finished.session_key.into()))
    }
}

redacted!(ServerSetup, PasswordRecord, PendingLogin, LoginAnswer);
