//! Why nothing was collected.

use std::fmt;

use mibun_crypto::jws::JwsSignError;
use thiserror::Error;

use super::Notice;
use super::answer::AnswerError;
use crate::address::AddressError;
use crate::credential::CredentialResponseError;
use crate::error::Code;
use crate::metadata::MetadataError;
use crate::offer::OfferError;
use crate::received::CardError;
use crate::token::TokenResponseError;

/// An exchange on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exchange {
    /// Fetching the offer.
    Offer,
    /// Fetching the issuer's metadata.
    IssuerMetadata,
    /// Fetching the authorization server's metadata.
    ServerMetadata,
    /// Turning the code into a token.
    Token,
    /// Getting a nonce.
    Nonce,
    /// Getting the cards.
    Credential,
    /// Asking again for cards that were not ready.
    Deferred,
    /// Telling what became of the cards.
    Notification,
    /// Getting a challenge for the proof of the wallet's attestation.
    Challenge,
    /// Pushing what the browser will be sent with.
    PushedRequest,
    /// Sending the browser.
    Browser,
}

impl fmt::Display for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Offer => "the offer",
            Self::IssuerMetadata => "the issuer's metadata",
            Self::ServerMetadata => "the authorization server's metadata",
            Self::Token => "the token",
            Self::Nonce => "the nonce",
            Self::Credential => "the card",
            Self::Deferred => "the card that was not ready",
            Self::Notification => "the notification",
            Self::Challenge => "the challenge",
            Self::PushedRequest => "the pushed authorization request",
            Self::Browser => "the authorization page",
        })
    }
}

/// Why nothing was collected.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CollectError {
    /// The link or offer is not one.
    #[error(transparent)]
    Offer(#[from] OfferError),
    /// The offer has no grant that we speak.
    #[error("the offer has no grant that this wallet can use")]
    NoGrant,
    /// The metadata of the issuer or its authorization server is not acceptable.
    #[error("{at}: {source}")]
    Metadata {
        /// Whose.
        at: Exchange,
        /// What is wrong.
        source: MetadataError,
    },
    /// An address in offer or metadata is not acceptable.
    #[error("{at}: the address is refused: {source}")]
    Address {
        /// What would have been called.
        at: Exchange,
        /// What is wrong.
        source: AddressError,
    },
    /// Nothing on offer has a format, binding, proof and algorithm that we speak.
    #[error("nothing on offer can be collected by this wallet")]
    Unsupported,
    /// The authorization server does not take what this wallet has, wants to know more of it, or is not one of the
    /// issuer's.
    #[error("the authorization server does not take what this wallet has")]
    ServerUnsupported,
    /// The other side refused; its code, if it is a registered one.
    #[error("{at} was refused{}", code.map(|code| format!(": {code}")).unwrap_or_default())]
    Refused {
        /// What was asked.
        at: Exchange,
        /// The code of the refusal.
        code: Option<Code>,
    },
    /// An endpoint answered something unusable.
    #[error("{at}: the answer is malformed")]
    Answer {
        /// Which.
        at: Exchange,
    },
    /// The way over the browser ended without a code.
    #[error(transparent)]
    Browser(#[from] AnswerError),
    /// The answer was to be encrypted and is not, or the other side's key is unusable.
    #[error("the answer is not encrypted as it was asked for")]
    Encryption,
    /// The cards are not ready, and the issuer does not say where to ask again.
    #[error("the cards are not ready, and nowhere to be had later")]
    NoDeferredEndpoint,
    /// The token endpoint answered something unusable.
    #[error(transparent)]
    Token(#[from] TokenResponseError),
    /// The nonce endpoint answered something unusable.
    #[error("the nonce response is malformed")]
    Nonce,
    /// The credential endpoint answered something unusable.
    #[error(transparent)]
    Credential(#[from] CredentialResponseError),
    /// A card is not acceptable, so none is kept.
    #[error("a card is refused: {source}")]
    Card {
        /// What is wrong.
        source: CardError,
        /// Tells the issuer so, if it wants to know.
        report: Option<Box<Notice>>,
    },
    /// A key did not sign.
    #[error(transparent)]
    Sign(#[from] JwsSignError),
    /// The caller handed in something else than was needed.
    #[error("this is not what was needed")]
    Misuse,
}

impl CollectError {
    /// The last word of the other side on cards that were not ready: asking again cannot bring them. Nothing for what
    /// may pass.
    pub const fn last_word(&self) -> Option<Code> {
        match self {
            // A token that is refused here could not be renewed.
            Self::Refused {
                at: Exchange::Deferred,
                code: Some(code @ (Code::InvalidTransactionId | Code::CredentialRequestDenied | Code::InvalidToken)),
            }
            | Self::Refused { at: Exchange::Token, code: Some(code @ Code::InvalidGrant) } => Some(*code),
            _ => None,
        }
    }
}
