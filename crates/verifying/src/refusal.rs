//! Why a card is refused: a stable code for machines, a sentence for the counter.

mod texts;

use std::fmt;

use mibun_trust::Texts;
use serde::{Deserialize, Serialize};

use crate::verdict::CheckName;

/// The reason for a refusal. Codes are part of the public interface: they are added to, never renamed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// Not a card, or one with misplaced, doubled or foreign disclosures.
    Malformed,
    /// No card, or more than one, where one was asked for.
    WrongCardCount,
    /// A card of another type.
    WrongCardType,
    /// The issuer is not one that is trusted here.
    UntrustedIssuer,
    /// The issuer did not sign this, or it was changed afterwards.
    InvalidIssuerSignature,
    /// The card's time has not come.
    NotYetValid,
    /// The card's time is over.
    Expired,
    /// The card is bound to no key, or no proof of the key came along.
    MissingKeyBinding,
    /// The proof is malformed or not signed with the card's key.
    InvalidKeyBinding,
    /// The device's proof over an mdoc: it was made with another key, for somebody else, or in answer to another request.
    /// One signature covers all of that, so that they cannot be told apart.
    InvalidDeviceProof,
    /// The proof answers another request: a replay.
    WrongNonce,
    /// The proof was made for somebody else: a relay.
    WrongAudience,
    /// The proof covers something else than what is shown.
    WrongSdHash,
    /// The proof was made too long ago.
    StaleProof,
    /// The proof was made in the future.
    ProofFromTheFuture,
    /// The card says nothing about where its status can be found.
    MissingStatus,
    /// No status list that can be believed and is recent enough.
    StatusUnavailable,
    /// The card has been revoked.
    Revoked,
    /// The card is suspended.
    Suspended,
    /// The card does not say how strong it is.
    MissingLevel,
    /// The scene needs a full card.
    LevelTooLow,
    /// The evidence behind the card is older than the scene allows.
    EvidenceTooOld,
    /// The chip of the document was read longer ago than the scene allows.
    ChipTooOld,
    /// The holder's live face was compared longer ago than the scene allows.
    FaceTooOld,
    /// The scene demands a proof of presence that did not come along.
    MissingPresence,
    /// A required field was not shown.
    MissingFields,
}

impl Refusal {
    /// Every reason.
    pub const ALL: [Self; 26] = [
        Self::Malformed,
        Self::WrongCardCount,
        Self::WrongCardType,
        Self::UntrustedIssuer,
        Self::InvalidIssuerSignature,
        Self::NotYetValid,
        Self::Expired,
        Self::MissingKeyBinding,
        Self::InvalidKeyBinding,
        Self::InvalidDeviceProof,
        Self::WrongNonce,
        Self::WrongAudience,
        Self::WrongSdHash,
        Self::StaleProof,
        Self::ProofFromTheFuture,
        Self::MissingStatus,
        Self::StatusUnavailable,
        Self::Revoked,
        Self::Suspended,
        Self::MissingLevel,
        Self::LevelTooLow,
        Self::EvidenceTooOld,
        Self::ChipTooOld,
        Self::FaceTooOld,
        Self::MissingPresence,
        Self::MissingFields,
    ];

    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::WrongCardCount => "wrong_card_count",
            Self::WrongCardType => "wrong_card_type",
            Self::UntrustedIssuer => "untrusted_issuer",
            Self::InvalidIssuerSignature => "invalid_issuer_signature",
            Self::NotYetValid => "not_yet_valid",
            Self::Expired => "expired",
            Self::MissingKeyBinding => "missing_key_binding",
            Self::InvalidKeyBinding => "invalid_key_binding",
            Self::InvalidDeviceProof => "invalid_device_proof",
            Self::WrongNonce => "wrong_nonce",
            Self::WrongAudience => "wrong_audience",
            Self::WrongSdHash => "wrong_sd_hash",
            Self::StaleProof => "stale_proof",
            Self::ProofFromTheFuture => "proof_from_the_future",
            Self::MissingStatus => "missing_status",
            Self::StatusUnavailable => "status_unavailable",
            Self::Revoked => "revoked",
            Self::Suspended => "suspended",
            Self::MissingLevel => "missing_level",
            Self::LevelTooLow => "level_too_low",
            Self::EvidenceTooOld => "evidence_too_old",
            Self::ChipTooOld => "chip_too_old",
            Self::FaceTooOld => "face_too_old",
            Self::MissingPresence => "missing_presence",
            Self::MissingFields => "missing_fields",
        }
    }

    /// The check that fails for this reason.
    pub const fn check(self) -> CheckName {
        match self {
            Self::Malformed | Self::WrongCardCount => CheckName::Format,
            Self::WrongCardType => CheckName::CardType,
            Self::UntrustedIssuer => CheckName::IssuerChain,
            Self::InvalidIssuerSignature => CheckName::IssuerSignature,
            Self::NotYetValid | Self::Expired => CheckName::Validity,
            Self::MissingKeyBinding => CheckName::HolderBinding,
            Self::InvalidKeyBinding | Self::InvalidDeviceProof => CheckName::KeyBindingSignature,
            Self::WrongNonce => CheckName::Nonce,
            Self::WrongAudience => CheckName::Audience,
            Self::WrongSdHash => CheckName::SdHash,
            Self::StaleProof | Self::ProofFromTheFuture => CheckName::Freshness,
            Self::MissingStatus | Self::StatusUnavailable | Self::Revoked | Self::Suspended => CheckName::Status,
            Self::MissingLevel | Self::LevelTooLow | Self::EvidenceTooOld | Self::ChipTooOld | Self::FaceTooOld => {
                CheckName::Level
            }
            Self::MissingPresence => CheckName::Presence,
            Self::MissingFields => CheckName::Fields,
        }
    }

    /// What the counter reads: what is wrong and what can be done about it.
    pub const fn message(self) -> Texts {
        texts::of(self)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

#[cfg(test)]
mod tests;
