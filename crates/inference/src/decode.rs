//! From a file to a picture: bounded before anything is allocated.

mod jpeg2000;

use std::io::Cursor;

use image::{ImageDecoder, ImageFormat, ImageReader, Limits};

use crate::Picture;

pub use jpeg2000::decode_jpeg2000;

/// What may be decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Most pixels.
    pub pixels: u32,
    /// Whether PNG is taken besides JPEG.
    pub png: bool,
}

impl Bounds {
    /// A camera frame: JPEG up to two megapixels.
    pub const FRAME: Self = Self { pixels: 2_100_000, png: false };
    /// A photograph for the register: JPEG or PNG up to 24 megapixels.
    pub const PORTRAIT: Self = Self { pixels: 24_000_000, png: true };
}

/// Why a file is no picture for us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// Not a picture of any kind we know.
    #[error("the file is not a picture")]
    NotAnImage,
    /// A picture of a kind that is not taken here.
    #[error("send a JPEG picture")]
    UnsupportedFormat,
    /// More pixels than taken here.
    #[error("the picture has too many pixels")]
    TooLarge,
    /// Fewer pixels than any face needs.
    #[error("the picture is too small")]
    TooSmall,
    /// The file ends early or is damaged.
    #[error("the picture is cut off or damaged")]
    Truncated,
}

/// Fewest pixels on the shorter side.
const SMALLEST: u32 = 64;

/// Decodes a file; its orientation mark (EXIF) is followed.
///
/// # Errors
/// [`DecodeError`]. Size is looked at in the header, before memory is taken.
pub fn decode(file: &[u8], bounds: Bounds) -> Result<Picture, DecodeError> {
    match image::guess_format(file).map_err(|_| DecodeError::NotAnImage)? {
        ImageFormat::Jpeg if has_end(file) => {}
        ImageFormat::Jpeg => return Err(DecodeError::Truncated),
        ImageFormat::Png if bounds.png => {}
        _ => return Err(DecodeError::UnsupportedFormat),
    }
    let mut reader = ImageReader::new(Cursor::new(file)).with_guessed_format().map_err(|_| DecodeError::NotAnImage)?;
    let mut limits = Limits::default();
    limits.max_alloc = Some(u64::from(bounds.pixels) * 16);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|_| DecodeError::Truncated)?;
    let (width, height) = decoder.dimensions();
    if width.saturating_mul(height) > bounds.pixels || width.checked_mul(height).is_none() {
        return Err(DecodeError::TooLarge);
    }
    if width.min(height) < SMALLEST {
        return Err(DecodeError::TooSmall);
    }
    let orientation = decoder.orientation().unwrap_or(image::metadata::Orientation::NoTransforms);
    let mut picture = image::DynamicImage::from_decoder(decoder).map_err(|_| DecodeError::Truncated)?;
    picture.apply_orientation(orientation);
    let picture = picture.into_rgb8();
    Ok(Picture { width: picture.width() as usize, height: picture.height() as usize, data: picture.into_raw() })
}

/// Whether a JPEG file has its end marker after the start of its data: decoders fill up what is missing with grey.
fn has_end(jpeg: &[u8]) -> bool {
    let marker = |from: &[u8], code: u8| from.windows(2).position(|pair| pair == [0xff, code]);
    // The last start of scan, for the thumbnail of a camera's file has one of its own.
    let scan = jpeg.windows(2).rposition(|pair| pair == [0xff, 0xda]).unwrap_or(0);
    marker(&jpeg[scan..], 0xd9).is_some()
}

#[cfg(test)]
mod tests;
