//! Plane geometry: hulls, smallest rectangles, four corners, and the projective map between two of them.

/// A place: x to the right, y down.
pub(crate) type Point = (f32, f32);

/// A rectangle in any direction.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Rectangle {
    pub(crate) centre: Point,
    /// Along the direction.
    pub(crate) width: f32,
    /// Across it.
    pub(crate) height: f32,
    /// Radians from the x axis towards the y axis, from -45 degrees up to 45.
    pub(crate) angle: f32,
}

/// The corners of the convex hull, clockwise as seen (y down), without points on its edges (Andrew's monotone chain).
pub(crate) fn hull(points: &[Point]) -> Vec<Point> {
    let mut sorted = points.to_vec();
    sorted.sort_by(|one, other| one.0.total_cmp(&other.0).then(one.1.total_cmp(&other.1)));
    sorted.dedup();
    if sorted.len() < 3 {
        return sorted;
    }
    let mut upper = chain(sorted.iter());
    let mut lower = chain(sorted.iter().rev());
    upper.pop();
    lower.pop();
    upper.append(&mut lower);
    upper
}

fn chain<'a>(points: impl Iterator<Item = &'a Point>) -> Vec<Point> {
    let mut kept: Vec<Point> = Vec::new();
    for point in points {
        while let [.., one, two] = kept.as_slice() {
            if turn(*one, *two, *point) > 0.0 {
                break;
            }
            kept.pop();
        }
        kept.push(*point);
    }
    kept
}

/// Twice the area of the triangle, positive where it goes clockwise as seen.
fn turn(a: Point, b: Point, c: Point) -> f32 {
    (b.0 - a.0) * (c.1 - a.1) - (b.1 - a.1) * (c.0 - a.0)
}

/// The area inside a polygon.
pub(crate) fn area(polygon: &[Point]) -> f32 {
    let following = polygon.iter().cycle().skip(1);
    let sum: f32 = polygon.iter().zip(following).map(|(a, b)| a.0 * b.1 - b.0 * a.1).sum();
    sum.abs() / 2.0
}

pub(crate) fn distance(a: Point, b: Point) -> f32 {
    (a.0 - b.0).hypot(a.1 - b.1)
}

/// The smallest rectangle around a convex polygon; one of its sides lies along one of the polygon's.
pub(crate) fn smallest_rectangle(hull: &[Point]) -> Option<Rectangle> {
    let following = hull.iter().cycle().skip(1);
    let along = hull.iter().zip(following).map(|(a, b)| rectangle_along(hull, (b.1 - a.1).atan2(b.0 - a.0)));
    along.min_by(|one, other| (one.width * one.height).total_cmp(&(other.width * other.height)))
}

fn rectangle_along(points: &[Point], direction: f32) -> Rectangle {
    // Of the four directions of a rectangle the one next to the x axis.
    let quarter = std::f32::consts::FRAC_PI_2;
    let angle = direction - (direction / quarter).round() * quarter;
    let (sin, cos) = angle.sin_cos();
    let (mut left, mut right, mut top, mut bottom) = (f32::MAX, f32::MIN, f32::MAX, f32::MIN);
    for (x, y) in points {
        let (along, across) = (x * cos + y * sin, y * cos - x * sin);
        (left, right) = (left.min(along), right.max(along));
        (top, bottom) = (top.min(across), bottom.max(across));
    }
    let (along, across) = ((left + right) / 2.0, (top + bottom) / 2.0);
    let centre = (along * cos - across * sin, along * sin + across * cos);
    Rectangle { centre, width: right - left, height: bottom - top, angle }
}

/// The four corners that a convex polygon would have without its rounded corners and small steps: sides are left out, the
/// least missed one first, and their neighbours prolonged until they meet.
pub(crate) fn four_corners(hull: &[Point]) -> Option<[Point; 4]> {
    let mut corners = hull.to_vec();
    while corners.len() > 4 {
        let count = corners.len();
        let without = |at: usize| {
            let corner = |step: usize| corners[(at + step) % count];
            // The side from 1 to 2 goes; its neighbours run from 0 to 1 and from 3 to 2.
            let meeting = meeting(corner(0), corner(1), corner(3), corner(2))?;
            Some((at, meeting, area(&[corner(1), meeting, corner(2)])))
        };
        let (at, meeting, _) = (0..count).filter_map(without).min_by(|one, other| one.2.total_cmp(&other.2))?;
        corners[(at + 1) % count] = meeting;
        corners.remove((at + 2) % count);
    }
    corners.try_into().ok()
}

/// Where two lines meet, if that lies beyond the second point of both.
fn meeting(a: Point, b: Point, c: Point, d: Point) -> Option<Point> {
    let (first, second) = ((b.0 - a.0, b.1 - a.1), (d.0 - c.0, d.1 - c.1));
    let cross = first.0 * second.1 - first.1 * second.0;
    if cross.abs() < 1e-6 {
        return None;
    }
    let (x, y) = (c.0 - a.0, c.1 - a.1);
    let along = (x * second.1 - y * second.0) / cross;
    let along_second = (x * first.1 - y * first.0) / cross;
    (along >= 1.0 && along_second >= 1.0).then_some((a.0 + first.0 * along, a.1 + first.1 * along))
}

/// A projective map of the plane.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Projection([f64; 8]);

impl Projection {
    /// The map that takes each of four corners to its counterpart; none where three of them lie in a line.
    pub(crate) fn between(from: [Point; 4], to: [Point; 4]) -> Option<Self> {
        let mut rows = [[0.0; 9]; 8];
        for (at, (from, to)) in from.into_iter().zip(to).enumerate() {
            let [x, y, u, v] = [from.0, from.1, to.0, to.1].map(f64::from);
            rows[2 * at] = [x, y, 1.0, 0.0, 0.0, 0.0, -x * u, -y * u, u];
            rows[2 * at + 1] = [0.0, 0.0, 0.0, x, y, 1.0, -x * v, -y * v, v];
        }
        solve(rows).map(Self)
    }

    pub(crate) fn apply(&self, (x, y): Point) -> Point {
        let [a, b, c, d, e, f, g, h] = self.0;
        let (x, y) = (f64::from(x), f64::from(y));
        let depth = g * x + h * y + 1.0;
        (((a * x + b * y + c) / depth) as f32, ((d * x + e * y + f) / depth) as f32)
    }
}

/// Gauss's elimination with the largest pivot.
fn solve(mut rows: [[f64; 9]; 8]) -> Option<[f64; 8]> {
    for column in 0..8 {
        let pivot = (column..8).max_by(|one, other| rows[*one][column].abs().total_cmp(&rows[*other][column].abs()))?;
        rows.swap(column, pivot);
        let row = rows[column];
        if row[column].abs() < 1e-9 {
            return None;
        }
        for other in (0..8).filter(|other| *other != column) {
            let factor = rows[other][column] / row[column];
            rows[other].iter_mut().zip(row).for_each(|(value, pivot)| *value -= factor * pivot);
        }
    }
    let mut at = 0;
    Some([(); 8].map(|()| {
        at += 1;
        rows[at - 1][8] / rows[at - 1][at - 1]
    }))
}

#[cfg(test)]
mod tests;
