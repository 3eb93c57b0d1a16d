//! The stopwatch, and the processor time of this thread.

use std::time::Duration;

use crate::Failure;

/// Time since the process started; only differences mean anything.
#[expect(clippy::disallowed_methods, reason = "the one reader of the real clock")]
pub(crate) fn now() -> Duration {
    static START: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
    START.get_or_init(std::time::Instant::now).elapsed()
}

/// Runs of a measurement.
pub(crate) const RUNS: usize = 5;

/// How often a piece of work can be done in a second of a core.
pub(crate) struct Rate {
    /// The median of the runs.
    pub(crate) value: f64,
    /// How often it was done in all.
    pub(crate) n: u64,
    /// The median of its share of the floor that was measured right before it, run by run.
    pub(crate) share: f64,
    /// The floor: the median of the runs.
    pub(crate) floor: f64,
    /// How often the floor was done.
    pub(crate) floor_n: u64,
}

impl Rate {
    /// The rate of the `pieces` that each piece of work consists of.
    pub(crate) fn of_pieces(self, pieces: u32) -> Self {
        let times = f64::from(pieces);
        Self { value: self.value * times, n: self.n * u64::from(pieces), share: self.share * times, ..self }
    }
}

/// Rates of `work` and of the `floor` below it, in turns: what else happens on the machine slows both alike.
pub(crate) fn beside(
    mut floor: impl FnMut() -> Result<(), Failure>,
    mut work: impl FnMut() -> Result<(), Failure>,
) -> Result<Rate, Failure> {
    let (mut floors, mut rates, mut shares) = (Vec::new(), Vec::new(), Vec::new());
    let (mut floor_n, mut n) = (0, 0);
    for _ in 0..RUNS {
        let (below, count) = one_run(&mut floor)?;
        floor_n += count;
        let (rate, count) = one_run(&mut work)?;
        n += count;
        floors.push(below);
        rates.push(rate);
        shares.push(rate / below);
    }
    let (value, share, floor) = (median(&mut rates), median(&mut shares), median(&mut floors));
    Ok(Rate { value, n, share, floor, floor_n })
}

/// The rate of `work` that has no floor below it, and how often it was done.
pub(crate) fn plain(mut work: impl FnMut() -> Result<(), Failure>) -> Result<(f64, u64), Failure> {
    let (mut rates, mut n) = (Vec::new(), 0);
    for _ in 0..RUNS {
        let (rate, count) = one_run(&mut work)?;
        n += count;
        rates.push(rate);
    }
    Ok((median(&mut rates), n))
}

/// Per second of processor time, not of the clock on the wall: others may be using the core too.
fn one_run(work: &mut impl FnMut() -> Result<(), Failure>) -> Result<(f64, u64), Failure> {
    const RUN: Duration = Duration::from_millis(400);
    let begun = processor_time()?;
    let mut done = 0_u32;
    loop {
        for _ in 0..64 {
            work()?;
        }
        done += 64;
        let took = processor_time()? - begun;
        if took >= RUN {
            return Ok((f64::from(done) / took.as_secs_f64(), u64::from(done)));
        }
    }
}

/// What this thread has used; up to date to a few milliseconds.
fn processor_time() -> Result<Duration, Failure> {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat")?;
    Ok(Duration::from_nanos(stat.split(' ').next().unwrap_or_default().parse()?))
}

/// The middle value; zero of nothing.
pub(crate) fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}
