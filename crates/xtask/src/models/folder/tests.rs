//! A folder takes and offers only pinned content.

use std::path::PathBuf;

use super::super::catalogue::{FACEMESH, ModelFile, Origin, RECOMMENDED, SETS, STANDARD};
use super::{Folder, fingerprint, read_pinned};

/// SHA-256 of "abc" (FIPS 180-2, appendix B.1).
const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

fn fresh(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("mibun-models-{}-{name}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    folder
}

#[test]
fn fingerprint_of_a_known_message() {
    assert_eq!(fingerprint(b"abc"), ABC);
}

#[test]
fn stores_only_the_pinned_content() {
    let folder = Folder(fresh("store"));
    let file = ModelFile { name: "model.onnx", sha256: ABC, origin: Origin::OtherForm };
    let refused = folder.store(&file, b"abd").expect_err("other content");
    assert!(refused.starts_with("model.onnx: SHA-256 is ") && refused.ends_with(", not the pinned one"), "{refused}");
    assert!(!folder.0.exists(), "nothing is left of refused content");
    folder.store(&file, b"abc").expect("pinned content");
    assert_eq!(folder.read(&file).expect("stored"), b"abc");
    let names: Vec<_> =
        std::fs::read_dir(&folder.0).expect("folder").map(|entry| entry.expect("entry").file_name()).collect();
    assert_eq!(names, ["model.onnx"]);
    std::fs::write(folder.0.join("model.onnx"), b"abd").expect("tamper");
    assert!(folder.read(&file).expect_err("tampered").contains("not the file it should be"));
    std::fs::remove_dir_all(&folder.0).expect("clean");
}

#[test]
fn an_empty_folder_holds_no_set() {
    let folder = Folder(fresh("empty"));
    assert!(folder.whole_set().is_none());
    assert_eq!(folder.lacking(&RECOMMENDED).len(), 5);
    assert_eq!(folder.size(&STANDARD), 0);
    assert!(read_pinned(&folder.0.join("none"), ABC).is_err());
}

#[test]
fn sets_are_listed_best_first_and_share_the_mesh() {
    assert_eq!(SETS.map(|set| set.name), ["recommended", "recommended without anti-spoof", "standard"]);
    assert!(SETS.iter().all(|set| set.files.iter().any(|file| file.name == FACEMESH.name)));
    let pins = SETS.iter().flat_map(|set| set.files).map(|file| file.sha256);
    assert!(pins.into_iter().all(|pin| pin.len() == 64 && pin.bytes().all(|digit| digit.is_ascii_hexdigit())));
}
