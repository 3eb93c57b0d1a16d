//! Is it a face, or a picture of one (MiniFASNet)?

use crate::measures::FaceBox;
use crate::model_set::Model;
use mibun_inference::engine::{EngineError, Tensor};
use mibun_inference::picture::{Affine, Picture};

/// The probability of a live face.
pub(crate) fn live(model: &Model, picture: &Picture, face: &FaceBox) -> Result<f32, EngineError> {
    let size = model.manifest.input.size;
    let cut = surroundings(picture, face, model.manifest.crop);
    let (x_scale, y_scale) = (cut.width / size as f32, cut.height / size as f32);
    // Pixel centres, as the models' authors resize: the middle of the first pixel lies half a step inside.
    let map = Affine {
        a: x_scale,
        b: 0.0,
        c: cut.x + x_scale / 2.0 - 0.5,
        d: 0.0,
        e: y_scale,
        f: cut.y + y_scale / 2.0 - 0.5,
    };
    let piece = picture.cut(size, size, &map);
    let input = Tensor { shape: vec![1, 3, size, size], data: piece.planes(&model.manifest.input.scaling()) };
    let outputs = model.run_all(input)?;
    Ok(outputs.first().and_then(|tensor| tensor.data.get(1)).copied().unwrap_or(0.0))
}

/// The face box widened, as far as the picture reaches, pushed inside it, and brought to whole pixels: the rule with which
/// the models were trained (`_get_new_box` of Silent-Face-Anti-Spoofing), both ends included.
fn surroundings(picture: &Picture, face: &FaceBox, crop: f32) -> FaceBox {
    let (right, bottom) = (picture.width as f32 - 1.0, picture.height as f32 - 1.0);
    let crop = crop.min(bottom / face.height).min(right / face.width);
    let (x, width) = span(face.x, face.width, crop, right);
    let (y, height) = span(face.y, face.height, crop, bottom);
    FaceBox { x, y, width, height }
}

/// One side of the box: its first pixel and how many there are.
fn span(start: f32, length: f32, crop: f32, last: f32) -> (f32, f32) {
    let wide = length * crop;
    let from = (start + length / 2.0 - wide / 2.0).clamp(0.0, (last - wide).max(0.0));
    (from.floor(), (from + wide).min(last).floor() - from.floor() + 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn around(face: FaceBox, crop: f32) -> (f32, f32, f32, f32) {
        let picture = Picture { width: 640, height: 480, data: vec![0; 3 * 640 * 480] };
        let found = surroundings(&picture, &face, crop);
        (found.x, found.y, found.width, found.height)
    }

    fn face(x: f32, y: f32, width: f32, height: f32) -> FaceBox {
        FaceBox { x, y, width, height }
    }

    #[test]
    fn a_face_in_the_middle_is_widened_about_its_centre() {
        // 100 by 120 times 2.7 is 270 by 324, around (300, 240).
        assert_eq!(around(face(250.0, 180.0, 100.0, 120.0), 2.7), (165.0, 78.0, 271.0, 325.0));
    }

    #[test]
    fn what_would_lie_outside_is_pushed_inside() {
        assert_eq!(around(face(0.0, 0.0, 100.0, 100.0), 2.7), (0.0, 0.0, 271.0, 271.0));
        assert_eq!(around(face(540.0, 380.0, 100.0, 100.0), 2.7), (369.0, 209.0, 271.0, 271.0));
    }

    #[test]
    fn a_face_too_large_to_be_widened_so_far_takes_what_there_is() {
        // Twice is all that fits: 479 / 240 rows.
        let (x, y, width, height) = around(face(200.0, 120.0, 200.0, 240.0), 4.0);
        assert_eq!((y, height), (0.0, 480.0));
        assert!((x, width) == (100.0, 400.0), "{x} {width}");
    }
}
