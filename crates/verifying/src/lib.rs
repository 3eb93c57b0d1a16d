//! The judgement on one presentation.
//!
//! Two steps, neither of which touches the outside world. [`examine`] makes every check that needs nothing from outside;
//! the [`Examined`] presentation says which status list is wanted, the caller fetches it, and [`Examined::judge`] makes
//! the other checks and gives a [`Verdict`] that names each of them. Whatever cannot be established refuses the card. For a card
//! in the other format, an ISO mdoc, [`examine_mdoc`] makes the first step; the second is the same.

mod card;
mod fitness;
mod judge;
mod mdoc;
mod refusal;
mod standing;
mod verdict;

pub use judge::{Evidence, Examined, Expectation, ListEvidence, examine, examine_mdoc, judge, judge_mdoc};
pub use mdoc::MdocExpectation;
pub use refusal::Refusal;
pub use verdict::{Check, CheckName, Field, Outcome, Verdict};

/// How far clocks may be apart, in seconds.
pub const SKEW_SECONDS: i64 = 60;
/// How old a proof of the key may be, in seconds, on top of the skew.
pub const PROOF_SECONDS: i64 = 300;
