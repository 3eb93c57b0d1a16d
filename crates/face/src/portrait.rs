//! The small portrait that goes on a card.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;

use crate::Picture;
use crate::measures::FaceBox;
use mibun_inference::decode::{Bounds, DecodeError, decode};
use mibun_inference::picture::Affine;

/// Pixels of a card's portrait.
pub const WIDTH: usize = 240;
/// Pixels of a card's portrait.
pub const HEIGHT: usize = 320;
const QUALITY: u8 = 82;
/// Height of the face over the height of the portrait, as on documents (ICAO 9303-3: 70 to 80 % from chin to crown; the
/// detector's box ends at the forehead).
const FACE_SHARE: f32 = 0.58;

/// Cuts the face out of a photograph, centred, and packs it as JPEG.
///
/// # Errors
/// [`DecodeError`].
pub fn for_card(file: &[u8], face: &FaceBox) -> Result<Vec<u8>, DecodeError> {
    let picture = decode(file, Bounds::PORTRAIT)?;
    let height = (face.height / FACE_SHARE).min(picture.height as f32);
    let scale = height / HEIGHT as f32;
    let width = WIDTH as f32 * scale;
    let (x, y) = (face.x + face.width / 2.0 - width / 2.0, face.y + face.height * 0.45 - height / 2.0);
    let x = x.clamp(0.0, (picture.width as f32 - width).max(0.0));
    let y = y.clamp(0.0, (picture.height as f32 - height).max(0.0));
    let cut = (width.max(1.0) as usize, height.max(1.0) as usize);
    let whole = picture.cut(cut.0, cut.1, &Affine { a: 1.0, b: 0.0, c: x, d: 0.0, e: 1.0, f: y });
    Ok(jpeg(&whole.resized(WIDTH, HEIGHT), QUALITY))
}

/// A picture as a JPEG file.
pub fn jpeg(picture: &Picture, quality: u8) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    let encoder = JpegEncoder::new_with_quality(&mut file, quality);
    // Writing to memory cannot fail for a picture whose data fits its size.
    let _ = image::ImageEncoder::write_image(
        encoder,
        &picture.data,
        picture.width as u32,
        picture.height as u32,
        image::ExtendedColorType::Rgb8,
    );
    file.into_inner()
}
