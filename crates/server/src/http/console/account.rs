//! Signing in and out, who is signed in, and the counts on the first page.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use mibun_registry::CardStatus;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::officer;
use crate::app::App;
use crate::http::about::ModelsView;
use crate::http::problem::{Problem, ProblemBody};
use crate::http::session::{self, Kind};
use crate::http::{Shared, body};
use crate::work::{WorkError, officers};

pub(super) fn routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(sign_in, sign_out))
        .routes(routes!(me))
        .routes(routes!(counts))
        .routes(routes!(models))
}

/// Name, password and the six digits of the authenticator.
#[derive(Deserialize, ToSchema)]
#[schema(as = OfficerSignIn)]
struct SignIn {
    name: String,
    password: String,
    totp: String,
}

/// The signed-in officer.
#[derive(Serialize, ToSchema)]
struct Me {
    id: String,
    name: String,
}

/// How many of each there are.
#[derive(Serialize, ToSchema)]
struct Counts {
    people: u64,
    journeys_referred: u64,
    cards_valid: u64,
    cards_suspended: u64,
    cards_revoked: u64,
}

/// Signs an officer in; the session is a cookie.
#[utoipa::path(post, path = "/api/console/session", operation_id = "sign_in_officer", request_body = SignIn,
    responses((status = 204), (status = 401, body = ProblemBody), (status = 429, body = ProblemBody)))]
async fn sign_in(
    State(app): Shared,
    headers: HeaderMap,
    body::Json(sign_in): body::Json<SignIn>,
) -> Result<Response, Problem> {
    session::same_origin(&headers)?;
    let token = officers::sign_in(&app, &sign_in.name, &sign_in.password, &sign_in.totp).await?;
    let cookie = session::set(Kind::Console, &token, !app.config.loopback_only());
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]).into_response())
}

/// Signs the officer out.
#[utoipa::path(delete, path = "/api/console/session", operation_id = "sign_out_officer", responses((status = 204)))]
async fn sign_out(State(app): Shared, headers: HeaderMap) -> Result<Response, Problem> {
    session::same_origin(&headers)?;
    if let Some(token) = session::token(&headers, Kind::Console) {
        officers::sign_out(&app, &token).await?;
    }
    let cookie = session::clear(Kind::Console, !app.config.loopback_only());
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]).into_response())
}

/// Who is signed in.
#[utoipa::path(get, path = "/api/console/me", responses((status = 200, body = Me), (status = 401, body = ProblemBody)))]
async fn me(State(app): Shared, headers: HeaderMap) -> Result<Json<Me>, Problem> {
    let officer = officer(&app, &headers).await?;
    Ok(Json(Me { id: officer.id.to_string(), name: officer.name }))
}

/// The counts of the first page.
#[utoipa::path(get, path = "/api/console/counts",
    responses((status = 200, body = Counts), (status = 401, body = ProblemBody)))]
async fn counts(State(app): Shared, headers: HeaderMap) -> Result<Json<Counts>, Problem> {
    officer(&app, &headers).await?;
    let mut unit = app.registry.read().await.map_err(WorkError::from)?;
    let store = WorkError::from;
    Ok(Json(Counts {
        people: unit.count_people().await.map_err(store)?,
        journeys_referred: unit.count_journeys("referred").await.map_err(store)?,
        cards_valid: unit.count_cards(CardStatus::Valid).await.map_err(store)?,
        cards_suspended: unit.count_cards(CardStatus::Suspended).await.map_err(store)?,
        cards_revoked: unit.count_cards(CardStatus::Revoked).await.map_err(store)?,
    }))
}

/// Which face models are in use, and what they cannot do.
#[utoipa::path(get, path = "/api/console/models",
    responses((status = 200, body = ModelsView), (status = 401, body = ProblemBody)))]
async fn models(State(app): Shared, headers: HeaderMap) -> Result<Json<ModelsView>, Problem> {
    officer(&app, &headers).await?;
    Ok(Json(app.faces.describe()))
}
