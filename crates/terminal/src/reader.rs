//! What carries bytes to a chip, and why it may fail to.

mod texts;

use std::time::Duration;

use mibun_chip::reading::Relay;
use thiserror::Error;

use crate::text::Text;

/// A document on a reader: the connection to its chip. Dropping it ends the connection.
pub trait Reader: Send + 'static {
    /// Sends a command and returns the answer with its status word. May block as long as the chip works.
    ///
    /// # Errors
    /// [`ReaderError`]; the connection is of no use afterwards.
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, ReaderError>;

    /// What the chip, or the reader for it, said when it was switched on (ISO/IEC 7816-3, PC/SC part 3).
    fn atr(&self) -> &[u8];

    /// Whether commands of extended length get through, and how long an answer may be.
    fn carries(&self) -> Relay;
}

/// Where documents are put.
pub trait Slot: Send + 'static {
    /// A document that lies there.
    type Card: Reader;

    /// Waits for a document, at most so long; nothing when none came. May block.
    ///
    /// # Errors
    /// [`ReaderError`].
    fn card(&mut self, patience: Duration) -> Result<Option<Self::Card>, ReaderError>;

    /// Waits until no document lies there, at most so long; whether that is so. May block.
    ///
    /// # Errors
    /// [`ReaderError`].
    fn cleared(&mut self, patience: Duration) -> Result<bool, ReaderError>;
}

/// Why a reader or the chip on it cannot be spoken to. `Display` is for the log of a developer, [`ReaderError::text`] for
/// whoever stands at the counter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Error)]
pub enum ReaderError {
    /// The system's service for card readers does not run.
    #[error("no PC/SC service")]
    NoService,
    /// The service ended in the middle of it, or does not let this user in: it closes the connection in both cases.
    #[error("the PC/SC service closed the connection")]
    NotLetIn,
    /// No reader is connected.
    #[error("no reader")]
    NoReader,
    /// None of the readers has the name, or it was unplugged.
    #[error("the reader is not there")]
    UnknownReader,
    /// There are several, and none was chosen.
    #[error("several readers, and none chosen")]
    WhichReader,
    /// Another program uses it.
    #[error("the reader is in use")]
    Busy,
    /// No document lies on it.
    #[error("no card on the reader")]
    NoCard,
    /// The document was taken away.
    #[error("the card was removed")]
    CardRemoved,
    /// The chip does not answer.
    #[error("the card does not answer")]
    CardMute,
    /// The card does not speak what contactless documents speak (T=1).
    #[error("the card does not speak T=1")]
    OtherProtocol,
    /// An answer is longer than any that was asked for.
    #[error("the answer is too long")]
    TooLong,
    /// Something else, with the number that PC/SC gives it.
    #[error("PC/SC error {0:#010x}")]
    Other(u32),
}

impl ReaderError {
    /// What is wrong and what to do, for whoever stands at the counter.
    pub const fn text(self) -> Text {
        texts::text(self)
    }
}
