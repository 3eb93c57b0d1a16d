//! A picture in memory, and how parts of it are cut out.

use serde::Deserialize;

/// Red, green, blue, 8 bits each, row by row.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    /// Pixels per row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// `3 * width * height` bytes.
    pub data: Vec<u8>,
}

/// A plane map from places in a cut to places in the picture: `x' = a x + b y + c`, `y' = d x + e y + f`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Affine {
    /// x' per x.
    pub a: f32,
    /// x' per y.
    pub b: f32,
    /// x' of the origin.
    pub c: f32,
    /// y' per x.
    pub d: f32,
    /// y' per y.
    pub e: f32,
    /// y' of the origin.
    pub f: f32,
}

impl Affine {
    /// Where a place in the cut lies in the picture.
    pub fn apply(&self, x: f32, y: f32) -> (f32, f32) {
        (self.a * x + self.b * y + self.c, self.d * x + self.e * y + self.f)
    }

    /// Maps a cut of `size` by `size` onto the square of side `side` around a centre, turned by `angle` (radians).
    pub fn square(centre: (f32, f32), side: f32, angle: f32, size: usize) -> Self {
        let scale = side / size as f32;
        let (sin, cos) = (angle.sin() * scale, angle.cos() * scale);
        let half = size as f32 / 2.0;
        Self {
            a: cos,
            b: -sin,
            c: centre.0 - cos * half + sin * half,
            d: sin,
            e: cos,
            f: centre.1 - sin * half - cos * half,
        }
    }
}

/// Most samples per side of a pixel that is a mean; a larger step comes from photographs that are larger than useful.
const MOST_STEPS: usize = 6;

impl Picture {
    /// The pixel at a place, edges repeated.
    pub fn at(&self, x: isize, y: isize) -> [u8; 3] {
        let clamp = |value: isize, end: usize| usize::try_from(value).unwrap_or(0).min(end.saturating_sub(1));
        let start = 3 * (clamp(y, self.height) * self.width + clamp(x, self.width));
        [self.data[start], self.data[start + 1], self.data[start + 2]]
    }

    /// Brightness of the pixel at a place (BT.601), 0..255.
    pub fn luma(&self, x: isize, y: isize) -> f32 {
        let [r, g, b] = self.at(x, y).map(f32::from);
        0.299 * r + 0.587 * g + 0.114 * b
    }

    /// The colour between pixels; a pixel's centre lies at its whole coordinates.
    pub fn between(&self, x: f32, y: f32) -> [f32; 3] {
        let (left, top) = (x.floor(), y.floor());
        let (dx, dy) = (x - left, y - top);
        let [a, b, c, d] = self.corners(left as isize, top as isize);
        let mix = |channel: usize| {
            let value = |pixel: [u8; 3]| f32::from(pixel[channel]);
            let upper = value(a) + (value(b) - value(a)) * dx;
            let lower = value(c) + (value(d) - value(c)) * dx;
            upper + (lower - upper) * dy
        };
        [mix(0), mix(1), mix(2)]
    }

    /// The pixel at a place, its right neighbour, and the two below.
    fn corners(&self, left: isize, top: isize) -> [[u8; 3]; 4] {
        let inside = left >= 0 && top >= 0 && left + 1 < self.width as isize && top + 1 < self.height as isize;
        if !inside {
            return [(0, 0), (1, 0), (0, 1), (1, 1)].map(|(x, y)| self.at(left + x, top + y));
        }
        // Nearly every pixel comes through here: two reads instead of four with clamped coordinates.
        let start = 3 * (top as usize * self.width + left as usize);
        let row = |start: usize| {
            let six = &self.data[start..start + 6];
            ([six[0], six[1], six[2]], [six[3], six[4], six[5]])
        };
        let ((a, b), (c, d)) = (row(start), row(start + 3 * self.width));
        [a, b, c, d]
    }

    /// Cuts a `width` by `height` piece; `map` says where each of its pixels lies here. Outside is black.
    pub fn cut(&self, width: usize, height: usize, map: &Affine) -> Self {
        let mut data = Vec::with_capacity(3 * width * height);
        let (right, bottom) = (self.width as f32, self.height as f32);
        for y in 0..height {
            for x in 0..width {
                let (sx, sy) = map.apply(x as f32, y as f32);
                let inside = sx > -1.0 && sy > -1.0 && sx < right && sy < bottom;
                let colour = if inside { self.between(sx, sy) } else { [0.0; 3] };
                data.extend(colour.map(|value| (value + 0.5) as u8));
            }
        }
        Self { width, height, data }
    }

    /// Like [`Picture::cut`], but every pixel is the mean of all that it covers, so that shrinking makes no false detail.
    pub fn cut_by_area(&self, width: usize, height: usize, map: &Affine) -> Self {
        let steps = (map.a.hypot(map.d).max(map.b.hypot(map.e)).round() as usize).clamp(1, MOST_STEPS);
        if steps == 1 {
            return self.cut(width, height, map);
        }
        let step = 1.0 / steps as f32;
        // The middles of `steps` by `steps` equal parts of a pixel, the first of which starts half a pixel before its centre.
        let shift = (step - 1.0) / 2.0;
        let fine = Affine {
            a: map.a * step,
            b: map.b * step,
            c: map.c + (map.a + map.b) * shift,
            d: map.d * step,
            e: map.e * step,
            f: map.f + (map.d + map.e) * shift,
        };
        let drawn = self.cut(width * steps, height * steps, &fine);
        let mut data = Vec::with_capacity(3 * width * height);
        for at in 0..3 * width * height {
            let (pixel, channel) = (at / 3, at % 3);
            let start = 3 * (pixel / width * steps * drawn.width + pixel % width * steps) + channel;
            let sum: usize = (0..steps)
                .flat_map(|y| (0..steps).map(move |x| 3 * (y * width * steps + x)))
                .map(|offset| usize::from(drawn.data[start + offset]))
                .sum();
            data.push((sum / (steps * steps)) as u8);
        }
        Self { width, height, data }
    }

    /// The whole picture at another size, by area where it shrinks and linearly where it grows.
    pub fn resized(&self, width: usize, height: usize) -> Self {
        let source = image::RgbImage::from_raw(self.width as u32, self.height as u32, self.data.clone());
        let Some(source) = source else { return Self { width, height, data: vec![0; 3 * width * height] } };
        let resized =
            image::imageops::resize(&source, width as u32, height as u32, image::imageops::FilterType::Triangle);
        Self { width, height, data: resized.into_raw() }
    }

    /// The picture mirrored left to right.
    pub fn mirrored(&self) -> Self {
        let row = |row: &[u8]| row.chunks_exact(3).rev().flatten().copied().collect::<Vec<u8>>();
        Self { data: self.data.chunks_exact(3 * self.width).flat_map(row).collect(), ..*self }
    }

    /// Numbers for a model: planes of colour in the given order, each `(value / scale - mean) / deviation`.
    pub fn planes(&self, scaling: &Scaling) -> Vec<f32> {
        let mut data = Vec::with_capacity(self.data.len());
        for (plane, channel) in scaling.channels.order().into_iter().enumerate() {
            let (mean, deviation) = (scaling.mean[plane], scaling.deviation[plane]);
            let value = |pixel: &[u8]| (f32::from(pixel[channel]) / scaling.scale - mean) / deviation;
            data.extend(self.data.chunks_exact(3).map(value));
        }
        data
    }
}

/// How colours become a model's numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scaling {
    /// Order of the planes.
    pub channels: Channels,
    /// Divides 0..255.
    pub scale: f32,
    /// Is subtracted, per plane.
    pub mean: [f32; 3],
    /// Divides, per plane.
    pub deviation: [f32; 3],
}

/// Order of the colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channels {
    /// Red first.
    Rgb,
    /// Blue first.
    Bgr,
}

impl Channels {
    const fn order(self) -> [usize; 3] {
        match self {
            Self::Rgb => [0, 1, 2],
            Self::Bgr => [2, 1, 0],
        }
    }
}

impl std::fmt::Debug for Picture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Picture({} x {})", self.width, self.height)
    }
}
