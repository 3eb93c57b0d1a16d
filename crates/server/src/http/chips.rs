//! The relay between a chip and the server: a WebSocket that carries bytes, and codes that bring terminals to it.
//!
//! No cookie opens it: the first message carries the journey's token, or the address a code. Pages of other sites are
//! refused all the same.

mod relay;
mod wire;

use std::sync::Arc;

use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{Extension, Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use axum::routing::any;
use axum::{Json, Router};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Shared;
use super::about::TextView;
use super::journeys::bearer;
use super::problem::{Problem, ProblemBody};
use super::source::Source;
use crate::app::App;
use crate::work::chips::pairings::{self, Standing};
use crate::work::journeys;
use relay::{Caller, serve};

/// Longest message of a relay, in bytes; twice what the longest answer that is ever asked for comes to.
const MESSAGE: usize = 64 * 1024;

pub(super) fn routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(pair)).routes(routes!(pairing))
}

/// The WebSockets, which OpenAPI cannot describe; see `docs/protocols`.
pub(super) fn relays() -> Router<Arc<App>> {
    Router::new().route("/api/journeys/{id}/chip", any(of_holder)).route("/api/terminal/{code}/chip", any(of_terminal))
}

/// A code for a terminal.
#[derive(Serialize, ToSchema)]
struct PairingCode {
    /// Eight digits and letters, none of which is taken for another; good for one terminal.
    code: String,
    expires_at: String,
}

/// What became of a code.
#[derive(Serialize, ToSchema)]
struct PairingView {
    /// `waiting`, `reading`, `done` or `refused`.
    state: &'static str,
    /// Why the document was not taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    refusal: Option<ChipRefusalView>,
}

/// Why a chip was not taken.
#[derive(Serialize, ToSchema)]
struct ChipRefusalView {
    /// Stable name of the reason.
    code: &'static str,
    /// What it means and what to do.
    message: TextView,
    /// Whether the same document may be taken at another try.
    retry_allowed: bool,
}

/// Draws a code that brings a terminal to this journey.
#[utoipa::path(post, path = "/api/journeys/{id}/pairings", operation_id = "pair_terminal", params(("id" = String, Path,)),
    responses((status = 201, body = PairingCode), (status = 401, body = ProblemBody), (status = 409, body = ProblemBody)))]
async fn pair(
    State(app): Shared,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<(StatusCode, Json<PairingCode>), Problem> {
    let journey = journeys::authorise(&app, &id, bearer(&headers)?).await?;
    let shown = pairings::show(&app, &journey).await?;
    Ok((StatusCode::CREATED, Json(PairingCode { code: shown.code, expires_at: shown.expires_at.to_rfc3339() })))
}

/// What became of a code: whether a terminal reads, and how it ended.
#[utoipa::path(get, path = "/api/journeys/{id}/pairings/{code}", operation_id = "pairing",
    params(("id" = String, Path,), ("code" = String, Path,)),
    responses((status = 200, body = PairingView), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody)))]
async fn pairing(
    State(app): Shared,
    Path((id, code)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Json<PairingView>, Problem> {
    let journey = journeys::authorise(&app, &id, bearer(&headers)?).await?;
    let (state, refused) = match pairings::standing(&app, journey.row.id, &code).await? {
        Standing::Waiting => ("waiting", None),
        Standing::Reading => ("reading", None),
        Standing::Done => ("done", None),
        Standing::Refused(reason) => ("refused", Some(reason)),
    };
    let refusal = refused.map(|reason| ChipRefusalView {
        code: reason.as_str(),
        message: reason.message().into(),
        retry_allowed: reason.retry_may_help(),
    });
    Ok(Json(PairingView { state, refusal }))
}

/// The holder's own device relays.
async fn of_holder(
    State(app): Shared,
    Path(id): Path<String>,
    Extension(Source(source)): Extension<Source>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Result<Response, Problem> {
    open(app, &headers, upgrade, Caller::Holder { journey: id, source })
}

/// A terminal relays.
async fn of_terminal(
    State(app): Shared,
    Path(code): Path<String>,
    Extension(Source(source)): Extension<Source>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Result<Response, Problem> {
    open(app, &headers, upgrade, Caller::Terminal { code, source })
}

fn open(app: Arc<App>, headers: &HeaderMap, upgrade: WebSocketUpgrade, caller: Caller) -> Result<Response, Problem> {
    ours(&app, headers)?;
    // The library's own limit cuts the connection; ours, below it, gives a reason first.
    let upgrade = upgrade.max_message_size(2 * MESSAGE).max_frame_size(2 * MESSAGE);
    Ok(upgrade.on_upgrade(move |socket| async move { serve(&app, socket, caller).await }))
}

/// A browser says which page opens the connection, and no page can change that; a terminal's program says nothing.
fn ours(app: &App, headers: &HeaderMap) -> Result<(), Problem> {
    match headers.get(header::ORIGIN) {
        Some(origin) if origin != app.public_origin.as_str() => Err(Problem::Forbidden),
        _ => Ok(()),
    }
}
