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

#[test]
fn two_hundred_megapixels_of_png_are_refused_by_the_header() {
    let mut huge = file(64, 64, ImageFormat::Png);
    // Width and height are the first numbers of the header chunk; its checksum follows them.
    huge[16..24].copy_from_slice(&[0, 0, 0x4e, 0x20, 0, 0, 0x27, 0x10]);
    let checksum = crc32(&huge[12..29]);
    huge[29..33].copy_from_slice(&checksum.to_be_bytes());
    assert_eq!(decode(&huge, Bounds::PORTRAIT), Err(DecodeError::TooLarge));
}

/// CRC-32 as PNG uses it.
fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, _| if crc & 1 == 1 { 0xedb8_8320 ^ (crc >> 1) } else { crc >> 1 };
    !bytes.iter().fold(u32::MAX, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), step))
}

#[test]
fn a_png_that_is_cut_off_is_refused() {
    let whole = file(200, 100, ImageFormat::Png);
    assert_eq!(decode(&whole[..whole.len() / 2], Bounds::PORTRAIT), Err(DecodeError::Truncated));
}

#[test]
fn other_kinds_of_pictures_are_named_as_such() {
    for start in [&b"GIF89a\x10\x00\x10\x00"[..], b"RIFF\x24\x00\x00\x00WEBPVP8 ", b"BM\x00\x00\x00\x00"] {
        assert_eq!(decode(start, Bounds::PORTRAIT), Err(DecodeError::UnsupportedFormat), "{start:?}");
    }
}

#[test]
fn the_orientation_that_a_phone_writes_is_followed() {
    let mut lying = file(200, 100, ImageFormat::Jpeg);
    // APP1 with one entry: orientation 6, to be turned a quarter clockwise.
    let exif = b"\xff\xe1\x00\x22Exif\0\0MM\x00\x2a\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06\x00\x00\x00\x00\x00\x00";
    lying.splice(2..2, exif.iter().copied());
    let picture = decode(&lying, Bounds::PORTRAIT).expect("a photograph");
    assert_eq!((picture.width, picture.height), (100, 200));
    // What was at the lower left is now at the upper left: `x` was small and `y` large.
    let [red, green, _] = picture.at(2, 2);
    assert!(red < 20 && green > 80, "{red} {green}");
}
