//! Names of issuers and subjects, compared by what they say.

use std::fmt;

use crate::asn1::{self, Asn1Error, Element, Oid};

const COUNTRY: Oid = Oid::new_unwrap("2.5.4.6");

/// A distinguished name. Two are equal when their attributes say the same (RFC 5280 section 7.1): states write one name
/// as PrintableString here and as UTF8String there.
#[derive(Clone)]
pub struct IcaoName {
    der: Vec<u8>,
    attributes: Vec<(Vec<u8>, String)>,
}

impl IcaoName {
    /// Reads a DER `Name`.
    pub fn from_der(der: &[u8]) -> Result<Self, Asn1Error> {
        let mut attributes = Vec::new();
        let mut sets = Element::read(der, asn1::SEQUENCE)?.children();
        while !sets.is_empty() {
            let mut set = sets.take(asn1::SET)?.children();
            let start = attributes.len();
            while !set.is_empty() {
                let mut pair = set.take(asn1::SEQUENCE)?.children();
                let (oid, value) = (pair.take(asn1::OID)?, pair.any()?);
                pair.end()?;
                attributes.push((oid.value.to_vec(), folded(&text(&value))));
            }
            // Attributes of one set have no order.
            attributes[start..].sort();
        }
        Ok(Self { der: der.to_vec(), attributes })
    }

    /// The bytes as received.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The country, two letters as upper case; states write both cases.
    pub fn country(&self) -> Option<String> {
        let mut countries = self.attributes.iter().filter(|(oid, _)| oid == COUNTRY.as_bytes());
        let (Some((_, country)), None) = (countries.next(), countries.next()) else { return None };
        let letters = country.len() == 2 && country.bytes().all(|byte| byte.is_ascii_lowercase());
        letters.then(|| country.to_ascii_uppercase())
    }
}

/// The text of an attribute. Bytes that are no text of their type stay distinguishable.
fn text(value: &Element<'_>) -> String {
    const BMP_STRING: u8 = 0x1e;
    const T61_STRING: u8 = 0x14;
    match value.tag {
        BMP_STRING => {
            let units: Vec<u16> = value
                .value
                .chunks(2)
                .map(|pair| pair.iter().fold(0, |unit, byte| unit << 8 | u16::from(*byte)))
                .collect();
            String::from_utf16_lossy(&units)
        }
        // Nobody uses more of T.61 than what it shares with Latin-1.
        T61_STRING => value.value.iter().map(|byte| char::from(*byte)).collect(),
        _ => String::from_utf8_lossy(value.value).into_owned(),
    }
}

/// Case and runs of spaces do not count.
fn folded(text: &str) -> String {
    text.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>().join(" ")
}

impl PartialEq for IcaoName {
    fn eq(&self, other: &Self) -> bool {
        self.attributes == other.attributes
    }
}

impl Eq for IcaoName {}

impl fmt::Debug for IcaoName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let texts: Vec<&str> = self.attributes.iter().map(|(_, text)| text.as_str()).collect();
        write!(f, "IcaoName({})", texts.join(", "))
    }
}
