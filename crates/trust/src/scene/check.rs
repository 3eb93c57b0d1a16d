//! What a scene must keep to beyond its grammar.

use std::collections::BTreeSet;

use super::{Column, ColumnSource, Field, FieldPath, MAX_OPTIONAL_FIELDS, RequiredLevel, Scene, SceneError, paths};
use crate::text::Texts;

pub(super) fn scene(scene: &Scene) -> Result<(), SceneError> {
    ranges(scene)?;
    texts(scene)?;
    fields(&scene.fields)?;
    retention(scene)?;
    export(scene)
}

fn ranges(scene: &Scene) -> Result<(), SceneError> {
    if scene.version == 0 {
        return Err(SceneError::OutOfRange("version"));
    }
    if scene.retention_days > A_CENTURY_IN_DAYS {
        return Err(SceneError::OutOfRange("retention_days"));
    }
    let ages = [
        ("maximum_evidence_age_days", scene.maximum_evidence_age_days),
        ("maximum_chip_age_days", scene.maximum_chip_age_days),
        ("maximum_face_age_days", scene.maximum_face_age_days),
    ];
    for (name, age) in ages {
        if age.is_some_and(|days| days == 0 || days > A_CENTURY_IN_DAYS) {
            return Err(SceneError::OutOfRange(name));
        }
    }
    if scene.maximum_chip_age_days.is_some() && scene.minimum_level != RequiredLevel::Full {
        return Err(SceneError::ChipAgeWithoutFull);
    }
    Ok(())
}

fn texts(scene: &Scene) -> Result<(), SceneError> {
    text("title", &scene.title)?;
    text("purpose", &scene.purpose)?;
    text("legal_basis", &scene.legal_basis)?;
    for (i, field) in scene.fields.iter().enumerate() {
        text(&format!("fields[{i}].label"), &field.label)?;
        text(&format!("fields[{i}].why"), &field.why)?;
    }
    Ok(())
}

fn text(place: &str, texts: &Texts) -> Result<(), SceneError> {
    texts.check().map_err(|source| SceneError::Text { place: place.to_owned(), source })
}

fn fields(fields: &[Field]) -> Result<(), SceneError> {
    for (i, field) in fields.iter().enumerate() {
        if !paths::is_on_the_card(&field.path) {
            return Err(SceneError::UnknownPath(field.path.clone()));
        }
        if fields[..i].iter().any(|earlier| overlap(&earlier.path, &field.path)) {
            return Err(SceneError::DuplicateField(field.path.clone()));
        }
    }
    match fields.iter().filter(|field| !field.required).count() {
        optional if optional > MAX_OPTIONAL_FIELDS => Err(SceneError::TooManyOptionalFields(optional)),
        _ => Ok(()),
    }
}

/// Asking for `address` and `address.country` asks for the country twice.
fn overlap(a: &FieldPath, b: &FieldPath) -> bool {
    a.starts_with(b) || b.starts_with(a)
}

fn retention(scene: &Scene) -> Result<(), SceneError> {
    match scene.fields.iter().find(|field| field.keep) {
        Some(field) if scene.retention_days == 0 => Err(SceneError::KeptWithoutRetention(field.path.clone())),
        _ => Ok(()),
    }
}

fn export(scene: &Scene) -> Result<(), SceneError> {
    let mut headers = BTreeSet::new();
    for Column { header, source } in &scene.export {
        if !headers.insert(header) {
            return Err(SceneError::DuplicateColumn(header.clone()));
        }
        if let ColumnSource::Field(path) = source
            && !scene.field(path).is_some_and(|field| field.keep)
        {
            return Err(SceneError::ColumnWithoutField(header.clone()));
        }
    }
    Ok(())
}

const A_CENTURY_IN_DAYS: u32 = 36_525;
