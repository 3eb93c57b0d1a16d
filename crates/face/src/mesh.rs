//! 468 points of a face, and what they say: turn, nod, tilt, eyes, mouth (MediaPipe Face Mesh).

use crate::detect::Detection;
use crate::engine::{EngineError, Tensor};
use crate::measures::Eyes;
use crate::model_set::Model;
use crate::picture::{Affine, Picture};

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
    pub(super) const RIGHT_EYE: [usize; 6] = [33, 133, 160, 144, 158, 153];
    pub(super) const LEFT_EYE: [usize; 6] = [362, 263, 385, 380, 387, 373];
    pub(super) const LIPS: [usize; 4] = [13, 14, 78, 308];
}

const POINTS: usize = 468;

/// Finds the mesh of a face; `None` where the model says that there is none.
pub(crate) fn find(model: &Model, picture: &Picture, face: &Detection) -> Result<Option<Mesh>, EngineError> {
    let size = model.manifest.input.size;
    let (right, left) = (face.points[0], face.points[1]);
    let angle = (left.1 - right.1).atan2(left.0 - right.0);
    let centre = (face.face.x + face.face.width / 2.0, face.face.y + face.face.height / 2.0);
    let side = face.face.width.max(face.face.height) * model.manifest.crop;
    let map = Affine::square(centre, side, angle, size);
    let piece = picture.cut(size, size, &map);
    let input = Tensor { shape: vec![1, 3, size, size], data: piece.planes(&model.manifest.input) };
    let names: Vec<&str> = model.manifest.outputs.iter().map(String::as_str).collect();
    let outputs = model.run(input, &names)?;
    let numbers = outputs.first().map(|tensor| tensor.data.as_slice()).unwrap_or_default();
    if numbers.len() < 3 * POINTS {
        return Ok(None);
    }
    let scale = side / size as f32;
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

    fn distance(&self, from: usize, to: usize) -> f32 {
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

    /// Opening of the eyes: height over width, the mean of two heights (eye aspect ratio).
    pub(crate) fn eyes(&self) -> Eyes {
        let ratio = |[inner, outer, a, b, c, d]: [usize; 6]| {
            (self.distance(a, b) + self.distance(c, d)) / 2.0 / self.distance(inner, outer).max(f32::EPSILON)
        };
        Eyes { left: ratio(at::LEFT_EYE), right: ratio(at::RIGHT_EYE) }
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
