//! The demonstration: a visitor adds themself to the register. These routes exist only when `demo.enabled` is set.

use std::sync::Arc;

use axum::Json;
use axum::extract::{DefaultBodyLimit, Multipart, State};
use axum::http::{HeaderMap, StatusCode};
use mibun_crypto::time::Date;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::problem::{Problem, ProblemBody};
use super::{Shared, session};
use crate::app::App;
use crate::record::PersonRecord;
use crate::work::audit::Actor;
use crate::work::{people, portraits};

/// A photograph and a few fields, in bytes.
const BODY: usize = 12 * 1024 * 1024;

pub(super) fn routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(add_person)).layer(DefaultBodyLimit::max(BODY))
}

/// A person who may now enrol.
#[derive(Serialize, ToSchema)]
struct AddedPerson {
    number: String,
    name: String,
}

#[derive(Default)]
struct Form {
    texts: std::collections::HashMap<String, String>,
    portrait: Vec<u8>,
}

/// The form, as `multipart/form-data`.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the form for the interface document")]
struct PersonForm {
    family_name: String,
    given_name: String,
    family_name_native: Option<String>,
    given_name_native: Option<String>,
    birthdate: String,
    sex: u8,
    nationality: String,
    address: Option<String>,
    #[schema(value_type = String, format = Binary)]
    portrait: Vec<u8>,
}

/// Adds a visitor to the demonstration's register and gives them a resident number.
#[utoipa::path(post, path = "/api/demo/people",
    request_body(content = PersonForm, content_type = "multipart/form-data"),
    responses((status = 201, body = AddedPerson), (status = 422, body = ProblemBody)))]
async fn add_person(
    State(app): Shared,
    headers: HeaderMap,
    multipart: Multipart,
) -> Result<(StatusCode, Json<AddedPerson>), Problem> {
    session::same_origin(&headers)?;
    let mut form = read(multipart).await?;
    let portraits = portraits::prepare(&app, std::mem::take(&mut form.portrait)).await?;
    let number = people::draw_number(&app)?;
    let record = record(&app, &form, number.clone())?;
    let name = record.display_name();
    people::add(&app, Actor::Holder, record, &portraits).await?;
    Ok((StatusCode::CREATED, Json(AddedPerson { number, name })))
}

async fn read(mut multipart: Multipart) -> Result<Form, Problem> {
    let malformed = || Problem::BadRequest("malformed_form", "send multipart/form-data".to_owned());
    let mut form = Form::default();
    while let Some(field) = multipart.next_field().await.map_err(|_| malformed())? {
        let name = field.name().unwrap_or_default().to_owned();
        if name == "portrait" {
            form.portrait = field.bytes().await.map_err(|_| Problem::TooLarge(BODY))?.to_vec();
        } else {
            let text = field.text().await.map_err(|_| malformed())?;
            form.texts.insert(name, text.trim().to_owned());
        }
    }
    Ok(form)
}

fn record(app: &App, form: &Form, number: String) -> Result<PersonRecord, Problem> {
    let text = |name: &str| form.texts.get(name).filter(|text| !text.is_empty()).cloned();
    let required = |name: &'static str| {
        text(name).ok_or_else(|| Problem::Unprocessable("invalid_record", format!("{name}: is needed")))
    };
    let birthdate: Date = required("birthdate")?
        .parse()
        .map_err(|_| Problem::Unprocessable("invalid_record", "birthdate: write YYYY-MM-DD".to_owned()))?;
    Ok(PersonRecord {
        number,
        family_name: required("family_name")?,
        given_name: required("given_name")?,
        family_name_native: text("family_name_native"),
        given_name_native: text("given_name_native"),
        birthdate,
        sex: text("sex").and_then(|sex| sex.parse().ok()).unwrap_or(0),
        nationalities: vec![required("nationality")?.to_uppercase()],
        place_of_birth: None,
        address: text("address"),
        // The demonstration has no documents; airlines ask for the number of one.
        document_number: Some(format!("D{}", app.entropy().digits(8))),
        document_valid_until: app.clock.now().date().plus_years(10),
    })
}
