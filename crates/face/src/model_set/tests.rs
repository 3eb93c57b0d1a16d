use super::*;

const SET: &str = r#"
name = "ministry"
manifests = ["yunet.toml", "facemesh.toml", "embedder.toml"]
"#;

/// An embedder of an operator, measured at one rate.
const EMBEDDER: &str = r#"
role = "embedder"
kind = "arc_face"
file = "ministry.onnx"
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

fn own(set: &str, embedder: &str) -> Result<SetDescription, ModelSetError> {
    SetDescription::own(set, |file| (file == "embedder.toml").then(|| embedder.to_owned()))
}

#[test]
fn an_operators_embedder_takes_the_place_of_ours_with_its_own_thresholds() {
    let set = own(SET, EMBEDDER).expect("a set");
    assert_eq!(set.name, "ministry");
    let rows: Vec<_> = set.calibration(PortraitKind::Photo).iter().map(|row| (row.fmr, row.threshold)).collect();
    assert_eq!(rows, [(1e-6, 0.61)]);
    assert!(!set.detects_attacks());
}

#[test]
fn a_manifest_beside_the_set_goes_before_ours_of_that_name() {
    let set = SET.replace("embedder.toml", "mobilefacenet.toml");
    let read = |file: &str| (file == "mobilefacenet.toml").then(|| EMBEDDER.to_owned());
    let set = SetDescription::own(&set, read).expect("a set");
    assert!(set.manifests.iter().any(|manifest| manifest.file == "ministry.onnx"));
}

#[test]
fn a_manifest_that_is_nowhere_is_named() {
    let refused = own(&SET.replace("embedder", "elsewhere"), EMBEDDER).expect_err("refused");
    assert!(matches!(refused, ModelSetError::NoManifest(file) if file == "elsewhere.toml"));
}

#[test]
fn an_embedder_that_was_never_measured_is_refused() {
    let unmeasured = EMBEDDER.split("[[calibration]]").next().expect("a head");
    let refused = own(SET, unmeasured).expect_err("refused");
    assert!(matches!(refused, ModelSetError::NotCalibrated(file) if file == "ministry.onnx"));
}

#[test]
fn a_set_without_a_detector_is_refused() {
    let refused = own(&SET.replace("\"yunet.toml\", ", ""), EMBEDDER).expect_err("refused");
    assert!(matches!(refused, ModelSetError::Role("detector")));
}

#[test]
fn unknown_keys_are_refused() {
    assert!(matches!(own(&format!("{SET}\ntreshold = 1"), EMBEDDER), Err(ModelSetError::Manifest(_))));
    assert!(matches!(own(SET, &format!("{EMBEDDER}\ntreshold = 1")), Err(ModelSetError::Manifest(_))));
}
