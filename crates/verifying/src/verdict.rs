//! The outcome of a judgement, as it is shown at a counter and kept in a record.

use std::fmt;

use mibun_card::assurance::Level;
use mibun_trust::Texts;
use mibun_trust::scene::FieldPath;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::refusal::Refusal;

/// One thing that was looked at. The order is the order in which they are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckName {
    /// The presentation has the form of a card, strictly read, with every disclosure in its place.
    Format,
    /// The card is of a type that was asked for.
    CardType,
    /// The issuer's certificate leads to a trusted root and is for signing cards.
    IssuerChain,
    /// The issuer signed exactly this card.
    IssuerSignature,
    /// The card is within its time.
    Validity,
    /// The card is bound to a key, and a proof of that key came along.
    HolderBinding,
    /// The proof is signed with that key.
    KeyBindingSignature,
    /// The proof answers this very request. An mdoc's signature is over the request, so that this follows from it.
    Nonce,
    /// The proof was made for this asker. The same holds.
    Audience,
    /// The proof covers exactly what is shown. Not made for mdocs, whose proof is over the session and not over elements.
    SdHash,
    /// The proof was made just now. Not made for mdocs, whose proof has no time of its own: the request's life is its own.
    Freshness,
    /// The card is neither revoked nor suspended.
    Status,
    /// The card is strong enough for the scene, and what stands behind it recent enough.
    Level,
    /// The proof of presence that the scene demands.
    Presence,
    /// Every required field is there.
    Fields,
}

impl CheckName {
    /// The stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Format => "format",
            Self::CardType => "card_type",
            Self::IssuerChain => "issuer_chain",
            Self::IssuerSignature => "issuer_signature",
            Self::Validity => "validity",
            Self::HolderBinding => "holder_binding",
            Self::KeyBindingSignature => "key_binding_signature",
            Self::Nonce => "nonce",
            Self::Audience => "audience",
            Self::SdHash => "sd_hash",
            Self::Freshness => "freshness",
            Self::Status => "status",
            Self::Level => "level",
            Self::Presence => "presence",
            Self::Fields => "fields",
        }
    }
}

impl fmt::Display for CheckName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One check that was made. Checks after the first that failed are not made and not listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// Which.
    pub name: CheckName,
    /// With what result.
    pub passed: bool,
}

/// Accepted or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Every check passed.
    Accepted,
    /// One did not.
    Refused,
}

/// One field of the scene with its value. The value never prints.
#[derive(Clone, PartialEq, Serialize)]
pub struct Field {
    /// Where it stands in the card.
    pub path: FieldPath,
    /// What it is called.
    pub label: Texts,
    /// Whether it may be stored for the scene's retention time.
    pub keep: bool,
    /// What the card says.
    pub value: Value,
}

/// The judgement on one presentation.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Verdict {
    /// Accepted or refused.
    pub outcome: Outcome,
    /// The checks that were made, in order.
    pub checks: Vec<Check>,
    /// The level of the card, once it is known to be genuine and good.
    pub level: Option<Level>,
    /// Why it was refused.
    pub refusal: Option<Refusal>,
    /// The fields of the scene, and no others; empty when refused.
    pub fields: Vec<Field>,
    /// Claims that were shown without being asked for. They are dropped; a wallet that does this should be mended.
    pub over_disclosed: Vec<FieldPath>,
}

impl Verdict {
    /// Whether every check passed.
    pub fn is_accepted(&self) -> bool {
        self.outcome == Outcome::Accepted
    }
}

impl fmt::Debug for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Field").field("path", &self.path).field("value", &"[redacted]").finish_non_exhaustive()
    }
}
