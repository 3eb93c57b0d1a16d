//! Is it still good: token status lists (draft-ietf-oauth-status-list), written and read.
//!
//! A [`list`] packs the status of many cards into a few bits each, a [`token`] signs and carries it, and the
//! [`permutation`] hides in which order entries were taken.

pub mod list;
pub mod permutation;
pub mod token;

mod status;

pub use status::{Reference, ReferenceError, Status};
