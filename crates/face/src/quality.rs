//! How usable an image of a face is: light and sharpness, in the style of ISO/IEC 29794-5.

use crate::measures::{Exposure, FaceBox};
use mibun_inference::picture::{Affine, Picture};

/// Side of the square that a face is scaled to before its light is measured.
const SIDE: usize = 96;

/// Brightness over the face, `SIDE` by `SIDE`.
pub(crate) struct Light(Vec<f32>);

impl Light {
    /// Brightness within a box; the whole picture's where there is no face.
    pub(crate) fn of(picture: &Picture, face: Option<&FaceBox>) -> Self {
        let whole = FaceBox { x: 0.0, y: 0.0, width: picture.width as f32, height: picture.height as f32 };
        let face = face.copied().unwrap_or(whole);
        let (a, e) = (face.width / SIDE as f32, face.height / SIDE as f32);
        let map = Affine { a, b: 0.0, c: face.x, d: 0.0, e, f: face.y };
        let piece = picture.cut(SIDE, SIDE, &map);
        let pixels = (0..SIDE * SIDE).map(|at| piece.luma((at % SIDE) as isize, (at / SIDE) as isize));
        Self(pixels.collect())
    }

    pub(crate) fn exposure(&self) -> Exposure {
        let share =
            |test: fn(f32) -> bool| self.0.iter().filter(|value| test(**value)).count() as f32 / self.0.len() as f32;
        let mut sorted = self.0.clone();
        sorted.sort_by(f32::total_cmp);
        let percentile = |percent: usize| sorted[(sorted.len() - 1) * percent / 100];
        Exposure {
            luminance_mean: self.0.iter().sum::<f32>() / self.0.len() as f32,
            under_exposed: share(|value| value < 25.0),
            over_exposed: share(|value| value > 247.0),
            dynamic_range: percentile(95) - percentile(5),
            uniformity: self.uniformity(),
        }
    }

    /// Overlap of the histograms of the two halves of the face.
    fn uniformity(&self) -> f32 {
        let mut halves = [[0_u32; 16]; 2];
        for (at, value) in self.0.iter().enumerate() {
            let half = usize::from(at % SIDE >= SIDE / 2);
            halves[half][(*value / 16.0).clamp(0.0, 15.0) as usize] += 1;
        }
        let shared: u32 = halves[0].iter().zip(&halves[1]).map(|(left, right)| left.min(right)).sum();
        shared as f32 / (self.0.len() / 2) as f32
    }

    /// Standard deviation of the Laplacian.
    pub(crate) fn sharpness(&self) -> f32 {
        let at = |x: usize, y: usize| self.0[y * SIDE + x];
        let inner = (1..SIDE - 1).flat_map(|y| (1..SIDE - 1).map(move |x| (x, y)));
        let values: Vec<f32> =
            inner.map(|(x, y)| at(x - 1, y) + at(x + 1, y) + at(x, y - 1) + at(x, y + 1) - 4.0 * at(x, y)).collect();
        let mean = values.iter().sum::<f32>() / values.len() as f32;
        (values.iter().map(|value| (value - mean).powi(2)).sum::<f32>() / values.len() as f32).sqrt()
    }
}
