//! The file as it is written; [`Scene`] is what it means.

use serde::Deserialize;

use super::{Column, ColumnSource, Fact, Field, FieldPath, Presence, RequiredLevel, Scene, SceneError, SceneId};
use crate::text::Texts;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    id: SceneId,
    version: u32,
    minimum_level: RequiredLevel,
    presence: Presence,
    retention_days: u32,
    maximum_evidence_age_days: Option<u32>,
    maximum_chip_age_days: Option<u32>,
    maximum_face_age_days: Option<u32>,
    counsel_confirmed: bool,
    title: Texts,
    purpose: Texts,
    legal_basis: Texts,
    #[serde(default)]
    fields: Vec<Field>,
    #[serde(default)]
    export: Vec<ColumnDocument>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ColumnDocument {
    header: String,
    field: Option<FieldPath>,
    fact: Option<Fact>,
}

pub(super) fn read(toml: &str) -> Result<Scene, SceneError> {
    let document: Document = toml::from_str(toml).map_err(|error| syntax(toml, error))?;
    let export = document.export.into_iter().map(column).collect::<Result<_, _>>()?;
    Ok(Scene {
        id: document.id,
        version: document.version,
        minimum_level: document.minimum_level,
        presence: document.presence,
        retention_days: document.retention_days,
        maximum_evidence_age_days: document.maximum_evidence_age_days,
        maximum_chip_age_days: document.maximum_chip_age_days,
        maximum_face_age_days: document.maximum_face_age_days,
        counsel_confirmed: document.counsel_confirmed,
        title: document.title,
        purpose: document.purpose,
        legal_basis: document.legal_basis,
        fields: document.fields,
        export,
    })
}

fn column(document: ColumnDocument) -> Result<Column, SceneError> {
    let source = match (document.field, document.fact) {
        (Some(path), None) => ColumnSource::Field(path),
        (None, Some(fact)) => ColumnSource::Fact(fact),
        _ => return Err(SceneError::AmbiguousColumn(document.header)),
    };
    Ok(Column { header: document.header, source })
}

fn syntax(toml: &str, error: toml::de::Error) -> SceneError {
    let start = error.span().map_or(0, |span| span.start.min(toml.len()));
    let line = 1 + toml.as_bytes()[..start].iter().filter(|&&b| b == b'\n').count();
    SceneError::Syntax { line, source: Box::new(error) }
}
