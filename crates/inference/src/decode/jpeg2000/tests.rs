//! Pictures of a gradient, made with OpenJPEG 2.5.0.

use super::*;

const COLOUR: &[u8] = include_bytes!("colour.jp2");
const GREY: &[u8] = include_bytes!("grey.j2k");

fn pixel(picture: &Picture, x: usize, y: usize) -> [u8; 3] {
    let at = (y * picture.width + x) * 3;
    picture.data[at..at + 3].try_into().expect("three samples")
}

#[test]
fn a_file_in_colour_runs_from_red_to_blue() {
    let picture = decode_jpeg2000(COLOUR).expect("a picture");
    assert_eq!((picture.width, picture.height), (96, 128));
    let [top, bottom] = [pixel(&picture, 48, 1), pixel(&picture, 48, 126)];
    assert!(top[0] > 230 && top[2] < 25, "{top:?}");
    assert!(bottom[0] < 25 && bottom[2] > 230, "{bottom:?}");
}

#[test]
fn a_bare_code_stream_in_grey_runs_from_black_to_white() {
    let picture = decode_jpeg2000(GREY).expect("a picture");
    assert_eq!(picture.data.len(), 96 * 128 * 3);
    let [top, bottom] = [pixel(&picture, 48, 1), pixel(&picture, 48, 126)];
    assert!(top.iter().all(|sample| *sample < 25), "{top:?}");
    assert!(bottom.iter().all(|sample| *sample > 230), "{bottom:?}");
}

#[test]
fn what_is_none_is_refused_by_name() {
    assert_eq!(decode_jpeg2000(b"\xff\xd8\xff").map(|_| ()), Err(DecodeError::NotAnImage));
    assert_eq!(decode_jpeg2000(include_bytes!("small.jp2")).map(|_| ()), Err(DecodeError::TooSmall));
}

#[test]
fn a_file_that_claims_more_pixels_than_fit_is_refused_unread() {
    // The width in the SIZ marker (ISO/IEC 15444-1 section A.5.1), 4 bytes behind marker, length and capabilities.
    let mut large = GREY.to_vec();
    let siz = large.windows(2).position(|pair| pair == [0xff, 0x51]).expect("SIZ");
    large[siz + 6..siz + 10].copy_from_slice(&1_000_000_u32.to_be_bytes());
    assert_eq!(decode_jpeg2000(&large).map(|_| ()), Err(DecodeError::TooLarge));
}

#[test]
fn no_cut_file_panics() {
    for length in 0..COLOUR.len() {
        let _ = decode_jpeg2000(&COLOUR[..length]);
    }
}
