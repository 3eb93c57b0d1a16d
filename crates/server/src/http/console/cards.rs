//! The cards of a person, and suspending, resuming and revoking one.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use mibun_registry::{Card, CardStatus, PersonId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::officer;
use crate::app::App;
use crate::http::problem::{Problem, ProblemBody};
use crate::http::{Shared, body, session};
use crate::work::audit::Actor;
use crate::work::{WorkError, cards};

const PAGE: u32 = 50;

pub(super) fn routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(set_status))
}

/// One card.
#[derive(Serialize, ToSchema)]
pub(super) struct CardView {
    id: String,
    person: String,
    level: String,
    status: String,
    issued_at: String,
    expires_at: String,
}

impl CardView {
    pub(super) fn of(card: &Card) -> Self {
        Self {
            id: card.id.to_string(),
            person: card.person.to_string(),
            level: card.level.clone(),
            status: card.status.as_str().to_owned(),
            issued_at: card.issued_at.to_rfc3339(),
            expires_at: card.expires_at.to_rfc3339(),
        }
    }
}

/// Whose cards.
#[derive(Deserialize, utoipa::IntoParams)]
struct CardQuery {
    /// A person's identifier; without it, all cards page by page.
    person: Option<String>,
    /// The last identifier of the page before.
    after: Option<String>,
}

/// The new status and why.
#[derive(Deserialize, ToSchema)]
struct NewStatus {
    /// `valid`, `suspended` or `revoked`. A revoked card stays revoked.
    status: String,
    /// Why, for the audit trail; no personal data.
    reason: String,
}

/// Cards of one person, or all.
#[utoipa::path(get, path = "/api/console/cards", params(CardQuery),
    responses((status = 200, body = Vec<CardView>), (status = 401, body = ProblemBody)))]
async fn list(
    State(app): Shared,
    headers: HeaderMap,
    Query(query): Query<CardQuery>,
) -> Result<Json<Vec<CardView>>, Problem> {
    officer(&app, &headers).await?;
    let mut unit = app.registry.read().await.map_err(WorkError::from)?;
    let found = match &query.person {
        Some(person) => {
            let person: PersonId = person.parse().map_err(|_| Problem::NotFound("person"))?;
            unit.cards_of(person).await
        }
        None => {
            let after = query.after.as_deref().map(str::parse).transpose().map_err(|_| Problem::NotFound("card"))?;
            unit.cards_page(after, PAGE).await
        }
    };
    Ok(Json(found.map_err(WorkError::from)?.iter().map(CardView::of).collect()))
}

/// Suspends, resumes or revokes a card; the status list follows within a second.
#[utoipa::path(post, path = "/api/console/cards/{id}/status", params(("id" = String, Path,)), request_body = NewStatus,
    responses((status = 200, body = CardView), (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn set_status(
    State(app): Shared,
    headers: HeaderMap,
    Path(id): Path<String>,
    body::Json(new): body::Json<NewStatus>,
) -> Result<Json<CardView>, Problem> {
    session::same_origin(&headers)?;
    let officer = officer(&app, &headers).await?;
    let id = id.parse().map_err(|_| Problem::NotFound("card"))?;
    let status = parse_status(&new.status)?;
    if new.reason.trim().is_empty() {
        return Err(Problem::Unprocessable("reason_missing", "say why".to_owned()));
    }
    let card = cards::set_status(&app, Actor::Officer(&officer.id.to_string()), id, status, &new.reason).await?;
    Ok(Json(CardView::of(&card)))
}

fn parse_status(text: &str) -> Result<CardStatus, Problem> {
    match text {
        "valid" => Ok(CardStatus::Valid),
        "suspended" => Ok(CardStatus::Suspended),
        "revoked" => Ok(CardStatus::Revoked),
        _ => Err(Problem::Unprocessable("unknown_status", "valid, suspended or revoked".to_owned())),
    }
}
