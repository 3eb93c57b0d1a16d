//! The reader's end of a relay: carries bytes between a chip and the server that reads it, and judges nothing.
//!
//! [`relay`] opens the WebSocket of `docs/protocols` and hands commands to a [`Reader`] until the server has the last
//! word, an [`Outcome`]. [`desk`] is the counter: it asks for code and document, relays, and says how it ended. With the
//! feature `pcsc`, readers of this machine are [`Reader`]s.

pub mod address;
pub mod desk;
pub mod outcome;
pub mod password;
#[cfg(feature = "pcsc")]
pub mod pcsc;
pub mod reader;
mod relay;
#[cfg(feature = "test-reader")]
pub mod testing;
pub mod text;
#[cfg(feature = "virtual-chip")]
mod virtual_chip;
mod wire;

pub use address::{Server, Way};
pub use outcome::{Outcome, Progress, Stage};
pub use password::ChipPassword;
pub use reader::{Reader, ReaderError, Slot};
pub use relay::{Fault, Limits, RelayError, relay};
pub use text::{Language, Text};
