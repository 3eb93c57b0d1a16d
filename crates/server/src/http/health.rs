//! Whether the server is alive, and whether it can serve.

use axum::Json;
use axum::extract::State;
use serde::Serialize;

use super::Shared;
use crate::http::problem::Problem;

/// What a probe is told.
#[derive(Debug, Serialize)]
pub struct Health {
    status: &'static str,
}

/// The process runs.
pub async fn alive() -> Json<Health> {
    Json(Health { status: "ok" })
}

/// The record answers.
pub async fn ready(State(app): Shared) -> Result<Json<Health>, Problem> {
    app.registry.health().await.map_err(|_| Problem::Busy)?;
    Ok(Json(Health { status: "ok" }))
}
