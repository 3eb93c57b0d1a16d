//! DG11 and DG12: what a state may add about the person and about the issuing (Doc 9303-10 sections 4.7.11 and 4.7.12).
//!
//! Fields with another meaning than those here (phone, profession, custody, pictures) are not taken.

use std::fmt;

use mibun_crypto::time::Date;

use super::{LdsError, MAX_BYTES, date, outer, text};
use crate::tlv::{Reader, Tag};

const TAG_LIST: Tag = 0x5c;
/// Holds repeated fields.
const TEMPLATE: Tag = 0xa0;

/// A name in the letters of the state, not those of the machine-readable zone.
#[derive(Clone, PartialEq, Eq)]
pub struct FullName {
    /// Surname, or the whole name where it has no parts.
    pub primary: String,
    /// Given names.
    pub secondary: String,
}

/// DG11, as far as it is used.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct PersonalDetails {
    /// Full name.
    pub name: Option<FullName>,
    /// Other names.
    pub other_names: Vec<FullName>,
    /// Personal number.
    pub personal_number: Option<String>,
    /// Full date of birth; none when part of it is unknown.
    pub birth_date: Option<Date>,
    /// Place of birth, its parts separated by `<` on the chip.
    pub place_of_birth: Vec<String>,
    /// Address, likewise.
    pub address: Vec<String>,
}

/// DG12, as far as it is used.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct DocumentDetails {
    /// Issuing authority.
    pub issuing_authority: Option<String>,
    /// Date of issue.
    pub date_of_issue: Option<Date>,
    /// Endorsements and observations.
    pub endorsements: Option<String>,
}

impl PersonalDetails {
    /// Reads DG11.
    pub fn from_dg11(file: &[u8]) -> Result<Self, LdsError> {
        let mut details = Self::default();
        each(outer(file, 11, MAX_BYTES)?, |tag, value| {
            match tag {
                0x5f0e => details.name = Some(full_name(value)),
                0x5f0f => details.other_names.push(full_name(value)),
                0x5f10 => details.personal_number = Some(text(value)),
                0x5f2b => details.birth_date = date(value)?,
                0x5f11 => details.place_of_birth = parts(value),
                0x5f42 => details.address = parts(value),
                _ => {}
            }
            Ok(())
        })?;
        Ok(details)
    }
}

impl DocumentDetails {
    /// Reads DG12.
    pub fn from_dg12(file: &[u8]) -> Result<Self, LdsError> {
        let mut details = Self::default();
        // A picture of the document may be in here, which is why the limit is that of the portrait.
        each(outer(file, 12, super::face::MAX_BYTES)?, |tag, value| {
            match tag {
                0x5f19 => details.issuing_authority = Some(text(value)),
                0x5f26 => details.date_of_issue = date(value)?,
                0x5f1b => details.endorsements = Some(text(value)),
                _ => {}
            }
            Ok(())
        })?;
        Ok(details)
    }
}

/// Every field after the list of tags, those in templates included.
fn each(content: &[u8], mut take: impl FnMut(Tag, &[u8]) -> Result<(), LdsError>) -> Result<(), LdsError> {
    let mut fields = Reader::new(content);
    fields.expect(TAG_LIST)?;
    while let Some(field) = fields.next()? {
        if field.tag != TEMPLATE {
            take(field.tag, field.value)?;
            continue;
        }
        let mut inner = field.children();
        while let Some(field) = inner.next()? {
            take(field.tag, field.value)?;
        }
    }
    Ok(())
}

fn full_name(value: &[u8]) -> FullName {
    let name = text(value);
    let (primary, secondary) = name.split_once("<<").unwrap_or((&name, ""));
    let words = |part: &str| part.split('<').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    FullName { primary: words(primary), secondary: words(secondary) }
}

fn parts(value: &[u8]) -> Vec<String> {
    text(value).split('<').filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

impl fmt::Debug for FullName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FullName([redacted])")
    }
}

impl fmt::Debug for PersonalDetails {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonalDetails([redacted])")
    }
}

impl fmt::Debug for DocumentDetails {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DocumentDetails([redacted])")
    }
}
