//! Photographs that lie the wrong way round, that show no document, or that are none.

mod common;

use std::io::Cursor;
use std::sync::Arc;

use common::reader;
use image::{ImageFormat, RgbImage};
use mibun_document::reader::{Document, LoadError, ReadError, Reader};
use mibun_inference::Picture;
use mibun_inference::decode::DecodeError;
use mibun_inference::engine::{Engine, RtenEngine};
use mibun_inference::model::ModelError;
use mibun_vectors::shared;

const NUMBER: &str = "990101200209044694";

fn file(name: &str) -> Vec<u8> {
    std::fs::read(shared(name)).expect("a file of the shared folder")
}

fn card(name: &str) -> RgbImage {
    image::load_from_memory(&file(&format!("documents/cn_id/{name}"))).expect("a picture").into_rgb8()
}

fn picture(image: RgbImage) -> Picture {
    Picture { width: image.width() as usize, height: image.height() as usize, data: image.into_raw() }
}

fn encoded(image: &RgbImage, format: ImageFormat) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    image.write_to(&mut file, format).expect("memory");
    file.into_inner()
}

/// The number of the card in a picture.
fn number(image: RgbImage) -> String {
    match reader().read_picture(&picture(image), &mut |_| {}) {
        Ok(Document::ResidentCardFront(front)) => front.number.map(|field| field.value.to_string()).unwrap_or_default(),
        other => panic!("{other:?}"),
    }
}

fn refused(image: RgbImage) -> ReadError {
    reader().read_picture(&picture(image), &mut |_| {}).expect_err("no document")
}

#[test]
fn a_photograph_is_read_upside_down() {
    assert_eq!(number(image::imageops::rotate180(&card("00_front_photo1000.jpg"))), NUMBER);
}

#[test]
fn a_photograph_is_read_turned_by_a_quarter() {
    assert_eq!(number(image::imageops::rotate90(&card("00_front_photo560.jpg"))), NUMBER);
    assert_eq!(number(image::imageops::rotate270(&card("00_front_photo560.jpg"))), NUMBER);
}

#[test]
fn a_scan_that_is_all_card_is_read_turned_by_a_quarter() {
    assert_eq!(number(image::imageops::rotate90(&card("00_front_clean.jpg"))), NUMBER);
}

#[test]
fn a_blank_picture_has_no_text() {
    let blank = RgbImage::from_pixel(1200, 800, image::Rgb([240, 240, 235]));
    assert!(matches!(refused(blank), ReadError::NoText));
}

#[test]
fn noise_has_no_document() {
    let mut state = 1_u32;
    let noise = RgbImage::from_fn(900, 600, |_, _| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        image::Rgb([(state >> 24) as u8, (state >> 16) as u8, (state >> 8) as u8])
    });
    assert!(matches!(refused(noise), ReadError::NoText | ReadError::NoDocument));
}

#[test]
fn a_face_is_no_document() {
    let face = image::load_from_memory(&file("faces/a1.jpg")).expect("a photograph").into_rgb8();
    assert!(matches!(refused(face), ReadError::NoText | ReadError::NoDocument));
}

#[test]
fn a_card_whose_text_cannot_be_made_out_is_no_document() {
    let small = image::imageops::resize(&card("00_front_clean.jpg"), 110, 70, image::imageops::FilterType::Triangle);
    assert!(matches!(refused(small), ReadError::NoText | ReadError::NoDocument));
}

#[test]
fn a_file_that_is_cut_off_is_refused() {
    let whole = file("documents/cn_id/00_front_photo560.jpg");
    for part in [whole.len() / 2, whole.len() - 100] {
        let refused = reader().read(&whole[..part], &mut |_| {}).expect_err("cut off");
        assert!(matches!(refused, ReadError::Decode(DecodeError::Truncated)), "{refused:?}");
    }
}

#[test]
fn two_hundred_megapixels_are_refused_by_the_header() {
    // A whole JPEG header that claims 20,000 by 10,000 pixels.
    let mut huge = encoded(&RgbImage::new(64, 64), ImageFormat::Jpeg);
    let at = huge.windows(2).position(|pair| pair == [0xff, 0xc0]).expect("a frame header");
    huge[at + 5..at + 9].copy_from_slice(&[0x27, 0x10, 0x4e, 0x20]);
    let refused = reader().read(&huge, &mut |_| {}).expect_err("too large");
    assert!(matches!(refused, ReadError::Decode(DecodeError::TooLarge)), "{refused:?}");
}

#[test]
fn what_is_no_picture_is_refused() {
    for (file, expected) in [
        (&b"%PDF-1.7"[..], DecodeError::NotAnImage),
        (&b"GIF89a\x10\x00\x10\x00"[..], DecodeError::UnsupportedFormat),
        (&[], DecodeError::NotAnImage),
    ] {
        let refused = reader().read(file, &mut |_| {}).expect_err("no picture");
        assert!(matches!(refused, ReadError::Decode(found) if found == expected), "{refused:?}");
    }
}

#[test]
fn models_that_are_missing_or_changed_are_refused() {
    let engine: Arc<dyn Engine> = Arc::new(RtenEngine::new(1));
    let missing = Reader::load(&engine, |_| None).expect_err("no file");
    assert!(
        matches!(&missing, LoadError::Model(ModelError::Missing(file)) if file == "PP-OCRv6_det_small.onnx"),
        "{missing:?}"
    );
    let changed = Reader::load(&engine, |_| Some(b"other content".to_vec())).expect_err("another file");
    assert!(matches!(changed, LoadError::Model(ModelError::Hash(_))), "{changed:?}");
}
