//! The ONNX file format, as far as the converter writes it: protocol buffers by hand (field numbers of `onnx.proto`).

/// ONNX IR version 8 with operator set 13: what every current engine reads.
const IR_VERSION: u64 = 8;
const OPERATOR_SET: u64 = 13;
const FLOAT: u64 = 1;
const INT64: u64 = 7;
const ATTRIBUTE_INT: u64 = 2;
const ATTRIBUTE_INTS: u64 = 7;

/// A protocol-buffers message under construction.
#[derive(Clone, Debug, Default)]
struct Message(Vec<u8>);

impl Message {
    fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push((value as u8) | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }

    fn number(mut self, field: u64, value: u64) -> Self {
        self.varint(field << 3);
        self.varint(value);
        self
    }

    fn numbers(self, field: u64, values: impl IntoIterator<Item = usize>) -> Self {
        values.into_iter().fold(self, |message, value| message.number(field, value as u64))
    }

    fn bytes(mut self, field: u64, value: &[u8]) -> Self {
        self.varint(field << 3 | 2);
        self.varint(value.len() as u64);
        self.0.extend_from_slice(value);
        self
    }

    fn text(self, field: u64, value: &str) -> Self {
        self.bytes(field, value.as_bytes())
    }

    fn message(self, field: u64, value: &Self) -> Self {
        self.bytes(field, &value.0)
    }

    fn messages<'a>(self, field: u64, values: impl IntoIterator<Item = &'a Self>) -> Self {
        values.into_iter().fold(self, |message, value| message.message(field, value))
    }
}

/// A node's parameter.
#[derive(Clone, Debug)]
pub(super) enum Attribute {
    /// One integer, never negative in what we write.
    Int(usize),
    /// A list of integers.
    Ints(Vec<usize>),
}

/// An ONNX graph being put together, node by node in order of execution.
#[derive(Debug, Default)]
pub(super) struct OnnxGraph {
    nodes: Vec<Message>,
    initializers: Vec<Message>,
    inputs: Vec<Message>,
    outputs: Vec<Message>,
}

impl OnnxGraph {
    /// Adds an operator with one output; attributes are written in the order given.
    pub(super) fn node(&mut self, operator: &str, inputs: &[&str], output: &str, attributes: &[(&str, Attribute)]) {
        let node = inputs.iter().fold(Message::default(), |node, input| node.text(1, input));
        let attributes: Vec<Message> = attributes.iter().map(|(name, value)| attribute(name, value)).collect();
        self.nodes.push(node.text(2, output).text(4, operator).messages(5, &attributes));
    }

    /// Adds a constant of 32-bit floats.
    pub(super) fn floats(&mut self, name: &str, shape: &[usize], values: &[f32]) {
        self.initializer(name, shape, FLOAT, values.iter().flat_map(|value| value.to_le_bytes()).collect());
    }

    /// Adds a one-dimensional constant of 64-bit integers.
    pub(super) fn integers(&mut self, name: &str, values: &[i64]) {
        self.initializer(name, &[values.len()], INT64, values.iter().flat_map(|value| value.to_le_bytes()).collect());
    }

    fn initializer(&mut self, name: &str, shape: &[usize], kind: u64, raw: Vec<u8>) {
        let tensor = Message::default().numbers(1, shape.iter().copied()).number(2, kind).text(8, name);
        self.initializers.push(tensor.bytes(9, &raw));
    }

    /// Names the graph's input.
    pub(super) fn input(&mut self, name: &str, shape: &[usize]) {
        self.inputs.push(value_info(name, shape));
    }

    /// Names one of the graph's outputs.
    pub(super) fn output(&mut self, name: &str, shape: &[usize]) {
        self.outputs.push(value_info(name, shape));
    }

    /// The file.
    pub(super) fn into_bytes(self) -> Vec<u8> {
        let graph = Message::default()
            .messages(1, &self.nodes)
            .text(2, "tfjs")
            .messages(5, &self.initializers)
            .messages(11, &self.inputs)
            .messages(12, &self.outputs);
        // The default operator set has the empty name.
        let operators = Message::default().text(1, "").number(2, OPERATOR_SET);
        Message::default().number(1, IR_VERSION).message(7, &graph).message(8, &operators).0
    }
}

fn attribute(name: &str, value: &Attribute) -> Message {
    let message = Message::default().text(1, name);
    match value {
        Attribute::Int(value) => message.number(3, *value as u64).number(20, ATTRIBUTE_INT),
        Attribute::Ints(values) => message.numbers(8, values.iter().copied()).number(20, ATTRIBUTE_INTS),
    }
}

fn value_info(name: &str, shape: &[usize]) -> Message {
    let dimensions: Vec<Message> = shape.iter().map(|size| Message::default().number(1, *size as u64)).collect();
    let tensor = Message::default().number(1, FLOAT).message(2, &Message::default().messages(1, &dimensions));
    Message::default().text(1, name).message(2, &Message::default().message(1, &tensor))
}
