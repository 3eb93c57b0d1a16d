use super::*;
use crate::geometry::Rectangle;

fn line(text: &str, x: f32, y: f32, angle: f32) -> Line {
    let place = Rectangle { centre: (x, y), width: 80.0, height: 20.0, angle };
    Line { place, text: Zeroizing::new(text.to_owned()), zone: Zeroizing::new(text.to_owned()), confidence: 1.0 }
}

fn texts(rows: &[Row]) -> Vec<String> {
    rows.iter().map(|row| row.text().to_string()).collect()
}

#[test]
fn rows_run_from_top_to_bottom_and_left_to_right() {
    let lines = vec![
        line("d", 300.0, 103.0, 0.0),
        line("c", 100.0, 100.0, 0.0),
        line("b", 300.0, 52.0, 0.0),
        line("a ", 90.0, 50.0, 0.0),
    ];
    assert_eq!(texts(&rows(lines)), ["ab", "cd"]);
}

#[test]
fn rows_of_a_page_that_lies_askew_hold_together() {
    let (sin, cos) = 0.2_f32.sin_cos();
    let at = |text: &str, x: f32, y: f32| line(text, x * cos - y * sin, x * sin + y * cos, 0.2);
    let lines = vec![at("b", 500.0, 50.0), at("a", 50.0, 50.0), at("c", 50.0, 90.0), at("d", 500.0, 90.0)];
    assert_eq!(texts(&rows(lines)), ["ab", "cd"]);
}

#[test]
fn no_lines_are_no_rows() {
    assert!(rows(Vec::new()).is_empty());
}
