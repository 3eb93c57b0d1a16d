//! Answers that are kept until the scene's retention is over.

use mibun_registry::{CheckId, run};

use super::{OpenCheck, open_row};
use crate::app::App;
use crate::work::WorkError;
use crate::work::audit::{self, Actor};
use crate::work::windows::OpenWindow;

/// Most rows of a list or table.
const MOST: u32 = 1000;

/// The answers a window still keeps for a scene, newest first.
///
/// # Errors
/// [`WorkError::NotAllowed`] for a scene that is not the window's.
pub async fn kept(app: &App, window: &OpenWindow, scene: &str) -> Result<Vec<OpenCheck>, WorkError> {
    window.scene(app, scene)?;
    let rows = app.registry.read().await?.kept_checks(window.window.id, scene, None, MOST).await?;
    let mut checks = rows.into_iter().map(|row| open_row(app, row)).collect::<Result<Vec<_>, _>>()?;
    checks.sort_by_key(|check| std::cmp::Reverse(check.row.created_at));
    Ok(checks)
}

/// Deletes one kept answer, and with it the key that sealed it.
///
/// # Errors
/// [`WorkError::NotFound`] also for another window's.
pub async fn delete(app: &App, window: &OpenWindow, id: &str) -> Result<(), WorkError> {
    let id: CheckId = id.parse().map_err(|_| WorkError::NotFound("guest"))?;
    let window_id = window.window.id;
    run(&*app.registry, "checks.delete", |unit| {
        Box::pin(async move {
            let row = unit.check(id).await?.filter(|row| row.window == Some(window_id));
            row.ok_or(WorkError::NotFound("guest"))?;
            unit.delete_check(id).await?;
            audit::note(app, unit, Actor::Window(&window_id.to_string()), "guest.deleted", id.to_string()).await?;
            Ok::<_, WorkError>(())
        })
    })
    .await
}
