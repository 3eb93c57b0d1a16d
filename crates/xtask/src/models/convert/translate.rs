//! The walk from the wanted outputs back to the input, and what the operators build with.

use std::collections::{BTreeMap, BTreeSet};

use super::graph::Graph;
use super::onnx::{Attribute, OnnxGraph};
use super::{ConvertError, operators};

/// A computed value of the ONNX graph.
#[derive(Clone, Debug)]
pub(super) struct Computed {
    /// Its name.
    pub(super) name: String,
    /// Its sizes; rank 4 is batch, channels, height, width.
    pub(super) shape: Vec<usize>,
}

/// The ONNX graph so far.
#[derive(Debug, Default)]
pub(super) struct Builder {
    graph: OnnxGraph,
    computed: BTreeMap<String, Computed>,
    names: usize,
}

/// Translates what `outputs` depend on, in order of need.
///
/// # Errors
/// [`ConvertError`] for an operator that is not translated, and for a graph that is none.
pub(super) fn translate(graph: &Graph, outputs: &[&str]) -> Result<Vec<u8>, ConvertError> {
    let mut builder = Builder::default();
    for name in order(graph, outputs)? {
        let value = operators::operator(graph, &mut builder, name)?;
        builder.computed.insert(name.to_owned(), value);
    }
    for (index, name) in outputs.iter().enumerate() {
        let value = builder.value(name)?;
        let output = format!("out{index}");
        builder.graph.node("Identity", &[&value.name], &output, &[]);
        builder.graph.output(&output, &value.shape);
    }
    Ok(builder.graph.into_bytes())
}

/// Every node needed, each after the nodes it reads; constants are left out.
fn order<'a>(graph: &'a Graph, outputs: &[&'a str]) -> Result<Vec<&'a str>, ConvertError> {
    let (mut done, mut open, mut ordered) = (BTreeSet::new(), BTreeSet::new(), Vec::new());
    let mut path: Vec<&str> = outputs.iter().rev().copied().collect();
    while let Some(name) = path.last().copied() {
        if done.contains(name) || graph.constant(name).is_some() {
            path.pop();
        } else if open.insert(name) {
            let unread =
                graph.node(name)?.inputs.iter().rev().map(String::as_str).filter(|input| !done.contains(input));
            let before = path.len();
            path.extend(unread);
            if path[before..].iter().any(|input| open.contains(input)) {
                return Err(ConvertError::Malformed(format!("{name} depends on itself")));
            }
        } else {
            path.pop();
            done.insert(name);
            ordered.push(name);
        }
    }
    Ok(ordered)
}

impl Builder {
    /// What a node of the original graph became.
    pub(super) fn value(&self, name: &str) -> Result<Computed, ConvertError> {
        let value = self.computed.get(name);
        value.cloned().ok_or_else(|| ConvertError::Malformed(format!("{name} is not computed")))
    }

    /// Declares the graph's input.
    pub(super) fn input(&mut self, shape: Vec<usize>) -> Computed {
        self.graph.input("input", &shape);
        Computed { name: "input".to_owned(), shape }
    }

    /// A new name for a computed value.
    pub(super) fn fresh(&mut self) -> String {
        self.numbered('t')
    }

    fn numbered(&mut self, kind: char) -> String {
        self.names += 1;
        format!("{kind}{}", self.names)
    }

    /// Adds a constant of floats and returns its name.
    pub(super) fn floats(&mut self, shape: &[usize], values: &[f32]) -> String {
        let name = self.numbered('c');
        self.graph.floats(&name, shape, values);
        name
    }

    /// Adds a list of integers and returns its name.
    pub(super) fn integers(&mut self, values: &[i64]) -> String {
        let name = self.numbered('c');
        self.graph.integers(&name, values);
        name
    }

    /// Adds an operator whose output was named beforehand.
    pub(super) fn node(&mut self, operator: &str, inputs: &[&str], output: &str, attributes: &[(&str, Attribute)]) {
        self.graph.node(operator, inputs, output, attributes);
    }

    /// Adds an operator of one input that keeps the shape.
    pub(super) fn unary(&mut self, operator: &str, input: &Computed) -> Computed {
        let name = self.fresh();
        self.node(operator, &[&input.name], &name, &[]);
        Computed { name, shape: input.shape.clone() }
    }
}
