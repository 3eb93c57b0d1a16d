//! Draws textured triangles, the nearer over the farther.

use crate::Picture;
use crate::mesh::Point;

/// A picture being drawn.
pub(super) struct Canvas {
    pub(super) picture: Picture,
    depth: Vec<f32>,
}

/// A corner: where it comes from in the texture, and where it goes to.
#[derive(Clone, Copy)]
pub(super) struct Corner {
    pub(super) from: (f32, f32),
    pub(super) to: Point,
}

impl Canvas {
    pub(super) fn over(picture: Picture) -> Self {
        let depth = vec![f32::INFINITY; picture.width * picture.height];
        Self { picture, depth }
    }

    /// Draws a triangle; one that shows its back is not drawn.
    pub(super) fn triangle(&mut self, texture: &Picture, corners: &[Corner; 3]) {
        let [a, b, c] = corners.map(|corner| corner.to);
        let area = cross(a, b, c);
        let seen = area * cross_of(corners.map(|corner| corner.from)) > 0.0;
        if !seen || area.abs() < 1e-6 {
            return;
        }
        let span = |values: [f32; 3], end: usize| {
            let low = values.into_iter().fold(f32::INFINITY, f32::min).floor().max(0.0) as usize;
            let high = values.into_iter().fold(f32::NEG_INFINITY, f32::max).ceil().clamp(0.0, end as f32) as usize;
            low..high.max(low).min(end)
        };
        for y in span([a.y, b.y, c.y], self.picture.height) {
            for x in span([a.x, b.x, c.x], self.picture.width) {
                let place = Point { x: x as f32, y: y as f32, z: 0.0 };
                let weights = [cross(b, c, place) / area, cross(c, a, place) / area, cross(a, b, place) / area];
                // A hair over the edge, so that neighbours leave no gap.
                if weights.iter().all(|weight| *weight >= -1e-4) {
                    self.pixel(texture, corners, weights, y * self.picture.width + x);
                }
            }
        }
    }

    fn pixel(&mut self, texture: &Picture, corners: &[Corner; 3], weights: [f32; 3], at: usize) {
        let mix =
            |part: fn(&Corner) -> f32| corners.iter().zip(weights).map(|(c, weight)| part(c) * weight).sum::<f32>();
        let depth = mix(|corner| corner.to.z);
        if depth >= self.depth[at] {
            return;
        }
        self.depth[at] = depth;
        let colour = texture.between(mix(|corner| corner.from.0), mix(|corner| corner.from.1));
        for (value, colour) in self.picture.data[3 * at..].iter_mut().zip(colour) {
            *value = (colour + 0.5) as u8;
        }
    }
}

fn cross(a: Point, b: Point, c: Point) -> f32 {
    (b.x - a.x) * (c.y - a.y) - (c.x - a.x) * (b.y - a.y)
}

fn cross_of([a, b, c]: [(f32, f32); 3]) -> f32 {
    (b.0 - a.0) * (c.1 - a.1) - (c.0 - a.0) * (b.1 - a.1)
}
