//! How far the eyes are open.
//!
//! The mesh alone cannot tell: on closed eyes its contour keeps 60 to 85 % of the height that it has on open ones. What
//! vanishes with certainty is the iris, dark between the whites. So the height of the contour is weighted with how
//! strongly the brightness changes along the eye.

use crate::measures::Eyes;
use crate::mesh::Mesh;
use mibun_inference::picture::{Affine, Picture};

/// Corners of an eye, image left first, then the points of the upper and the lower lid that face each other.
struct Contour {
    corners: [usize; 2],
    lids: [(usize, usize); 2],
}

const RIGHT: Contour = Contour { corners: [33, 133], lids: [(160, 144), (158, 153)] };
const LEFT: Contour = Contour { corners: [362, 263], lids: [(385, 380), (387, 373)] };
/// Size of the cut around an eye; it is as wide as the eye, and `ROWS / COLUMNS` times as high.
const COLUMNS: usize = 48;
const ROWS: usize = 40;
/// Rows on either side of the darkest one that are looked at.
const BAND: usize = 8;
/// Neighbours that are averaged.
const SMOOTH: usize = 5;
/// Contrast of a usual open eye, so that the result keeps the scale of the contour's height over width.
const USUAL_CONTRAST: f32 = 0.1;
/// A turned head or a lamp's reflection may raise the contrast; more than this says nothing more.
const MOST: f32 = 2.0;

/// Opening of both eyes.
pub(crate) fn opening(picture: &Picture, mesh: &Mesh) -> Eyes {
    let of = |eye: &Contour| contour(mesh, eye) * (contrast(picture, mesh, eye) / USUAL_CONTRAST).min(MOST);
    Eyes { left: of(&LEFT), right: of(&RIGHT) }
}

/// Height over width of the contour (the eye aspect ratio of Soukupová and Čech 2016).
fn contour(mesh: &Mesh, eye: &Contour) -> f32 {
    let height = eye.lids.iter().map(|(upper, lower)| mesh.distance(*upper, *lower)).sum::<f32>() / 2.0;
    height / mesh.distance(eye.corners[0], eye.corners[1]).max(f32::EPSILON)
}

/// How much the brightness changes along the eye, relative to the skin around it.
fn contrast(picture: &Picture, mesh: &Mesh, eye: &Contour) -> f32 {
    let piece = cut(picture, mesh, eye);
    let brightness: Vec<f32> =
        (0..COLUMNS * ROWS).map(|at| piece.luma((at % COLUMNS) as isize, (at / COLUMNS) as isize)).collect();
    let skin = upper_quartile(&brightness).max(1.0);
    let rows = smooth(&brightness.chunks_exact(COLUMNS).map(|row| mean(&row[10..COLUMNS - 10])).collect::<Vec<_>>());
    // The iris lies near the middle; above are the shadow of the brow, below that of the cheek.
    let inner = BAND - SMOOTH / 2..ROWS - BAND - SMOOTH / 2;
    let darkest = inner.min_by(|one, other| rows[*one].total_cmp(&rows[*other])).unwrap_or(ROWS / 2) + SMOOTH / 2;
    let band = &brightness[(darkest - BAND) * COLUMNS..(darkest + BAND).min(ROWS) * COLUMNS];
    let profile: Vec<f32> = (0..COLUMNS)
        .map(|column| mean(&band.chunks_exact(COLUMNS).map(|row| row[column]).collect::<Vec<_>>()))
        .collect();
    spread(&smooth(&profile)) / skin
}

/// The eye, upright and as wide as the cut.
fn cut(picture: &Picture, mesh: &Mesh, eye: &Contour) -> Picture {
    let [from, to] = eye.corners.map(|at| mesh.points[at]);
    let (a, d) = ((to.x - from.x) / COLUMNS as f32, (to.y - from.y) / COLUMNS as f32);
    let (x, y) = ((from.x + to.x) / 2.0, (from.y + to.y) / 2.0);
    let (half_width, half_height) = ((COLUMNS - 1) as f32 / 2.0, (ROWS - 1) as f32 / 2.0);
    let map =
        Affine { a, b: -d, c: x - a * half_width + d * half_height, d, e: a, f: y - d * half_width - a * half_height };
    picture.cut_by_area(COLUMNS, ROWS, &map)
}

/// Standard deviation around the straight line that fits best: light from one side is no iris.
fn spread(values: &[f32]) -> f32 {
    let middle = (values.len() - 1) as f32 / 2.0;
    let level = mean(values);
    let steps = |at: usize| at as f32 - middle;
    let moment: f32 = values.iter().enumerate().map(|(at, value)| steps(at) * (value - level)).sum();
    let slope = moment / (0..values.len()).map(|at| steps(at).powi(2)).sum::<f32>().max(1.0);
    let rest: Vec<f32> =
        values.iter().enumerate().map(|(at, value)| (value - level - slope * steps(at)).powi(2)).collect();
    mean(&rest).sqrt()
}

fn smooth(values: &[f32]) -> Vec<f32> {
    values.windows(SMOOTH).map(mean).collect()
}

fn mean(values: &[f32]) -> f32 {
    values.iter().sum::<f32>() / values.len().max(1) as f32
}

fn upper_quartile(values: &[f32]) -> f32 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f32::total_cmp);
    sorted[sorted.len() * 3 / 4]
}
