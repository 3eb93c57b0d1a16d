use super::*;

fn near(one: Point, other: Point) -> bool {
    distance(one, other) < 0.01
}

#[test]
fn a_hull_leaves_out_what_lies_inside_and_on_its_sides() {
    let points = [(0.0, 0.0), (2.0, 0.0), (4.0, 0.0), (4.0, 3.0), (0.0, 3.0), (1.0, 1.0), (4.0, 3.0)];
    let hull = hull(&points);
    assert_eq!(hull, [(0.0, 0.0), (4.0, 0.0), (4.0, 3.0), (0.0, 3.0)], "clockwise from the left");
    assert!((area(&hull) - 12.0).abs() < 1e-6);
}

#[test]
fn hulls_of_few_points_are_these_points() {
    assert_eq!(hull(&[]), []);
    assert_eq!(hull(&[(1.0, 2.0), (1.0, 2.0)]), [(1.0, 2.0)]);
    assert_eq!(smallest_rectangle(&[]), None);
    assert_eq!(four_corners(&hull(&[(0.0, 0.0), (1.0, 0.0), (0.0, 1.0)])), None);
}

#[test]
fn the_smallest_rectangle_turns_with_its_points() {
    let (sin, cos) = 0.3_f32.sin_cos();
    let turned = |x: f32, y: f32| (50.0 + x * cos - y * sin, 40.0 + x * sin + y * cos);
    let corners = [turned(-20.0, -5.0), turned(20.0, -5.0), turned(20.0, 5.0), turned(-20.0, 5.0)];
    let found = smallest_rectangle(&hull(&corners)).expect("a rectangle");
    assert!(near(found.centre, (50.0, 40.0)), "{found:?}");
    assert!((found.width - 40.0).abs() < 0.01 && (found.height - 10.0).abs() < 0.01, "{found:?}");
    assert!((found.angle - 0.3).abs() < 0.001, "{found:?}");
}

#[test]
fn rounded_corners_are_prolonged_until_they_meet() {
    let cut =
        [(10.0, 0.0), (90.0, 0.0), (100.0, 8.0), (100.0, 52.0), (92.0, 60.0), (8.0, 60.0), (0.0, 50.0), (0.0, 9.0)];
    let corners = four_corners(&hull(&cut)).expect("four corners");
    for expected in [(0.0, 0.0), (100.0, 0.0), (100.0, 60.0), (0.0, 60.0)] {
        assert!(corners.iter().any(|corner| near(*corner, expected)), "{expected:?} in {corners:?}");
    }
}

#[test]
fn a_projection_takes_corners_to_corners() {
    let from = [(0.0, 0.0), (100.0, 0.0), (100.0, 60.0), (0.0, 60.0)];
    let to = [(12.0, 8.0), (210.0, 20.0), (190.0, 140.0), (20.0, 120.0)];
    let map = Projection::between(from, to).expect("a map");
    assert!(from.into_iter().zip(to).all(|(from, to)| near(map.apply(from), to)));
    let line = [(0.0, 0.0), (1.0, 1.0), (2.0, 2.0), (0.0, 5.0)];
    assert_eq!(Projection::between(line, to), None);
}
