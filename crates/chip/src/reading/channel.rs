//! The way to the chip: bytes in and out, protected once there is a session, counted.

use super::{MAX_COMMANDS, ReadingError};
use crate::apdu::{Command, Response};
use crate::secure_messaging::{SecureMessaging, SecureMessagingError};

/// Bytes read at a time without extended length: with every cipher the protected answer stays within 256 bytes.
pub(super) const SHORT_CHUNK: usize = 0xdf;
/// What protection adds to a long answer: object headers, padding, status, checksum, status again.
const OVERHEAD: usize = 48;
/// Most bytes read at a time, so that progress can be seen and one lost message does not cost a whole portrait.
const LONGEST_CHUNK: usize = 16 * 1024;

/// The way to the chip.
pub(super) struct Channel {
    session: Option<SecureMessaging>,
    /// Set until the first response under the keys of chip authentication.
    rekeyed: bool,
    /// The present keys come from chip authentication and have proven themselves.
    proven: bool,
    commands: u32,
    chunk: usize,
}

impl Default for Channel {
    fn default() -> Self {
        Self { session: None, rekeyed: false, proven: false, commands: 0, chunk: SHORT_CHUNK }
    }
}

impl Channel {
    /// The bytes of a command.
    pub(super) fn encode(&mut self, command: &Command) -> Result<Vec<u8>, ReadingError> {
        if self.commands == MAX_COMMANDS {
            return Err(ReadingError::TooManyCommands);
        }
        self.commands += 1;
        let bytes = match &mut self.session {
            Some(session) => session.protect(command)?.encode(),
            None => command.encode(),
        };
        Ok(bytes?)
    }

    /// The response of bytes from the relay.
    pub(super) fn decode(&mut self, bytes: &[u8]) -> Result<Response, ReadingError> {
        let response = Response::parse(bytes)?;
        let Some(session) = &mut self.session else { return Ok(response) };
        let opened = session.unprotect(&response).map_err(|error| match error {
            // A wrong checksum or no protection at all is how a chip without the private key gives itself away.
            SecureMessagingError::Checksum | SecureMessagingError::Unprotected(_) if self.rekeyed => {
                ReadingError::ChipNotGenuine
            }
            other => ReadingError::SecureMessaging(other),
        })?;
        self.proven |= std::mem::take(&mut self.rekeyed);
        Ok(opened)
    }

    /// Begins a session, or replaces the present one.
    pub(super) fn open(&mut self, session: SecureMessaging) {
        self.rekeyed = self.session.is_some();
        self.session = Some(session);
    }

    /// Whether there is a session.
    pub(super) fn is_open(&self) -> bool {
        self.session.is_some()
    }

    /// Whether the keys of chip authentication have just proven themselves; says so once.
    pub(super) fn take_rekeyed(&mut self) -> bool {
        std::mem::take(&mut self.proven)
    }

    /// Commands so far.
    pub(super) fn commands(&self) -> u32 {
        self.commands
    }

    /// Bytes to read at a time.
    pub(super) fn chunk(&self) -> usize {
        self.chunk
    }

    /// Reads in larger pieces from now on, where answers may have so many bytes.
    pub(super) fn allow_responses_of(&mut self, longest: usize) {
        self.chunk = longest.saturating_sub(OVERHEAD).clamp(SHORT_CHUNK, LONGEST_CHUNK);
    }
}
