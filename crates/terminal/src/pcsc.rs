//! Readers of this machine, over PC/SC.

mod features;

use std::ffi::{CStr, CString};
use std::time::Duration;

use mibun_chip::reading::Relay;
use pcsc::{Card, Context, Disposition, Error, Protocols, ReaderState, Scope, ShareMode, State};

use crate::reader::{Reader, ReaderError, Slot};

/// Longest answer that PC/SC defines: 65,536 bytes and the status word.
const LONGEST: usize = 65_538;

/// What names of contactless readers hold, in any case: `PICC` and `CL` are the words of PC/SC part 3 and of many makers.
const CONTACTLESS: [&str; 3] = ["picc", "contactless", " cl "];

/// A reader of this machine.
pub struct PcscReader {
    context: Context,
    name: CString,
}

/// A card on it, to which nobody else can speak. The card is switched off when this is dropped.
pub struct PcscCard {
    card: Option<Card>,
    atr: Vec<u8>,
    carries: Relay,
    buffer: Box<[u8]>,
}

/// The names of the readers that are connected.
///
/// # Errors
/// [`ReaderError::NoService`], [`ReaderError::NoReader`].
pub fn names() -> Result<Vec<String>, ReaderError> {
    let names = readers(&context()?)?;
    Ok(names.iter().map(|name| name.to_string_lossy().into_owned()).collect())
}

impl PcscReader {
    /// The reader with this name or the only one whose name holds this text, in any case. Without a name the only one,
    /// or the only one that is contactless by its name.
    ///
    /// # Errors
    /// [`ReaderError`].
    pub fn open(wanted: Option<&str>) -> Result<Self, ReaderError> {
        let context = context()?;
        let names = readers(&context)?;
        let name = choose(&names, wanted)?.to_owned();
        Ok(Self { context, name })
    }

    /// The whole name.
    pub fn name(&self) -> String {
        self.name.to_string_lossy().into_owned()
    }

    /// Waits until `done` holds of the reader's state; what state that is, or nothing when the time is over.
    fn wait(&mut self, patience: Duration, done: fn(State) -> bool) -> Result<Option<State>, ReaderError> {
        let mut states = [ReaderState::new(self.name.as_c_str(), State::UNAWARE)];
        // The first question is answered at once, the second when something changes.
        for patience in [Duration::ZERO, patience] {
            match self.context.get_status_change(patience, &mut states) {
                Ok(()) => {}
                Err(Error::Timeout) => return Ok(None),
                Err(error) => return Err(named(error)),
            }
            let state = states[0].event_state();
            if state.intersects(State::UNKNOWN | State::UNAVAILABLE | State::IGNORE) {
                return Err(ReaderError::UnknownReader);
            }
            if done(state) {
                return Ok(Some(state));
            }
            states[0].sync_current_state();
        }
        Ok(None)
    }

    fn connect(&self) -> Result<PcscCard, ReaderError> {
        let card = self.context.connect(&self.name, ShareMode::Exclusive, Protocols::T1).map_err(named)?;
        let atr = card.status2_owned().map_err(named)?.atr().to_vec();
        let carries = features::longest_apdu(&card);
        Ok(PcscCard { card: Some(card), atr, carries, buffer: vec![0; LONGEST].into() })
    }
}

impl Slot for PcscReader {
    type Card = PcscCard;

    fn card(&mut self, patience: Duration) -> Result<Option<PcscCard>, ReaderError> {
        match self.wait(patience, |state| state.contains(State::PRESENT))? {
            Some(state) if state.contains(State::MUTE) => Err(ReaderError::CardMute),
            Some(_) => self.connect().map(Some),
            None => Ok(None),
        }
    }

    fn cleared(&mut self, patience: Duration) -> Result<bool, ReaderError> {
        Ok(self.wait(patience, |state| state.contains(State::EMPTY))?.is_some())
    }
}

impl Reader for PcscCard {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, ReaderError> {
        let card = self.card.as_ref().ok_or(ReaderError::CardRemoved)?;
        match card.transmit(command, &mut self.buffer) {
            Ok(answer) if answer.len() < 2 => Err(ReaderError::CardMute),
            Ok(answer) => Ok(answer.to_vec()),
            Err(error) => Err(named(error)),
        }
    }

    fn atr(&self) -> &[u8] {
        &self.atr
    }

    fn carries(&self) -> Relay {
        self.carries
    }
}

impl Drop for PcscCard {
    fn drop(&mut self) {
        if let Some(card) = self.card.take() {
            // Without power the chip forgets its session; a card that is gone has none.
            let _ = card.disconnect(Disposition::UnpowerCard);
        }
    }
}

fn context() -> Result<Context, ReaderError> {
    Context::establish(Scope::User).map_err(named)
}

fn readers(context: &Context) -> Result<Vec<CString>, ReaderError> {
    let names = context.list_readers_owned().map_err(named)?;
    if names.is_empty() { Err(ReaderError::NoReader) } else { Ok(names) }
}

fn choose<'a>(names: &'a [CString], wanted: Option<&str>) -> Result<&'a CStr, ReaderError> {
    let lower = |name: &CString| format!(" {} ", name.to_string_lossy().to_lowercase());
    let only = |fits: &dyn Fn(&CString) -> bool| {
        let mut fitting = names.iter().filter(|name| fits(name));
        (fitting.next(), fitting.next())
    };
    let found = match wanted {
        Some(wanted) => match names.iter().find(|name| name.to_bytes() == wanted.as_bytes()) {
            Some(exact) => (Some(exact), None),
            None => only(&|name| lower(name).contains(&wanted.to_lowercase())),
        },
        None if names.len() == 1 => (names.first(), None),
        None => match only(&|name| CONTACTLESS.iter().any(|word| lower(name).contains(word))) {
            (Some(one), None) => (Some(one), None),
            _ => return Err(ReaderError::WhichReader),
        },
    };
    match found {
        (Some(one), None) => Ok(one),
        (Some(_), Some(_)) => Err(ReaderError::WhichReader),
        (None, _) => Err(ReaderError::UnknownReader),
    }
}

/// PC/SC's error by what is to be done about it.
fn named(error: Error) -> ReaderError {
    match error {
        Error::NoService | Error::ServiceStopped | Error::InvalidHandle | Error::Shutdown => ReaderError::NoService,
        Error::SecurityViolation => ReaderError::NotLetIn,
        Error::NoReadersAvailable => ReaderError::NoReader,
        Error::UnknownReader | Error::ReaderUnavailable => ReaderError::UnknownReader,
        Error::SharingViolation => ReaderError::Busy,
        Error::NoSmartcard => ReaderError::NoCard,
        Error::RemovedCard | Error::ResetCard => ReaderError::CardRemoved,
        Error::UnresponsiveCard
        | Error::UnpoweredCard
        | Error::NotTransacted
        | Error::CommError
        | Error::CommDataLost
        | Error::Timeout
        | Error::InvalidAtr
        | Error::NotReady => ReaderError::CardMute,
        Error::ProtoMismatch | Error::UnsupportedCard | Error::UnknownCard => ReaderError::OtherProtocol,
        Error::InsufficientBuffer => ReaderError::TooLong,
        // The number of a C enumeration is all there is to say.
        other => ReaderError::Other(other as u32),
    }
}

#[cfg(test)]
mod tests;
