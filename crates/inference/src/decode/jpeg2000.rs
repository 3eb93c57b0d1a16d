//! JPEG 2000 (ISO/IEC 15444-1), in which most chips hold the portrait. Only for files that somebody vouches for: the
//! decoder is younger than that of JPEG.

use hayro_jpeg2000::{DecodeSettings, DecoderContext, Image};

use super::{DecodeError, SMALLEST};
use crate::Picture;

/// Most pixels. Portraits in chips have a tenth of it.
const PIXELS: u32 = 4_000_000;

/// Decodes a file or a bare code stream, grey or in colour.
///
/// # Errors
/// [`DecodeError`]. Size is looked at in the header, before memory is taken.
pub fn decode_jpeg2000(file: &[u8]) -> Result<Picture, DecodeError> {
    let image = Image::new(file, &DecodeSettings::default()).map_err(|_| DecodeError::NotAnImage)?;
    let (width, height) = (image.width(), image.height());
    if width.checked_mul(height).is_none_or(|pixels| pixels > PIXELS) {
        return Err(DecodeError::TooLarge);
    }
    if width.min(height) < SMALLEST {
        return Err(DecodeError::TooSmall);
    }
    let mut context = DecoderContext::default();
    let decoded = image.decode(&mut context).map_err(|_| DecodeError::Truncated)?;
    let channels = decoded.components().len();
    let samples = decoded.data_u8();
    let (width, height) = (width as usize, height as usize);
    if samples.len() != width * height * channels {
        return Err(DecodeError::Truncated);
    }
    let colours = channels - usize::from(image.has_alpha());
    let data = match colours {
        1 => samples.chunks_exact(channels).flat_map(|pixel| [pixel[0]; 3]).collect(),
        3 => samples.chunks_exact(channels).flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect(),
        _ => return Err(DecodeError::UnsupportedFormat),
    };
    Ok(Picture { width, height, data })
}

#[cfg(test)]
mod tests;
