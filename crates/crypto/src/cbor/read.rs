//! From bytes to items.

use std::collections::BTreeSet;
use std::fmt;

use super::{CborError, Limits, TAG_ENCODED};

/// One item, with the bytes it was read from: what is hashed or signed is never encoded again.
#[derive(Clone, PartialEq)]
pub struct Item<'a> {
    kind: Kind<'a>,
    raw: &'a [u8],
}

/// What an item is.
#[derive(Clone, PartialEq)]
pub enum Kind<'a> {
    /// A whole number from -2^64 to 2^64 - 1.
    Integer(i128),
    /// A byte string.
    Bytes(&'a [u8]),
    /// Text.
    Text(&'a str),
    /// An array.
    Array(Vec<Item<'a>>),
    /// A map, in its own order; no key comes twice.
    Map(Vec<(Item<'a>, Item<'a>)>),
    /// A tagged item.
    Tag(u64, Box<Item<'a>>),
    /// True or false.
    Bool(bool),
    /// Null.
    Null,
    /// A floating-point number of any width.
    Float(f64),
    /// Any other simple value; `undefined` is 23.
    Simple(u8),
}

/// The one item of a whole document.
///
/// Refuses indefinite lengths, numbers and lengths that are not in their shortest form (as the PID Rulebook 1.7 section
/// 3.1.2 demands of mdocs), keys that come twice, and anything past `limits`, where `nodes` counts items including keys.
/// The order of keys is free. What byte strings carry (tag 24) is not looked into.
///
/// # Errors
/// The first [`CborError`].
pub fn parse<'a>(document: &'a [u8], limits: &Limits) -> Result<Item<'a>, CborError> {
    if document.len() > limits.bytes {
        return Err(CborError::TooLong);
    }
    let mut reader = Reader { rest: document, nodes: limits.nodes };
    let item = reader.item(limits.depth)?;
    if reader.rest.is_empty() { Ok(item) } else { Err(CborError::Trailing) }
}

struct Reader<'a> {
    rest: &'a [u8],
    nodes: usize,
}

impl<'a> Reader<'a> {
    fn item(&mut self, depth: usize) -> Result<Item<'a>, CborError> {
        self.nodes = self.nodes.checked_sub(1).ok_or(CborError::TooManyNodes)?;
        let start = self.rest;
        let first = self.take(1)?[0];
        let (major, low) = (first >> 5, first & 0x1f);
        let kind = if major == 7 { self.simple(low)? } else { self.of_major(major, low, depth)? };
        Ok(Item { kind, raw: &start[..start.len() - self.rest.len()] })
    }

    fn of_major(&mut self, major: u8, low: u8, depth: usize) -> Result<Kind<'a>, CborError> {
        let argument = self.argument(low)?;
        Ok(match major {
            0 => Kind::Integer(i128::from(argument)),
            1 => Kind::Integer(-1 - i128::from(argument)),
            2 => Kind::Bytes(self.string(argument)?),
            3 => Kind::Text(std::str::from_utf8(self.string(argument)?).map_err(|_| CborError::Utf8)?),
            4 => Kind::Array(self.array(argument, deeper(depth)?)?),
            5 => Kind::Map(self.map(argument, deeper(depth)?)?),
            _ => Kind::Tag(argument, Box::new(self.item(deeper(depth)?)?)),
        })
    }

    fn argument(&mut self, low: u8) -> Result<u64, CborError> {
        let (bytes, least) = match low {
            0..=23 => return Ok(u64::from(low)),
            24 => (1, 24),
            25 => (2, 1 << 8),
            26 => (4, 1 << 16),
            27 => (8, 1 << 32),
            31 => return Err(CborError::Indefinite),
            _ => return Err(CborError::Reserved),
        };
        let value = self.number(bytes)?;
        if value < least { Err(CborError::NotShortest) } else { Ok(value) }
    }

    fn number(&mut self, bytes: usize) -> Result<u64, CborError> {
        Ok(self.take(bytes)?.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    fn simple(&mut self, low: u8) -> Result<Kind<'a>, CborError> {
        Ok(match low {
            20 | 21 => Kind::Bool(low == 21),
            22 => Kind::Null,
            0..=19 | 23 => Kind::Simple(low),
            24 => match self.take(1)?[0] {
                value @ 32.. => Kind::Simple(value),
                _ => return Err(CborError::Reserved),
            },
            25 => Kind::Float(from_half(self.number(2)? as u16)),
            26 => Kind::Float(f64::from(f32::from_bits(self.number(4)? as u32))),
            27 => Kind::Float(f64::from_bits(self.number(8)?)),
            31 => return Err(CborError::Indefinite),
            _ => return Err(CborError::Reserved),
        })
    }

    fn string(&mut self, length: u64) -> Result<&'a [u8], CborError> {
        self.take(usize::try_from(length).map_err(|_| CborError::CutOff)?)
    }

    /// How many items follow. Each takes a byte at least, so that a claim larger than the document is seen before any
    /// memory is taken for it.
    fn count(&self, claimed: u64, items_each: usize) -> Result<usize, CborError> {
        let count = usize::try_from(claimed).map_err(|_| CborError::CutOff)?;
        let items = count.checked_mul(items_each).ok_or(CborError::CutOff)?;
        if items > self.rest.len() {
            return Err(CborError::CutOff);
        }
        if items > self.nodes { Err(CborError::TooManyNodes) } else { Ok(count) }
    }

    fn array(&mut self, claimed: u64, depth: usize) -> Result<Vec<Item<'a>>, CborError> {
        (0..self.count(claimed, 1)?).map(|_| self.item(depth)).collect()
    }

    fn map(&mut self, claimed: u64, depth: usize) -> Result<Vec<(Item<'a>, Item<'a>)>, CborError> {
        let count = self.count(claimed, 2)?;
        let (mut members, mut seen) = (Vec::with_capacity(count), BTreeSet::new());
        for _ in 0..count {
            let key = self.item(depth)?;
            if !matches!(key.kind, Kind::Integer(_) | Kind::Text(_) | Kind::Bytes(_)) {
                return Err(CborError::Key);
            }
            // Numbers and lengths have one form only, so that equal keys have equal bytes.
            if !seen.insert(key.raw) {
                return Err(CborError::DuplicateKey);
            }
            members.push((key, self.item(depth)?));
        }
        Ok(members)
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], CborError> {
        let (taken, rest) = self.rest.split_at_checked(length).ok_or(CborError::CutOff)?;
        self.rest = rest;
        Ok(taken)
    }
}

fn deeper(depth: usize) -> Result<usize, CborError> {
    depth.checked_sub(1).ok_or(CborError::TooDeep)
}

/// IEEE 754 binary16.
fn from_half(bits: u16) -> f64 {
    let (exponent, fraction) = (i32::from(bits >> 10 & 0x1f), f64::from(bits & 0x3ff));
    let size = match exponent {
        0 => fraction * 2_f64.powi(-24),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        _ => (1024.0 + fraction) * 2_f64.powi(exponent - 25),
    };
    if bits >> 15 == 1 { -size } else { size }
}

impl<'a> Item<'a> {
    /// What it is.
    pub fn kind(&self) -> &Kind<'a> {
        &self.kind
    }

    /// The bytes it was read from, tag and length included.
    pub fn raw(&self) -> &'a [u8] {
        self.raw
    }

    /// A whole number that fits.
    pub fn integer(&self) -> Option<i64> {
        if let Kind::Integer(number) = self.kind { i64::try_from(number).ok() } else { None }
    }

    /// The bytes of a byte string.
    pub fn bytes(&self) -> Option<&'a [u8]> {
        if let Kind::Bytes(bytes) = self.kind { Some(bytes) } else { None }
    }

    /// Text.
    pub fn text(&self) -> Option<&'a str> {
        if let Kind::Text(text) = self.kind { Some(text) } else { None }
    }

    /// True or false.
    pub fn bool(&self) -> Option<bool> {
        if let Kind::Bool(value) = self.kind { Some(value) } else { None }
    }

    /// Whether it is null.
    pub fn is_null(&self) -> bool {
        self.kind == Kind::Null
    }

    /// The elements of an array.
    pub fn array(&self) -> Option<&[Item<'a>]> {
        if let Kind::Array(items) = &self.kind { Some(items) } else { None }
    }

    /// The members of a map.
    pub fn map(&self) -> Option<&[(Item<'a>, Item<'a>)]> {
        if let Kind::Map(members) = &self.kind { Some(members) } else { None }
    }

    /// What has this tag.
    pub fn tagged(&self, tag: u64) -> Option<&Item<'a>> {
        match &self.kind {
            Kind::Tag(found, inner) if *found == tag => Some(inner),
            _ => None,
        }
    }

    /// The bytes of the document that this item carries: tag 24 around a byte string. [`Item::raw`] is what is hashed.
    pub fn encoded(&self) -> Option<&'a [u8]> {
        self.tagged(TAG_ENCODED)?.bytes()
    }

    /// The member of a map under a key of text.
    pub fn get(&self, name: &str) -> Option<&Item<'a>> {
        self.map()?.iter().find(|(key, _)| key.text() == Some(name)).map(|(_, value)| value)
    }

    /// The member of a map under a number.
    pub fn at(&self, label: i64) -> Option<&Item<'a>> {
        self.map()?.iter().find(|(key, _)| key.integer() == Some(label)).map(|(_, value)| value)
    }
}

impl fmt::Debug for Item<'_> {
    /// Items hold personal data as a rule.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Item({} bytes)", self.raw.len())
    }
}
