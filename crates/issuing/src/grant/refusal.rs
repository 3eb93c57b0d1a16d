//! Why a code gives no token, and a token no access.

use thiserror::Error;

use crate::dpop::DpopError;
use crate::error::{Code, Refusal};

/// Why a code or refresh token is not turned into an access token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum RedeemError {
    /// The code belongs to no grant, or to another one.
    #[error("the code is not known")]
    UnknownCode,
    /// The code was used before.
    #[error("the code has been used")]
    Used,
    /// The code is past its end.
    #[error("the code has expired")]
    Expired,
    /// Too many wrong transaction codes: only a new offer helps.
    #[error("the offer is locked after too many wrong transaction codes")]
    Locked,
    /// The transaction code is wrong.
    #[error("the transaction code is wrong; tries left: {tries_left}")]
    WrongTxCode {
        /// Tries before the grant locks; never zero, for the last one answers [`RedeemError::Locked`].
        tries_left: u8,
    },
    /// A transaction code is needed and was not sent. Costs no try.
    #[error("tx_code is missing")]
    MissingTxCode,
    /// A transaction code was sent although none is asked for.
    #[error("tx_code is not expected")]
    UnexpectedTxCode,
    /// The code or refresh token was given to another wallet.
    #[error("the code was given to another client")]
    OtherClient,
    /// Another `redirect_uri` than the code was sent to.
    #[error("the redirect_uri is not the one of the authorization request")]
    OtherRedirect,
    /// `code_verifier` is not the one behind the challenge.
    #[error("the code_verifier is wrong")]
    WrongVerifier,
    /// The proof is made with another key than the one that the code or refresh token is bound to.
    #[error("the code or token is bound to another key")]
    OtherKey,
    /// The refresh token was given to another instance of the wallet.
    #[error("the refresh token was given to another instance of the client")]
    OtherInstance,
    /// The refresh token was given to a wallet that proved who it is, or named itself, and does not now.
    #[error("the refresh token was given to a client that has to authenticate")]
    MissingAuthentication,
    /// A refresh token that is not the last of its family, which is ended by it.
    #[error("the refresh token has been used")]
    RefreshReused,
    /// No refresh token of ours, or one whose family has ended.
    #[error("the refresh token is not known or has ended")]
    UnknownRefresh,
}

impl Refusal for RedeemError {
    fn code(&self) -> Code {
        match self {
            Self::MissingTxCode | Self::UnexpectedTxCode => Code::InvalidRequest,
            Self::OtherKey => DpopError::OtherKey.code(),
            Self::MissingAuthentication => Code::InvalidClient,
            _ => Code::InvalidGrant,
        }
    }
}

/// Why a token gives no access.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum AccessError {
    /// The token belongs to no grant, or to another one.
    #[error("the access token is not known")]
    UnknownToken,
    /// The token is past its end.
    #[error("the access token has expired")]
    Expired,
    /// A token that is bound to a key came without a proof, as if it were a bearer token.
    #[error("the access token is bound to a key")]
    Bound,
    /// A bearer token came with the scheme of bound tokens.
    #[error("the access token is not bound to a key")]
    NotBound,
    /// The cards were handed out for other keys.
    #[error("the card has been collected")]
    AlreadyCollected,
    /// No request waits under this name, or its cards are had.
    #[error("the transaction_id is not known")]
    UnknownTransaction,
    /// The notification names something else than what was collected with this token.
    #[error("the notification_id is not known")]
    UnknownNotification,
}

impl Refusal for AccessError {
    fn code(&self) -> Code {
        match self {
            Self::UnknownToken | Self::Expired | Self::Bound | Self::NotBound => Code::InvalidToken,
            Self::AlreadyCollected => Code::CredentialRequestDenied,
            Self::UnknownTransaction => Code::InvalidTransactionId,
            Self::UnknownNotification => Code::InvalidNotificationId,
        }
    }
}
