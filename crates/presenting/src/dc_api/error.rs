//! Why a call is refused.

use crate::members::Fault;
use crate::request::{ClientIdError, RequestError};

/// Why a wallet does not show a request that came through the browser to its holder.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// A protocol that is not spoken, or is read elsewhere.
    #[error("the protocol is not spoken")]
    UnknownProtocol,
    /// The data of the call are not an object.
    #[error("the data of the call are not an object")]
    NotAnObject,
    /// The signed request was made for other pages than the one that called: a replay.
    #[error("the request was not made for this origin")]
    WrongOrigin,
    /// Neither payload nor a list of signatures where several were announced, or too many.
    #[error("the signatures of the request are malformed")]
    MalformedSignatures,
    /// Whatever is wrong with any request. With several signatures, what is wrong with the last.
    #[error(transparent)]
    Request(#[from] RequestError),
}

impl CallError {
    /// The error code of OpenID4VP 1.0 section 8.5: what the page is told.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Request(error) => error.code(),
            _ => "invalid_request",
        }
    }
}

impl From<Fault> for CallError {
    fn from(fault: Fault) -> Self {
        Self::Request(fault.into())
    }
}

impl From<ClientIdError> for CallError {
    fn from(error: ClientIdError) -> Self {
        Self::Request(error.into())
    }
}
