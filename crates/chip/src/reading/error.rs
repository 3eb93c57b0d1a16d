//! Why a reading ends without a report.

use thiserror::Error;

use super::Ef;
use crate::apdu::{ApduError, Status};
use crate::bac::BacError;
use crate::chip_authentication::ChipAuthenticationError;
use crate::pace::PaceError;
use crate::secure_messaging::SecureMessagingError;
use crate::security_info::SecurityInfoError;
use crate::tlv::{Tag, TlvError};

/// Why a reading ends without a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Error)]
pub enum ReadingError {
    /// It has ended before.
    #[error("the reading has ended")]
    NotRunning,
    /// The answer is no APDU: most often nothing at all, because the document left the reader.
    #[error("the answer is no response of a chip: {0}")]
    Apdu(#[from] ApduError),
    /// More than [`super::MAX_COMMANDS`].
    #[error("the chip needs too many commands")]
    TooManyCommands,
    /// The chip does not take the password: mistyped, or another document's.
    #[error("the chip does not accept the password ({0})")]
    WrongPassword(Status),
    /// Only the card access number is known, and the chip does not speak PACE.
    #[error("the chip asks for the machine-readable zone")]
    MrzNeeded,
    /// EF.CardAccess is malformed.
    #[error("EF.CardAccess: {0}")]
    CardAccess(SecurityInfoError),
    /// PACE failed.
    #[error("PACE: {0}")]
    Pace(PaceError),
    /// Basic access control failed.
    #[error("BAC: {0}")]
    Bac(BacError),
    /// No travel document: it does not have the application.
    #[error("the chip does not have the application of travel documents ({0})")]
    NoApplication(Status),
    /// A protected message is not to be believed.
    #[error("secure messaging: {0}")]
    SecureMessaging(#[from] SecureMessagingError),
    /// A file cannot be read.
    #[error("{ef:?}: {error}")]
    File {
        /// The file.
        ef: Ef,
        /// Why.
        error: FileError,
    },
    /// EF.COM is malformed.
    #[error("EF.COM: {0}")]
    Com(TlvError),
    /// EF.DG14 is malformed.
    #[error("EF.DG14: {0}")]
    Dg14(SecurityInfoError),
    /// EF.DG15 is malformed.
    #[error("EF.DG15: {0}")]
    Dg15(TlvError),
    /// Chip authentication failed.
    #[error("chip authentication: {0}")]
    ChipAuthentication(#[from] ChipAuthenticationError),
    /// After chip authentication the chip did not go on under the new keys: it does not have the private key that its
    /// EF.DG14 names, as a copy has not.
    #[error("the chip does not have the private key of its EF.DG14")]
    ChipNotGenuine,
}

/// Why a file cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Error)]
pub enum FileError {
    /// The chip refuses to select or read it.
    #[error("the chip answered {0}")]
    Refused(Status),
    /// It does not begin with tag and length.
    #[error("the file does not begin with tag and length: {0}")]
    Header(TlvError),
    /// It begins with another file's tag.
    #[error("the file begins with tag {0:x}")]
    Tag(Tag),
    /// It is longer than any real one.
    #[error("the file claims {0} bytes")]
    TooLong(usize),
    /// It ends before its length.
    #[error("the file ends early")]
    Truncated,
    /// The chip sent more than it was asked for.
    #[error("the chip sent more bytes than it was asked for")]
    TooMuch,
    /// A piece beyond byte 32767 does not come as the data object it should be.
    #[error("a piece of the file is malformed: {0}")]
    Piece(TlvError),
}

impl From<PaceError> for ReadingError {
    fn from(error: PaceError) -> Self {
        match error {
            PaceError::WrongPassword(status) => Self::WrongPassword(status),
            other => Self::Pace(other),
        }
    }
}

impl From<BacError> for ReadingError {
    fn from(error: BacError) -> Self {
        match error {
            BacError::WrongPassword(status) => Self::WrongPassword(status),
            other => Self::Bac(other),
        }
    }
}
