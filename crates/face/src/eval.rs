//! How often an embedder errs, from scored pairs: error rates with intervals, thresholds for wanted rates, a DET plot.
//!
//! Terms of ISO/IEC 19795-1: a mated comparison is of one person with themself, a non-mated one of two people. A score
//! at or above the threshold is a match.

mod det;
mod pairs;
mod rate;

pub use det::svg;
pub use pairs::{Pair, PairsError, parse_pairs};
pub use rate::Rate;

/// The score of one pair, and whether both pictures show the same person.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Trial {
    /// Similarity; larger is more alike.
    pub score: f32,
    /// Whether the pair is mated.
    pub same: bool,
}

/// Why trials say nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EvalError {
    /// There is no pair of one person.
    #[error("there is no pair of the same person")]
    NoMated,
    /// There is no pair of two people.
    #[error("there is no pair of different people")]
    NoNonMated,
    /// A score is not a number.
    #[error("a score is not a number")]
    NotANumber,
}

/// Scored pairs, ready to be asked for rates.
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluation {
    /// Ascending.
    mated: Vec<f32>,
    /// Ascending.
    non_mated: Vec<f32>,
}

/// The threshold at which both errors are equally frequent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EqualError {
    /// The threshold.
    pub threshold: f32,
    /// False matches there.
    pub fmr: Rate,
    /// False non-matches there.
    pub fnmr: Rate,
}

impl EqualError {
    /// The equal error rate: the mean of both, which differ by no more than one step of the smaller set.
    pub fn rate(&self) -> f64 {
        (self.fmr.value() + self.fnmr.value()) / 2.0
    }
}

/// The lowest threshold that keeps false matches at or below a wanted rate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OperatingPoint {
    /// The wanted false-match rate.
    pub wanted_fmr: f64,
    /// The threshold.
    pub threshold: f32,
    /// False matches at the threshold.
    pub fmr: Rate,
    /// False non-matches at the threshold.
    pub fnmr: Rate,
}

impl Evaluation {
    /// Takes trials of both kinds.
    ///
    /// # Errors
    /// [`EvalError`].
    pub fn of(trials: &[Trial]) -> Result<Self, EvalError> {
        if trials.iter().any(|trial| trial.score.is_nan()) {
            return Err(EvalError::NotANumber);
        }
        let sorted = |same: bool| {
            let mut scores: Vec<f32> =
                trials.iter().filter(|trial| trial.same == same).map(|trial| trial.score).collect();
            scores.sort_by(f32::total_cmp);
            scores
        };
        let (mated, non_mated) = (sorted(true), sorted(false));
        match (mated.is_empty(), non_mated.is_empty()) {
            (true, _) => Err(EvalError::NoMated),
            (_, true) => Err(EvalError::NoNonMated),
            _ => Ok(Self { mated, non_mated }),
        }
    }

    /// False-match rate: different people whose score reaches the threshold.
    pub fn fmr(&self, threshold: f32) -> Rate {
        let below = self.non_mated.partition_point(|score| *score < threshold);
        Rate { errors: self.non_mated.len() - below, trials: self.non_mated.len() }
    }

    /// False non-match rate: the same person whose score stays below the threshold.
    pub fn fnmr(&self, threshold: f32) -> Rate {
        Rate { errors: self.mated.partition_point(|score| *score < threshold), trials: self.mated.len() }
    }

    /// Where both errors meet.
    pub fn equal_error(&self) -> EqualError {
        let at = |threshold: f32| EqualError { threshold, fmr: self.fmr(threshold), fnmr: self.fnmr(threshold) };
        let gap = |point: &EqualError| (point.fmr.value() - point.fnmr.value()).abs();
        let points = self.thresholds().into_iter().map(at);
        // There is a threshold for every score, and there are scores.
        points.min_by(|one, other| gap(one).total_cmp(&gap(other))).unwrap_or_else(|| at(0.0))
    }

    /// The point for a wanted false-match rate; `None` where there are fewer pairs of different people than it takes to
    /// see one such error, for then the rate was not measured.
    pub fn operating_point(&self, wanted_fmr: f64) -> Option<OperatingPoint> {
        if wanted_fmr * (self.non_mated.len() as f64) < 1.0 {
            return None;
        }
        let candidates = self.thresholds();
        let at = candidates.partition_point(|threshold| self.fmr(*threshold).value() > wanted_fmr);
        let threshold = candidates.get(at).copied()?;
        Some(OperatingPoint { wanted_fmr, threshold, fmr: self.fmr(threshold), fnmr: self.fnmr(threshold) })
    }

    /// The rows of a manifest's calibration table that these pairs can carry, of 1e-2 to 1e-6.
    pub fn calibration(&self) -> Vec<OperatingPoint> {
        (2..=6).filter_map(|exponent| self.operating_point(10.0_f64.powi(-exponent))).collect()
    }

    /// Every score, ascending, and one above all: at each of them some rate changes.
    fn thresholds(&self) -> Vec<f32> {
        let mut all: Vec<f32> = self.mated.iter().chain(&self.non_mated).copied().collect();
        all.sort_by(f32::total_cmp);
        all.dedup();
        all.extend(all.last().map(|last| last.next_up()));
        all
    }
}

#[cfg(test)]
mod tests;
