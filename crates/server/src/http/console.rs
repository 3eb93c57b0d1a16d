//! The console: officers look after people, journeys and cards.

use std::sync::Arc;

use axum::http::HeaderMap;
use utoipa_axum::router::OpenApiRouter;

use super::session::{self, Kind};
use crate::app::App;
use crate::work::WorkError;
use crate::work::officers::{self, SignedIn};

mod account;
mod audit;
mod cards;
mod journeys;
mod people;
mod trust;

pub(super) fn routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .merge(account::routes())
        .merge(people::routes())
        .merge(journeys::routes())
        .merge(cards::routes())
        .merge(audit::routes())
        .merge(trust::routes())
}

/// The officer of the request's session.
async fn officer(app: &App, headers: &HeaderMap) -> Result<SignedIn, WorkError> {
    let token = session::token(headers, Kind::Console).ok_or(WorkError::NotSignedIn)?;
    officers::of_session(app, &token).await
}
