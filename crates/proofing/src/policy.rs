//! What the operator sets, with documented defaults, and how it meets an embedder's calibration.

use serde::{Deserialize, Serialize};

use crate::{
    capture::CaptureRules,
    challenge::{ChallengeRules, RulesError},
};

/// Everything a decision depends on besides its inputs. Its values go into every decision record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Policy {
    /// The operator's name for this set of values; change it with them.
    pub version: String,
    /// How challenges are drawn.
    pub challenge: ChallengeRules,
    /// What frames must be like.
    pub capture: CaptureRules,
    /// When faces match.
    pub matching: MatchRules,
    /// When a face is live.
    pub liveness: LivenessRules,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            version: "mibun-1".to_owned(),
            challenge: ChallengeRules::default(),
            capture: CaptureRules::default(),
            matching: MatchRules::default(),
            liveness: LivenessRules::default(),
        }
    }
}

/// Why a policy cannot be used: the operator's mistake.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum PolicyError {
    /// The challenge rules draw nothing.
    #[error(transparent)]
    Challenge(#[from] RulesError),
    /// The capture could not be completed, or its state would have no bound.
    #[error("capture: max_frames, time_limit_ms and max_gap_ms must be above zero, max_frames at most 2000")]
    Capture,
    /// False-match rates must lie between 0 and 1, the accepting one at or below the reviewing one.
    #[error("matching: 0 < accept_fmr <= review_fmr < 1")]
    Matching,
    /// Liveness scores must lie between 0 and 1, rejecting below accepting; the percentile is 0 to 50.
    #[error("liveness: 0 <= reject <= accept <= 1, percentile at most 50, min_frames above zero")]
    Liveness,
}

impl Policy {
    /// Refuses values under which no capture could end well, or under which any would.
    pub fn check(&self) -> Result<(), PolicyError> {
        self.challenge.check()?;
        let capture = &self.capture;
        let bounded = (1..=MOST_FRAMES).contains(&capture.max_frames);
        if !bounded || capture.time_limit_ms == 0 || capture.max_gap_ms == 0 || capture.movement.confirm_frames == 0 {
            return Err(PolicyError::Capture);
        }
        let MatchRules { accept_fmr, review_fmr } = self.matching;
        if !(accept_fmr > 0.0 && accept_fmr <= review_fmr && review_fmr < 1.0) {
            return Err(PolicyError::Matching);
        }
        let live = &self.liveness;
        let ordered = live.reject >= 0.0 && live.reject <= live.accept && live.accept <= 1.0;
        if !ordered || live.percentile > 50 || live.min_frames == 0 {
            return Err(PolicyError::Liveness);
        }
        Ok(())
    }
}

/// Which measured false-match rates accept and review stand for.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MatchRules {
    /// Accept at the threshold of this rate. 1e-4 is what a decision needs; the row of 1e-5 leaves a factor of ten for
    /// impostors of the same sex, age and origin, whom every embedder confuses more often.
    pub accept_fmr: f32,
    /// Refer to an officer from the threshold of this rate on; below it, reject.
    pub review_fmr: f32,
}

impl Default for MatchRules {
    fn default() -> Self {
        Self { accept_fmr: 1e-5, review_fmr: 1e-3 }
    }
}

/// One measured row of an embedder's calibration for one type of portrait.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct CalibrationRow {
    /// The false-match rate that was measured.
    pub fmr: f32,
    /// The similarity at which it was measured.
    pub threshold: f32,
}

/// The thresholds of one decision, and the rates they stand for.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct MatchThresholds {
    /// Accept from here on. `None` if the embedder was never measured at that rate: then an officer decides.
    pub accept: Option<CalibrationRow>,
    /// Refer from here on.
    pub review: CalibrationRow,
}

/// The embedder's calibration has no row at or below the reviewing rate.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error("the embedder's calibration has no row at a false-match rate of {fmr} or below")]
pub struct NotCalibrated {
    /// The rate asked for.
    pub fmr: f32,
}

impl MatchRules {
    /// Looks the rates up among measured rows: the weakest row that is no weaker than asked. Nothing is interpolated,
    /// for a rate between two rows was not measured.
    pub fn thresholds(&self, measured: &[CalibrationRow]) -> Result<MatchThresholds, NotCalibrated> {
        let row = |fmr: f32| {
            let strict_enough = measured.iter().filter(|row| row.fmr <= fmr * ROUNDING);
            strict_enough.max_by(|a, b| a.fmr.total_cmp(&b.fmr)).copied()
        };
        let review = row(self.review_fmr).ok_or(NotCalibrated { fmr: self.review_fmr })?;
        Ok(MatchThresholds { accept: row(self.accept_fmr), review })
    }
}

/// When a face counts as live. Scores are the mean of the anti-spoof models, 0..1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LivenessRules {
    /// The percentile of all frames' scores that counts. Not the minimum: single frames in motion blur score low on
    /// real faces. Not the middle: an attack must not hide behind its best half.
    pub percentile: u8,
    /// Live from here on. On simulated recaptures 0.8 passed 85 % of press photographs and 5 to 8 % of attacks; this is
    /// no certified error rate.
    pub accept: f32,
    /// An attack below this; between the two an officer decides.
    pub reject: f32,
    /// Frames with a score below which nothing can be said.
    pub min_frames: u16,
    /// What to do where the model set has no anti-spoof model.
    pub without_model: WithoutModel,
}

impl Default for LivenessRules {
    fn default() -> Self {
        Self { percentile: 20, accept: 0.8, reject: 0.5, min_frames: 5, without_model: WithoutModel::Refer }
    }
}

/// What the active challenge alone is worth to the operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WithoutModel {
    /// An officer decides.
    Refer,
    /// The challenge is enough; the record says that no presentation-attack detection was made.
    AcceptOnChallenge,
}

/// Leaves room for 1e-5 not being a binary fraction.
const ROUNDING: f32 = 1.000_1;
const MOST_FRAMES: u16 = 2_000;

#[cfg(test)]
mod tests;
