//! Collecting a card: the holder's end, as a machine without a network.
//!
//! [`Collector::start`] reads the link of an offer. From then on the machine stops whenever it needs the world (an
//! exchange of messages, the transaction code, keys), says so as a [`Need`], and goes on with the [`Evidence`] handed to
//! [`Collector::advance`]. At the end stand cards that have been checked, each with the key it belongs to, and the
//! message that tells the issuer so, to be sent once the cards are stored.

mod plan;
mod steps;

use std::fmt;
use std::sync::Arc;

use mibun_crypto::jws::JwsSignError;
use mibun_crypto::key::{PublicKey, Signer};
use mibun_crypto::x509::Certificate;
use thiserror::Error;

use crate::address::{AddressError, Transport};
use crate::credential::CredentialResponseError;
use crate::error::Code;
use crate::exchange::{HttpRequest, HttpResponse};
use crate::metadata::{Display, MetadataError};
use crate::offer::{OfferError, TxCode};
use crate::received::CardError;
use crate::secret::Secret;
use crate::token::TokenResponseError;

/// A machine on its way from an offer to the cards. A plain value: keep it as long as the person takes.
#[derive(Debug)]
pub struct Collector {
    settings: Settings,
    stage: Box<steps::Stage>,
}

/// What the holder decides.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Which transports addresses may name.
    pub transport: Transport,
    /// Roots of those who may sign cards.
    pub anchors: Vec<Certificate>,
    /// How many one-time copies are wanted; the issuer may give fewer.
    pub copies: usize,
    /// Where the keys are that cards will be bound to.
    pub keys: KeysAt,
}

/// Where keys are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum KeysAt {
    /// With the holder: the machine asks for keys and signs the proofs itself.
    #[default]
    Holder,
    /// Elsewhere: the machine asks for finished proofs.
    Elsewhere,
}

/// Proofs that are to be made where the keys are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WantedProofs {
    /// How many, each by another key.
    pub count: usize,
    /// Who issues; the `aud` of the proofs.
    pub issuer: String,
    /// The nonce that they carry, where the issuer has any.
    pub nonce: Option<String>,
    /// What gives access to the card, and to whatever keeps the keys for it.
    pub token: Secret,
}

/// A proof that was made where its key is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MadeProof {
    /// The key.
    pub key: PublicKey,
    /// The proof, a compact JWS (OpenID4VCI 1.0 appendix F.1).
    pub jwt: String,
}

/// Where the machine stands after a step.
#[derive(Debug)]
pub enum Progress {
    /// It cannot go on without this.
    Needs(Need, Collector),
    /// The cards are there.
    Collected(Collected),
}

/// What the machine needs next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Need {
    /// An exchange of messages; answer with [`Evidence::Response`].
    Exchange(HttpRequest),
    /// The transaction code that the person was given; answer with [`Evidence::TxCode`].
    TxCode(TxCode),
    /// This many new keys; answer with [`Evidence::Keys`].
    Keys(usize),
    /// Proofs by keys that are elsewhere; answer with [`Evidence::Proofs`].
    Proofs(WantedProofs),
}

/// An answer to a [`Need`].
pub enum Evidence {
    /// What came back.
    Response(HttpResponse),
    /// What the person typed.
    TxCode(Secret),
    /// New keys, for ES256.
    Keys(Vec<Arc<dyn Signer>>),
    /// Proofs, in the order of the keys.
    Proofs(Vec<MadeProof>),
}

/// Cards, checked and matched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Collected {
    /// Identifier of the credential issuer.
    pub issuer: String,
    /// The issuer's names.
    pub issuer_names: Vec<Display>,
    /// Type of the card.
    pub vct: String,
    /// The card's names.
    pub card_names: Vec<Display>,
    /// The copies.
    pub cards: Vec<CollectedCard>,
    /// The identifier for notifications, if the issuer wants any.
    pub notification_id: Option<String>,
    /// Tells the issuer that the cards are kept. To be sent after they are; its failure is of no consequence.
    pub acceptance: Option<HttpRequest>,
}

/// One copy of a card.
#[derive(Clone, PartialEq, Eq)]
pub struct CollectedCard {
    /// The card in its compact form.
    pub card: String,
    /// Which of the keys that were handed in it is bound to, counted from 0.
    pub key: usize,
}

impl fmt::Debug for CollectedCard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CollectedCard").field("key", &self.key).finish_non_exhaustive()
    }
}

impl fmt::Debug for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Response(_) => "Response",
            Self::TxCode(_) => "TxCode",
            Self::Keys(_) => "Keys",
            Self::Proofs(_) => "Proofs",
        })
    }
}

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
    #[error("the offer has no pre-authorized code")]
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
    /// The authorization server takes no codes from wallets without an identity, or is not one of the issuer's.
    #[error("the authorization server does not take this code")]
    ServerUnsupported,
    /// The other side refused; its code, if it is a registered one.
    #[error("{at} was refused{}", code.map(|code| format!(": {code}")).unwrap_or_default())]
    Refused {
        /// What was asked.
        at: Exchange,
        /// The code of the refusal.
        code: Option<Code>,
    },
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
        report: Option<Box<HttpRequest>>,
    },
    /// A key did not sign.
    #[error(transparent)]
    Sign(#[from] JwsSignError),
    /// The caller handed in something else than was needed.
    #[error("this is not what was needed")]
    Misuse,
}
