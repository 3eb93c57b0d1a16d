//! A person in front of a camera, for tests: frames rendered from one photograph, and attacks made of them.
//!
//! Behind the feature `test-actor`. The frames are good enough to walk a capture from end to end in tests; they say
//! nothing about how real people, cameras or attacks are measured.

mod actor;
mod eyelids;
mod noise;
mod pose;
mod raster;
mod recapture;
mod triangulation;
mod y4m;

pub use actor::{Actor, ActorError, FRAME_HEIGHT, FRAME_WIDTH};
pub use pose::Pose;
pub use recapture::{simulate_print, simulate_screen};
pub use y4m::{Y4mError, Y4mWriter};

#[cfg(test)]
mod tests;
