//! Why a chip was not taken: stable codes, and a sentence for each.

mod texts;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::decision::Message;

/// Why reading a chip came to nothing. The codes are part of the interface and never change their meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChipReason {
    /// The chip does not answer: most often the document moved.
    ChipUnreachable,
    /// The relay went away.
    RelayLost,
    /// The reading took longer than it may.
    TooSlow,
    /// The chip does not take the password.
    WrongChipPassword,
    /// The chip takes only what stands in the machine-readable zone.
    MrzNeeded,
    /// The chip is none of a travel document, or of a kind that is not taken.
    NoTravelDocument,
    /// The chip answers, and not as such a chip should.
    Unreadable,
    /// No trusted state vouches for the data.
    NotSignedByATrustedCountry,
    /// The data is not what the state signed.
    DataChanged,
    /// The state revoked whoever signed the document.
    SignerRevoked,
    /// The chip is a copy: it has not the key of the document.
    ChipCopied,
    /// The chip cannot show that it is no copy, and the authority asks for it.
    CloneProtectionMissing,
    /// The document is not valid any more.
    DocumentExpired,
    /// The document is not that of the person whose number and name were given, or there is no such person: never told
    /// apart.
    OtherPerson,
    /// The portrait in the chip cannot be decoded.
    PortraitUnreadable,
    /// The relay does not keep to the protocol.
    BadMessage,
    /// The same journey reads a chip elsewhere at this moment.
    AlreadyReading,
    /// The journey's token is wrong, or there is no such journey.
    Unauthorized,
    /// The code for a terminal is wrong, used, or over.
    UnknownCode,
    /// The journey does not take a chip now.
    NotPossibleNow,
    /// The journey is over.
    Gone,
    /// Too many readings.
    TooManyRequests,
    /// Too much to do.
    Busy,
    /// Our fault.
    Internal,
}

impl ChipReason {
    /// Every code.
    pub const ALL: [Self; 24] = [
        Self::ChipUnreachable,
        Self::RelayLost,
        Self::TooSlow,
        Self::WrongChipPassword,
        Self::MrzNeeded,
        Self::NoTravelDocument,
        Self::Unreadable,
        Self::NotSignedByATrustedCountry,
        Self::DataChanged,
        Self::SignerRevoked,
        Self::ChipCopied,
        Self::CloneProtectionMissing,
        Self::DocumentExpired,
        Self::OtherPerson,
        Self::PortraitUnreadable,
        Self::BadMessage,
        Self::AlreadyReading,
        Self::Unauthorized,
        Self::UnknownCode,
        Self::NotPossibleNow,
        Self::Gone,
        Self::TooManyRequests,
        Self::Busy,
        Self::Internal,
    ];

    /// The code as text, the same as in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ChipUnreachable => "chip_unreachable",
            Self::RelayLost => "relay_lost",
            Self::TooSlow => "too_slow",
            Self::WrongChipPassword => "wrong_chip_password",
            Self::MrzNeeded => "mrz_needed",
            Self::NoTravelDocument => "no_travel_document",
            Self::Unreadable => "unreadable",
            Self::NotSignedByATrustedCountry => "not_signed_by_a_trusted_country",
            Self::DataChanged => "data_changed",
            Self::SignerRevoked => "signer_revoked",
            Self::ChipCopied => "chip_copied",
            Self::CloneProtectionMissing => "clone_protection_missing",
            Self::DocumentExpired => "document_expired",
            Self::OtherPerson => "other_person",
            Self::PortraitUnreadable => "portrait_unreadable",
            Self::BadMessage => "bad_message",
            Self::AlreadyReading => "already_reading",
            Self::Unauthorized => "unauthorized",
            Self::UnknownCode => "unknown_code",
            Self::NotPossibleNow => "not_possible_now",
            Self::Gone => "gone",
            Self::TooManyRequests => "too_many_requests",
            Self::Busy => "busy",
            Self::Internal => "internal",
        }
    }

    /// A sentence the person can act on, in every language of the product.
    pub fn message(self) -> Message {
        texts::message(self)
    }

    /// Whether the same document may be taken at another try.
    pub const fn retry_may_help(self) -> bool {
        matches!(
            self,
            Self::ChipUnreachable
                | Self::RelayLost
                | Self::TooSlow
                | Self::WrongChipPassword
                | Self::MrzNeeded
                | Self::Unreadable
                | Self::BadMessage
                | Self::AlreadyReading
                | Self::UnknownCode
                | Self::TooManyRequests
                | Self::Busy
                | Self::Internal
        )
    }
}

impl fmt::Display for ChipReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests;
