//! The description of our own interface: generated from the routes themselves, so that it cannot drift.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Shared, about, checks, chips, console, demo, documents, holders, journeys, window};
use crate::app::App;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Mibun",
        description = "The interface of the wallet's journey, the window and the console. \
        OpenID4VCI, OpenID4VP and the Token Status List are described by their own standards."
    ),
    components(schemas(crate::http::problem::ProblemBody))
)]
struct Description;

fn all() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::with_openapi(Description::openapi())
        .routes(routes!(about::about))
        .routes(routes!(about::scenes))
        .merge(journeys::routes())
        .merge(documents::routes())
        .merge(chips::routes())
        .merge(holders::routes())
        .merge(checks::routes())
        .merge(window::routes())
        .merge(console::routes())
}

/// The routes, and their description; the demonstration's are there only when it is enabled.
pub fn routes(app: &App) -> (Router<Arc<App>>, utoipa::openapi::OpenApi) {
    let everything = if app.config.demo.enabled { all().merge(demo::routes()) } else { all() };
    everything.split_for_parts()
}

/// The description of every route, the demonstration's included.
pub fn text() -> String {
    let (_, document) = all().merge(demo::routes()).split_for_parts();
    let mut text = document.to_pretty_json().unwrap_or_default();
    text.push('\n');
    text
}

/// Serves the description.
pub async fn document(State(_): Shared) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], text()).into_response()
}
