//! Connected regions of a black and white picture.

use crate::geometry::Point;

/// A picture of yes and no, row by row.
#[derive(Debug, Clone)]
pub(crate) struct Mask {
    pub(crate) width: usize,
    pub(crate) set: Vec<bool>,
}

/// A region: how many pixels, and the ends of each of its rows.
#[derive(Debug, Clone)]
pub(crate) struct Region {
    pub(crate) pixels: Vec<usize>,
    width: usize,
}

impl Region {
    /// The first and last pixel of every row, which have the same hull as all of them.
    pub(crate) fn outline(&self) -> Vec<Point> {
        let mut ends: std::collections::BTreeMap<usize, (usize, usize)> = std::collections::BTreeMap::new();
        for pixel in &self.pixels {
            let (x, y) = (pixel % self.width, pixel / self.width);
            let end = ends.entry(y).or_insert((x, x));
            *end = (end.0.min(x), end.1.max(x));
        }
        ends.iter().flat_map(|(y, (left, right))| [(*left as f32, *y as f32), (*right as f32, *y as f32)]).collect()
    }
}

impl Mask {
    /// Regions of at least so many set pixels that touch each other, also over corners, the largest first.
    pub(crate) fn regions(&self, least: usize) -> Vec<Region> {
        let mut open = self.set.clone();
        let mut found = Vec::new();
        for start in 0..open.len() {
            if open[start] {
                let pixels = self.grow(start, &mut open);
                if pixels.len() >= least {
                    found.push(Region { pixels, width: self.width });
                }
            }
        }
        found.sort_by_key(|region| std::cmp::Reverse(region.pixels.len()));
        found
    }

    fn grow(&self, start: usize, open: &mut [bool]) -> Vec<usize> {
        let height = self.set.len() / self.width;
        open[start] = false;
        let mut pixels = vec![start];
        let mut next = 0;
        while let Some(pixel) = pixels.get(next).copied() {
            next += 1;
            let (x, y) = (pixel % self.width, pixel / self.width);
            for row in y.saturating_sub(1)..(y + 2).min(height) {
                for column in x.saturating_sub(1)..(x + 2).min(self.width) {
                    let neighbour = row * self.width + column;
                    if std::mem::take(&mut open[neighbour]) {
                        pixels.push(neighbour);
                    }
                }
            }
        }
        pixels
    }
}
