//! Is it still good: token status lists (draft-ietf-oauth-status-list), written and read.
//!
//! A [`list`] packs the status of many cards into a few bits each, a [`token`] signs and carries it in JSON, a [`cwt`] in
//! CBOR, and the [`permutation`] hides in which order entries were taken. A [`Lease`] is the entries of one batch of copies.

pub mod cwt;
pub mod list;
pub mod permutation;
pub mod token;

mod lease;
mod status;

pub use lease::{Lease, LeaseError};
pub use status::{Reference, ReferenceError, Status};
