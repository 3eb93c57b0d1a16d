//! The counter: signing in, the scenes it may use, its guest list.

use std::iter;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::about::{SceneView, TextView};
use super::checks::CheckView;
use super::paging::After;
use super::problem::{Problem, ProblemBody};
use super::session::{self, Kind};
use super::{Shared, body};
use crate::app::App;
use crate::work::windows::OpenWindow;
use crate::work::{WorkError, checks, windows};

pub(super) fn routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(sign_in, sign_out))
        .routes(routes!(window))
        .routes(routes!(guests))
        .routes(routes!(guests_csv))
        .routes(routes!(delete_guest))
}

/// The window's identifier and secret.
#[derive(Deserialize, ToSchema)]
#[schema(as = WindowSignIn)]
struct SignIn {
    window: String,
    secret: String,
}

/// A counter and what it may ask.
#[derive(Serialize, ToSchema)]
struct WindowView {
    id: String,
    name: String,
    organisation: TextView,
    scenes: Vec<SceneView>,
}

/// Which guest list.
#[derive(Deserialize, utoipa::IntoParams)]
struct GuestQuery {
    /// The scene.
    scene: String,
}

/// The window of the request's session.
pub(super) async fn current(app: &App, headers: &HeaderMap) -> Result<OpenWindow, WorkError> {
    let token = session::token(headers, Kind::Window).ok_or(WorkError::NotSignedIn)?;
    windows::of_session(app, &token).await
}

/// Signs a window in; the session is a cookie.
#[utoipa::path(post, path = "/api/window/session", operation_id = "sign_in_window", request_body = SignIn,
    responses((status = 204), (status = 401, body = ProblemBody), (status = 429, body = ProblemBody)))]
async fn sign_in(
    State(app): Shared,
    headers: HeaderMap,
    body::Json(sign_in): body::Json<SignIn>,
) -> Result<Response, Problem> {
    session::same_origin(&headers)?;
    let token = windows::sign_in(&app, &sign_in.window, &sign_in.secret).await?;
    let cookie = session::set(Kind::Window, &token, !app.config.loopback_only());
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]).into_response())
}

/// Signs the window out; what any tab of this browser was shown is forgotten.
#[utoipa::path(delete, path = "/api/window/session", operation_id = "sign_out_window", responses((status = 204)))]
async fn sign_out(State(app): Shared, headers: HeaderMap) -> Result<Response, Problem> {
    session::same_origin(&headers)?;
    if let Some(token) = session::token(&headers, Kind::Window) {
        crate::work::officers::sign_out(&app, &token).await?;
    }
    let window = session::clear(Kind::Window, !app.config.loopback_only());
    let shown = super::checks::forget(&app, session::checks(&headers));
    let cookies = AppendHeaders(iter::once(window).chain(shown).map(|cookie| (header::SET_COOKIE, cookie)));
    Ok((StatusCode::NO_CONTENT, cookies).into_response())
}

/// The signed-in window and its scenes.
#[utoipa::path(get, path = "/api/window",
    responses((status = 200, body = WindowView), (status = 401, body = ProblemBody)))]
async fn window(State(app): Shared, headers: HeaderMap) -> Result<Json<WindowView>, Problem> {
    let open = current(&app, &headers).await?;
    let scenes = open.window.scenes.iter().filter_map(|id| open.scene(&app, id).ok()).map(SceneView::from).collect();
    Ok(Json(WindowView {
        id: open.window.id.to_string(),
        name: open.window.name.clone(),
        organisation: (&open.organisation.names).into(),
        scenes,
    }))
}

/// The answers that this window still keeps for a scene, newest first, with what may be kept only: at most a hundred,
/// and more behind them until a page is empty.
#[utoipa::path(get, path = "/api/window/guests", params(GuestQuery, After),
    responses((status = 200, body = Vec<CheckView>), (status = 400, body = ProblemBody),
        (status = 401, body = ProblemBody)))]
async fn guests(
    State(app): Shared,
    headers: HeaderMap,
    Query(query): Query<GuestQuery>,
    Query(after): Query<After>,
) -> Result<Json<Vec<CheckView>>, Problem> {
    let open = current(&app, &headers).await?;
    let kept = checks::kept(&app, &open, &query.scene, after.place()?).await?;
    Ok(Json(kept.iter().map(|check| CheckView::kept(&app, check)).collect()))
}

/// All of them as a table, with the columns that the scene names.
#[utoipa::path(get, path = "/api/window/guests.csv", params(GuestQuery),
    responses((status = 200, content_type = "text/csv", body = String), (status = 401, body = ProblemBody)))]
async fn guests_csv(
    State(app): Shared,
    headers: HeaderMap,
    Query(query): Query<GuestQuery>,
) -> Result<Response, Problem> {
    let open = current(&app, &headers).await?;
    let kept = checks::all_kept(&app, &open, &query.scene).await?;
    let table = checks::csv(open.scene(&app, &query.scene)?, &kept);
    let name = format!("attachment; filename=\"{}.csv\"", query.scene);
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, name),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, table).into_response())
}

/// Deletes one kept answer before its time.
#[utoipa::path(delete, path = "/api/window/guests/{id}", params(("id" = String, Path,)),
    responses((status = 204), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn delete_guest(State(app): Shared, headers: HeaderMap, Path(id): Path<String>) -> Result<StatusCode, Problem> {
    session::same_origin(&headers)?;
    let open = current(&app, &headers).await?;
    checks::delete(&app, &open, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
