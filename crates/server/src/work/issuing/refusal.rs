//! Why a request of the protocol was refused.

use mibun_issuing::authorization::AuthorizationError;
use mibun_issuing::credential::CredentialError;
use mibun_issuing::dpop::DpopError;
use mibun_issuing::error::{Code, Refusal};
use mibun_issuing::grant::{AccessError, RedeemError};
use mibun_issuing::notification::NotificationError;
use mibun_issuing::standing::StandingError;
use mibun_issuing::token::{BearerError, TokenRequestError};
use mibun_registry::{StoreError, UnitError};
use mibun_trust::attestation::client::ClientAttestationError;

use crate::work::WorkError;

/// Why a wallet is not who it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ClientError {
    /// No attestation, or no proof with it.
    #[error("a wallet attestation with its proof of possession is needed")]
    Missing,
    /// The attestation or its proof is not good.
    #[error(transparent)]
    Attestation(#[from] ClientAttestationError),
    /// The proof was used before.
    #[error("the proof of the wallet attestation has been used")]
    Replayed,
    /// The attestation counts no more.
    #[error("client attestation: {0}")]
    Standing(#[from] StandingError),
    /// The challenge in the proof is not good (any more): the wallet fetches another.
    #[error("the challenge of the wallet attestation is not good")]
    Challenge,
}

impl Refusal for ClientError {
    fn code(&self) -> Code {
        match self {
            Self::Challenge | Self::Attestation(ClientAttestationError::MissingChallenge) => {
                Code::UseAttestationChallenge
            }
            Self::Missing | Self::Attestation(_) | Self::Replayed | Self::Standing(_) => Code::InvalidClient,
        }
    }
}

/// Why an access token opens nothing.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// Our side: the record.
    #[error(transparent)]
    Work(#[from] WorkError),
    /// A token that gives no access.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// A token whose key is not proved as it has to be.
    #[error(transparent)]
    Dpop(#[from] DpopError),
}

impl From<StoreError> for TokenError {
    fn from(error: StoreError) -> Self {
        Self::Work(error.into())
    }
}

/// Why a request of the protocol was refused.
#[derive(Debug, thiserror::Error)]
pub enum IssuingError {
    /// Our side: the record, a key.
    #[error(transparent)]
    Work(#[from] WorkError),
    /// Neither's fault: the status list of an attester cannot be had, so nobody knows whether its word still holds.
    #[error("the status list of the attestation cannot be had; try again in a moment")]
    Standing,
    /// A wallet that does not prove who it is.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// A request that does not prove the key that it has to.
    #[error(transparent)]
    Dpop(#[from] DpopError),
    /// An authorization request that is not acceptable.
    #[error(transparent)]
    Authorization(#[from] AuthorizationError),
    /// A token request that cannot be read.
    #[error(transparent)]
    TokenRequest(#[from] TokenRequestError),
    /// A code that gives no token.
    #[error(transparent)]
    Redeem(#[from] RedeemError),
    /// A request without a usable access token.
    #[error(transparent)]
    Bearer(#[from] BearerError),
    /// A token that gives no access.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// A credential request that is refused.
    #[error(transparent)]
    Credential(#[from] CredentialError),
    /// A notification that cannot be read.
    #[error(transparent)]
    Notification(#[from] NotificationError),
}

impl From<StoreError> for IssuingError {
    fn from(error: StoreError) -> Self {
        Self::Work(error.into())
    }
}

impl From<TokenError> for IssuingError {
    fn from(refusal: TokenError) -> Self {
        match refusal {
            TokenError::Work(error) => Self::Work(error),
            TokenError::Access(refusal) => Self::Access(refusal),
            TokenError::Dpop(refusal) => Self::Dpop(refusal),
        }
    }
}

impl UnitError for IssuingError {
    fn store(&self) -> Option<&StoreError> {
        match self {
            Self::Work(WorkError::Store(error)) => Some(error),
            _ => None,
        }
    }
}

impl IssuingError {
    /// The standard's code, unless the fault is not the wallet's.
    pub fn code(&self) -> Option<Code> {
        Some(match self {
            Self::Work(_) | Self::Standing => return None,
            Self::Client(refusal) => refusal.code(),
            Self::Dpop(refusal) => refusal.code(),
            Self::Authorization(refusal) => refusal.code(),
            Self::TokenRequest(refusal) => refusal.code(),
            Self::Redeem(refusal) => refusal.code(),
            Self::Bearer(refusal) => refusal.code(),
            Self::Access(refusal) => refusal.code(),
            Self::Credential(refusal) => refusal.code(),
            Self::Notification(refusal) => refusal.code(),
        })
    }
}
