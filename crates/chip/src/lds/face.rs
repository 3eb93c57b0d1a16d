//! DG2: the face, in an ISO/IEC 19794-5 or ISO/IEC 39794-5 record inside biometric information templates (ISO/IEC 7816-11).
//!
//! The first image is found and its kind told by its first bytes; no pixel is decoded here.

use std::fmt;

use super::{LdsError, outer};
use crate::tlv::{Reader, Tag};

/// Longest DG2 that is looked at, in bytes. Portraits have 15 to 60 KB; a few early ones ten times that.
pub const MAX_BYTES: usize = 2 * 1024 * 1024;

const GROUP_TEMPLATE: Tag = 0x7f61;
const COUNT: Tag = 0x02;
const TEMPLATE: Tag = 0x7f60;
const HEADER: Tag = 0xa1;
/// Biometric data block, primitive and constructed.
const DATA: [Tag; 2] = [0x5f2e, 0x7f2e];

/// How the image is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PictureKind {
    /// JPEG (ISO/IEC 10918-1).
    Jpeg,
    /// JPEG 2000 (ISO/IEC 15444-1), as a file or as a bare code stream.
    Jpeg2000,
}

/// The face image as it is on the chip.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    /// How it is compressed.
    pub kind: PictureKind,
    /// The compressed image.
    pub bytes: Vec<u8>,
}

impl Picture {
    /// The first face image of DG2 (Doc 9303-10 section 4.7.2).
    pub fn from_dg2(file: &[u8]) -> Result<Self, LdsError> {
        let mut group = Reader::new(outer(file, 2, MAX_BYTES)?);
        let mut templates = group.expect(GROUP_TEMPLATE)?.children();
        if templates.expect(COUNT)?.value.iter().all(|byte| *byte == 0) {
            return Err(LdsError::NoPicture);
        }
        let mut template = templates.expect(TEMPLATE)?.children();
        template.optional(HEADER)?;
        while let Some(object) = template.next()? {
            if DATA.contains(&object.tag) {
                return Self::from_record(object.value);
            }
        }
        Err(LdsError::NoPicture)
    }

    /// The first image of a biometric data block in either standard.
    pub fn from_record(record: &[u8]) -> Result<Self, LdsError> {
        let bytes = if record.starts_with(b"FAC\0") { iso_19794(record)? } else { iso_39794(record)? };
        let kind = kind_of(bytes).ok_or(LdsError::PictureKind)?;
        Ok(Self { kind, bytes: bytes.to_vec() })
    }
}

/// The kind by the first bytes; what the record says about it is wrong on too many chips.
fn kind_of(bytes: &[u8]) -> Option<PictureKind> {
    const JPEG: &[u8] = &[0xff, 0xd8, 0xff];
    const JP2: &[u8] = &[0, 0, 0, 0x0c, b'j', b'P', b' ', b' ', 0x0d, 0x0a, 0x87, 0x0a];
    const CODE_STREAM: &[u8] = &[0xff, 0x4f, 0xff, 0x51];
    if bytes.starts_with(JPEG) {
        Some(PictureKind::Jpeg)
    } else if bytes.starts_with(JP2) || bytes.starts_with(CODE_STREAM) {
        Some(PictureKind::Jpeg2000)
    } else {
        None
    }
}

/// ISO/IEC 19794-5:2005 section 5: header, then per face its information, feature points, image information and image.
fn iso_19794(record: &[u8]) -> Result<&[u8], LdsError> {
    const HEADER: usize = 14;
    const FACE_INFORMATION: usize = 20;
    const FEATURE_POINT: usize = 8;
    const IMAGE_INFORMATION: usize = 12;
    let number = |bytes: &[u8], at: usize, length: usize| -> Result<usize, LdsError> {
        let digits = bytes.get(at..at + length).ok_or(LdsError::FaceRecord)?;
        Ok(digits.iter().fold(0, |number, digit| number << 8 | usize::from(*digit)))
    };
    if number(record, 8, 4)? != record.len() {
        return Err(LdsError::FaceRecord);
    }
    if number(record, 12, 2)? == 0 {
        return Err(LdsError::NoPicture);
    }
    let length = number(record, HEADER, 4)?;
    let face = record[HEADER..].get(..length).ok_or(LdsError::FaceRecord)?;
    let points = number(face, 4, 2)?;
    let image =
        face.get(FACE_INFORMATION + points * FEATURE_POINT + IMAGE_INFORMATION..).ok_or(LdsError::FaceRecord)?;
    if image.is_empty() { Err(LdsError::NoPicture) } else { Ok(image) }
}

/// ISO/IEC 39794-5: `FaceImageDataBlock`, first representation, its two-dimensional image. Members are looked up by tag,
/// for most of them are optional.
fn iso_39794(record: &[u8]) -> Result<&[u8], LdsError> {
    const FACE_IMAGE_DATA_BLOCK: Tag = 0x65;
    const PATH: [Tag; 6] = [0xa1, 0x30, 0xa1, 0xa0, 0xa0, 0x80];
    // Doc 9303 wraps the block into [1] once more.
    let wrapped = Reader::new(record).optional(0xa1)?;
    let mut value = find(wrapped.map_or(record, |outer| outer.value), FACE_IMAGE_DATA_BLOCK)?;
    for tag in PATH {
        value = find(value, tag)?;
    }
    Ok(value)
}

fn find(bytes: &[u8], tag: Tag) -> Result<&[u8], LdsError> {
    let mut objects = Reader::new(bytes);
    while let Some(object) = objects.next()? {
        if object.tag == tag {
            return Ok(object.value);
        }
    }
    Err(LdsError::NoPicture)
}

impl fmt::Debug for Picture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Picture({:?}, {} bytes)", self.kind, self.bytes.len())
    }
}
