use super::*;

fn tensor(data: Vec<f32>) -> Tensor {
    Tensor { shape: vec![1, data.len()], data }
}

#[test]
fn a_face_is_read_relative_to_the_middle_of_its_cell() {
    // Eight by eight cells of 32 pixels with six anchors each; the second anchor of column 3, row 2 holds a face.
    let at = (2 * 8 + 3) * 6 + 1;
    let (mut logits, mut boxes) = (vec![-10.0; 384], vec![0.0; 384 * NUMBERS]);
    logits[at] = 3.0;
    let numbers = [4.0, -8.0, 80.0, 100.0, -16.0, -20.0, 16.0, -20.0, 0.0, 0.0, 0.0, 30.0, -40.0, 0.0, 40.0, 0.0];
    boxes[NUMBERS * at..NUMBERS * (at + 1)].copy_from_slice(&numbers);
    // A picture of 512 by 256: twice the input wide, and a band of 128 above it that is black.
    let map = Affine { a: 2.0, b: 0.0, c: 0.0, d: 0.0, e: 2.0, f: -128.0 };
    let mut found = Vec::new();
    read(&[tensor(logits), tensor(boxes)], (8, 6), 256, &map, &mut found);
    let [face] = found.as_slice() else { panic!("{found:?}") };
    assert!((face.score - 0.952_574).abs() < 1e-5);
    // The middle of the cell is (112, 80) in the input.
    let centre = (2.0 * (112.0 + 4.0), 2.0 * (80.0 - 8.0) - 128.0);
    assert_eq!(face.face, FaceBox { x: centre.0 - 80.0, y: centre.1 - 100.0, width: 160.0, height: 200.0 });
    assert_eq!(face.points[0], (2.0 * 96.0, 2.0 * 60.0 - 128.0));
    assert_eq!(face.points[1], (2.0 * 128.0, 2.0 * 60.0 - 128.0));
    // The corners of the mouth lie on either side of its middle, level as the eyes are.
    let (right, left) = (face.points[3], face.points[4]);
    assert_eq!(right.1, left.1);
    assert!(((right.0 + left.0) / 2.0 - 2.0 * 112.0).abs() < 1e-3 && right.0 < left.0);
}

#[test]
fn the_second_anchor_of_a_cell_has_the_same_middle() {
    let mut logits = vec![-10.0; 512];
    (logits[0], logits[1]) = (2.0, 1.0);
    let map = Affine { a: 1.0, b: 0.0, c: 0.0, d: 0.0, e: 1.0, f: 0.0 };
    let mut found = Vec::new();
    read(&[tensor(logits), tensor(vec![1.0; 512 * NUMBERS])], (16, 2), 256, &map, &mut found);
    assert_eq!(found.len(), 2);
    assert_eq!(found[0].face, found[1].face);
}
