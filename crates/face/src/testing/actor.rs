//! One person, rendered in any pose from one photograph.

use super::eyelids;
use super::noise::Noise;
use super::pose::Pose;
use super::raster::{Canvas, Corner};
use super::triangulation::{Triangle, triangulate};
use crate::Picture;
use crate::mesh::Point;
use crate::pipeline::{MeasureError, Pipeline};
use mibun_inference::decode::{Bounds, decode};
use mibun_inference::picture::Affine;

/// Pixels of a frame.
pub const FRAME_WIDTH: usize = 640;
/// Pixels of a frame.
pub const FRAME_HEIGHT: usize = 480;

/// Everything is drawn at twice the size and then halved, so that no edge is hard.
const OVERSIZE: usize = 2;
const WIDTH: usize = FRAME_WIDTH * OVERSIZE;
const HEIGHT: usize = FRAME_HEIGHT * OVERSIZE;
/// The stage is wider than the view, so that a person who steps back still has a room around.
const MARGIN: usize = 160;
const STAGE_WIDTH: usize = WIDTH + 2 * MARGIN;
const STAGE_HEIGHT: usize = HEIGHT + 2 * MARGIN;
/// How coarse the room is where the photograph ends.
const ROOM: usize = 48;
/// Height of the face over the height of the frame in the neutral pose.
const FACE_SHARE: f32 = 0.42;
/// Points around the head that stay where they are.
const OUTLINE: usize = 40;
/// How much larger than the face that outline is.
const OUTLINE_SIZE: (f32, f32) = (1.55, 1.5);
/// Standard deviation of the camera's noise, of 255.
const CAMERA_NOISE: f32 = 1.5;
/// How far a person who keeps still moves, in pixels of the frame.
const SWAY: f32 = 0.8;

/// Why there is no actor.
#[derive(Debug, thiserror::Error)]
pub enum ActorError {
    /// The photograph cannot be measured.
    #[error(transparent)]
    Measure(#[from] MeasureError),
    /// The photograph shows no face, or none that a mesh fits.
    #[error("the photograph shows no face")]
    NoFace,
}

/// A person made of one photograph.
#[derive(Debug)]
pub struct Actor {
    stage: Picture,
    points: Vec<Point>,
    triangles: Vec<Triangle>,
    /// What the head turns about.
    centre: Point,
}

impl Actor {
    /// Puts the face of a photograph (JPEG or PNG) in front of a camera, with the photograph's own background.
    ///
    /// # Errors
    /// [`ActorError`].
    pub fn new(pipeline: &Pipeline, photograph: &[u8]) -> Result<Self, ActorError> {
        let photograph = decode(photograph, Bounds::PORTRAIT).map_err(MeasureError::from)?;
        let (seen, _) = pipeline.measure(&photograph, &mut |_| {})?;
        if seen.faces == 0 {
            return Err(ActorError::NoFace);
        }
        let stage = stage(&photograph, &seen.face_box);
        let (_, mesh) = pipeline.measure(&stage, &mut |_| {})?;
        let mesh = mesh.ok_or(ActorError::NoFace)?;
        let mut points = mesh.points;
        let centre = centre(&points);
        points.extend(outline(&points, centre));
        let flat: Vec<(f64, f64)> = points.iter().map(|point| (f64::from(point.x), f64::from(point.y))).collect();
        Ok(Self { stage, triangles: triangulate(&flat), points, centre })
    }

    /// The frame that a camera sees; the seed moves the person a little and makes the camera's noise.
    pub fn frame(&self, pose: &Pose, seed: u64) -> Picture {
        let mut noise = Noise::new(seed);
        let view = self.view(pose, (noise.bell() * SWAY, noise.bell() * SWAY));
        let stage = eyelids::close(&self.stage, &self.points, pose.eyes_closed);
        let mut canvas = Canvas::over(stage.cut(WIDTH, HEIGHT, &inverse(&view)));
        let moved = self.moved(pose);
        let corner = |at: usize| {
            let (from, to) = (self.points[at], moved[at]);
            let (x, y) = view.apply(to.x, to.y);
            Corner { from: (from.x, from.y), to: Point { x, y, z: to.z } }
        };
        for triangle in &self.triangles {
            canvas.triangle(&stage, &triangle.map(corner));
        }
        camera(&canvas.picture, pose.light, &mut noise)
    }

    /// Every point in the pose; the outline stays, for a head seen from the front keeps its outline while it turns.
    fn moved(&self, pose: &Pose) -> Vec<Point> {
        let mut points = self.points.clone();
        let face = points.len() - OUTLINE;
        let (yaw, pitch) = (pose.yaw_deg.to_radians(), pose.pitch_deg.to_radians());
        for point in &mut points[..face] {
            let (x, y, z) = (point.x - self.centre.x, point.y - self.centre.y, point.z - self.centre.z);
            let (x, z) = (x * yaw.cos() - z * yaw.sin(), x * yaw.sin() + z * yaw.cos());
            let (y, z) = (y * pitch.cos() - z * pitch.sin(), y * pitch.sin() + z * pitch.cos());
            *point = Point { x: x + self.centre.x, y: y + self.centre.y, z: z + self.centre.z };
        }
        points
    }

    /// From places on the stage to places in the frame: nearer is larger, about the middle of the face.
    fn view(&self, pose: &Pose, sway: (f32, f32)) -> Affine {
        let zoom = pose.zoom;
        let shift = |centre: f32, sway: f32| centre * (1.0 - zoom) - MARGIN as f32 + sway * OVERSIZE as f32;
        Affine { a: zoom, b: 0.0, c: shift(self.centre.x, sway.0), d: 0.0, e: zoom, f: shift(self.centre.y, sway.1) }
    }
}

/// Scales the photograph so that its face has the neutral size; beyond its edges the room goes on, out of focus.
fn stage(photograph: &Picture, face: &crate::FaceBox) -> Picture {
    let scale = FACE_SHARE * HEIGHT as f32 / face.height;
    let side = |pixels: usize| ((pixels as f32 * scale) as usize).max(1);
    let scaled = photograph.resized(side(photograph.width), side(photograph.height));
    let coarse = scaled.resized(scaled.width.div_ceil(ROOM), scaled.height.div_ceil(ROOM));
    let left = ((face.x + face.width / 2.0) * scale) as isize - STAGE_WIDTH as isize / 2;
    let top = ((face.y + face.height / 2.0) * scale) as isize - STAGE_HEIGHT as isize / 2;
    let pixels = (0..STAGE_WIDTH * STAGE_HEIGHT).flat_map(|at| {
        let (x, y) = ((at % STAGE_WIDTH) as isize + left, (at / STAGE_WIDTH) as isize + top);
        if (0..scaled.width as isize).contains(&x) && (0..scaled.height as isize).contains(&y) {
            return scaled.at(x, y);
        }
        let place = |at: isize| (at as f32 + 0.5) / ROOM as f32 - 0.5;
        coarse.between(place(x), place(y)).map(|value| (value + 0.5) as u8)
    });
    Picture { width: STAGE_WIDTH, height: STAGE_HEIGHT, data: pixels.collect() }
}

/// Between the ears, which the mesh's two outermost points lie in front of.
fn centre(points: &[Point]) -> Point {
    let (right, left) = (points[234], points[454]);
    let (forehead, chin) = (points[10], points[152]);
    Point { x: (right.x + left.x) / 2.0, y: (forehead.y + chin.y) / 2.0, z: (right.z + left.z) / 2.0 }
}

/// Points on an ellipse around the head, behind the face.
fn outline(points: &[Point], centre: Point) -> Vec<Point> {
    let half_width = (points[454].x - points[234].x).abs() / 2.0 * OUTLINE_SIZE.0;
    let half_height = (points[152].y - points[10].y).abs() / 2.0 * OUTLINE_SIZE.1;
    let place = |at: usize| {
        let (sin, cos) = (at as f32 / OUTLINE as f32 * std::f32::consts::TAU).sin_cos();
        Point { x: centre.x + half_width * cos, y: centre.y + half_height * sin, z: centre.z + half_width }
    };
    (0..OUTLINE).map(place).collect()
}

fn inverse(view: &Affine) -> Affine {
    Affine { a: 1.0 / view.a, b: 0.0, c: -view.c / view.a, d: 0.0, e: 1.0 / view.e, f: -view.f / view.e }
}

/// Halves the picture and adds light and noise, as a small camera does.
fn camera(drawn: &Picture, light: f32, noise: &mut Noise) -> Picture {
    let mut frame = drawn.resized(FRAME_WIDTH, FRAME_HEIGHT);
    for value in &mut frame.data {
        *value = (f32::from(*value) * light + noise.bell() * CAMERA_NOISE + 0.5).clamp(0.0, 255.0) as u8;
    }
    frame
}
