//! BER-TLV data objects (ISO/IEC 7816-4 section 5.2.2), as data groups and APDU bodies are made of.
//!
//! Read strictly: tags of one to three bytes, definite lengths of at most four bytes in all (`83 xx xx xx`), nothing
//! after the last object. A length may have more bytes than it needs: ISO/IEC 7816-4 permits it and issued chips do it,
//! above all around portraits. Whoever hashes or signs takes [`Tlv::encoded`], the bytes as they came.

use thiserror::Error;

/// Largest value that three length bytes can announce, in bytes.
pub const MAX_LENGTH: usize = 0xff_ffff;

/// A tag as its bytes read as one number: `0x61`, `0x5f1f`, `0x7f49`.
pub type Tag = u32;

/// Why bytes are not the data objects they should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Error)]
pub enum TlvError {
    /// The bytes end inside of a data object.
    #[error("the data object ends early")]
    Truncated,
    /// A tag of more than three bytes, of the reserved first bytes `00` and `FF`, or padded with `80`.
    #[error("the tag is malformed")]
    Tag,
    /// An indefinite length, or one of more than three bytes after the first.
    #[error("the length is malformed")]
    Length,
    /// Another data object than the one that has to stand here.
    #[error("data object {expected:x} is missing, {found:x} stands in its place")]
    Unexpected {
        /// The tag that has to stand here.
        expected: Tag,
        /// The tag that does.
        found: Tag,
    },
    /// The data object that has to stand here is not there.
    #[error("data object {0:x} is missing")]
    Missing(Tag),
    /// Bytes after the last data object.
    #[error("bytes follow the last data object")]
    Trailing,
}

/// Tag and length of a data object, read before its value is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// The tag.
    pub tag: Tag,
    /// Bytes of tag and length.
    pub header_length: usize,
    /// Bytes of the value, as announced: up to [`MAX_LENGTH`].
    pub value_length: usize,
}

impl Header {
    /// Reads the header at the start of `bytes`; the value need not follow.
    ///
    /// # Errors
    /// [`TlvError::Truncated`], [`TlvError::Tag`], [`TlvError::Length`].
    pub fn read(bytes: &[u8]) -> Result<Self, TlvError> {
        let (tag, tag_length) = read_tag(bytes)?;
        let (value_length, length_length) = read_length(&bytes[tag_length..])?;
        Ok(Self { tag, header_length: tag_length + length_length, value_length })
    }

    /// Bytes of the whole data object.
    pub fn total(&self) -> usize {
        self.header_length + self.value_length
    }
}

/// One data object inside of the bytes it was read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tlv<'a> {
    /// The tag.
    pub tag: Tag,
    /// The value.
    pub value: &'a [u8],
    /// Tag, length and value as they came.
    pub encoded: &'a [u8],
}

impl<'a> Tlv<'a> {
    /// The one data object that `bytes` consists of.
    ///
    /// # Errors
    /// [`TlvError`], [`TlvError::Trailing`] when something follows it.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, TlvError> {
        let mut reader = Reader::new(bytes);
        let found = reader.next()?.ok_or(TlvError::Truncated)?;
        reader.finish()?;
        Ok(found)
    }

    /// The value of the one data object that `bytes` consists of, which has to have this tag.
    ///
    /// # Errors
    /// [`TlvError`].
    pub fn parse_tagged(bytes: &'a [u8], tag: Tag) -> Result<&'a [u8], TlvError> {
        let found = Self::parse(bytes)?;
        if found.tag == tag { Ok(found.value) } else { Err(TlvError::Unexpected { expected: tag, found: found.tag }) }
    }

    /// A reader over the data objects inside of this one.
    pub fn children(&self) -> Reader<'a> {
        Reader::new(self.value)
    }
}

/// Reads data objects one after another. After an error it has nothing more to give.
#[derive(Debug, Clone)]
pub struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// A reader over `bytes`.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// The next data object, or `None` at the end.
    ///
    /// # Errors
    /// [`TlvError::Truncated`], [`TlvError::Tag`], [`TlvError::Length`].
    // Not an `Iterator`: errors have to be met with `?`, and adapters would hide them.
    #[expect(clippy::should_implement_trait, reason = "fallible, so not an iterator")]
    pub fn next(&mut self) -> Result<Option<Tlv<'a>>, TlvError> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let bytes = std::mem::take(&mut self.rest);
        let header = Header::read(bytes)?;
        let (encoded, rest) = bytes.split_at_checked(header.total()).ok_or(TlvError::Truncated)?;
        self.rest = rest;
        Ok(Some(Tlv { tag: header.tag, value: &encoded[header.header_length..], encoded }))
    }

    /// The next data object, which has to have this tag.
    ///
    /// # Errors
    /// [`TlvError::Missing`] at the end, [`TlvError::Unexpected`] for another tag, and those of [`Reader::next`].
    pub fn expect(&mut self, tag: Tag) -> Result<Tlv<'a>, TlvError> {
        let found = self.next()?.ok_or(TlvError::Missing(tag))?;
        if found.tag == tag { Ok(found) } else { Err(TlvError::Unexpected { expected: tag, found: found.tag }) }
    }

    /// The next data object if it has this tag; another one stays where it is.
    ///
    /// # Errors
    /// Those of [`Reader::next`].
    pub fn optional(&mut self, tag: Tag) -> Result<Option<Tlv<'a>>, TlvError> {
        let mut ahead = self.clone();
        let found = ahead.next()?.filter(|found| found.tag == tag);
        if found.is_some() {
            *self = ahead;
        }
        Ok(found)
    }

    /// Whether nothing is left.
    pub fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// Ends the reading.
    ///
    /// # Errors
    /// [`TlvError::Trailing`] when something is left.
    pub fn finish(self) -> Result<(), TlvError> {
        if self.rest.is_empty() { Ok(()) } else { Err(TlvError::Trailing) }
    }
}

/// A data object of this tag and value, its length in as few bytes as possible.
///
/// # Panics
/// When the value is longer than [`MAX_LENGTH`]: what we write ourselves is far shorter.
pub fn encode(tag: Tag, value: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(value.len() + 8);
    write(&mut out, tag, value);
    out
}

/// Appends what [`encode`] makes to `out`.
///
/// # Panics
/// As [`encode`].
pub fn write(out: &mut Vec<u8>, tag: Tag, value: &[u8]) {
    let length = u32::try_from(value.len()).ok().filter(|_| value.len() <= MAX_LENGTH);
    let length = length.expect("what we write ourselves is shorter than 16 MiB");
    out.extend_from_slice(significant(&tag.to_be_bytes()));
    match length {
        0..=0x7f => out.push(length as u8),
        _ => {
            let bytes = length.to_be_bytes();
            let bytes = significant(&bytes);
            out.push(0x80 | bytes.len() as u8);
            out.extend_from_slice(bytes);
        }
    }
    out.extend_from_slice(value);
}

/// Without leading zeros, at least one byte.
fn significant(bytes: &[u8; 4]) -> &[u8] {
    let zeros = bytes.iter().take(3).take_while(|byte| **byte == 0).count();
    &bytes[zeros..]
}

fn read_tag(bytes: &[u8]) -> Result<(Tag, usize), TlvError> {
    let first = *bytes.first().ok_or(TlvError::Truncated)?;
    if first == 0x00 || first == 0xff {
        return Err(TlvError::Tag);
    }
    if first & 0x1f != 0x1f {
        return Ok((u32::from(first), 1));
    }
    let second = *bytes.get(1).ok_or(TlvError::Truncated)?;
    // A first number byte of 80 only pads. Numbers below 31 stay allowed: ICAO 9303 itself uses 5F01 to 5F1E.
    if second == 0x80 {
        return Err(TlvError::Tag);
    }
    let two = u32::from(first) << 8 | u32::from(second);
    if second & 0x80 == 0 {
        return Ok((two, 2));
    }
    let third = *bytes.get(2).ok_or(TlvError::Truncated)?;
    if third & 0x80 != 0 { Err(TlvError::Tag) } else { Ok((two << 8 | u32::from(third), 3)) }
}

fn read_length(bytes: &[u8]) -> Result<(usize, usize), TlvError> {
    let first = *bytes.first().ok_or(TlvError::Truncated)?;
    match first {
        0x00..=0x7f => Ok((usize::from(first), 1)),
        0x81..=0x83 => {
            let count = usize::from(first & 0x7f);
            let digits = bytes.get(1..=count).ok_or(TlvError::Truncated)?;
            Ok((digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit)), count + 1))
        }
        _ => Err(TlvError::Length),
    }
}

#[cfg(test)]
mod tests;
