//! Collecting a card: the holder's end, as a machine without a network.
//!
//! [`Collector::start`] reads the link of an offer, [`Collector::ask`] starts at an issuer without one, and
//! [`Collector::renew`] with what an earlier collection left. From then on the machine stops whenever it needs the world
//! (an exchange of messages, the person at the browser, the transaction code, keys), says so as a [`Need`], and goes on
//! with the [`Evidence`] handed to [`Collector::advance`]. At the end stand cards that have been checked, each with the key
//! it belongs to, and the [`Notice`] that tells the issuer so, to be sent once the cards are stored. Cards that are not
//! ready are a plain value, [`Collector::waiting`], from which [`Collector::resume`] goes on.
//!
//! A wallet with an [`Instance`] is known to the authorization server: it goes the way over the browser, proves itself by
//! the attestation of its provider, and has its tokens bound to a key. What a server asks of proofs (a nonce, a challenge)
//! is learnt from its refusals, once per message; the caller sees another exchange.

mod answer;
mod asking;
mod browser;
mod encryption;
mod error;
mod instance;
mod keys;
mod notice;
mod plan;
mod server;
mod session;
mod steps;
mod waiting;

use std::fmt;
use std::sync::Arc;

use mibun_card::CardFormat;
use mibun_crypto::key::{PublicKey, Signer};
use mibun_crypto::policy::Accepted;
use mibun_crypto::x509::Certificate;

use crate::address::Transport;
use crate::exchange::{HttpRequest, HttpResponse};
use crate::metadata::Display;
use crate::offer::TxCode;
use crate::secret::Secret;

pub use answer::AnswerError;
pub use error::{CollectError, Exchange};
pub use instance::{Attested, Instance};
pub use notice::Notice;
pub use plan::Renewal;
pub use waiting::Waiting;

/// A machine on its way from an offer to the cards. A plain value: keep it as long as the person takes.
#[derive(Debug)]
pub struct Collector(Box<State>);

#[derive(Debug)]
struct State {
    session: session::Session,
    stage: steps::Stage,
}

/// What the holder decides.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Which transports addresses may name.
    pub transport: Transport,
    /// Roots of those who may sign cards.
    pub anchors: Vec<Certificate>,
    /// What cards may be signed with; ES256 in HAIP 1.0.
    pub accepted: Accepted,
    /// How many one-time copies are wanted; the issuer may give fewer.
    pub copies: usize,
    /// Where the keys are that cards will be bound to.
    pub keys: KeysAt,
    /// Formats that are taken, the dearest first.
    pub formats: Vec<CardFormat>,
    /// Who the wallet is; nobody in particular when absent.
    pub instance: Option<Instance>,
}

impl Settings {
    /// A wallet that is nobody in particular and wants one copy of a card as SD-JWT VC, with its keys at hand.
    pub fn new(transport: Transport, anchors: Vec<Certificate>) -> Self {
        let formats = vec![CardFormat::SdJwtVc];
        let (accepted, keys) = (Accepted::HAIP, KeysAt::Holder);
        Self { transport, anchors, accepted, copies: 1, keys, formats, instance: None }
    }
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
    Collected(Box<Collected>),
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
    /// A visit of the person to this address with their browser; answer with [`Evidence::Returned`].
    Browser(String),
    /// That the provider of the wallet attests these keys; answer with [`Evidence::KeyAttestation`].
    KeyAttestation(WantedAttestation),
    /// These seconds, after which the issuer may have the cards; answer with [`Evidence::Waited`].
    Wait(u64),
}

/// Keys that are to be attested.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WantedAttestation {
    /// The keys.
    pub keys: Vec<PublicKey>,
    /// The nonce that the attestation carries, where the issuer has any.
    pub nonce: Option<String>,
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
    /// The address to which the browser came back.
    Returned(Secret),
    /// The provider's attestation, a compact JWS (OpenID4VCI 1.0 appendix D).
    KeyAttestation(String),
    /// The time has passed.
    Waited,
}

/// Cards, checked and matched.
#[derive(Debug, Clone, PartialEq)]
pub struct Collected {
    /// Identifier of the credential issuer.
    pub issuer: String,
    /// The issuer's names.
    pub issuer_names: Vec<Display>,
    /// The format of the card.
    pub format: CardFormat,
    /// Type of the card: `vct` or document type.
    pub card_type: String,
    /// The card's names.
    pub card_names: Vec<Display>,
    /// The copies.
    pub cards: Vec<CollectedCard>,
    /// The identifier for notifications, if the issuer wants any.
    pub notification_id: Option<String>,
    /// Tells the issuer what became of the cards, if it wants to know.
    pub notice: Option<Notice>,
    /// With what more copies can be had later.
    pub renewal: Option<Renewal>,
}

/// One copy of a card.
#[derive(Clone, PartialEq, Eq)]
pub struct CollectedCard {
    /// The card as it came: an SD-JWT, or an `IssuerSigned` as base64url.
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
            Self::Returned(_) => "Returned",
            Self::KeyAttestation(_) => "KeyAttestation",
            Self::Waited => "Waited",
        })
    }
}
