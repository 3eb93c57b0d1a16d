//! A mirror is believed only as far as the hash goes.

use super::super::catalogue::{ModelFile, Origin};
use super::super::folder::Folder;
use super::download;

/// A file that should hold "abc" (SHA-256 of FIPS 180-2, appendix B.1).
const FILE: ModelFile = ModelFile {
    name: "model.onnx",
    sha256: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    origin: Origin::OtherForm,
};

/// Fetches from a mirror that holds `content`; the outcome and what lies in the folder afterwards.
fn fetched(name: &str, content: &[u8]) -> (Result<(), String>, Vec<String>) {
    let place = std::env::temp_dir().join(format!("mibun-mirror-{}-{name}", std::process::id()));
    let mirror = place.join("mirror");
    std::fs::create_dir_all(&mirror).expect("folder");
    std::fs::write(mirror.join(FILE.name), content).expect("mirror's file");
    let folder = Folder(place.join("models"));
    let outcome = download(&FILE, Some(&format!("file://{}/", mirror.display())), &folder);
    let entries = std::fs::read_dir(&folder.0).expect("folder").map(|entry| entry.expect("entry").file_name());
    let names = entries.map(|name| name.to_string_lossy().into_owned()).collect();
    std::fs::remove_dir_all(&place).expect("clean");
    (outcome, names)
}

#[test]
fn the_pinned_file_is_kept() {
    assert_eq!(fetched("right", b"abc"), (Ok(()), vec!["model.onnx".to_owned()]));
}

#[test]
fn another_file_is_refused_and_leaves_nothing() {
    let (outcome, names) = fetched("wrong", b"<html>not found</html>");
    assert!(outcome.expect_err("another file").ends_with("not the pinned one"));
    assert_eq!(names, Vec::<String>::new());
}

#[test]
fn a_file_beyond_the_limit_is_refused_and_leaves_nothing() {
    let (outcome, names) = fetched("large", &vec![0; (64 << 20) + 1]);
    assert!(outcome.is_err());
    assert_eq!(names, Vec::<String>::new());
}

#[test]
fn without_a_mirror_converted_forms_have_no_address() {
    let folder = Folder(std::env::temp_dir().join("mibun-mirror-none"));
    assert_eq!(download(&FILE, None, &folder), Err("model.onnx: has no public address".to_owned()));
    assert!(!folder.0.exists());
}
