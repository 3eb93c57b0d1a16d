//! MediaPipe's BlazeFace: boxes and points in pixels of the input, relative to the middle of a cell.

use super::{Detection, distinct};
use crate::measures::FaceBox;
use crate::model_set::Model;
use mibun_inference::engine::{EngineError, Tensor};
use mibun_inference::picture::{Affine, Picture};

/// Scores below are no faces; this model is less sure of itself than YuNet.
const SCORE: f32 = 0.5;
/// Cells per side and anchors per cell, for each pair of outputs.
const GRIDS: [(usize, usize); 2] = [(16, 2), (8, 6)];
/// Centre, size, and six points.
const NUMBERS: usize = 16;

/// Finds faces, the largest first.
pub(super) fn detect(model: &Model, picture: &Picture) -> Result<Vec<Detection>, EngineError> {
    let size = model.manifest.input.size;
    let side = picture.width.max(picture.height) as f32;
    let scale = side / size as f32;
    // The picture lies in the middle of a square; what is outside of it is black.
    let (left, top) = ((picture.width as f32 - side) / 2.0, (picture.height as f32 - side) / 2.0);
    let map = Affine { a: scale, b: 0.0, c: left, d: 0.0, e: scale, f: top };
    let input = Tensor {
        shape: vec![1, 3, size, size],
        data: picture.cut(size, size, &map).planes(&model.manifest.input.scaling()),
    };
    let mut found = Vec::new();
    for (grid, parts) in GRIDS.into_iter().zip(model.run_all(input)?.chunks_exact(2)) {
        read(parts, grid, size, &map, &mut found);
    }
    Ok(distinct(found))
}

/// Reads the scores and boxes of one grid.
fn read(parts: &[Tensor], (cells, per_cell): (usize, usize), size: usize, map: &Affine, found: &mut Vec<Detection>) {
    let [logits, boxes] = parts else { return };
    let cell = size as f32 / cells as f32;
    for (at, (logit, numbers)) in logits.data.iter().zip(boxes.data.chunks_exact(NUMBERS)).enumerate() {
        let score = 1.0 / (1.0 + (-logit).exp());
        if score >= SCORE {
            let (column, row) = (at / per_cell % cells, at / per_cell / cells);
            let middle = ((column as f32 + 0.5) * cell, (row as f32 + 0.5) * cell);
            found.push(face(score, numbers, middle, map));
        }
    }
}

fn face(score: f32, numbers: &[f32], middle: (f32, f32), map: &Affine) -> Detection {
    let place = |x: f32, y: f32| map.apply(x + middle.0, y + middle.1);
    let point = |k: usize| place(numbers[4 + 2 * k], numbers[5 + 2 * k]);
    let (x, y) = place(numbers[0], numbers[1]);
    let (width, height) = (numbers[2] * map.a, numbers[3] * map.e);
    let (right, left, nose, mouth) = (point(0), point(1), point(2), point(3));
    // There are no corners of the mouth: they lie about a third of the eyes' distance to either side of its middle.
    let half = ((left.0 - right.0) * 0.38, (left.1 - right.1) * 0.38);
    Detection {
        score,
        face: FaceBox { x: x - width / 2.0, y: y - height / 2.0, width, height },
        points: [right, left, nose, (mouth.0 - half.0, mouth.1 - half.1), (mouth.0 + half.0, mouth.1 + half.1)],
    }
}

#[cfg(test)]
mod tests;
