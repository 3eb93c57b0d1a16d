//! What every reader of pictures shares: files decoded within bounds, pieces cut out, models checked and run.
//!
//! A [`decode()`](decode::decode) gives a [`Picture`], an [`engine`] runs networks, and a [`model`] is a file with the right
//! hash that an engine has prepared. What the numbers mean is for the crates above. No I/O, no clock.

pub mod decode;
pub mod engine;
pub mod model;
pub mod picture;

pub use picture::Picture;
