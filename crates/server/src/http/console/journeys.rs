//! Journeys that wait for an officer: the two faces side by side, and the decision.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::officer;
use super::people::picture;
use crate::app::App;
use crate::http::paging::After;
use crate::http::problem::{Problem, ProblemBody};
use crate::http::{Shared, body, session};
use crate::work::audit::Actor;
use crate::work::referrals::{self, Face, Referral};

pub(super) fn routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(waiting)).routes(routes!(journey)).routes(routes!(face)).routes(routes!(decide))
}

/// A journey that waits for an officer.
#[derive(Serialize, ToSchema)]
struct ReferralView {
    id: String,
    person: String,
    name: String,
    number: String,
    created_at: String,
    /// Why the machine did not decide.
    reason: String,
    /// Cosine between the live face and the register's portrait.
    similarity: Option<f32>,
    /// The threshold that would have accepted.
    accept_threshold: Option<f32>,
    /// The threshold below which the machine rejects.
    review_threshold: Option<f32>,
    /// The lowest anti-spoof score that counted, 0..1; absent without an anti-spoof model.
    live: Option<f32>,
}

/// An officer's decision.
#[derive(Deserialize, ToSchema)]
struct OfficerDecision {
    /// `accept` or `reject`.
    outcome: String,
    /// Why, for the audit trail.
    reason: String,
}

impl From<Referral> for ReferralView {
    fn from(referral: Referral) -> Self {
        Self {
            id: referral.id.to_string(),
            person: referral.person.to_string(),
            name: referral.name,
            number: referral.number,
            created_at: referral.created_at.to_rfc3339(),
            reason: referral.reason.to_owned(),
            similarity: referral.similarity,
            accept_threshold: referral.accept_threshold,
            review_threshold: referral.review_threshold,
            live: referral.live,
        }
    }
}

/// The journeys that wait, oldest first: at most a hundred, and more behind them until a page is empty.
#[utoipa::path(get, path = "/api/console/journeys", params(After),
    responses((status = 200, body = Vec<ReferralView>), (status = 400, body = ProblemBody),
        (status = 401, body = ProblemBody)))]
async fn waiting(
    State(app): Shared,
    headers: HeaderMap,
    Query(after): Query<After>,
) -> Result<Json<Vec<ReferralView>>, Problem> {
    officer(&app, &headers).await?;
    let waiting = referrals::waiting(&app, after.place()?).await?;
    Ok(Json(waiting.into_iter().map(ReferralView::from).collect()))
}

/// One journey that waits.
#[utoipa::path(get, path = "/api/console/journeys/{id}", operation_id = "referred_journey", params(("id" = String, Path,)),
    responses((status = 200, body = ReferralView), (status = 404, body = ProblemBody)))]
async fn journey(
    State(app): Shared,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Json<ReferralView>, Problem> {
    let officer = officer(&app, &headers).await?;
    let actor = officer.id.to_string();
    Ok(Json(referrals::one(&app, Actor::Officer(&actor), &id).await?.into()))
}

/// One of the faces: `live`, `register`, or `chip` where a chip was read.
#[utoipa::path(get, path = "/api/console/journeys/{id}/faces/{face}",
    params(("id" = String, Path,), ("face" = String, Path,)),
    responses((status = 200, content_type = "image/jpeg", body = Vec<u8>), (status = 404, body = ProblemBody)))]
async fn face(
    State(app): Shared,
    headers: HeaderMap,
    Path((id, face)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let officer = officer(&app, &headers).await?;
    let face = match face.as_str() {
        "live" => Face::Live,
        "register" => Face::Register,
        "chip" => Face::Chip,
        _ => return Err(Problem::NotFound("face")),
    };
    let actor = officer.id.to_string();
    Ok(picture(referrals::face(&app, Actor::Officer(&actor), &id, face).await?))
}

/// Accepts or rejects a journey; the images are dropped with the decision.
#[utoipa::path(post, path = "/api/console/journeys/{id}/decision", params(("id" = String, Path,)),
    request_body = OfficerDecision,
    responses((status = 204), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody)))]
async fn decide(
    State(app): Shared,
    headers: HeaderMap,
    Path(id): Path<String>,
    body::Json(decision): body::Json<OfficerDecision>,
) -> Result<StatusCode, Problem> {
    session::same_origin(&headers)?;
    let officer = officer(&app, &headers).await?;
    let accept = match decision.outcome.as_str() {
        "accept" => true,
        "reject" => false,
        _ => return Err(Problem::Unprocessable("unknown_outcome", "accept or reject".to_owned())),
    };
    if decision.reason.trim().is_empty() {
        return Err(Problem::Unprocessable("reason_missing", "say why".to_owned()));
    }
    referrals::decide(&app, &officer, &id, accept, &decision.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}
