//! A TensorFlow.js graph model, read.

use std::collections::BTreeMap;

use serde_json::Value;

use super::ConvertError;
use super::tensor::{Encoding, Tensor};

/// Nodes and constants by name.
#[derive(Debug)]
pub(crate) struct Graph {
    nodes: BTreeMap<String, Node>,
    constants: BTreeMap<String, Tensor>,
}

/// One operation.
#[derive(Debug)]
pub(super) struct Node {
    /// TensorFlow's name of the operation.
    pub(super) operation: String,
    /// Names of the nodes it reads.
    pub(super) inputs: Vec<String>,
    attributes: Value,
}

fn malformed(what: impl Into<String>) -> ConvertError {
    ConvertError::Malformed(what.into())
}

impl Graph {
    /// Reads the description and cuts the weights file into constants.
    ///
    /// # Errors
    /// [`ConvertError`] unless both fit together to the last byte.
    pub(super) fn parse(description: &[u8], weights: &[u8]) -> Result<Self, ConvertError> {
        let model: Value = serde_json::from_slice(description).map_err(|error| malformed(error.to_string()))?;
        let nodes = list(&model["modelTopology"]["node"], "modelTopology.node")?;
        let nodes = nodes.iter().map(node).collect::<Result<_, _>>()?;
        let groups = list(&model["weightsManifest"], "weightsManifest")?;
        let mut constants = BTreeMap::new();
        let mut rest = weights;
        for group in groups {
            for entry in list(&group["weights"], "weights")? {
                let (name, tensor) = constant(entry, &mut rest)?;
                constants.insert(name, tensor);
            }
        }
        if rest.is_empty() { Ok(Self { nodes, constants }) } else { Err(malformed("more weights than described")) }
    }

    /// A node by name.
    pub(super) fn node(&self, name: &str) -> Result<&Node, ConvertError> {
        self.nodes.get(name).ok_or_else(|| malformed(format!("no node {name}")))
    }

    /// The constant that a node reads as input number `index`.
    pub(super) fn constant_input(&self, node: &Node, index: usize) -> Result<&Tensor, ConvertError> {
        let name = node.inputs.get(index).ok_or_else(|| malformed(format!("{} lacks an input", node.operation)))?;
        self.constant(name).ok_or_else(|| malformed(format!("{name} is no constant")))
    }

    /// A constant by name; `None` for nodes that compute something.
    pub(super) fn constant(&self, name: &str) -> Option<&Tensor> {
        self.constants.get(name)
    }
}

impl Node {
    /// A list of non-negative integers, such as strides.
    pub(super) fn integers(&self, name: &str) -> Result<Vec<usize>, ConvertError> {
        let values = list(&self.attributes[name]["list"]["i"], name)?;
        values.iter().map(|value| integer(value).ok_or_else(|| malformed(name))).collect()
    }

    /// A text, which the file holds in base64.
    pub(super) fn text(&self, name: &str) -> Result<String, ConvertError> {
        decoded(&self.attributes[name]["s"]).ok_or_else(|| malformed(name))
    }

    /// A list of texts; empty when the attribute is absent.
    pub(super) fn texts(&self, name: &str) -> Result<Vec<String>, ConvertError> {
        let Some(values) = self.attributes[name]["list"]["s"].as_array() else { return Ok(Vec::new()) };
        values.iter().map(|value| decoded(value).ok_or_else(|| malformed(name))).collect()
    }

    /// A truth value; absent is false.
    pub(super) fn flag(&self, name: &str) -> bool {
        self.attributes[name]["b"].as_bool().unwrap_or(false)
    }

    /// The sizes of a placeholder; an open batch size is 1.
    pub(super) fn shape(&self) -> Result<Vec<usize>, ConvertError> {
        let dimensions = list(&self.attributes["shape"]["shape"]["dim"], "shape")?;
        let size = |dimension: &Value| match &dimension["size"] {
            Value::String(open) if open == "-1" => Some(1),
            size => integer(size),
        };
        dimensions.iter().map(|dimension| size(dimension).ok_or_else(|| malformed("shape"))).collect()
    }
}

fn node(value: &Value) -> Result<(String, Node), ConvertError> {
    let text = |name: &str| value[name].as_str().map(str::to_owned).ok_or_else(|| malformed(format!("node.{name}")));
    let inputs = value["input"].as_array().map(Vec::as_slice).unwrap_or_default();
    let inputs = inputs.iter().map(|input| input.as_str().map(str::to_owned).ok_or_else(|| malformed("node.input")));
    let inputs = inputs.collect::<Result<_, _>>()?;
    Ok((text("name")?, Node { operation: text("op")?, inputs, attributes: value["attr"].clone() }))
}

fn constant(entry: &Value, rest: &mut &[u8]) -> Result<(String, Tensor), ConvertError> {
    let name = entry["name"].as_str().ok_or_else(|| malformed("a weight without a name"))?;
    let sizes = list(&entry["shape"], name)?;
    let shape: Vec<usize> =
        sizes.iter().map(|size| integer(size).ok_or_else(|| malformed(name))).collect::<Result<_, _>>()?;
    let encoding = match (entry["dtype"].as_str(), entry["quantization"]["dtype"].as_str()) {
        (Some("float32"), None) => Encoding::Float32,
        (Some("float32"), Some("float16")) => Encoding::Float16,
        (Some("int32"), None) => Encoding::Int32,
        other => return Err(ConvertError::Unsupported(format!("weights stored as {other:?}"))),
    };
    let bytes = shape.iter().try_fold(encoding.width(), |bytes, size| bytes.checked_mul(*size));
    let (own, others) =
        bytes.and_then(|bytes| rest.split_at_checked(bytes)).ok_or_else(|| malformed("weights end early"))?;
    *rest = others;
    Ok((name.to_owned(), Tensor { shape, values: encoding.decode(own) }))
}

fn list<'a>(value: &'a Value, name: &str) -> Result<&'a [Value], ConvertError> {
    value.as_array().map(Vec::as_slice).ok_or_else(|| malformed(format!("{name} is no list")))
}

/// Integers of 64 bits are texts in the JSON form of protocol buffers.
fn integer(value: &Value) -> Option<usize> {
    match value {
        Value::String(text) => text.parse().ok(),
        number => number.as_u64().and_then(|number| number.try_into().ok()),
    }
}

fn decoded(value: &Value) -> Option<String> {
    use base64::Engine as _;
    let bytes = base64::engine::general_purpose::STANDARD.decode(value.as_str()?).ok()?;
    String::from_utf8(bytes).ok()
}
