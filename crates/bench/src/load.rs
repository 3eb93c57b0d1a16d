//! Load on the server: as much as it takes, and at a fixed rate whether it keeps up or not.

use std::time::Duration;

use futures_util::future::join_all;
use futures_util::stream::{self, StreamExt};

use crate::Failure;
use crate::clock::now;

/// Flows under way at a time when the server is to be busy all the time.
const AT_ONCE: usize = 32;

/// Flows a second when as many are started as end.
pub(crate) async fn saturate<F>(flows: Vec<F>) -> Result<f64, Failure>
where
    F: Future<Output = Result<(), Failure>>,
{
    let count = flows.len();
    let begun = now();
    let outcomes: Vec<_> = stream::iter(flows).buffer_unordered(AT_ONCE).collect().await;
    let took = now() - begun;
    outcomes.into_iter().collect::<Result<(), _>>()?;
    Ok(count as f64 / took.as_secs_f64())
}

/// Latencies in milliseconds, sorted, each from the moment the flow was meant to start: a server that falls behind
/// cannot hide it by slowing the generator down.
pub(crate) async fn open_loop<F>(per_second: f64, flows: Vec<F>) -> Result<Vec<f64>, Failure>
where
    F: Future<Output = Result<(), Failure>>,
{
    // Polling all of them for the first time takes a moment that must not count.
    let begun = now() + Duration::from_millis(50);
    let timed = flows.into_iter().enumerate().map(|(at, flow)| async move {
        let intended = begun + Duration::from_secs_f64(at as f64 / per_second);
        tokio::time::sleep(intended.saturating_sub(now())).await;
        flow.await?;
        Ok((now() - intended).as_secs_f64() * 1000.0)
    });
    let mut latencies = join_all(timed).await.into_iter().collect::<Result<Vec<f64>, Failure>>()?;
    latencies.sort_by(f64::total_cmp);
    Ok(latencies)
}

/// The value that `share` of the sorted values do not exceed.
pub(crate) fn percentile(sorted: &[f64], share: f64) -> f64 {
    let rank = (sorted.len() as f64 * share).ceil() as usize;
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or_default()
}
