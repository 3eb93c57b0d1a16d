//! Delaunay triangulation by incremental insertion (Bowyer 1981, Watson 1981).

use std::collections::HashMap;

/// Corners of a triangle, as indices into the points.
pub(super) type Triangle = [usize; 3];

/// Triangles that cover the convex hull of `points` so that no point lies inside another triangle's circumcircle.
pub(super) fn triangulate(points: &[(f64, f64)]) -> Vec<Triangle> {
    let count = points.len();
    let mut all = points.to_vec();
    all.extend(enclosing(points));
    let mut triangles: Vec<Triangle> = vec![[count, count + 1, count + 2]];
    for (at, point) in points.iter().enumerate() {
        let (bad, kept): (Vec<_>, Vec<_>) =
            triangles.into_iter().partition(|triangle| in_circumcircle(&all, triangle, *point));
        triangles = kept;
        triangles.extend(border(&bad).into_iter().map(|(from, to)| [from, to, at]));
    }
    triangles.retain(|triangle| triangle.iter().all(|corner| *corner < count));
    triangles
}

/// Edges of the hole that `bad` triangles leave: those that belong to one of them only.
fn border(bad: &[Triangle]) -> Vec<(usize, usize)> {
    let mut edges: HashMap<(usize, usize), (usize, usize, u32)> = HashMap::new();
    for [a, b, c] in bad {
        for (from, to) in [(*a, *b), (*b, *c), (*c, *a)] {
            edges.entry((from.min(to), from.max(to))).or_insert((from, to, 0)).2 += 1;
        }
    }
    let mut border: Vec<_> =
        edges.into_values().filter(|(_, _, uses)| *uses == 1).map(|(from, to, _)| (from, to)).collect();
    // The order of a hash map changes from run to run; frames must not.
    border.sort_unstable();
    border
}

/// A triangle far around all points.
fn enclosing(points: &[(f64, f64)]) -> [(f64, f64); 3] {
    let reach = points.iter().fold(1.0_f64, |reach, (x, y)| reach.max(x.abs()).max(y.abs())) * 20.0;
    [(-3.0 * reach, -reach), (3.0 * reach, -reach), (0.0, 3.0 * reach)]
}

fn in_circumcircle(points: &[(f64, f64)], triangle: &Triangle, point: (f64, f64)) -> bool {
    let [a, b, c] = triangle.map(|corner| (points[corner].0 - point.0, points[corner].1 - point.1));
    let square = |p: (f64, f64)| p.0 * p.0 + p.1 * p.1;
    let determinant =
        square(a) * (b.0 * c.1 - c.0 * b.1) - square(b) * (a.0 * c.1 - c.0 * a.1) + square(c) * (a.0 * b.1 - b.0 * a.1);
    let turn = (b.0 - a.0) * (c.1 - a.1) - (c.0 - a.0) * (b.1 - a.1);
    determinant * turn.signum() > 0.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_square_with_a_middle_is_four_triangles() {
        let triangles = triangulate(&[(0.0, 0.0), (2.0, 0.0), (2.0, 2.0), (0.0, 2.0), (1.0, 1.0)]);
        assert_eq!(triangles.len(), 4);
        assert!(triangles.iter().all(|triangle| triangle.contains(&4)));
    }

    #[test]
    fn no_point_lies_in_anothers_circumcircle_and_the_hull_is_covered() {
        let points: Vec<(f64, f64)> = (0..60_u32)
            .map(|at| {
                let spread = |factor: u32| f64::from(at.wrapping_mul(factor) % 997);
                (spread(2_654_435_761), spread(40_503))
            })
            .chain([(-10.0, -10.0), (1_010.0, -10.0), (1_010.0, 1_010.0), (-10.0, 1_010.0)])
            .collect();
        let triangles = triangulate(&points);
        let area = |[a, b, c]: &Triangle| {
            let (a, b, c) = (points[*a], points[*b], points[*c]);
            ((b.0 - a.0) * (c.1 - a.1) - (c.0 - a.0) * (b.1 - a.1)).abs() / 2.0
        };
        let covered: f64 = triangles.iter().map(area).sum();
        assert!((covered - 1_020.0 * 1_020.0).abs() < 1e-3, "{covered}");
        for triangle in &triangles {
            let strangers = (0..points.len()).filter(|at| !triangle.contains(at));
            for at in strangers {
                assert!(!in_circumcircle(&points, triangle, points[at]), "{triangle:?} holds {at}");
            }
        }
    }
}
