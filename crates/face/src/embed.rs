//! From an aligned face to a vector.

use crate::align;
use crate::detect::Detection;
use crate::manifest::Kind;
use crate::measures::Embedding;
use crate::model_set::Model;
use mibun_inference::engine::{EngineError, Tensor};
use mibun_inference::picture::{Affine, Picture};

/// The vector of a face: the sum over the face and its mirror image, at unit length.
pub(crate) fn embed(model: &Model, picture: &Picture, face: &Detection) -> Result<Option<Embedding>, EngineError> {
    let size = model.manifest.input.size;
    let map =
        if model.manifest.kind == Kind::BoxCrop { upright(model, face) } else { align::to_template(&face.points) };
    let aligned = picture.cut_by_area(size, size, &map);
    let mut sum: Vec<f32> = Vec::new();
    for side in [&aligned, &aligned.mirrored()] {
        let input = Tensor { shape: vec![1, 3, size, size], data: side.planes(&model.manifest.input.scaling()) };
        let vector = model.run_all(input)?.into_iter().next().map(|tensor| tensor.data).unwrap_or_default();
        if sum.is_empty() {
            sum = vector;
        } else {
            sum.iter_mut().zip(vector).for_each(|(sum, value)| *sum += value);
        }
    }
    Ok(Embedding::normalised(sum))
}

/// A square around the face's box, turned so that the eyes are level.
fn upright(model: &Model, face: &Detection) -> Affine {
    let (right, left) = (face.points[0], face.points[1]);
    let angle = (left.1 - right.1).atan2(left.0 - right.0);
    let centre = (face.face.x + face.face.width / 2.0, face.face.y + face.face.height / 2.0);
    let side = face.face.width.max(face.face.height) * model.manifest.crop;
    Affine::square(centre, side, angle, model.manifest.input.size)
}
