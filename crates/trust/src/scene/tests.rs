use super::*;
use crate::text::Language;

mod negative;
mod shipped;

/// A scene that is as small as it can be.
fn minimal() -> String {
    r#"
id = "test-scene"
version = 1
minimum_level = "light"
presence = "none"
retention_days = 10
counsel_confirmed = false
title = { en = "T", ja = "題", zh-Hans = "题" }
purpose = { en = "P", ja = "目的", zh-Hans = "目的" }
legal_basis = { en = "L", ja = "根拠", zh-Hans = "依据" }

[[fields]]
path = ["family_name"]
required = true
label = { en = "Family name", ja = "姓", zh-Hans = "姓" }
why = { en = "Needed", ja = "必要", zh-Hans = "需要" }
"#
    .to_owned()
}

/// Another field for [`minimal`].
fn field(path: &str, extra: &str) -> String {
    format!(
        "\n[[fields]]\npath = {path}\nrequired = false\n{extra}\n\
         label = {{ en = \"X\", ja = \"X\", zh-Hans = \"X\" }}\nwhy = {{ en = \"X\", ja = \"X\", zh-Hans = \"X\" }}\n"
    )
}

#[test]
fn a_minimal_scene_loads() {
    let scene = load(&minimal()).expect("the scene is valid");
    assert_eq!(scene.id.as_str(), "test-scene");
    assert_eq!(scene.title.of(Language::Japanese), "題");
    assert!(scene.fields[0].keep, "fields are kept unless they say otherwise");
    assert!(!scene.is_result_only());
}

#[test]
fn load_all_keeps_every_scene_by_name() {
    let scenes = load_all(&[("test-scene.toml", minimal())]).expect("the scene is valid");
    assert_eq!(scenes.keys().map(SceneId::as_str).collect::<Vec<_>>(), ["test-scene"]);
}

#[test]
fn a_scene_serialises_with_its_languages_for_pages() {
    let scene = load(&minimal()).expect("the scene is valid");
    let json = serde_json::to_value(&scene).expect("a scene is plain data");
    assert_eq!(json["title"]["zh-Hans"], "题");
    assert_eq!(json["minimum_level"], "light");
    assert_eq!(json["fields"][0]["path"][0], "family_name");
}
