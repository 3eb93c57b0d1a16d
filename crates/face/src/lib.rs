//! Faces as numbers: pixels in, scores out.
//!
//! Nothing here reads a file, a clock or a random source: model bytes, frames and the stop-watch are arguments.

mod measures;

pub use measures::{Embedding, Exposure, Eyes, FaceBox, FrameMeasures, LiveScores, Offset, PortraitMeasures};
