//! A rate is only as good as the number of trials behind it.

use std::fmt;

/// Errors out of trials.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// How many trials were errors.
    pub errors: usize,
    /// How many trials there were; never zero.
    pub trials: usize,
}

/// Quantile of the normal distribution for 95 % between both ends.
const Z: f64 = 1.959_964;

impl Rate {
    /// Errors over trials.
    pub fn value(&self) -> f64 {
        self.errors as f64 / self.trials as f64
    }

    /// The 95 % interval (Wilson 1927). Without any error the upper end is that of the rule of three, 3 over the trials:
    /// Wilson's would promise a little more than was seen.
    pub fn interval(&self) -> (f64, f64) {
        let (rate, count) = (self.value(), self.trials as f64);
        let three = (3.0 / count).min(1.0);
        let divisor = 1.0 + Z * Z / count;
        let centre = (rate + Z * Z / (2.0 * count)) / divisor;
        let half = Z / divisor * (rate * (1.0 - rate) / count + Z * Z / (4.0 * count * count)).sqrt();
        match self.errors {
            0 => (0.0, three.max(centre + half)),
            errors if errors == self.trials => ((1.0 - three).min(centre - half), 1.0),
            _ => (centre - half, centre + half),
        }
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (low, high) = self.interval();
        let percent = |rate: f64| format!("{:.4}", 100.0 * rate);
        write!(
            f,
            "{} % [{}, {}] ({} of {})",
            percent(self.value()),
            percent(low),
            percent(high),
            self.errors,
            self.trials
        )
    }
}
