//! Reading one file: select it, read its first bytes, then the rest in pieces.

use zeroize::Zeroizing;

use super::{Ef, FileError};
use crate::apdu::{Command, MAX_SHORT_RESPONSE, Response, Status};
use crate::tlv::{self, Header, Tlv, TlvError};

/// SELECT.
const INS_SELECT: u8 = 0xa4;
/// READ BINARY with the offset in P1 and P2.
const INS_READ_BINARY: u8 = 0xb0;
/// READ BINARY with the offset in the data field.
const INS_READ_BINARY_ODD: u8 = 0xb1;
/// Bytes read first, enough for tag and length.
const HEADER_READ: usize = 8;
/// Largest offset that P1 and P2 can say.
const LARGEST_SHORT_OFFSET: usize = 0x7fff;
/// An offset in a data field.
const DO_OFFSET: u32 = 0x54;
/// Discretionary data: a piece of a file.
const DO_PIECE: u32 = 0x53;

/// A file on its way.
pub(super) struct FileRead {
    ef: Ef,
    state: State,
    bytes: Zeroizing<Vec<u8>>,
    /// Known once the header is.
    total: usize,
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    Select,
    Header,
    Body,
}

/// What a response leads to.
pub(super) enum FileOutcome {
    /// Another command.
    Next(FileRead),
    /// The whole file.
    Complete(Zeroizing<Vec<u8>>),
    /// The chip does not have it, and may do so.
    Absent,
}

impl FileRead {
    pub(super) fn new(ef: Ef) -> Self {
        Self { ef, state: State::Select, bytes: Zeroizing::new(Vec::new()), total: 0 }
    }

    pub(super) fn ef(&self) -> Ef {
        self.ef
    }

    /// Bytes that have arrived, and all of them.
    pub(super) fn bytes(&self) -> (usize, usize) {
        (self.bytes.len(), self.total)
    }

    /// The next command, asking for at most `chunk` bytes.
    pub(super) fn command(&self, chunk: usize) -> Command {
        match self.state {
            // By identifier, below the present directory, no file control information (ICAO Doc 9303 part 10, 3.6.2).
            State::Select => Command::new(INS_SELECT, 0x02, 0x0c).with_data(self.ef.file_id().to_vec()),
            State::Header if self.ef.tag().is_none() => read_binary(0, MAX_SHORT_RESPONSE.min(chunk)),
            State::Header => read_binary(0, HEADER_READ),
            State::Body => read_binary(self.bytes.len(), self.wanted(chunk)),
        }
    }

    /// Takes the response to [`FileRead::command`] of the same `chunk`.
    pub(super) fn receive(mut self, response: &Response, chunk: usize) -> Result<FileOutcome, FileError> {
        if self.state == State::Select {
            return self.selected(response.status);
        }
        let usable = response.status.is_success() || response.status == Status::EndOfFile && !response.data.is_empty();
        if !usable {
            return if self.ef.is_optional() && self.state == State::Header {
                Ok(FileOutcome::Absent)
            } else {
                Err(FileError::Refused(response.status))
            };
        }
        if self.ef.tag().is_none() {
            return Ok(FileOutcome::Complete(Zeroizing::new(response.data.clone())));
        }
        match self.state {
            State::Header => self.take_header(&response.data)?,
            State::Select | State::Body => self.take_piece(&response.data, chunk)?,
        }
        if self.bytes.len() == self.total { Ok(FileOutcome::Complete(self.bytes)) } else { Ok(FileOutcome::Next(self)) }
    }

    fn selected(self, status: Status) -> Result<FileOutcome, FileError> {
        if status.is_success() {
            return Ok(FileOutcome::Next(Self { state: State::Header, ..self }));
        }
        if self.ef.is_optional() { Ok(FileOutcome::Absent) } else { Err(FileError::Refused(status)) }
    }

    fn take_header(&mut self, data: &[u8]) -> Result<(), FileError> {
        if data.len() > HEADER_READ {
            return Err(FileError::TooMuch);
        }
        let header = Header::read(data).map_err(|error| match error {
            TlvError::Truncated => FileError::Truncated,
            other => FileError::Header(other),
        })?;
        if self.ef.tag().is_some_and(|tag| u32::from(tag) != header.tag) {
            return Err(FileError::Tag(header.tag));
        }
        self.total = header.total();
        if self.total > self.ef.max_length() {
            return Err(FileError::TooLong(self.total));
        }
        // Reserved in one piece, so that no half-grown copy of personal data stays behind in memory.
        self.bytes = Zeroizing::new(Vec::with_capacity(self.total));
        self.bytes.extend_from_slice(&data[..data.len().min(self.total)]);
        self.state = State::Body;
        Ok(())
    }

    fn take_piece(&mut self, data: &[u8], chunk: usize) -> Result<(), FileError> {
        let piece = if self.bytes.len() > LARGEST_SHORT_OFFSET {
            Tlv::parse_tagged(data, DO_PIECE).map_err(FileError::Piece)?
        } else {
            data
        };
        if piece.is_empty() {
            return Err(FileError::Truncated);
        }
        if piece.len() > self.wanted(chunk) {
            return Err(FileError::TooMuch);
        }
        self.bytes.extend_from_slice(piece);
        Ok(())
    }

    /// Bytes to ask for next.
    fn wanted(&self, chunk: usize) -> usize {
        let left = self.total - self.bytes.len();
        // The piece comes inside of an object of up to five bytes more, which the answer has to hold too.
        let room = if self.bytes.len() > LARGEST_SHORT_OFFSET { chunk - 5 } else { chunk };
        left.min(room)
    }
}

/// READ BINARY of `length` bytes from `offset` (ISO/IEC 7816-4 section 7.2.3; ICAO Doc 9303 part 10, section 3.6.3).
fn read_binary(offset: usize, length: usize) -> Command {
    if offset <= LARGEST_SHORT_OFFSET {
        return Command::new(INS_READ_BINARY, (offset >> 8) as u8, offset as u8).expecting(length);
    }
    let offset = (offset as u32).to_be_bytes();
    let zeros = offset.iter().take_while(|byte| **byte == 0).count();
    let data = tlv::encode(DO_OFFSET, &offset[zeros..]);
    // Le counts the object around the piece.
    let around = tlv::encode(DO_PIECE, &vec![0; length]).len();
    Command::new(INS_READ_BINARY_ODD, 0, 0).with_data(data).expecting(around)
}
