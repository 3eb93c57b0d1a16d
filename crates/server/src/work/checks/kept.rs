//! Answers that are kept until the scene's retention is over.

use mibun_crypto::time::Timestamp;
use mibun_registry::{CheckId, PAGE_LIMIT, run};

use super::{OpenCheck, open_row};
use crate::app::App;
use crate::work::WorkError;
use crate::work::audit::{self, Actor};
use crate::work::windows::OpenWindow;

/// Rows of one page of the list.
const PAGE: u32 = 100;

/// One page of the answers a window still keeps for a scene, newest first; the next page begins `after` its last row.
///
/// # Errors
/// [`WorkError::NotAllowed`] for a scene that is not the window's.
pub async fn kept(
    app: &App,
    window: &OpenWindow,
    scene: &str,
    after: Option<(Timestamp, CheckId)>,
) -> Result<Vec<OpenCheck>, WorkError> {
    window.scene(app, scene)?;
    let rows = app.registry.read().await?.kept_checks(window.window.id, scene, after, PAGE).await?;
    rows.into_iter().map(|row| open_row(app, row)).collect()
}

/// All of them, newest first: the table that the law asks for leaves nobody out.
///
/// # Errors
/// [`WorkError::NotAllowed`] for a scene that is not the window's.
pub async fn all_kept(app: &App, window: &OpenWindow, scene: &str) -> Result<Vec<OpenCheck>, WorkError> {
    window.scene(app, scene)?;
    let mut unit = app.registry.read().await?;
    let mut all: Vec<OpenCheck> = Vec::new();
    loop {
        let after = all.last().map(|check| (check.row.created_at, check.row.id));
        let page = unit.kept_checks(window.window.id, scene, after, PAGE_LIMIT).await?;
        let whole = page.len() == PAGE_LIMIT as usize;
        for row in page {
            all.push(open_row(app, row)?);
        }
        if !whole {
            return Ok(all);
        }
    }
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
    .await?;
    app.shown.forget(id);
    Ok(())
}
