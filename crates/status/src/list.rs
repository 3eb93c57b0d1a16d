//! The list itself: one status of 1, 2, 4 or 8 bits per entry, packed and compressed (section 4).

use std::fmt;
use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use flate2::{Decompress, FlushDecompress};

use crate::Status;

/// Most entries of a list.
pub const MAX_ENTRIES: u32 = 1 << 24;
/// Most bytes that a list may unpack to: [`MAX_ENTRIES`] of eight bits. Smaller entries leave room for fewer bytes.
pub const MAX_BYTES: usize = MAX_ENTRIES as usize;

/// A status list.
#[derive(Clone, PartialEq, Eq)]
pub struct StatusList {
    bits: u8,
    bytes: Vec<u8>,
}

/// Why a list cannot be made, read or written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ListError {
    /// Bits per entry other than 1, 2, 4 or 8.
    #[error("a status has 1, 2, 4 or 8 bits")]
    Bits,
    /// No entries, or more than [`MAX_ENTRIES`].
    #[error("a list has 1 to {MAX_ENTRIES} entries")]
    Size,
    /// An index beyond the last entry. It must not wrap around.
    #[error("the index is beyond the end of the list")]
    Index,
    /// A status that does not fit the bits of an entry.
    #[error("the status does not fit the bits of an entry")]
    Status,
    /// Not zlib, or cut off.
    #[error("the list is not compressed as zlib")]
    Compression,
    /// Something after the end of the compressed data.
    #[error("there is something after the compressed list")]
    Trailing,
    /// Unpacks to more than [`MAX_ENTRIES`].
    #[error("the list unpacks to more than {MAX_ENTRIES} entries")]
    TooLarge,
}

impl StatusList {
    /// A list of `entries` valid entries.
    ///
    /// # Errors
    /// [`ListError::Bits`], [`ListError::Size`].
    pub fn new(bits: u8, entries: u32) -> Result<Self, ListError> {
        check_bits(bits)?;
        if entries == 0 || entries > MAX_ENTRIES {
            return Err(ListError::Size);
        }
        let bytes = (entries as usize * usize::from(bits)).div_ceil(8);
        Ok(Self { bits, bytes: vec![0; bytes] })
    }

    /// A list of `size` entries that are valid but for those named; of an entry named twice, the last counts.
    ///
    /// # Errors
    /// [`ListError::Bits`], [`ListError::Size`], [`ListError::Index`], [`ListError::Status`].
    pub fn from_entries(
        bits: u8,
        size: u32,
        entries: impl IntoIterator<Item = (u32, Status)>,
    ) -> Result<Self, ListError> {
        let mut list = Self::new(bits, size)?;
        entries.into_iter().try_for_each(|(index, status)| list.set(index, status))?;
        Ok(list)
    }

    /// Bits per entry.
    pub const fn bits(&self) -> u8 {
        self.bits
    }

    /// How many entries there are; the last byte is counted whole.
    pub fn entries(&self) -> u32 {
        let entries = self.bytes.len() * 8 / usize::from(self.bits);
        u32::try_from(entries).unwrap_or(u32::MAX)
    }

    /// What an entry says.
    ///
    /// # Errors
    /// [`ListError::Index`].
    pub fn get(&self, index: u32) -> Result<Status, ListError> {
        let (byte, shift) = self.place(index);
        let byte = self.bytes.get(byte).ok_or(ListError::Index)?;
        Ok(Status::from_value(byte >> shift & self.mask()))
    }

    /// Writes an entry.
    ///
    /// # Errors
    /// [`ListError::Index`], [`ListError::Status`].
    pub fn set(&mut self, index: u32, status: Status) -> Result<(), ListError> {
        let (byte, shift) = self.place(index);
        let mask = self.mask();
        if status.value() > mask {
            return Err(ListError::Status);
        }
        let byte = self.bytes.get_mut(byte).ok_or(ListError::Index)?;
        *byte = *byte & !(mask << shift) | status.value() << shift;
        Ok(())
    }

    /// The byte of an entry, and how far its bits are from the least significant one.
    fn place(&self, index: u32) -> (usize, u8) {
        let per_byte = u32::from(8 / self.bits);
        let shift = (index % per_byte) as u8 * self.bits;
        ((index / per_byte) as usize, shift)
    }

    const fn mask(&self) -> u8 {
        if self.bits == 8 { u8::MAX } else { (1 << self.bits) - 1 }
    }

    /// The list as zlib data (RFC 1950).
    pub fn compress(&self) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::new(6));
        // Writing to memory cannot fail.
        let _ = encoder.write_all(&self.bytes);
        encoder.finish().unwrap_or_default()
    }

    /// Reads zlib data. Unpacking stops as soon as it grows beyond [`MAX_ENTRIES`], however much would follow.
    ///
    /// # Errors
    /// [`ListError`].
    pub fn inflate(bits: u8, compressed: &[u8]) -> Result<Self, ListError> {
        check_bits(bits)?;
        let bytes = inflate(compressed, MAX_BYTES / 8 * usize::from(bits))?;
        if bytes.is_empty() { Err(ListError::Size) } else { Ok(Self { bits, bytes }) }
    }

    /// The packed bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl fmt::Debug for StatusList {
    /// Megabytes of entries help nobody in a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StatusList({} entries of {} bits)", self.entries(), self.bits)
    }
}

const fn check_bits(bits: u8) -> Result<(), ListError> {
    if matches!(bits, 1 | 2 | 4 | 8) { Ok(()) } else { Err(ListError::Bits) }
}

/// Unpacks in one go into the room that the list may take, and one byte more to see that it wants more.
fn inflate(compressed: &[u8], most: usize) -> Result<Vec<u8>, ListError> {
    // Memory that is never written to is never taken: a small list does not cost the room of a large one.
    let mut bytes = vec![0; most + 1];
    let mut inflater = Decompress::new(true);
    let state = inflater.decompress(compressed, &mut bytes, FlushDecompress::Finish);
    let state = state.map_err(|_| ListError::Compression)?;
    let written = usize::try_from(inflater.total_out()).map_err(|_| ListError::TooLarge)?;
    if written > most {
        return Err(ListError::TooLarge);
    }
    match state {
        flate2::Status::StreamEnd if inflater.total_in() == compressed.len() as u64 => {
            bytes.truncate(written);
            bytes.shrink_to_fit();
            Ok(bytes)
        }
        flate2::Status::StreamEnd => Err(ListError::Trailing),
        // The data ends before the stream does.
        flate2::Status::Ok | flate2::Status::BufError => Err(ListError::Compression),
    }
}

#[cfg(test)]
mod tests;
