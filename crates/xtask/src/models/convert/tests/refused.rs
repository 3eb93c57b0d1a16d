//! Models that are not understood completely are not converted.

use serde_json::{Value, json};

use super::super::tensor::{Encoding, Values};
use super::super::{ConvertError, to_onnx};
use super::small::{Constant, graph, window};

fn refusal(image: [usize; 3], result: Value, constants: &[Constant<'_>]) -> ConvertError {
    let (description, weights) = graph(image, result, constants);
    to_onnx(&description, &weights, &["result"]).expect_err("must be refused")
}

const FACTOR: Constant<'_> = Constant { name: "factor", shape: &[2], values: &[1., 2.] };

#[test]
fn unknown_operation() {
    let error = refusal([2, 2, 1], json!({"op": "Einsum", "input": ["image"]}), &[]);
    assert!(matches!(&error, ConvertError::Unsupported(what) if what == "operation Einsum"), "{error}");
}

#[test]
fn constants_of_another_number_of_channels() {
    let error = refusal([2, 2, 3], json!({"op": "Mul", "input": ["image", "factor"]}), &[FACTOR]);
    assert!(matches!(error, ConvertError::Shape(_)), "{error}");
}

#[test]
fn a_constant_where_an_image_belongs() {
    let error = refusal([2, 2, 2], json!({"op": "Relu", "input": ["factor"]}), &[FACTOR]);
    assert!(matches!(error, ConvertError::Malformed(_)), "{error}");
}

#[test]
fn a_node_that_reads_itself() {
    let error = refusal([2, 2, 2], json!({"op": "Relu", "input": ["result"]}), &[]);
    assert_eq!(error.to_string(), "malformed model: result depends on itself");
}

#[test]
fn a_node_that_is_not_there() {
    let error = refusal([2, 2, 2], json!({"op": "Relu", "input": ["nowhere"]}), &[]);
    assert_eq!(error.to_string(), "malformed model: no node nowhere");
}

#[test]
fn a_window_larger_than_the_image() {
    let error = refusal([1, 1, 1], json!({"op": "MaxPool", "input": ["image"], "attr": window("VALID", 1)}), &[]);
    assert!(matches!(error, ConvertError::Shape(_)), "{error}");
}

#[test]
fn weights_that_end_early_or_late() {
    let (description, weights) = graph([2, 2, 2], json!({"op": "Mul", "input": ["image", "factor"]}), &[FACTOR]);
    let early = to_onnx(&description, &weights[..7], &["result"]).expect_err("early");
    assert_eq!(early.to_string(), "malformed model: weights end early");
    let late = to_onnx(&description, &[weights, vec![0]].concat(), &["result"]).expect_err("late");
    assert_eq!(late.to_string(), "malformed model: more weights than described");
}

#[test]
fn a_size_beyond_all_memory() {
    let weights = json!([{"name": "w", "shape": [u64::MAX, 4], "dtype": "float32"}]);
    let model = json!({"modelTopology": {"node": []}, "weightsManifest": [{"weights": weights}]});
    let error = to_onnx(model.to_string().as_bytes(), &[], &[]).expect_err("must be refused");
    assert_eq!(error.to_string(), "malformed model: weights end early");
}

#[test]
fn weights_of_another_quantisation() {
    let weights = json!([{"name": "w", "shape": [1], "dtype": "float32", "quantization": {"dtype": "uint8"}}]);
    let model = json!({"modelTopology": {"node": []}, "weightsManifest": [{"weights": weights}]});
    let error = to_onnx(model.to_string().as_bytes(), &[0], &[]).expect_err("must be refused");
    assert!(matches!(error, ConvertError::Unsupported(_)), "{error}");
}

#[test]
fn no_json() {
    assert!(matches!(to_onnx(b"PK", &[], &[]), Err(ConvertError::Malformed(_))));
}

#[test]
fn half_precision_widens_exactly() {
    let halves: [u16; 6] = [0x3c00, 0xc000, 0x7bff, 0x0001, 0x8000, 0x7c00];
    let bytes: Vec<u8> = halves.iter().flat_map(|half| half.to_le_bytes()).collect();
    let wanted = [1.0, -2.0, 65504.0, 2f32.powi(-24), -0.0, f32::INFINITY];
    assert_eq!(Encoding::Float16.decode(&bytes), Values::Floats(wanted.to_vec()));
}
