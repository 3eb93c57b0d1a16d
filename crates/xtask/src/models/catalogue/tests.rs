//! What is fetched is what the face engine's manifests and the reader of documents ask for.

use std::collections::BTreeMap;

use super::{DOCUMENTS, SETS};
use crate::step;

#[test]
fn pins_are_those_of_the_manifests() {
    let folder = step::root().join("crates/face/models");
    let manifests = std::fs::read_dir(&folder).expect("manifests").map(|entry| entry.expect("entry").path());
    let wanted: BTreeMap<String, String> = manifests
        .filter(|path| path.extension().is_some_and(|ending| ending == "toml"))
        .map(|path| {
            let text = std::fs::read_to_string(&path).expect("a manifest");
            let manifest: toml::Table = toml::from_str(&text).expect("TOML");
            let text = |name: &str| manifest[name].as_str().expect("a text").to_owned();
            (text("file"), text("sha256"))
        })
        .collect();
    let fetched: BTreeMap<String, String> =
        SETS.iter().flat_map(|set| set.files).map(|file| (file.name.to_owned(), file.sha256.to_owned())).collect();
    assert_eq!(fetched, wanted);
}

#[test]
fn document_models_are_those_of_the_reader() {
    let reader = std::fs::read_to_string(step::root().join("crates/document/src/reader.rs")).expect("the reader");
    for file in DOCUMENTS.files {
        assert!(reader.contains(&format!("name: \"{}\"", file.name)), "{}", file.name);
        assert!(reader.contains(&format!("sha256: \"{}\"", file.sha256)), "{}", file.name);
    }
    assert_eq!(reader.matches("sha256: \"").count(), DOCUMENTS.files.len());
}
