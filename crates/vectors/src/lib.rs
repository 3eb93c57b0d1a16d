//! Test harness for published vectors: one named test per vector, in the output format of Rust's own test runner.
//!
//! Used as a development dependency by targets with `harness = false`. [`shared`] finds the folder with the vectors and
//! stops the run with one clear line when it is absent, so that no vector is ever skipped silently.

mod harness;
mod hex;
mod locate;

pub use harness::{Check, Test, run};
pub use hex::from_hex;
pub use locate::{read_json, read_text, shared};
