use std::io::Cursor;

use image::{ImageFormat, Rgb, RgbImage};

use super::{Bounds, DecodeError, decode};

fn file(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let picture = RgbImage::from_fn(width, height, |x, y| Rgb([x as u8, y as u8, 128]));
    let mut file = Cursor::new(Vec::new());
    picture.write_to(&mut file, format).expect("memory");
    file.into_inner()
}

#[test]
fn a_frame_is_decoded() {
    let picture = decode(&file(640, 480, ImageFormat::Jpeg), Bounds::FRAME).expect("a frame");
    assert_eq!((picture.width, picture.height, picture.data.len()), (640, 480, 640 * 480 * 3));
}

#[test]
fn png_is_for_portraits_only() {
    let png = file(100, 100, ImageFormat::Png);
    assert!(decode(&png, Bounds::PORTRAIT).is_ok());
    assert_eq!(decode(&png, Bounds::FRAME), Err(DecodeError::UnsupportedFormat));
}

#[test]
fn a_file_that_is_cut_off_is_refused() {
    let whole = file(640, 480, ImageFormat::Jpeg);
    for part in [3, 20, 200, whole.len() / 2] {
        assert!(matches!(decode(&whole[..part], Bounds::FRAME), Err(DecodeError::Truncated | DecodeError::NotAnImage)));
    }
}

#[test]
fn ten_megabytes_of_noise_are_refused() {
    let noise: Vec<u8> = (0..10_000_000_u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    assert_eq!(decode(&noise, Bounds::PORTRAIT), Err(DecodeError::NotAnImage));
}

#[test]
fn two_hundred_megapixels_are_refused_by_the_header() {
    // A whole JPEG header that claims 20,000 by 10,000 pixels, and then noise.
    let mut huge = file(64, 64, ImageFormat::Jpeg);
    let at = huge.windows(2).position(|pair| pair == [0xff, 0xc0]).expect("a frame header");
    huge[at + 5..at + 9].copy_from_slice(&[0x27, 0x10, 0x4e, 0x20]);
    assert_eq!(decode(&huge, Bounds::PORTRAIT), Err(DecodeError::TooLarge));
}

#[test]
fn too_small_a_picture_is_refused() {
    assert_eq!(decode(&file(63, 500, ImageFormat::Jpeg), Bounds::FRAME), Err(DecodeError::TooSmall));
}
