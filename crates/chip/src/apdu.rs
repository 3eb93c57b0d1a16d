//! Command and response APDUs (ISO/IEC 7816-4 section 5), short and extended.

mod status;

use std::fmt;

use thiserror::Error;
use zeroize::Zeroize;

pub use status::Status;

/// Most bytes a command may carry as data, and a response may bring: what extended length can say.
pub const MAX_DATA: usize = 65_535;
/// Most bytes of a response that is asked for with a short Le.
pub const MAX_SHORT_RESPONSE: usize = 256;
/// The class byte of a command without secure messaging.
pub const CLA_PLAIN: u8 = 0x00;
/// The class bits of secure messaging with an authenticated header (ISO/IEC 7816-4 table 2).
pub const CLA_SECURE: u8 = 0x0c;
/// The class bit of a command that another one of its chain follows.
pub const CLA_CHAINED: u8 = 0x10;

/// Why bytes are no APDU.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Error)]
pub enum ApduError {
    /// Shorter than the two status bytes or the four header bytes.
    #[error("the APDU is too short")]
    Short,
    /// Longer than extended length permits.
    #[error("the APDU is too long")]
    Long,
    /// The length fields contradict the number of bytes.
    #[error("the length fields of the APDU are malformed")]
    Length,
}

/// A command. `Debug` shows the header alone, for data may be keys or personal.
#[derive(Clone, PartialEq, Eq)]
pub struct Command {
    /// Class.
    pub cla: u8,
    /// Instruction.
    pub ins: u8,
    /// First parameter.
    pub p1: u8,
    /// Second parameter.
    pub p2: u8,
    /// Data field, at most [`MAX_DATA`] bytes.
    pub data: Vec<u8>,
    /// Ne, the most bytes of an answer that are expected, 1 to 65536; `None` for none.
    pub expected: Option<usize>,
}

impl Command {
    /// A command of class zero without data that expects no answer.
    pub fn new(ins: u8, p1: u8, p2: u8) -> Self {
        Self { cla: CLA_PLAIN, ins, p1, p2, data: Vec::new(), expected: None }
    }

    /// The same with a data field.
    #[must_use]
    pub fn with_data(mut self, data: Vec<u8>) -> Self {
        self.data = data;
        self
    }

    /// The same, expecting up to `length` bytes of an answer.
    #[must_use]
    pub fn expecting(mut self, length: usize) -> Self {
        self.expected = Some(length);
        self
    }

    /// The same with the class bit of a command that another one of its chain follows.
    #[must_use]
    pub fn chained(mut self) -> Self {
        self.cla |= CLA_CHAINED;
        self
    }

    /// The four bytes before the lengths.
    pub fn header(&self) -> [u8; 4] {
        [self.cla, self.ins, self.p1, self.p2]
    }

    /// Whether the lengths need the extended form.
    pub fn is_extended(&self) -> bool {
        self.data.len() > 255 || self.expected.is_some_and(|length| length > MAX_SHORT_RESPONSE)
    }

    /// The bytes of the command, in the short form wherever it can be said so.
    ///
    /// # Errors
    /// [`ApduError::Long`] for more than [`MAX_DATA`] bytes of data or more than 65536 expected ones.
    pub fn encode(&self) -> Result<Vec<u8>, ApduError> {
        if self.data.len() > MAX_DATA || self.expected.is_some_and(|length| length > MAX_DATA + 1) {
            return Err(ApduError::Long);
        }
        let mut bytes = self.header().to_vec();
        if self.is_extended() {
            self.encode_extended(&mut bytes)
        } else {
            self.encode_short(&mut bytes)
        }
        Ok(bytes)
    }

    /// The command of these bytes: the chip's side.
    ///
    /// # Errors
    /// [`ApduError`].
    pub fn parse(bytes: &[u8]) -> Result<Self, ApduError> {
        let (header, body) = bytes.split_first_chunk::<4>().ok_or(ApduError::Short)?;
        let [cla, ins, p1, p2] = *header;
        let (data, expected) = match body {
            [] => (&[][..], None),
            [length] => (&[][..], Some(short_expected(*length))),
            [0, high, low] => (&[][..], Some(extended_expected([*high, *low]))),
            [0, high, low, rest @ ..] => split_extended(usize::from(u16::from_be_bytes([*high, *low])), rest)?,
            [length, rest @ ..] => split_short(usize::from(*length), rest)?,
        };
        Ok(Self { cla, ins, p1, p2, data: data.to_vec(), expected })
    }

    fn encode_short(&self, bytes: &mut Vec<u8>) {
        if !self.data.is_empty() {
            // At most 255 here; the extended form has taken the rest.
            bytes.push(self.data.len() as u8);
            bytes.extend_from_slice(&self.data);
        }
        if let Some(length) = self.expected {
            // 256 is written as zero.
            bytes.push(length as u8);
        }
    }

    fn encode_extended(&self, bytes: &mut Vec<u8>) {
        bytes.push(0);
        if !self.data.is_empty() {
            bytes.extend_from_slice(&(self.data.len() as u16).to_be_bytes());
            bytes.extend_from_slice(&self.data);
        }
        if let Some(length) = self.expected {
            // 65536 is written as zero.
            bytes.extend_from_slice(&(length as u16).to_be_bytes());
        }
    }
}

impl fmt::Debug for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [cla, ins, p1, p2] = self.header();
        write!(f, "Command({cla:02x} {ins:02x} {p1:02x} {p2:02x}, {} bytes)", self.data.len())
    }
}

impl Drop for Command {
    fn drop(&mut self) {
        self.data.zeroize();
    }
}

/// A response. `Debug` shows the status alone.
#[derive(Clone, PartialEq, Eq)]
pub struct Response {
    /// What it brings.
    pub data: Vec<u8>,
    /// The last two bytes.
    pub status: Status,
}

impl Response {
    /// A response of a status alone.
    pub fn of(status: Status) -> Self {
        Self { data: Vec::new(), status }
    }

    /// The response of these bytes.
    ///
    /// # Errors
    /// [`ApduError::Short`], [`ApduError::Long`].
    pub fn parse(bytes: &[u8]) -> Result<Self, ApduError> {
        let (data, status) = bytes.split_last_chunk::<2>().ok_or(ApduError::Short)?;
        if data.len() > MAX_DATA + 1 {
            return Err(ApduError::Long);
        }
        Ok(Self { data: data.to_vec(), status: Status::from_bytes(*status) })
    }

    /// The bytes of the response.
    pub fn encode(&self) -> Vec<u8> {
        [&self.data[..], &self.status.to_bytes()].concat()
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Response({}, {} bytes)", self.status, self.data.len())
    }
}

impl Drop for Response {
    fn drop(&mut self) {
        self.data.zeroize();
    }
}

/// Data field and number of expected bytes.
type Body<'a> = (&'a [u8], Option<usize>);

fn split_short(length: usize, rest: &[u8]) -> Result<Body<'_>, ApduError> {
    let (data, end) = rest.split_at_checked(length).ok_or(ApduError::Length)?;
    match end {
        [] if length > 0 => Ok((data, None)),
        [expected] if length > 0 => Ok((data, Some(short_expected(*expected)))),
        _ => Err(ApduError::Length),
    }
}

fn split_extended(length: usize, rest: &[u8]) -> Result<Body<'_>, ApduError> {
    let (data, end) = rest.split_at_checked(length).ok_or(ApduError::Length)?;
    match end {
        [] if length > 0 => Ok((data, None)),
        [high, low] if length > 0 => Ok((data, Some(extended_expected([*high, *low])))),
        _ => Err(ApduError::Length),
    }
}

fn short_expected(length: u8) -> usize {
    if length == 0 { MAX_SHORT_RESPONSE } else { usize::from(length) }
}

fn extended_expected(length: [u8; 2]) -> usize {
    let length = usize::from(u16::from_be_bytes(length));
    if length == 0 { MAX_DATA + 1 } else { length }
}

#[cfg(test)]
mod tests;
