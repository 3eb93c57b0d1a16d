//! The scenes of the repository, read as an installation reads them.

use std::fs;
use std::path::Path;

use super::*;

fn shipped() -> BTreeMap<SceneId, Scene> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenes");
    let mut files = Vec::new();
    for entry in fs::read_dir(&folder).expect("the scenes folder exists") {
        let path = entry.expect("the folder is readable").path();
        let name = path.file_name().expect("a file has a name").to_string_lossy().into_owned();
        files.push((name, fs::read_to_string(&path).expect("a scene is readable")));
    }
    load_all(&files).expect("every shipped scene is valid")
}

fn scene(id: &str) -> Scene {
    shipped().remove(&SceneId::parse(id).expect("a valid id")).expect("the scene is shipped")
}

#[test]
fn every_promised_scene_is_there() {
    let ids: Vec<String> = shipped().keys().map(ToString::to_string).collect();
    let promised =
        ["air-checkin", "bank-account", "hotel-checkin-cn", "hotel-checkin-jp", "parcel-drop-off", "rail-ticket"];
    assert_eq!(ids, promised);
}

#[test]
fn only_the_bank_needs_a_full_card() {
    for (id, scene) in shipped() {
        let expected = if id.as_str() == "bank-account" { RequiredLevel::Full } else { RequiredLevel::Light };
        assert_eq!(scene.minimum_level, expected, "{id}");
    }
}

#[test]
fn dropping_off_a_parcel_reveals_and_keeps_nothing() {
    let parcel = scene("parcel-drop-off");
    assert!(parcel.is_result_only());
    assert_eq!(parcel.retention_days, 0);
}

#[test]
fn a_japanese_hotel_keeps_the_register_three_years() {
    assert_eq!(scene("hotel-checkin-jp").retention_days, 3 * 365);
}

#[test]
fn no_scene_stores_a_portrait() {
    for (id, scene) in shipped() {
        if let Some(picture) = scene.field(&["picture".to_owned()]) {
            assert!(!picture.keep && !picture.required, "{id}");
        }
    }
}

#[test]
fn every_kept_field_reaches_the_export() {
    for (id, scene) in shipped() {
        for field in scene.fields.iter().filter(|field| field.keep) {
            let source = ColumnSource::Field(field.path.clone());
            assert!(scene.export.iter().any(|column| column.source == source), "{id}: {:?}", field.path);
        }
    }
}

#[test]
fn no_shipped_scene_claims_legal_review() {
    for (id, scene) in shipped() {
        assert!(!scene.counsel_confirmed, "{id}");
        assert!(scene.legal_basis.en.contains("heck with counsel"), "{id}");
    }
}

#[test]
fn the_three_languages_are_three_texts() {
    for (id, scene) in shipped() {
        let all = scene.fields.iter().flat_map(|field| [&field.label, &field.why]);
        for texts in all.chain([&scene.title, &scene.purpose, &scene.legal_basis]) {
            assert_ne!(texts.en, texts.ja, "{id}");
            assert_ne!(texts.en, texts.zh_hans, "{id}");
        }
        assert_ne!(scene.purpose.ja, scene.purpose.zh_hans, "{id}");
    }
}
