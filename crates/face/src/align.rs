//! The similarity transform that brings five points of a face onto a template.

use mibun_inference::picture::Affine;

/// Where ArcFace wants the five points in 112 by 112 pixels, image left to right.
const TEMPLATE: [(f32, f32); 5] =
    [(38.2946, 51.6963), (73.5318, 51.5014), (56.0252, 71.7366), (41.5493, 92.3655), (70.7299, 92.2041)];

/// Maps places in the aligned face onto places in the picture: least squares over turn, scale and shift.
pub(crate) fn to_template(points: &[(f32, f32); 5]) -> Affine {
    let mean = |list: &[(f32, f32); 5]| {
        let sum = list.iter().fold((0.0, 0.0), |sum, point| (sum.0 + point.0, sum.1 + point.1));
        (sum.0 / 5.0, sum.1 / 5.0)
    };
    let (from, to) = (mean(&TEMPLATE), mean(points));
    // With complex numbers: to = s (from - mean) + mean, and s = sum(conj(from) to) / sum(|from|^2).
    let (mut real, mut imaginary, mut spread) = (0.0, 0.0, 0.0);
    for (template, point) in TEMPLATE.iter().zip(points) {
        let (fx, fy) = (template.0 - from.0, template.1 - from.1);
        let (tx, ty) = (point.0 - to.0, point.1 - to.1);
        real += fx * tx + fy * ty;
        imaginary += fx * ty - fy * tx;
        spread += fx * fx + fy * fy;
    }
    let (a, b) = (real / spread, imaginary / spread);
    Affine { a, b: -b, c: to.0 - a * from.0 + b * from.1, d: b, e: a, f: to.1 - b * from.0 - a * from.1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_template_maps_onto_itself() {
        let map = to_template(&TEMPLATE);
        assert!(
            (map.a - 1.0).abs() < 1e-4 && map.b.abs() < 1e-4 && map.c.abs() < 1e-2 && map.f.abs() < 1e-2,
            "{map:?}"
        );
    }

    #[test]
    fn scale_turn_and_shift_are_found() {
        let (sin, cos) = 0.4_f32.sin_cos();
        let moved = TEMPLATE.map(|(x, y)| (2.0 * (cos * x - sin * y) + 30.0, 2.0 * (sin * x + cos * y) - 7.0));
        let map = to_template(&moved);
        for (template, point) in TEMPLATE.iter().zip(moved) {
            let (x, y) = map.apply(template.0, template.1);
            assert!((x - point.0).abs() < 0.01 && (y - point.1).abs() < 0.01);
        }
    }
}
