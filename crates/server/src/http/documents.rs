//! Reading a photographed document, so that less has to be typed. Nothing is stored, and nothing that was read counts as
//! proven: the person looks at it and sends it like anything typed.

use std::sync::Arc;

use axum::Json;
use axum::body::to_bytes;
use axum::extract::{DefaultBodyLimit, Extension, Request, State};
use mibun_document::field::Field;
use mibun_document::mrz::Mrz;
use mibun_document::reader::Document;
use mibun_document::resident_card::Front;
use mibun_proofing::attempts::Scope;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use zeroize::Zeroizing;

use super::Shared;
use super::problem::{Problem, ProblemBody};
use super::source::Source;
use crate::app::App;
use crate::work::journeys::count_under;

/// A photograph, in bytes.
const BODY: usize = 8 * 1024 * 1024;

pub(super) fn routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(read)).layer(DefaultBodyLimit::max(BODY))
}

/// One value that was read.
#[derive(Serialize, ToSchema)]
struct ReadField {
    value: String,
    /// Whether a check digit stands behind it; what has none is for the person to correct.
    checked: bool,
}

/// What opens the chip of the document.
#[derive(Serialize, ToSchema)]
struct ChipKey {
    document_number: ReadField,
    /// `YYMMDD`, as in the machine-readable zone.
    birth_date: ReadField,
    /// `YYMMDD`.
    expiry_date: ReadField,
}

/// What was read.
#[derive(Serialize, ToSchema)]
struct ReadDocument {
    /// `resident_card`, `resident_card_back` or `machine_readable`.
    kind: &'static str,
    /// The resident number.
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<ReadField>,
    /// The name.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<ReadField>,
    /// For documents with a machine-readable zone.
    #[serde(skip_serializing_if = "Option::is_none")]
    chip: Option<ChipKey>,
}

/// Reads the document on a photograph, JPEG or PNG.
#[utoipa::path(post, path = "/api/documents/read", operation_id = "read_document",
    request_body(content = Vec<u8>, content_type = "image/jpeg"),
    responses((status = 200, body = ReadDocument), (status = 409, body = ProblemBody), (status = 413, body = ProblemBody),
        (status = 422, body = ProblemBody), (status = 429, body = ProblemBody), (status = 503, body = ProblemBody)))]
async fn read(
    State(app): Shared,
    Extension(Source(source)): Extension<Source>,
    request: Request,
) -> Result<Json<ReadDocument>, Problem> {
    let subject = app.safe.index("document-source", &source.to_string());
    // Counted before the first byte of the photograph is taken in.
    count_under(&app, &app.config.chip.attempts, subject, Scope::Source).await?;
    let photograph = to_bytes(request.into_body(), BODY).await.map_err(|_| Problem::TooLarge(BODY))?;
    Ok(Json(match app.documents.read(photograph).await? {
        Document::ResidentCardFront(front) => of_front(&front),
        Document::ResidentCardBack(_) => {
            ReadDocument { kind: "resident_card_back", number: None, name: None, chip: None }
        }
        Document::MachineReadable(mrz) => of_zone(&mrz),
    }))
}

fn of_front(front: &Front) -> ReadDocument {
    let field = |field: &Option<Field<Zeroizing<String>>>| field.as_ref().map(|field| of(field, field.value.as_str()));
    ReadDocument { kind: "resident_card", number: field(&front.number), name: field(&front.name), chip: None }
}

fn of_zone(mrz: &Mrz) -> ReadDocument {
    let name = format!("{} {}", mrz.surname.value.as_str(), mrz.given_names.value.as_str());
    ReadDocument {
        kind: "machine_readable",
        number: None,
        name: Some(ReadField { value: name.trim().to_owned(), checked: mrz.surname.is_proven() }),
        chip: Some(ChipKey {
            document_number: of(&mrz.document_number, mrz.document_number.value.as_str()),
            birth_date: of(&mrz.birth_date, &mrz.birth_date.value.to_string()),
            expiry_date: of(&mrz.expiry_date, &mrz.expiry_date.value.to_string()),
        }),
    }
}

fn of<T>(field: &Field<T>, value: &str) -> ReadField {
    ReadField { value: value.to_owned(), checked: field.is_proven() }
}
