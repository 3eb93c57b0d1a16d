//! OpenID4VP over the Digital Credentials API (OpenID4VP 1.0 appendix A): the browser carries request and answer and
//! vouches for the caller's origin, to which the answer is bound.
//!
//! An asker makes the data of a call with [`BrowserSpec`], unsigned, signed or signed by several. A wallet gets origin,
//! protocol and data, reads them with [`read()`] and answers with [`answer`] or [`refuse`], or does all of it in
//! [`respond`]. The asker reads what comes back with [`receive`].

mod answer;
mod ask;
mod error;
mod iso;
mod multi;
mod origin;
mod read;

use std::fmt;

use crate::dcql::Query;
use crate::request::{ResponseWay, SceneNotice, VerifierInfo};
use crate::session::Handover;
use crate::transaction_data::TransactionData;

pub use answer::{answer, receive, refuse, respond};
pub use ask::{BrowserSpec, Cosigner};
pub use error::CallError;
pub use iso::{IsoAnswer, IsoError, IsoRequest};
pub use origin::{Origin, OriginError};
pub use read::{Call, read};

/// A protocol of the Digital Credentials API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Protocol {
    /// `openid4vp-v1-unsigned`: the asker is known by its origin alone.
    Unsigned,
    /// `openid4vp-v1-signed`: one asker signs.
    Signed,
    /// `openid4vp-v1-multisigned`: one asker signs under several identifiers; one that the wallet believes is enough.
    Multisigned,
    /// `org-iso-mdoc`: ISO/IEC 18013-7 annex C. Its content is CBOR and read elsewhere; see [`IsoRequest`].
    IsoMdoc,
}

impl Protocol {
    /// Every protocol.
    pub const ALL: [Self; 4] = [Self::Unsigned, Self::Signed, Self::Multisigned, Self::IsoMdoc];

    /// The name in a call.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unsigned => "openid4vp-v1-unsigned",
            Self::Signed => "openid4vp-v1-signed",
            Self::Multisigned => "openid4vp-v1-multisigned",
            Self::IsoMdoc => "org-iso-mdoc",
        }
    }

    /// The protocol of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|protocol| protocol.name() == name)
    }
}

/// A request through the browser that a wallet may show to its holder: every check of [`read()`] has passed.
#[derive(Clone)]
pub struct BrowserRequest {
    /// The page that called, as the browser says.
    pub origin: Origin,
    /// Who signed; `None` for an unsigned request, whose asker is its origin.
    pub signer: Option<Signatory>,
    /// To be repeated in the key binding.
    pub nonce: String,
    /// How the answer travels.
    pub response: ResponseWay,
    /// What is asked.
    pub query: Query,
    /// What the holder is to authorise beside showing a card.
    pub transaction_data: Vec<TransactionData>,
    /// What others say about the asker, not verified.
    pub verifier_info: Vec<VerifierInfo>,
    /// What for, if the asker says so in our format.
    pub notice: Option<SceneNotice>,
    /// What an mdoc answer is bound to.
    pub handover: Handover,
}

/// An asker whose signature was believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signatory {
    /// Its identifier, with prefix.
    pub client_id: String,
    /// Its name, from certificate or attestation.
    pub organisation: String,
}

impl BrowserRequest {
    /// The audience of the key binding: the origin, even of a signed request (appendix A.4).
    pub fn audience(&self) -> String {
        self.origin.audience()
    }
}

impl fmt::Debug for BrowserRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BrowserRequest")
            .field("origin", &self.origin)
            .field("signer", &self.signer)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
