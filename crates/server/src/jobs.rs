//! What the server does by itself: publishing status lists, deleting what is due.

use std::sync::Arc;
use std::time::Duration;

use mibun_crypto::time::Timestamp;
use mibun_registry::run;
use tokio::sync::watch;

use crate::app::App;
use crate::work::{WorkError, audit, journeys, lists};

/// How often status lists are looked at: a change is out within a second.
const PUBLISH_EVERY: Duration = Duration::from_millis(500);
/// How often what is due is deleted, in rounds of the publishing.
const PRUNE_EVERY: u64 = 60;
const DAY: i64 = 86_400;

/// Runs until `stopped` says so. A round that fails is logged and tried again at the next.
pub async fn run_until(app: Arc<App>, mut stopped: watch::Receiver<bool>) {
    let mut round = 0_u64;
    while !*stopped.borrow() {
        if let Err(error) = lists::publish_changes(&app).await {
            tracing::warn!(%error, "status lists could not be published");
        }
        if let Err(error) = audit::chain(&app).await {
            tracing::warn!(%error, "the audit trail could not be chained");
        }
        if round.is_multiple_of(PRUNE_EVERY)
            && let Err(error) = prune(&app).await
        {
            tracing::warn!(%error, "what is due could not be deleted");
        }
        round += 1;
        let _ = tokio::time::timeout(PUBLISH_EVERY, stopped.changed()).await;
    }
}

/// Deletes whatever has passed its time, and chains the audit trail.
///
/// # Errors
/// The store's.
pub async fn prune(app: &App) -> Result<(), WorkError> {
    let now = app.clock.now();
    app.captures.drop_expired(app.clock.now_millis());
    journeys::expire_referrals(app).await?;
    run(&*app.registry, "jobs.prune", |unit| {
        Box::pin(async move {
            unit.delete_due_checks(now).await?;
            unit.delete_expired_journeys(now).await?;
            unit.prune_decisions(Timestamp(now.0 - i64::from(app.config.limits.decision_days) * DAY)).await?;
            unit.delete_expired_pairings(now).await?;
            unit.delete_expired_grants(now).await?;
            unit.delete_expired_pushed_requests(now).await?;
            unit.prune_nonces(now).await?;
            unit.prune_frames(now).await?;
            unit.prune_attempts(Timestamp(now.0 - 2 * DAY)).await?;
            unit.prune_sessions(now).await?;
            unit.delete_expired_password_logins(now).await?;
            unit.forget_responses(Timestamp(now.0 - DAY)).await?;
            Ok::<_, WorkError>(())
        })
    })
    .await
}
