//! What goes in with a frame and what comes out.

use mibun_face::FrameMeasures;
use serde::{Deserialize, Serialize};

use super::{hint::Hint, keeper::Moment};
use crate::challenge::Action;

/// One frame as it comes in.
#[derive(Debug, Clone, Copy)]
pub struct FrameInput<'a> {
    /// Its number, rising.
    pub seq: u32,
    /// Keyed hash of the received bytes.
    pub keyed_hash: [u8; 32],
    /// What was measured on it.
    pub measures: &'a FrameMeasures,
    /// When it arrived, milliseconds since the epoch, by the server's clock.
    pub at_ms: i64,
}

/// Why a frame was refused. Nothing changes by a refused frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CaptureError {
    /// The capture is over.
    #[error("the capture has ended")]
    Ended,
    /// The time for the capture is over: call [`super::Capture::lapse`].
    #[error("the time for the capture is over")]
    Expired,
    /// The frame's number is not above the last one's.
    #[error("frame number not above {last}")]
    OutOfOrder {
        /// The last number received.
        last: u32,
    },
    /// The very same frame was received before: no camera does that.
    #[error("the frame was received before")]
    FrameReplayed,
    /// The frame came sooner than a camera in a hand delivers.
    #[error("frames too fast, wait {wait_ms} ms")]
    TooFast {
        /// Time until the next frame may come.
        wait_ms: u32,
    },
    /// A measure is not a finite number: the engine's fault.
    #[error("a measure of the frame is not a number")]
    NotANumber,
}

/// What to show after a frame.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    /// What to change first, if anything.
    pub hint: Option<Hint>,
    /// What to do now: `centre` until the person faces the camera, then the movement.
    pub step: Action,
    /// The step's place in the script.
    pub index: u8,
    /// Steps in the script.
    pub total: u8,
    /// Share of the whole capture, 0..1.
    pub progress: f32,
    /// Set if this frame is now the best of its moment: keep its image, drop the one kept for that moment before.
    pub kept: Option<Moment>,
    /// Whether the capture has ended, well or not; see [`super::Capture::end`].
    pub done: bool,
}
