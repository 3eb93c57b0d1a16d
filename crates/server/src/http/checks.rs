//! The organisation's side of a check: asking, watching, and the browser that comes back.

use std::convert::Infallible;
use std::iter;
use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::{DefaultBodyLimit, Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use futures_util::Stream;
use mibun_presenting::request::{FetchMethod, RequestLink};
use mibun_registry::CheckId;
use serde::Deserialize;
use url::Url;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::problem::{Problem, ProblemBody};
use super::session::{self, Kind};
use super::{Shared, body, window};
use crate::app::App;
use crate::work::WorkError;
use crate::work::checks::{self, Asked, CardFormat, NewCheck, OpenCheck, Viewer};

mod browser;
mod view;

pub use view::CheckView;

pub(super) fn routes() -> OpenApiRouter<Arc<App>> {
    let browser = OpenApiRouter::new().routes(routes!(browser::requests, browser::answer));
    OpenApiRouter::new()
        .routes(routes!(open))
        .routes(routes!(check))
        .routes(routes!(events))
        .merge(browser.layer(DefaultBodyLimit::max(browser::BODY)))
}

/// What is to be asked.
#[derive(Deserialize, ToSchema)]
struct NewCheckBody {
    /// The scene.
    scene: String,
    /// `window` (the holder scans a code), `same_device` (the holder is in this browser) or `browser` (the page asks through
    /// the Digital Credentials API).
    way: String,
    /// Whether the answer is encrypted; yes, unless a wallet cannot.
    #[serde(default = "yes")]
    encrypted: bool,
    /// In which format the card is asked for: `dc+sd-jwt` (unless said otherwise), `mso_mdoc`, or `either` of them.
    #[serde(default)]
    format: CardFormat,
    /// The check that this page is done with: what it was shown of the visitor before is forgotten. Checks in other tabs go on.
    #[serde(default)]
    after: Option<String>,
}

const fn yes() -> bool {
    true
}

/// Asks. The browser gets a cookie for this check, which ties the result to it.
#[utoipa::path(post, path = "/api/checks", operation_id = "open_check", request_body = NewCheckBody,
    responses((status = 201, body = CheckView), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
        (status = 404, body = ProblemBody)))]
async fn open(
    State(app): Shared,
    headers: HeaderMap,
    body::Json(new): body::Json<NewCheckBody>,
) -> Result<Response, Problem> {
    session::same_origin(&headers)?;
    let window = window::current(&app, &headers).await?;
    let asked = match new.way.as_str() {
        "window" => Asked::Window,
        "same_device" => Asked::SameDevice,
        "browser" => Asked::Browser,
        _ => return Err(Problem::Unprocessable("unknown_way", "window, same_device or browser".to_owned())),
    };
    let opened = checks::open(
        &app,
        &window,
        NewCheck { scene: &new.scene, asked, encrypted: new.encrypted, format: new.format },
    )
    .await?;
    let https = !app.config.loopback_only();
    let kind = Kind::Check(opened.check.row.id);
    let cookie = session::set_for(kind, &opened.session, https, checks::session_seconds(&app));
    let after = new.after.and_then(|id| id.parse().ok());
    let dropped = forget(&app, session::checks_to_drop(&headers, after));
    let cookies = AppendHeaders(iter::once(cookie).chain(dropped).map(|cookie| (header::SET_COOKIE, cookie)));
    let view = CheckView::of(&app, &opened.check);
    Ok((StatusCode::CREATED, cookies, Json(view)).into_response())
}

/// Forgets what was shown in these checks; the answer takes their cookies away.
pub(super) fn forget(app: &App, dropped: Vec<(CheckId, String)>) -> impl Iterator<Item = HeaderValue> {
    let https = !app.config.loopback_only();
    dropped.into_iter().map(move |(id, secret)| {
        checks::go_on(app, &secret);
        session::clear(Kind::Check(id), https)
    })
}

/// A check, as the window that asked or the browser it was opened in may see it.
#[utoipa::path(get, path = "/api/checks/{id}", params(("id" = String, Path,)),
    responses((status = 200, body = CheckView), (status = 404, body = ProblemBody)))]
async fn check(State(app): Shared, headers: HeaderMap, Path(id): Path<String>) -> Result<Json<CheckView>, Problem> {
    Ok(Json(CheckView::of(&app, &look(&app, &headers, &id).await?)))
}

/// The same, again whenever it changes, as server-sent events named `check`; the code's turns included.
#[utoipa::path(get, path = "/api/checks/{id}/events", params(("id" = String, Path,)),
    responses((status = 200, content_type = "text/event-stream", body = CheckView), (status = 404, body = ProblemBody)))]
async fn events(
    State(app): Shared,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    let first = look(&app, &headers, &id).await?;
    let watch = app.events.watch(first.row.id).ok_or(Problem::Busy)?;
    let watching = Watching { app, headers, id, watch, told: None };
    let stream = futures_util::stream::unfold(Some(watching), |watching| async move {
        let mut watching = watching?;
        let (event, over) = watching.next().await?;
        Some((Ok(event), (!over).then_some(watching)))
    });
    Ok(Sse::new(stream).keep_alive(KeepAlive::default()))
}

/// Somebody who watches a check.
struct Watching {
    app: Arc<App>,
    headers: HeaderMap,
    id: String,
    watch: tokio::sync::watch::Receiver<u64>,
    /// What the page was told last.
    told: Option<view::Stamp>,
}

impl Watching {
    /// The next event, and whether it is the last; `None` for somebody who may not look any more.
    async fn next(&mut self) -> Option<(Event, bool)> {
        loop {
            if self.told.is_some() {
                // A change on another node, or the next moving code, is seen with the second's tick.
                let _ = tokio::time::timeout(Duration::from_secs(1), self.watch.changed()).await;
            }
            let open = look(&self.app, &self.headers, &self.id).await.ok()?;
            let stamp = view::stamp(&self.app, &open);
            // Drawing a code once a second for a page that has it would be most of a window's work.
            if self.told.as_ref() != Some(&stamp) {
                self.told = Some(stamp);
                let event = Event::default().event("check").json_data(CheckView::of(&self.app, &open)).ok()?;
                return Some((event, view::is_over(&open)));
            }
        }
    }
}

async fn look(app: &App, headers: &HeaderMap, id: &str) -> Result<OpenCheck, WorkError> {
    if let Ok(open) = window::current(app, headers).await
        && let Ok(check) = checks::view(app, Viewer::Window(&open), id).await
    {
        return Ok(check);
    }
    let secret = secret_of(headers, id)?.ok_or(WorkError::NotFound("check"))?;
    checks::view(app, Viewer::Session(&secret), id).await
}

/// The secret of a check, where the browser in which it was opened brings it along.
fn secret_of(headers: &HeaderMap, id: &str) -> Result<Option<String>, WorkError> {
    let id = id.parse().map_err(|_| WorkError::NotFound("check"))?;
    Ok(session::token(headers, Kind::Check(id)))
}

/// The code that the holder's browser brings back.
#[derive(Deserialize)]
pub struct Return {
    check: String,
    response_code: String,
}

/// `GET /check/return`: releases the result to the browser in which the check was opened, and to no other.
pub async fn came_back(State(app): Shared, headers: HeaderMap, Query(back): Query<Return>) -> Response {
    let session = secret_of(&headers, &back.check).ok().flatten().unwrap_or_default();
    match checks::came_back(&app, &back.check, &back.response_code, &session).await {
        Ok(check) => Redirect::to(&format!("/window/?check={}", check.row.id)).into_response(),
        Err(refusal) => {
            tracing::info!(%refusal, "a browser came back with a code that is not its own");
            Redirect::to("/window/?refused=return").into_response()
        }
    }
}

/// The links under which a wallet finds the request: for any wallet, and for ours.
fn links(app: &App, client_id: &str, request_id: &str) -> Option<(String, String, String)> {
    let request_uri = Url::parse(&app.url(&format!("/vp/requests/{request_id}"))).ok()?;
    let link = RequestLink { client_id: client_id.to_owned(), request_uri, method: FetchMethod::Post };
    let any = link.to_url(&Url::parse("openid4vp://").ok()?).to_string();
    let mut ours = Url::parse(&app.url("/wallet/")).ok()?;
    ours.query_pairs_mut().append_pair("request", &any);
    Some((link.request_uri.to_string(), any, ours.to_string()))
}
