//! Is it a face, or a picture of one (MiniFASNet)?

use crate::engine::{EngineError, Tensor};
use crate::measures::FaceBox;
use crate::model_set::Model;
use crate::picture::{Affine, Picture};

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
    let input = Tensor { shape: vec![1, 3, size, size], data: piece.planes(&model.manifest.input) };
    let outputs = model.run_all(input)?;
    Ok(outputs.first().and_then(|tensor| tensor.data.get(1)).copied().unwrap_or(0.0))
}

/// The face box widened, as far as the picture reaches, and pushed inside it.
fn surroundings(picture: &Picture, face: &FaceBox, crop: f32) -> FaceBox {
    let (right, bottom) = (picture.width as f32 - 1.0, picture.height as f32 - 1.0);
    let crop = crop.min(bottom / face.height).min(right / face.width);
    let (width, height) = (face.width * crop, face.height * crop);
    let x = (face.x + face.width / 2.0 - width / 2.0).clamp(0.0, (right - width).max(0.0));
    let y = (face.y + face.height / 2.0 - height / 2.0).clamp(0.0, (bottom - height).max(0.0));
    FaceBox { x, y, width: width + 1.0, height: height + 1.0 }
}
