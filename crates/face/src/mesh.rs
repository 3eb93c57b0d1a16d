//! 468 points of a face, and what they say: turn, nod, tilt, mouth (MediaPipe Face Mesh).

use crate::detect::Detection;
use crate::model_set::Model;
use mibun_inference::engine::{EngineError, Tensor};
use mibun_inference::picture::{Affine, Picture};

/// A point of the mesh: pixels of the picture, and depth in the same unit, smaller being nearer to the camera.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// To the right.
    pub x: f32,
    /// Down.
    pub y: f32,
    /// Away from the camera.
    pub z: f32,
}

/// The points of one face.
#[derive(Clone, PartialEq)]
pub struct Mesh {
    /// 468 points in the order of MediaPipe's canonical face.
    pub points: Vec<Point>,
}

/// Turn, nod and tilt in degrees.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Pose {
    pub(crate) yaw: f32,
    pub(crate) pitch: f32,
    pub(crate) roll: f32,
}

/// Points of the canonical face. The person's right is image left.
mod at {
    pub(super) const FOREHEAD: usize = 10;
    pub(super) const CHIN: usize = 152;
    pub(super) const RIGHT_EYE_OUTER: usize = 33;
    pub(super) const LEFT_EYE_OUTER: usize = 263;
    pub(super) const LIPS: [usize; 4] = [13, 14, 78, 308];
}

const POINTS: usize = 468;
/// The second look is this much tighter than the first, for the mesh ends where the face does: measured on photographs,
/// the eyes' contours lie best at 1.25 times the mesh.
const TIGHTER: f32 = 1.25 / 1.5;

/// Finds the mesh of a face; `None` where the model's output is none.
///
/// Looks twice: what the detector calls a face differs from detector to detector, what the mesh calls one does not, and
/// the model is at its best on the cut that it was trained on.
pub(crate) fn find(model: &Model, picture: &Picture, face: &Detection) -> Result<Option<Mesh>, EngineError> {
    let (right, left) = (face.points[0], face.points[1]);
    let centre = (face.face.x + face.face.width / 2.0, face.face.y + face.face.height / 2.0);
    let side = face.face.width.max(face.face.height) * model.manifest.crop;
    let angle = (left.1 - right.1).atan2(left.0 - right.0);
    let Some(first) = look(model, picture, Square { centre, side, angle })? else { return Ok(None) };
    look(model, picture, first.square(model.manifest.crop * TIGHTER))
}

/// Where a face is looked for: a square that is turned with the eyes.
struct Square {
    centre: (f32, f32),
    side: f32,
    angle: f32,
}

fn look(model: &Model, picture: &Picture, square: Square) -> Result<Option<Mesh>, EngineError> {
    let size = model.manifest.input.size;
    let map = Affine::square(square.centre, square.side, square.angle, size);
    let piece = picture.cut_by_area(size, size, &map);
    let input = Tensor { shape: vec![1, 3, size, size], data: piece.planes(&model.manifest.input.scaling()) };
    let outputs = model.run_all(input)?;
    let numbers = outputs.first().map(|tensor| tensor.data.as_slice()).unwrap_or_default();
    if numbers.len() < 3 * POINTS || numbers.iter().any(|number| !number.is_finite()) {
        return Ok(None);
    }
    let scale = square.side / size as f32;
    let point = |numbers: &[f32]| {
        let (x, y) = map.apply(numbers[0], numbers[1]);
        Point { x, y, z: numbers[2] * scale }
    };
    Ok(Some(Mesh { points: numbers.chunks_exact(3).take(POINTS).map(point).collect() }))
}

impl Mesh {
    fn between(&self, from: usize, to: usize) -> [f32; 3] {
        let (from, to) = (self.points[from], self.points[to]);
        [to.x - from.x, to.y - from.y, to.z - from.z]
    }

    /// The square around all points, turned with the eyes and widened.
    fn square(&self, crop: f32) -> Square {
        let [x, y, _] = self.between(at::RIGHT_EYE_OUTER, at::LEFT_EYE_OUTER);
        let angle = y.atan2(x);
        let (sin, cos) = angle.sin_cos();
        let upright = self.points.iter().map(|point| (point.x * cos + point.y * sin, point.y * cos - point.x * sin));
        let mut reach = [f32::INFINITY, f32::NEG_INFINITY, f32::INFINITY, f32::NEG_INFINITY];
        for (x, y) in upright {
            reach = [reach[0].min(x), reach[1].max(x), reach[2].min(y), reach[3].max(y)];
        }
        let (x, y) = ((reach[0] + reach[1]) / 2.0, (reach[2] + reach[3]) / 2.0);
        let side = (reach[1] - reach[0]).max(reach[3] - reach[2]) * crop;
        Square { centre: (x * cos - y * sin, x * sin + y * cos), side, angle }
    }

    pub(crate) fn distance(&self, from: usize, to: usize) -> f32 {
        let [x, y, z] = self.between(from, to);
        (x * x + y * y + z * z).sqrt()
    }

    /// Turn, nod and tilt, from the lines between the eyes and from forehead to chin.
    pub(crate) fn pose(&self) -> Pose {
        let [x, y, z] = self.between(at::RIGHT_EYE_OUTER, at::LEFT_EYE_OUTER);
        let level = (x * x + y * y).sqrt();
        let [down_x, down_y, down_z] = self.between(at::FOREHEAD, at::CHIN);
        let upright = (down_x * down_x + down_y * down_y).sqrt();
        Pose {
            yaw: z.atan2(level).to_degrees(),
            pitch: down_z.atan2(upright).to_degrees(),
            roll: y.atan2(x).to_degrees(),
        }
    }

    /// Opening of the mouth: height between the lips over its width.
    pub(crate) fn mouth(&self) -> f32 {
        let [upper, lower, right, left] = at::LIPS;
        self.distance(upper, lower) / self.distance(right, left).max(f32::EPSILON)
    }
}

impl std::fmt::Debug for Mesh {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Mesh([redacted] x {})", self.points.len())
    }
}
