//! The audit trail, newest first.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::officer;
use crate::app::App;
use crate::http::Shared;
use crate::http::problem::{Problem, ProblemBody};
use crate::work::WorkError;

const PAGE: u32 = 100;

pub(super) fn routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(trail))
}

/// Which part of the trail.
#[derive(Deserialize, utoipa::IntoParams)]
struct AuditQuery {
    /// Entries before this number; without it, the newest.
    before: Option<u64>,
}

/// One entry.
#[derive(Serialize, ToSchema)]
struct AuditView {
    seq: u64,
    at: String,
    actor: String,
    action: String,
    subject: String,
}

/// The audit trail, newest first.
#[utoipa::path(get, path = "/api/console/audit", params(AuditQuery),
    responses((status = 200, body = Vec<AuditView>), (status = 401, body = ProblemBody)))]
async fn trail(
    State(app): Shared,
    headers: HeaderMap,
    Query(query): Query<AuditQuery>,
) -> Result<Json<Vec<AuditView>>, Problem> {
    officer(&app, &headers).await?;
    let mut unit = app.registry.read().await.map_err(WorkError::from)?;
    let entries = unit.audit_before(query.before, PAGE).await.map_err(WorkError::from)?;
    let view = |entry: &mibun_registry::AuditEntry| AuditView {
        seq: entry.seq,
        at: entry.draft.at.to_rfc3339(),
        actor: entry.draft.actor.clone(),
        action: entry.draft.action.clone(),
        subject: entry.draft.subject.clone(),
    };
    Ok(Json(entries.iter().map(view).collect()))
}
