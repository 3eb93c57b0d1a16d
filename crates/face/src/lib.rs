//! Pixels in, scores out: detection, landmarks, quality, anti-spoofing, embedding. No judgement, no I/O, no clock.
//!
//! An [engine](mibun_inference::engine) runs neural networks, a [`model_set`] says which and how they are fed, and the
//! [`pipeline`] turns an image into [`FrameMeasures`] or [`PortraitMeasures`].

pub mod eval;
pub mod manifest;
pub mod model_set;
pub mod pipeline;
pub mod portrait;
#[cfg(feature = "test-actor")]
pub mod testing;

mod align;
mod antispoof;
mod detect;
mod embed;
mod eyes;
mod measures;
mod mesh;
mod quality;

pub use measures::{Embedding, Exposure, Eyes, FaceBox, FrameMeasures, LiveScores, Offset, PortraitMeasures};
pub use mesh::{Mesh, Point};
pub use mibun_inference::Picture;
