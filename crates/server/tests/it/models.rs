//! The folder of face models: which set the server takes, and an operator's own.

use std::path::PathBuf;

use mibun_server::config::ModelSetChoice;
use mibun_server::outside::faces::choose;

/// A folder with `set.toml` and one manifest; removed when dropped.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str, set: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("mibun-models-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a temporary folder");
        std::fs::write(folder.join("set.toml"), set).expect("written");
        std::fs::write(folder.join("ours.toml"), EMBEDDER).expect("written");
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

const SET: &str = "name = \"ministry\"\nmanifests = [\"yunet.toml\", \"facemesh.toml\", \"ours.toml\"]\n";
const EMBEDDER: &str = r#"
role = "embedder"
kind = "arc_face"
file = "ours.onnx"
sha256 = "0000000000000000000000000000000000000000000000000000000000000000"
licence = "proprietary"
source = "the ministry"
outputs = ["out0"]
[input]
size = 112
channels = "rgb"
scale = 127.5
mean = [1.0, 1.0, 1.0]
[[calibration]]
portrait = "photo"
fmr = 1e-6
threshold = 0.61
fnmr = 0.01
measured_on = "our own pairs"
"#;

#[test]
fn an_operators_own_set_is_taken() {
    let folder = Folder::new("own", SET);
    for choice in [ModelSetChoice::Auto, ModelSetChoice::Own] {
        let set = choose(choice, &folder.0).expect("a usable set").expect("the own set");
        assert_eq!(set.name, "ministry");
        assert!(set.manifests.iter().any(|manifest| manifest.file == "ours.onnx"));
    }
}

#[test]
fn a_set_asked_for_by_name_is_not_the_operators_own() {
    let folder = Folder::new("named", SET);
    assert!(choose(ModelSetChoice::Recommended, &folder.0).expect("no fault").is_none());
}

#[test]
fn an_own_set_that_cannot_be_used_is_no_reason_to_take_another() {
    let folder = Folder::new("faulty", &SET.replace("ours", "missing"));
    let refused = choose(ModelSetChoice::Auto, &folder.0).expect_err("refused").to_string();
    assert!(refused.contains("set.toml") && refused.contains("missing.toml"), "{refused}");
}

#[test]
fn a_manifest_outside_of_the_folder_is_not_read() {
    let folder = Folder::new("outside", &SET.replace("ours.toml", "../ours.toml"));
    assert!(choose(ModelSetChoice::Auto, &folder.0).is_err());
}
