//! Finding people and looking at one record; every look is written to the audit trail first.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use mibun_registry::{PersonId, PersonStatus};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::cards::CardView;
use super::officer;
use crate::app::App;
use crate::http::problem::{Problem, ProblemBody};
use crate::http::{Shared, body, session};
use crate::work::audit::Actor;
use crate::work::people::{OpenPerson, changes};
use crate::work::portraits::media_type;
use crate::work::{WorkError, audit, people};

const PAGE: u32 = 50;

pub(super) fn routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(search))
        .routes(routes!(person))
        .routes(routes!(portrait))
        .routes(routes!(set_status))
}

/// What to look for.
#[derive(Deserialize, utoipa::IntoParams)]
struct Search {
    /// A whole number or a whole name; empty lists everybody, page by page.
    #[serde(default)]
    query: String,
    /// The last identifier of the page before.
    after: Option<String>,
}

/// A person in a list.
#[derive(Serialize, ToSchema)]
struct PersonLine {
    id: String,
    number: String,
    name: String,
    birthdate: String,
    status: String,
}

/// A page of people.
#[derive(Serialize, ToSchema)]
struct PersonPage {
    people: Vec<PersonLine>,
    /// Hand in as `after` for the next page.
    next: Option<String>,
}

/// One record.
#[derive(Serialize, ToSchema)]
struct PersonView {
    id: String,
    number: String,
    family_name: String,
    given_name: String,
    family_name_native: Option<String>,
    given_name_native: Option<String>,
    birthdate: String,
    sex: u8,
    nationalities: Vec<String>,
    address: Option<String>,
    document_valid_until: String,
    status: String,
    cards: Vec<CardView>,
}

fn line(person: &OpenPerson) -> PersonLine {
    PersonLine {
        id: person.row.id.to_string(),
        number: person.record.number.clone(),
        name: person.record.display_name(),
        birthdate: person.record.birthdate.to_string(),
        status: person.row.status.as_str().to_owned(),
    }
}

/// Finds people by whole number or name.
#[utoipa::path(get, path = "/api/console/people", params(Search),
    responses((status = 200, body = PersonPage), (status = 401, body = ProblemBody)))]
async fn search(
    State(app): Shared,
    headers: HeaderMap,
    Query(search): Query<Search>,
) -> Result<Json<PersonPage>, Problem> {
    let officer = officer(&app, &headers).await?;
    audit::alone(&app, Actor::Officer(&officer.id.to_string()), "people.searched", String::new()).await?;
    let after = search.after.as_deref().map(str::parse::<PersonId>).transpose();
    let after = after.map_err(|_| Problem::BadRequest("malformed_id", "after: not an identifier".to_owned()))?;
    let found = people::search(&app, &search.query, after, PAGE).await?;
    let full = search.query.trim().is_empty() && found.len() == PAGE as usize;
    let next = found.last().filter(|_| full).map(|last| last.row.id.to_string());
    Ok(Json(PersonPage { people: found.iter().map(line).collect(), next }))
}

/// One person with their cards.
#[utoipa::path(get, path = "/api/console/people/{id}", params(("id" = String, Path,)),
    responses((status = 200, body = PersonView), (status = 404, body = ProblemBody)))]
async fn person(State(app): Shared, headers: HeaderMap, Path(id): Path<String>) -> Result<Json<PersonView>, Problem> {
    let person = look(&app, &headers, &id, "person.read").await?;
    let mut unit = app.registry.read().await.map_err(WorkError::from)?;
    let cards = unit.cards_of(person.row.id).await.map_err(WorkError::from)?;
    let record = &person.record;
    Ok(Json(PersonView {
        id,
        number: record.number.clone(),
        family_name: record.family_name.clone(),
        given_name: record.given_name.clone(),
        family_name_native: record.family_name_native.clone(),
        given_name_native: record.given_name_native.clone(),
        birthdate: record.birthdate.to_string(),
        sex: record.sex,
        nationalities: record.nationalities.clone(),
        address: record.address.clone(),
        document_valid_until: record.document_valid_until.to_string(),
        status: person.row.status.as_str().to_owned(),
        cards: cards.iter().map(CardView::of).collect(),
    }))
}

/// The register's portrait of a person.
#[utoipa::path(get, path = "/api/console/people/{id}/portrait", params(("id" = String, Path,)),
    responses((status = 200, content_type = "image/jpeg", body = Vec<u8>), (status = 404, body = ProblemBody)))]
async fn portrait(State(app): Shared, headers: HeaderMap, Path(id): Path<String>) -> Result<Response, Problem> {
    let person = look(&app, &headers, &id, "person.portrait_read").await?;
    let mut unit = app.registry.read().await.map_err(WorkError::from)?;
    Ok(picture(people::portraits(&mut *unit, &person).await?.original))
}

/// Where a record stands from now on.
#[derive(Deserialize, ToSchema)]
struct StatusChange {
    /// `active`, `suspended`, `deceased` or `expired`.
    status: String,
    /// Why, for the audit trail.
    reason: String,
}

/// What it did.
#[derive(Serialize, ToSchema)]
struct StatusChanged {
    /// Cards that were revoked, suspended or resumed with it.
    cards_changed: u32,
}

/// Sets where a person's record stands, and their cards with it.
#[utoipa::path(post, path = "/api/console/people/{id}/status", operation_id = "set_person_status",
    params(("id" = String, Path,)), request_body = StatusChange,
    responses((status = 200, body = StatusChanged), (status = 401, body = ProblemBody),
        (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
async fn set_status(
    State(app): Shared,
    headers: HeaderMap,
    Path(id): Path<String>,
    body::Json(change): body::Json<StatusChange>,
) -> Result<Json<StatusChanged>, Problem> {
    session::same_origin(&headers)?;
    let officer = officer(&app, &headers).await?;
    let id: PersonId = id.parse().map_err(|_| WorkError::NotFound("person"))?;
    let unknown = || Problem::Unprocessable("unknown_status", "active, suspended, deceased or expired".to_owned());
    let status = PersonStatus::from_text(&change.status).ok_or_else(unknown)?;
    if change.reason.trim().is_empty() {
        return Err(Problem::Unprocessable("reason_missing", "say why".to_owned()));
    }
    let actor = officer.id.to_string();
    let changed = changes::set_status(&app, Actor::Officer(&actor), id, status, &change.reason).await?;
    Ok(Json(StatusChanged { cards_changed: changed }))
}

/// An image that no cache may keep.
pub(super) fn picture(bytes: Vec<u8>) -> Response {
    let kind = media_type(&bytes);
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "no-store")], bytes).into_response()
}

/// Loads a person after writing down that the officer looked.
async fn look(app: &App, headers: &HeaderMap, id: &str, action: &'static str) -> Result<OpenPerson, WorkError> {
    let officer = officer(app, headers).await?;
    let id: PersonId = id.parse().map_err(|_| WorkError::NotFound("person"))?;
    audit::alone(app, Actor::Officer(&officer.id.to_string()), action, id.to_string()).await?;
    let mut unit = app.registry.read().await?;
    people::load(app, &mut *unit, id).await
}
