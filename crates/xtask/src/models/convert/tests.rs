//! Converted models compute what TensorFlow.js computes; anything not understood is refused.

use rten::{Model, NodeId, ValueOrView};
use rten_tensor::prelude::*;
use rten_tensor::{NdTensor, Tensor};
use serde_json::Value;

use super::super::catalogue::{BLAZEFACE, FACEMESH, FACERES, ModelFile, Origin, Source};
use super::super::folder::fingerprint;
use super::super::package::Package;

mod refused;
mod small;

/// Largest difference allowed, as a share of the output's range.
const TOLERANCE: f64 = 1e-4;

fn source(file: &'static ModelFile) -> &'static Source {
    match &file.origin {
        Origin::Converted(source) => source,
        other => panic!("{} is not converted but {other:?}", file.name),
    }
}

fn convert(file: &'static ModelFile) -> Vec<u8> {
    let package = Package::get().expect("the npm package with the models");
    package.convert(source(file)).expect("converts")
}

/// The input of `golden.mjs`, channels first.
fn input(size: usize, low: f64, high: f64) -> NdTensor<f32, 4> {
    NdTensor::from_fn([1, 3, size, size], |[_, channel, y, x]| {
        let index = ((y * size + x) * 3 + channel) as u32;
        let byte = f64::from(index.wrapping_mul(2_654_435_761) >> 24);
        (low + (high - low) * byte / 255.0) as f32
    })
}

fn run(onnx: Vec<u8>, input: NdTensor<f32, 4>, outputs: usize) -> Vec<Tensor<f32>> {
    let model = Model::load(onnx).expect("a model that the engine reads");
    let id = |name: &str| model.node_id(name).expect("a named value");
    let wanted: Vec<NodeId> = (0..outputs).map(|index| id(&format!("out{index}"))).collect();
    let inputs: Vec<(NodeId, ValueOrView)> = vec![(id("input"), input.into_dyn().into())];
    let results = model.run(inputs, &wanted, None).expect("runs");
    results.into_iter().map(|value| value.try_into().expect("floats")).collect()
}

fn agrees_with_tensorflow(file: &'static ModelFile) {
    let golden: Value = serde_json::from_str(include_str!("golden/tfjs.json")).expect("golden file");
    let golden = &golden[source(file).stem];
    let number = |value: &Value| value.as_f64().expect("a number");
    let outputs = golden["outputs"].as_array().expect("outputs");
    let size = golden["size"].as_u64().expect("size") as usize;
    let results = run(convert(file), input(size, number(&golden["low"]), number(&golden["high"])), outputs.len());
    for (wanted, result) in outputs.iter().zip(&results) {
        let shape: Vec<usize> = serde_json::from_value(wanted["shape"].clone()).expect("shape");
        assert_eq!(result.shape(), shape.as_slice());
        let values: Vec<f64> = result.iter().copied().map(f64::from).collect();
        let range = values.iter().fold(1.0, |range: f64, value| range.max(value.abs()));
        let first: Vec<f64> = serde_json::from_value(wanted["first"].clone()).expect("first");
        assert_eq!(first.len(), values.len().min(16));
        for (index, (wanted, value)) in first.iter().zip(&values).enumerate() {
            assert!((wanted - value).abs() <= TOLERANCE * range, "value {index}: {value}, not {wanted}");
        }
        let sum: f64 = values.iter().sum();
        let norm = values.iter().map(|value| value * value).sum::<f64>().sqrt();
        let count = values.len() as f64;
        assert!((sum - number(&wanted["sum"])).abs() <= TOLERANCE * range * count, "sum {sum}");
        assert!((norm - number(&wanted["norm"])).abs() <= TOLERANCE * range * count.sqrt(), "norm {norm}");
    }
}

#[test]
fn blazeface_computes_what_tensorflow_computes() {
    agrees_with_tensorflow(&BLAZEFACE);
}

#[test]
fn facemesh_computes_what_tensorflow_computes() {
    agrees_with_tensorflow(&FACEMESH);
}

#[test]
fn faceres_computes_what_tensorflow_computes() {
    agrees_with_tensorflow(&FACERES);
}

#[test]
fn converted_files_have_their_pinned_hashes() {
    // The mesh is pinned to the file of the recommended set, which another converter made: the same to the last byte.
    for file in [&BLAZEFACE, &FACEMESH, &FACERES] {
        assert_eq!(fingerprint(&convert(file)), file.sha256, "{}", file.name);
    }
}
