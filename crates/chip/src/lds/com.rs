//! EF.COM: which version and which data groups the chip claims to have (Doc 9303-10 section 4.6.1).
//!
//! Nobody signs this file; what it lists is a hint what to read. The signed list is in EF.SOD.

use super::{LdsError, MAX_BYTES, group_of};
use crate::tlv::{Reader, Tag, Tlv};

const COM: Tag = 0x60;
const LDS_VERSION: Tag = 0x5f01;
const UNICODE_VERSION: Tag = 0x5f36;
const TAG_LIST: Tag = 0x5c;

/// The content of EF.COM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Com {
    /// Version of the data structure, `0107`: major and minor with two digits each.
    pub lds_version: String,
    /// Version of Unicode, `040000`.
    pub unicode_version: String,
    /// Numbers of the data groups, in the order of the file.
    pub groups: Vec<u8>,
}

impl Com {
    /// Reads EF.COM.
    pub fn parse(file: &[u8]) -> Result<Self, LdsError> {
        if file.len() > MAX_BYTES {
            return Err(LdsError::TooLong);
        }
        let mut content = Reader::new(Tlv::parse_tagged(file, COM)?);
        let lds_version = digits(content.expect(LDS_VERSION)?.value, 4)?;
        let unicode_version = digits(content.expect(UNICODE_VERSION)?.value, 6)?;
        let tags = content.expect(TAG_LIST)?.value;
        content.finish()?;
        let groups =
            tags.iter().map(|tag| group_of(*tag).ok_or(LdsError::UnknownGroup(*tag))).collect::<Result<_, _>>()?;
        Ok(Self { lds_version, unicode_version, groups })
    }
}

fn digits(value: &[u8], length: usize) -> Result<String, LdsError> {
    if value.len() != length || !value.iter().all(u8::is_ascii_digit) {
        return Err(LdsError::Version);
    }
    Ok(value.iter().map(|digit| char::from(*digit)).collect())
}
