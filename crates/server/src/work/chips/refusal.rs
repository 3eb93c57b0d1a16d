//! From whatever went wrong to what the person is told.

use mibun_chip::judgement::NotGenuine;
use mibun_chip::passive::PassiveError;
use mibun_chip::reading::ReadingError;
use mibun_proofing::chip::ChipReason;

use crate::work::WorkError;

/// Why a reading came to nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal {
    /// Why.
    pub reason: ChipReason,
    /// Seconds after which another try makes sense.
    pub retry_after: Option<u32>,
}

impl Refusal {
    /// For this reason.
    pub const fn of(reason: ChipReason) -> Self {
        Self { reason, retry_after: None }
    }
}

impl From<ChipReason> for Refusal {
    fn from(reason: ChipReason) -> Self {
        Self::of(reason)
    }
}

impl From<WorkError> for Refusal {
    fn from(error: WorkError) -> Self {
        let reason = match error {
            WorkError::TooMany(seconds) => {
                return Self { reason: ChipReason::TooManyRequests, retry_after: Some(seconds) };
            }
            WorkError::NotSignedIn => ChipReason::Unauthorized,
            WorkError::Busy | WorkError::Store(_) => ChipReason::Busy,
            WorkError::State(_) => ChipReason::NotPossibleNow,
            WorkError::Ended(_) => ChipReason::Gone,
            ours => {
                tracing::error!(error = %ours, "a reading failed");
                ChipReason::Internal
            }
        };
        Self::of(reason)
    }
}

impl From<ReadingError> for Refusal {
    fn from(error: ReadingError) -> Self {
        Self::of(match error {
            ReadingError::Apdu(_) => ChipReason::ChipUnreachable,
            ReadingError::WrongPassword(_) => ChipReason::WrongChipPassword,
            ReadingError::MrzNeeded => ChipReason::MrzNeeded,
            ReadingError::NoApplication(_) => ChipReason::NoTravelDocument,
            ReadingError::ChipNotGenuine => ChipReason::ChipCopied,
            ReadingError::NotRunning
            | ReadingError::TooManyCommands
            | ReadingError::CardAccess(_)
            | ReadingError::Pace(_)
            | ReadingError::Bac(_)
            | ReadingError::SecureMessaging(_)
            | ReadingError::File { .. }
            | ReadingError::Com(_)
            | ReadingError::Dg14(_)
            | ReadingError::Dg15(_)
            | ReadingError::ChipAuthentication(_) => ChipReason::Unreadable,
        })
    }
}

impl From<NotGenuine> for Refusal {
    fn from(error: NotGenuine) -> Self {
        Self::of(match error {
            NotGenuine::Passive(error) => passive(&error),
            NotGenuine::KeptBack(_) | NotGenuine::ActiveAuthentication => ChipReason::ChipCopied,
            NotGenuine::NoSod | NotGenuine::Group(..) => ChipReason::Unreadable,
        })
    }
}

/// Who signed is nobody we know, or may not have; what was signed is something else; or it cannot be read at all.
fn passive(error: &PassiveError) -> ChipReason {
    match error {
        PassiveError::SodSignature(_)
        | PassiveError::NotSigned(_)
        | PassiveError::GroupHash(_)
        | PassiveError::UnknownGroup(_) => ChipReason::DataChanged,
        PassiveError::SignerRevoked => ChipReason::SignerRevoked,
        PassiveError::HashNotAllowed(_)
        | PassiveError::Chain(_)
        | PassiveError::SignerNotYetValid
        | PassiveError::SignerExpired
        | PassiveError::SignedOutOfTime
        | PassiveError::SignerIsAuthority
        | PassiveError::SignerKeyUsage
        | PassiveError::SignerPurpose
        | PassiveError::SignerCriticalExtension
        | PassiveError::NoCountry
        | PassiveError::UnknownState
        | PassiveError::OtherState => ChipReason::NotSignedByATrustedCountry,
        PassiveError::Sod(_) | PassiveError::NotRead(_) | PassiveError::Zone(_) => ChipReason::Unreadable,
    }
}
