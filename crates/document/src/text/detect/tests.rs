use super::*;

#[test]
fn each_blot_of_the_map_is_a_line() {
    let (width, height) = (200, 100);
    let mut map = vec![0.0; width * height];
    let mut blot = |x: std::ops::Range<usize>, y: std::ops::Range<usize>, value: f32| {
        y.for_each(|y| map[y * width + x.start..y * width + x.end].fill(value));
    };
    blot(20..120, 10..18, 0.9);
    blot(20..60, 50..60, 0.8);
    // Weak, and a speck.
    blot(150..190, 70..80, 0.35);
    blot(150..152, 20..21, 0.9);
    let found = lines(&map, width);
    assert_eq!(found.len(), 2, "{found:?}");
    assert!((found[0].centre.0 - 70.0).abs() < 1.5 && (found[0].centre.1 - 14.0).abs() < 1.5, "{found:?}");
    // The network's blots are thinner than the text.
    assert!(found[0].height > 15.0 && found[0].height < 25.0, "{found:?}");
    assert!(found[0].width > 105.0 && found[0].width < 125.0, "{found:?}");
}

#[test]
fn an_empty_map_has_no_lines() {
    assert_eq!(lines(&[0.0; 64], 8), []);
    assert_eq!(lines(&[f32::NAN; 64], 8), []);
}
