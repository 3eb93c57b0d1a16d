//! The stopwatch.

use std::time::Duration;

/// Time since the process started; only differences mean anything.
#[expect(clippy::disallowed_methods, reason = "the one reader of the real clock")]
pub(crate) fn now() -> Duration {
    static START: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
    START.get_or_init(std::time::Instant::now).elapsed()
}

/// Runs of a measurement.
pub(crate) const RUNS: usize = 5;

/// How often a second `work` can be done on this core: the median of [`RUNS`] runs of a third of a second each, and how
/// often it was done in all.
pub(crate) fn rate<E>(mut work: impl FnMut() -> Result<(), E>) -> Result<(f64, u64), E> {
    const RUN: Duration = Duration::from_millis(350);
    let mut rates = Vec::new();
    let mut total = 0;
    for _ in 0..RUNS {
        let begun = now();
        let mut done = 0_u32;
        while now() - begun < RUN {
            for _ in 0..16 {
                work()?;
            }
            done += 16;
        }
        rates.push(f64::from(done) / (now() - begun).as_secs_f64());
        total += u64::from(done);
    }
    Ok((median(&mut rates), total))
}

/// The middle value; zero of nothing.
pub(crate) fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}
