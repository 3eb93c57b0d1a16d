use super::*;

#[test]
fn text_that_runs_down_is_read_from_top_to_bottom() {
    let flat = Rectangle { centre: (50.0, 50.0), width: 100.0, height: 20.0, angle: 0.1 };
    let standing = Rectangle { width: 20.0, height: 100.0, ..flat };
    assert!(!stand_on_end(&[flat, flat, standing]));
    assert!(stand_on_end(&[standing, standing, Rectangle { width: 30.0, ..flat }]));
    let read = turned(standing);
    assert_eq!((read.width, read.height), (100.0, 20.0));
    assert!((read.angle - 0.1 - std::f32::consts::FRAC_PI_2).abs() < 1e-6);
}
