//! HTTP: requests become values of the pure crates, refusals become statuses; nothing is decided here.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{ConnectInfo, DefaultBodyLimit, Request, State};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use tower_http::catch_panic::CatchPanicLayer;

use crate::app::App;
use crate::http::problem::Problem;

pub mod about;
pub mod authorize;
pub mod body;
pub mod checks;
pub mod chips;
pub mod console;
pub mod cors;
pub mod credential;
pub mod demo;
pub mod documents;
pub mod headers;
pub mod health;
pub mod holders;
pub mod issuer_metadata;
pub mod journeys;
pub mod nonce;
pub mod notification;
pub mod offers;
pub mod openapi;
pub mod pages;
pub mod paging;
pub mod par;
pub mod problem;
pub mod protocol;
pub mod rate;
pub mod session;
pub mod source;
pub mod status_lists;
pub mod telemetry;
pub mod token;
pub mod vp_requests;
pub mod vp_responses;
pub mod window;
mod work_problem;

/// What handlers share.
pub type Shared = State<Arc<App>>;

/// Bodies of everything but images and presentations, in bytes.
const BODY: usize = 64 * 1024;
/// How long a request waits for a place among those that are served.
const WAIT: Duration = Duration::from_secs(2);

/// All routes of the public listener.
pub fn router(app: Arc<App>) -> Router {
    let fixed = headers::Fixed::new(&app.config);
    let routes = Router::new()
        .merge(protocol_routes(Arc::clone(&app)))
        .merge(own_routes(&app))
        .merge(chips::relays())
        .route("/check/return", get(checks::came_back))
        .route("/openapi.json", get(openapi::document))
        .route("/trust/authority.pem", get(about::authority_root))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/api/{*path}", any(not_found))
        .route("/", get(pages::start))
        .route("/{*path}", get(pages::page))
        .fallback(not_found)
        .with_state(Arc::clone(&app));
    routes
        .layer(DefaultBodyLimit::max(BODY))
        .layer(middleware::from_fn_with_state(Arc::clone(&app), in_time))
        .layer(middleware::from_fn_with_state(Arc::clone(&app), limit))
        .layer(middleware::from_fn_with_state(app, telemetry::observe))
        .layer(CatchPanicLayer::new())
        .layer(middleware::from_fn(cors::add))
        .layer(middleware::from_fn(move |request: Request, next: Next| headers::add(fixed.clone(), request, next)))
}

/// OpenID4VCI and OpenID4VP: paths and forms are the standards'.
fn protocol_routes(app: Arc<App>) -> Router<Arc<App>> {
    Router::new()
        .route("/.well-known/openid-credential-issuer", get(issuer_metadata::credential_issuer))
        .route("/.well-known/oauth-authorization-server", get(issuer_metadata::authorization_server))
        .route("/offers/{id}", get(offers::offer))
        .merge(proven_routes(app))
        .route("/challenge", post(par::challenge))
        .route("/authorize", get(authorize::page).post(authorize::answer))
        .route("/authorize/style.css", get(authorize::style))
        .route("/status/{list}", get(status_lists::status_list))
        .route("/vp/requests/{id}", get(vp_requests::by_get).post(vp_requests::by_post))
        .route("/vp/responses/{id}", post(vp_responses::response).layer(DefaultBodyLimit::max(vp_responses::BODY)))
}

/// Our own interface.
fn own_routes(app: &Arc<App>) -> Router<Arc<App>> {
    openapi::routes(app).0.layer(middleware::from_fn_with_state(Arc::clone(app), protocol::freshen_bound))
}

/// Where wallets prove who they are: each answer has what the next proof needs.
fn proven_routes(app: Arc<App>) -> Router<Arc<App>> {
    let routes = Router::new()
        .route("/par", post(par::push))
        .route("/token", post(token::token))
        .route("/nonce", post(nonce::nonce))
        .route("/credential", post(credential::credential).layer(DefaultBodyLimit::max(credential::BODY)))
        .route("/deferred_credential", post(credential::deferred))
        .route("/notification", post(notification::notification));
    routes.layer(middleware::from_fn_with_state(app, protocol::freshen))
}

async fn not_found() -> Problem {
    Problem::NotFound("address")
}

/// Gives a request so long to arrive and be answered; what it began in the record is finished or undone there.
async fn in_time(State(app): Shared, request: Request, next: Next) -> Response {
    let within = Duration::from_secs(app.config.server.request_seconds);
    let answered = tokio::time::timeout(within, next.run(request)).await;
    answered.unwrap_or_else(|_| Problem::Timeout.into_response())
}

/// Counts the request against its address and lets only so many in at once; the others wait, but not for long.
async fn limit(
    State(app): Shared,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    mut request: Request,
    next: Next,
) -> Response {
    let source = source::address(peer, request.headers(), &app.config.server.trusted_proxies);
    if let Err(wait) = app.rate.count(source, app.clock.now().0) {
        return Problem::TooMany(wait).into_response();
    }
    let place = tokio::time::timeout(WAIT, app.places.acquire()).await;
    let Ok(Ok(_place)) = place else { return Problem::Busy.into_response() };
    request.extensions_mut().insert(source::Source(source));
    next.run(request).await
}
