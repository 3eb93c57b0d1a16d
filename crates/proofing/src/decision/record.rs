//! The record of a decision: enough to take it again.

use mibun_crypto::time::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Decision, DecisionInputs, decide};
use crate::policy::Policy;

/// Everything a decision was made of, and the decision. Append it, sealed, and never change it; an officer's
/// [`super::Review`] is appended beside it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DecisionRecord {
    /// When it was made.
    pub decided_at: Timestamp,
    /// The policy's values at that time.
    pub policy: Policy,
    /// Scores, script, times, models.
    pub inputs: DecisionInputs,
    /// What came of it.
    pub decision: Decision,
}

impl DecisionRecord {
    /// Decides and records.
    pub fn decide(inputs: DecisionInputs, policy: &Policy, now: Timestamp) -> Self {
        let decision = decide(&inputs, policy);
        Self { decided_at: now, policy: policy.clone(), inputs, decision }
    }

    /// Takes the decision again from the record alone; the same as [`DecisionRecord::decision`] unless the record was
    /// changed or the rules of this program were.
    pub fn replay(&self) -> Decision {
        decide(&self.inputs, &self.policy)
    }
}
