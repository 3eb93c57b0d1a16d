//! TensorFlow.js graph models to ONNX: the few operators that face models use, exactly and reproducibly.
//!
//! TensorFlow keeps the channels of an image last (NHWC), ONNX keeps them first (NCHW). Every rank-4 value of the
//! converted graph is channels first, the input included; weights are rearranged once, here, and a transposition is
//! left in the graph only where a reshape would otherwise see the values in another order. The same input always
//! gives the same bytes, so converted files have pinned hashes like downloaded ones.

mod graph;
mod onnx;
mod operators;
mod tensor;
mod translate;

use std::fmt;

pub(crate) use graph::Graph;

/// Why a model cannot be converted: the file is not what it should be, or uses what we do not translate.
#[derive(Debug)]
pub(crate) enum ConvertError {
    /// The graph description is not a TensorFlow.js graph model.
    Malformed(String),
    /// An operator, attribute or data type outside the translated set.
    Unsupported(String),
    /// Shapes that do not fit together.
    Shape(String),
}

impl fmt::Display for ConvertError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(what) => write!(f, "malformed model: {what}"),
            Self::Unsupported(what) => write!(f, "not translated: {what}"),
            Self::Shape(what) => write!(f, "shapes do not fit: {what}"),
        }
    }
}

/// Converts the part of the graph that `outputs` (node names, in this order) depend on.
///
/// `description` is the model's JSON file, `weights` its one binary file. The ONNX graph takes `input`, the graph's
/// placeholder with batch size 1 and channels first, and returns `out0`, `out1`, ...
///
/// # Errors
/// [`ConvertError`] for anything that is not understood completely.
pub(crate) fn to_onnx(description: &[u8], weights: &[u8], outputs: &[&str]) -> Result<Vec<u8>, ConvertError> {
    let graph = Graph::parse(description, weights)?;
    translate::translate(&graph, outputs)
}

#[cfg(test)]
mod tests;
