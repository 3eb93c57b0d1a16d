//! Graphs of one operation, computed by hand.

use rten_tensor::NdTensor;
use rten_tensor::prelude::*;
use serde_json::{Value, json};

use super::super::to_onnx;
use super::run;

/// One constant of the weights file.
pub(super) struct Constant<'a> {
    pub(super) name: &'a str,
    pub(super) shape: &'a [usize],
    pub(super) values: &'a [f32],
}

/// `image` (1 x height x width x channels) -> one node called `result`.
pub(super) fn graph(image: [usize; 3], mut result: Value, constants: &[Constant<'_>]) -> (Vec<u8>, Vec<u8>) {
    result["name"] = "result".into();
    let sizes = [1, image[0], image[1], image[2]].map(|size| json!({ "size": size.to_string() }));
    let mut nodes = vec![json!({"name": "image", "op": "Placeholder", "attr": {"shape": {"shape": {"dim": sizes}}}})];
    nodes.extend(constants.iter().map(|constant| json!({"name": constant.name, "op": "Const"})));
    nodes.push(result);
    let weights: Vec<Value> = constants
        .iter()
        .map(|constant| json!({"name": constant.name, "shape": constant.shape, "dtype": "float32"}))
        .collect();
    let description = json!({"modelTopology": {"node": nodes}, "weightsManifest": [{"weights": weights}]});
    let bytes = constants.iter().flat_map(|constant| constant.values).flat_map(|value| value.to_le_bytes()).collect();
    (description.to_string().into_bytes(), bytes)
}

/// Attributes of a window operation; padding and layout are base64 in the file.
pub(super) fn window(padding: &str, stride: usize) -> Value {
    let padding = if padding == "SAME" { "U0FNRQ==" } else { "VkFMSUQ=" };
    let list = |values: [usize; 4]| json!({"list": {"i": values.map(|value| value.to_string())}});
    json!({
        "strides": list([1, stride, stride, 1]), "ksize": list([1, 2, 2, 1]), "dilations": list([1, 1, 1, 1]),
        "padding": {"s": padding}, "data_format": {"s": "TkhXQw=="},
    })
}

fn compute(image: NdTensor<f32, 4>, result: Value, constants: &[Constant<'_>]) -> (Vec<usize>, Vec<f32>) {
    let [_, channels, height, width] = image.shape();
    let (description, weights) = graph([height, width, channels], result, constants);
    let onnx = to_onnx(&description, &weights, &["result"]).expect("converts");
    let results = run(onnx, image, 1);
    (results[0].shape().to_vec(), results[0].to_vec())
}

fn counting(shape: [usize; 4]) -> NdTensor<f32, 4> {
    let [_, _, height, width] = shape;
    NdTensor::from_fn(shape, |[_, c, y, x]| ((c * height + y) * width + x) as f32)
}

#[test]
fn odd_padding_goes_to_the_bottom_and_the_right() {
    let node = json!({"op": "Conv2D", "input": ["image", "kernel"], "attr": window("SAME", 2)});
    let kernel = Constant { name: "kernel", shape: &[3, 3, 1, 1], values: &[1., 0., 0., 0., 0., 0., 0., 0., 0.] };
    // Four pixels, stride 2, window 3: one row and column of padding, all of it at the end.
    let (shape, values) = compute(counting([1, 1, 4, 4]), node, &[kernel]);
    assert_eq!((shape.as_slice(), values.as_slice()), ([1, 1, 2, 2].as_slice(), [0., 2., 8., 10.].as_slice()));
}

#[test]
fn depthwise_kernels_keep_channels_apart() {
    let node = json!({"op": "DepthwiseConv2dNative", "input": ["image", "kernel"], "attr": window("VALID", 1)});
    // Two channels, two results each: kernels 1, 10 for the first channel, 100, 1000 for the second.
    let kernel = Constant { name: "kernel", shape: &[1, 1, 2, 2], values: &[1., 10., 100., 1000.] };
    let (shape, values) = compute(counting([1, 2, 1, 2]), node, &[kernel]);
    assert_eq!(shape, [1, 4, 1, 2]);
    assert_eq!(values, [0., 1., 0., 10., 200., 300., 2000., 3000.]);
}

#[test]
fn constants_act_per_channel() {
    let node = json!({"op": "Mul", "input": ["image", "factor"], "attr": {}});
    let factor = Constant { name: "factor", shape: &[2], values: &[10., 100.] };
    let (_, values) = compute(counting([1, 2, 1, 2]), node, &[factor]);
    assert_eq!(values, [0., 10., 200., 300.]);
}

#[test]
fn slopes_act_on_negative_values_only() {
    let node = json!({"op": "Prelu", "input": ["image", "slope"], "attr": {}});
    let slope = Constant { name: "slope", shape: &[1, 1, 2], values: &[0.5, 0.25] };
    let image = NdTensor::from_data([1, 2, 1, 2], vec![-4., 4., -8., 8.]);
    assert_eq!(compute(image, node, &[slope]).1, [-2., 4., -2., 8.]);
}

#[test]
fn pooling_takes_the_largest_of_each_window() {
    let node = json!({"op": "MaxPool", "input": ["image"], "attr": window("VALID", 2)});
    let (shape, values) = compute(counting([1, 1, 4, 5]), node, &[]);
    assert_eq!((shape.as_slice(), values.as_slice()), ([1, 1, 2, 2].as_slice(), [6., 8., 16., 18.].as_slice()));
}
