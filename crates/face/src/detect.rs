//! Faces and five points of each.

mod blaze;

use crate::manifest::Kind;
use crate::measures::FaceBox;
use crate::model_set::Model;
use mibun_inference::engine::{EngineError, Tensor};
use mibun_inference::picture::{Affine, Picture};

/// Scores below are no faces.
const SCORE: f32 = 0.6;
/// Boxes that share more than this are one face.
const OVERLAP: f32 = 0.3;
/// Faces smaller than this share of the largest are posters and people at the other end of the room.
const BYSTANDER: f32 = 0.3;
/// Pixels; smaller boxes are no faces.
const SMALLEST: f32 = 4.0;
/// Pixels; no picture that is decoded is as large.
const FARTHEST: f32 = 100_000.0;
const STRIDES: [usize; 3] = [8, 16, 32];
const OUTPUTS: [&str; 12] = [
    "cls_8", "obj_8", "bbox_8", "kps_8", "cls_16", "obj_16", "bbox_16", "kps_16", "cls_32", "obj_32", "bbox_32",
    "kps_32",
];

/// A face.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Detection {
    pub(crate) score: f32,
    pub(crate) face: FaceBox,
    /// Right eye, left eye, nose, right and left corner of the mouth; right and left are the person's own.
    pub(crate) points: [(f32, f32); 5],
}

impl Detection {
    /// Whether all numbers are such that pixels can be cut out by them: weights of unknown origin answer anything.
    fn is_usable(&self) -> bool {
        let face = self.face;
        let numbers = [face.x, face.y, face.width, face.height].into_iter();
        let mut numbers = numbers.chain(self.points.iter().flat_map(|(x, y)| [*x, *y]));
        numbers.all(|number| number.abs() < FARTHEST) && face.width >= SMALLEST && face.height >= SMALLEST
    }
}

/// Finds faces, the largest first.
pub(crate) fn detect(model: &Model, picture: &Picture) -> Result<Vec<Detection>, EngineError> {
    if model.manifest.kind == Kind::BlazeFace { blaze::detect(model, picture) } else { yunet(model, picture) }
}

/// YuNet: scores, boxes and points at three strides.
fn yunet(model: &Model, picture: &Picture) -> Result<Vec<Detection>, EngineError> {
    let size = model.manifest.input.size;
    // The longer side fills the input; the rest stays black.
    let scale = picture.width.max(picture.height) as f32 / size as f32;
    let small = fit(picture, size, scale);
    let input = Tensor { shape: vec![1, 3, size, size], data: small.planes(&model.manifest.input.scaling()) };
    let outputs = model.run(input, &OUTPUTS)?;
    let mut found = Vec::new();
    for (stride, parts) in STRIDES.into_iter().zip(outputs.chunks_exact(4)) {
        read(parts, stride, size, scale, &mut found);
    }
    Ok(distinct(found))
}

fn fit(picture: &Picture, size: usize, scale: f32) -> Picture {
    let (width, height) = (picture.width as f32 / scale, picture.height as f32 / scale);
    let small = picture.resized((width as usize).max(1), (height as usize).max(1));
    let identity = Affine { a: 1.0, b: 0.0, c: 0.0, d: 0.0, e: 1.0, f: 0.0 };
    small.cut(size, size, &identity)
}

/// Reads the anchors of one stride; an anchor is a cell of the grid.
fn read(parts: &[Tensor], stride: usize, size: usize, scale: f32, found: &mut Vec<Detection>) {
    let [class, object, boxes, points] = parts else { return };
    let scores = class
        .data
        .iter()
        .zip(&object.data)
        .map(|(class, object)| (class.clamp(0.0, 1.0) * object.clamp(0.0, 1.0)).sqrt());
    let (boxes, points) = (boxes.data.chunks_exact(4), points.data.chunks_exact(10));
    let columns = size / stride;
    for (at, ((score, numbers), points)) in scores.zip(boxes).zip(points).enumerate() {
        if score < SCORE {
            continue;
        }
        let (column, row) = ((at % columns) as f32, (at / columns) as f32);
        let unit = stride as f32 * scale;
        let (x, y) = ((column + numbers[0]) * unit, (row + numbers[1]) * unit);
        let (width, height) = (numbers[2].exp() * unit, numbers[3].exp() * unit);
        let point = |k: usize| ((points[2 * k] + column) * unit, (points[2 * k + 1] + row) * unit);
        found.push(Detection {
            score,
            face: FaceBox { x: x - width / 2.0, y: y - height / 2.0, width, height },
            points: [point(0), point(1), point(2), point(3), point(4)],
        });
    }
}

/// Keeps the best of boxes that overlap, then orders by size and leaves out who is far behind the nearest person.
fn distinct(mut found: Vec<Detection>) -> Vec<Detection> {
    found.retain(Detection::is_usable);
    found.sort_by(|one, other| other.score.total_cmp(&one.score));
    let mut kept: Vec<Detection> = Vec::new();
    for face in found {
        if kept.iter().all(|other| overlap(&face.face, &other.face) <= OVERLAP) {
            kept.push(face);
        }
    }
    kept.sort_by(|one, other| area(&other.face).total_cmp(&area(&one.face)));
    let nearest = kept.first().map_or(0.0, |face| face.face.height);
    kept.retain(|face| face.face.height >= nearest * BYSTANDER);
    kept
}

fn area(face: &FaceBox) -> f32 {
    face.width * face.height
}

/// Shared area over joint area.
fn overlap(one: &FaceBox, other: &FaceBox) -> f32 {
    let width = (one.x + one.width).min(other.x + other.width) - one.x.max(other.x);
    let height = (one.y + one.height).min(other.y + other.height) - one.y.max(other.y);
    let shared = width.max(0.0) * height.max(0.0);
    shared / (area(one) + area(other) - shared).max(f32::EPSILON)
}

#[cfg(test)]
mod tests;
