use mibun_inference::decode::{Bounds, decode};
use mibun_vectors::{read_json, shared};
use serde_json::Value;

use super::*;

fn plain(width: usize, height: usize, colour: [u8; 3]) -> Picture {
    Picture { width, height, data: colour.repeat(width * height) }
}

/// Whether a place lies inside corners that go clockwise.
fn inside(corners: &[Point; 4], (x, y): Point) -> bool {
    (0..4).all(|at| {
        let (a, b) = (corners[at], corners[(at + 1) % 4]);
        (b.0 - a.0) * (y - a.1) - (b.1 - a.1) * (x - a.0) >= 0.0
    })
}

/// Shared area over joint area, on a grid.
fn overlap(one: &[Point; 4], other: &[Point; 4], picture: &Picture) -> f32 {
    let grid =
        (0..picture.height).step_by(4).flat_map(|y| (0..picture.width).step_by(4).map(move |x| (x as f32, y as f32)));
    let (mut shared, mut joint) = (0.0, 0.0);
    for place in grid {
        let (first, second) = (inside(one, place), inside(other, place));
        shared += f32::from(first && second);
        joint += f32::from(first || second);
    }
    shared / joint
}

fn corners(card: &Value) -> Option<[Point; 4]> {
    let corners = card["quad"].as_array()?.iter().map(|corner| {
        let number = |at: usize| corner[at].as_f64().unwrap_or(f64::NAN) as f32;
        (number(0), number(1))
    });
    corners.collect::<Vec<Point>>().try_into().ok()
}

#[test]
#[expect(clippy::print_stdout, reason = "the figure is what the test is for")]
fn cards_are_found_in_photographs() {
    let truth = read_json("documents/cn_id/groundtruth.json");
    let mut overlaps = Vec::new();
    for (name, card) in truth.as_object().expect("an object") {
        let Some(expected) = corners(card) else { continue };
        let Ok(file) = std::fs::read(shared("documents/cn_id").join(name)) else { continue };
        let picture = decode(&file, Bounds::PORTRAIT).expect("a photograph");
        let found = find(&picture).unwrap_or_else(|| panic!("{name}: no card found"));
        overlaps.push(overlap(&found, &expected, &picture));
    }
    assert_eq!(overlaps.len(), 20, "ten cards at two sizes");
    let mean = overlaps.iter().sum::<f32>() / overlaps.len() as f32;
    let least = overlaps.iter().copied().fold(1.0, f32::min);
    println!("overlap of the card found with the card: mean {mean:.3}, least {least:.3}");
    assert!(mean > 0.96 && least > 0.9, "mean {mean}, least {least}");
}

#[test]
fn a_turned_card_is_found_with_its_long_side_first() {
    let mut picture = plain(600, 600, [20, 40, 30]);
    let (sin, cos) = 1.0_f32.sin_cos();
    for y in 0..600 {
        for x in 0..600 {
            let (dx, dy) = (x as f32 - 300.0, y as f32 - 300.0);
            if (dx * cos + dy * sin).abs() < 158.6 && (dy * cos - dx * sin).abs() < 100.0 {
                picture.data[3 * (y * 600 + x)..][..3].fill(210);
            }
        }
    }
    let found = find(&picture).expect("a card");
    assert!(distance(found[0], found[1]) > 1.4 * distance(found[1], found[2]), "{found:?}");
    assert!(found[1].0 > found[0].0, "the first side runs to the right");
}

#[test]
fn where_there_is_no_card_none_is_found() {
    assert_eq!(find(&plain(640, 480, [128; 3])), None);
    // A square, and a card too small to be read.
    for (width, height) in [(300, 300), (100, 63)] {
        let mut picture = plain(640, 480, [20; 3]);
        for y in 60..60 + height {
            picture.data[3 * (y * 640 + 90)..3 * (y * 640 + 90 + width)].fill(220);
        }
        assert_eq!(find(&picture), None, "{width} by {height}");
    }
}
