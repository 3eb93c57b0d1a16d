//! Closes the eyes of a face in a picture: lids of the skin's colour come down, with the lashes at their edge.

use crate::Picture;
use crate::mesh::Point;

/// Points of one eye in MediaPipe's canonical face: both corners, then the lids from corner to corner.
struct Eye {
    corners: [usize; 2],
    upper: [usize; 7],
    lower: [usize; 7],
}

const EYES: [Eye; 2] = [
    Eye { corners: [33, 133], upper: [246, 161, 160, 159, 158, 157, 173], lower: [7, 163, 144, 145, 153, 154, 155] },
    Eye { corners: [362, 263], upper: [398, 384, 385, 386, 387, 388, 466], lower: [382, 381, 380, 374, 373, 390, 249] },
];
/// Everything below is in widths of the eye. The mesh sees openings a little smaller than they are.
const MARGIN: f32 = 0.07;
/// How far beyond the opening the colour of the skin is taken.
const SKIN: f32 = 0.08;
/// Half the thickness of the line of lashes.
const LASHES: f32 = 0.035;
/// How dark the lashes make the skin.
const LASH_SHADE: f32 = 0.55;
/// Width of the soft border of the painted lid.
const SOFT: f32 = 0.04;

/// The picture with the eyes closed by `share`, 0 to 1.
pub(super) fn close(picture: &Picture, points: &[Point], share: f32) -> Picture {
    let mut closed = picture.clone();
    if share > 0.0 {
        for eye in &EYES {
            Opening::of(eye, points).cover(picture, &mut closed, share);
        }
    }
    closed
}

/// The opening of an eye in its own coordinates: `u` from corner to corner (-0.5 to 0.5), `v` downwards.
struct Opening {
    middle: (f32, f32),
    along: (f32, f32),
    upper: Vec<(f32, f32)>,
    lower: Vec<(f32, f32)>,
}

impl Opening {
    fn of(eye: &Eye, points: &[Point]) -> Self {
        let [from, to] = eye.corners.map(|at| points[at]);
        let middle = ((from.x + to.x) / 2.0, (from.y + to.y) / 2.0);
        let mut opening = Self { middle, along: (to.x - from.x, to.y - from.y), upper: Vec::new(), lower: Vec::new() };
        let line = |lid: &[usize; 7], side: f32| {
            let corner = |u: f32| (u, side * MARGIN / 2.0);
            let inner =
                lid.iter().map(|at| opening.local(points[*at].x, points[*at].y)).map(|(u, v)| (u, v + side * MARGIN));
            std::iter::once(corner(-0.5 - MARGIN)).chain(inner).chain([corner(0.5 + MARGIN)]).collect()
        };
        let (upper, lower) = (line(&eye.upper, -1.0), line(&eye.lower, 1.0));
        (opening.upper, opening.lower) = (upper, lower);
        opening
    }

    fn width(&self) -> f32 {
        self.along.0.hypot(self.along.1)
    }

    fn local(&self, x: f32, y: f32) -> (f32, f32) {
        let (dx, dy) = (x - self.middle.0, y - self.middle.1);
        let square = self.width().powi(2);
        ((dx * self.along.0 + dy * self.along.1) / square, (dy * self.along.0 - dx * self.along.1) / square)
    }

    fn place(&self, u: f32, v: f32) -> (f32, f32) {
        (self.middle.0 + u * self.along.0 - v * self.along.1, self.middle.1 + u * self.along.1 + v * self.along.0)
    }

    /// Paints the lid over the opening from above, and the lashes at its edge.
    fn cover(&self, from: &Picture, to: &mut Picture, share: f32) {
        let reach = self.width();
        let span = |middle: f32, end: usize| {
            let low = (middle - reach).max(0.0) as usize;
            low..((middle + reach).max(0.0) as usize).min(end)
        };
        for y in span(self.middle.1, from.height) {
            for x in span(self.middle.0, from.width) {
                let (u, v) = self.local(x as f32, y as f32);
                let (Some(top), Some(bottom)) = (height(&self.upper, u), height(&self.lower, u)) else { continue };
                let edge = top + (bottom - top) * share;
                let lid = ramp(v - top) * ramp(edge - v) * ramp_of(0.5 + MARGIN - u.abs());
                let lash = (-((v - edge) / LASHES).powi(2)).exp() * ramp_of(0.5 - u.abs()) * LASH_SHADE;
                let down = ((v - top) / (bottom - top).max(0.01)).clamp(0.0, 1.0);
                let skin = self.skin(from, u, (top, bottom), down);
                let start = 3 * (y * from.width + x);
                for (value, skin) in to.data[start..start + 3].iter_mut().zip(skin) {
                    let painted = f32::from(*value) * (1.0 - lid) + skin * lid;
                    *value = (painted * (1.0 - lash) + 0.5) as u8;
                }
            }
        }
    }

    /// The colour of the lid: between that of the skin above and that below the eye.
    fn skin(&self, from: &Picture, u: f32, (top, bottom): (f32, f32), down: f32) -> [f32; 3] {
        let mean = |v: f32| {
            let mut sum = [0.0; 3];
            for shift in [-0.12, -0.06, 0.0, 0.06, 0.12] {
                let (x, y) = self.place(u + shift, v);
                sum.iter_mut().zip(from.between(x, y)).for_each(|(sum, value)| *sum += value / 5.0);
            }
            sum
        };
        let (above, below) = (mean(top - SKIN), mean(bottom + SKIN));
        [0, 1, 2].map(|channel| above[channel] * (1.0 - down) + below[channel] * down)
    }
}

/// The height of a line at `u`; `None` beyond its ends.
fn height(line: &[(f32, f32)], u: f32) -> Option<f32> {
    let part = line.windows(2).find(|part| part[0].0 <= u && u <= part[1].0)?;
    let share = (u - part[0].0) / (part[1].0 - part[0].0).max(f32::EPSILON);
    Some(part[0].1 + (part[1].1 - part[0].1) * share)
}

/// From 0 outside to 1 inside, over the soft border.
fn ramp(inside: f32) -> f32 {
    ramp_of(inside + SOFT / 2.0)
}

fn ramp_of(inside: f32) -> f32 {
    (inside / SOFT).clamp(0.0, 1.0)
}
