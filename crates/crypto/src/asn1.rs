//! A small reader and writer of DER (ITU-T X.690) that hands out the bytes as received.
//!
//! For structures that others sign and whose exact bytes count: document certificates, CMS. Lengths are definite and
//! minimal, tags have one byte; everything else is refused. Nothing here recurses, so depth is what the caller asks for.

pub use der::oid::ObjectIdentifier as Oid;
use thiserror::Error;

/// `BOOLEAN`.
pub const BOOLEAN: u8 = 0x01;
/// `INTEGER`.
pub const INTEGER: u8 = 0x02;
/// `BIT STRING`.
pub const BIT_STRING: u8 = 0x03;
/// `OCTET STRING`.
pub const OCTET_STRING: u8 = 0x04;
/// `NULL`.
pub const NULL: u8 = 0x05;
/// `OBJECT IDENTIFIER`.
pub const OID: u8 = 0x06;
/// `UTCTime`.
pub const UTC_TIME: u8 = 0x17;
/// `GeneralizedTime`.
pub const GENERALIZED_TIME: u8 = 0x18;
/// `SEQUENCE` and `SEQUENCE OF`.
pub const SEQUENCE: u8 = 0x30;
/// `SET` and `SET OF`.
pub const SET: u8 = 0x31;

/// The tag `[number]` of a constructed element.
pub const fn context(number: u8) -> u8 {
    0xa0 | number
}

/// The tag `[number]` of a primitive element.
pub const fn context_primitive(number: u8) -> u8 {
    0x80 | number
}

/// The bytes are not the DER that was expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not the expected DER structure")]
pub struct Asn1Error;

/// One element, borrowed from the bytes it was read from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Element<'a> {
    /// The identifier octet.
    pub tag: u8,
    /// The content octets.
    pub value: &'a [u8],
    /// Everything, header included.
    pub whole: &'a [u8],
}

impl<'a> Element<'a> {
    /// The one element of `tag` that `bytes` consist of.
    pub fn read(bytes: &'a [u8], tag: u8) -> Result<Self, Asn1Error> {
        let mut elements = Elements::new(bytes);
        let element = elements.take(tag)?;
        elements.end()?;
        Ok(element)
    }

    /// The elements inside.
    pub fn children(&self) -> Elements<'a> {
        Elements::new(self.value)
    }

    /// The content of a non-negative `INTEGER` without its sign byte; at least one byte.
    pub fn unsigned(&self) -> Result<&'a [u8], Asn1Error> {
        match self.value {
            [] => Err(Asn1Error),
            [0, rest @ ..] if !rest.is_empty() => {
                if rest[0] & 0x80 == 0 {
                    Err(Asn1Error)
                } else {
                    Ok(rest)
                }
            }
            [first, ..] if first & 0x80 != 0 => Err(Asn1Error),
            all => Ok(all),
        }
    }

    /// A non-negative `INTEGER` below 2^32.
    pub fn small(&self) -> Result<u32, Asn1Error> {
        let bytes = self.unsigned()?;
        if bytes.len() > 4 {
            return Err(Asn1Error);
        }
        Ok(bytes.iter().fold(0, |number, byte| number << 8 | u32::from(*byte)))
    }

    /// The content of a `BIT STRING` of whole octets.
    pub fn bits(&self) -> Result<&'a [u8], Asn1Error> {
        self.value.strip_prefix(&[0]).ok_or(Asn1Error)
    }

    /// Whether this is the object identifier `oid`.
    pub fn is(&self, oid: Oid) -> bool {
        self.tag == OID && self.value == oid.as_bytes()
    }
}

/// Elements one after another.
#[derive(Clone)]
pub struct Elements<'a> {
    rest: &'a [u8],
}

impl<'a> Elements<'a> {
    /// Reads from the start of `bytes`.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// Whether all has been read.
    pub fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// Refuses bytes that are left.
    pub fn end(&self) -> Result<(), Asn1Error> {
        if self.is_empty() { Ok(()) } else { Err(Asn1Error) }
    }

    /// The next element, whatever its tag.
    pub fn any(&mut self) -> Result<Element<'a>, Asn1Error> {
        let [tag, first, after @ ..] = self.rest else { return Err(Asn1Error) };
        // 0x1f announces a tag of several bytes, which no structure read here has.
        if tag & 0x1f == 0x1f {
            return Err(Asn1Error);
        }
        let (length, header) = if *first < 0x80 { (usize::from(*first), 2) } else { long_length(*first, after)? };
        let end = header.checked_add(length).ok_or(Asn1Error)?;
        let (whole, rest) = self.rest.split_at_checked(end).ok_or(Asn1Error)?;
        self.rest = rest;
        Ok(Element { tag: *tag, value: &whole[header..], whole })
    }

    /// The next element, which must have this tag.
    pub fn take(&mut self, tag: u8) -> Result<Element<'a>, Asn1Error> {
        self.optional(tag)?.ok_or(Asn1Error)
    }

    /// The next element if it has this tag; otherwise nothing is read.
    pub fn optional(&mut self, tag: u8) -> Result<Option<Element<'a>>, Asn1Error> {
        if self.rest.first() == Some(&tag) { self.any().map(Some) } else { Ok(None) }
    }
}

/// Length and size of the header for a length that does not fit into seven bits.
fn long_length(first: u8, after: &[u8]) -> Result<(usize, usize), Asn1Error> {
    let count = usize::from(first & 0x7f);
    // Zero would be an indefinite length; more than four octets is more than anything we look at.
    if count == 0 || count > 4 {
        return Err(Asn1Error);
    }
    let octets = after.get(..count).ok_or(Asn1Error)?;
    let length = octets.iter().fold(0_usize, |length, octet| length << 8 | usize::from(*octet));
    if octets[0] == 0 || length < 0x80 { Err(Asn1Error) } else { Ok((length, 2 + count)) }
}

/// An element of `tag` with the parts as its content.
pub fn write(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    let mut out = vec![tag];
    if length < 0x80 {
        out.push(length as u8);
    } else {
        let octets: Vec<u8> = length.to_be_bytes().into_iter().skip_while(|octet| *octet == 0).collect();
        out.push(0x80 | octets.len() as u8);
        out.extend_from_slice(&octets);
    }
    parts.iter().for_each(|part| out.extend_from_slice(part));
    out
}

/// An `OBJECT IDENTIFIER`.
pub fn write_oid(oid: Oid) -> Vec<u8> {
    write(OID, &[oid.as_bytes()])
}

/// A non-negative `INTEGER` of big-endian bytes; leading zeros are dropped.
pub fn write_unsigned(bytes: &[u8]) -> Vec<u8> {
    let start = bytes.iter().position(|byte| *byte != 0).unwrap_or(bytes.len());
    let digits = &bytes[start..];
    match digits.first() {
        None => write(INTEGER, &[&[0]]),
        Some(first) if first & 0x80 != 0 => write(INTEGER, &[&[0], digits]),
        Some(_) => write(INTEGER, &[digits]),
    }
}

#[cfg(test)]
mod tests;
