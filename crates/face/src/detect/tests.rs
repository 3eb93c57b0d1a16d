use super::*;

fn face(score: f32, x: f32, y: f32, side: f32) -> Detection {
    Detection { score, face: FaceBox { x, y, width: side, height: side }, points: [(x, y); 5] }
}

#[test]
fn of_boxes_that_overlap_the_best_is_kept() {
    let kept = distinct(vec![face(0.7, 0.0, 0.0, 100.0), face(0.9, 5.0, 5.0, 100.0), face(0.8, -4.0, 2.0, 98.0)]);
    assert_eq!(kept, [face(0.9, 5.0, 5.0, 100.0)]);
}

#[test]
fn the_largest_face_comes_first_whatever_its_score() {
    let kept = distinct(vec![face(0.95, 0.0, 0.0, 60.0), face(0.7, 300.0, 0.0, 100.0)]);
    assert_eq!(kept.iter().map(|face| face.score).collect::<Vec<_>>(), [0.7, 0.95]);
}

#[test]
fn people_far_behind_are_no_second_face() {
    assert_eq!(distinct(vec![face(0.9, 0.0, 0.0, 200.0), face(0.9, 400.0, 0.0, 50.0)]).len(), 1);
    assert_eq!(distinct(vec![face(0.9, 0.0, 0.0, 200.0), face(0.9, 400.0, 0.0, 70.0)]).len(), 2);
}

#[test]
fn boxes_that_no_picture_has_are_left_out() {
    for side in [f32::NAN, f32::INFINITY, 1e9, 0.0, -5.0] {
        assert_eq!(distinct(vec![face(0.9, 0.0, 0.0, side)]), []);
    }
    let mut wild = face(0.9, 0.0, 0.0, 50.0);
    wild.points[3].1 = f32::NAN;
    assert_eq!(distinct(vec![wild]), []);
}

#[test]
fn one_cell_of_yunet_is_read() {
    // Two by two cells at stride 32; the third (column 0, row 1) holds a face of 64 by 128 pixels of the input.
    let tensor = |data: Vec<f32>| Tensor { shape: vec![1, data.len()], data };
    let mut boxes = vec![0.0; 16];
    boxes[8..12].copy_from_slice(&[0.5, 0.25, 2.0_f32.ln(), 4.0_f32.ln()]);
    let parts = [
        tensor(vec![0.0, 0.3, 0.81, 1.2]),
        tensor(vec![1.0, 1.0, 1.0, 0.1]),
        tensor(boxes),
        tensor((0..40).map(|at| (at % 10) as f32 / 10.0).collect()),
    ];
    let mut found = Vec::new();
    read(&parts, 32, 64, 2.0, &mut found);
    let [face] = found.as_slice() else { panic!("{found:?}") };
    assert!((face.score - 0.9).abs() < 1e-6);
    // The picture is twice as large as the input.
    let expected = FaceBox { x: 32.0 - 64.0, y: 80.0 - 128.0, width: 128.0, height: 256.0 };
    let close = |one: f32, other: f32| (one - other).abs() < 1e-3;
    assert!(close(face.face.x, expected.x) && close(face.face.y, expected.y), "{face:?}");
    assert!(close(face.face.width, expected.width) && close(face.face.height, expected.height), "{face:?}");
    assert!(close(face.points[1].0, 0.2 * 64.0) && close(face.points[1].1, 1.3 * 64.0), "{face:?}");
}

#[test]
fn outputs_that_are_too_short_are_no_faces() {
    let short = Tensor { shape: vec![1], data: vec![1.0] };
    let mut found = Vec::new();
    read(&[short.clone(), short.clone(), short.clone(), short], 8, 320, 1.0, &mut found);
    assert_eq!(found, []);
}
