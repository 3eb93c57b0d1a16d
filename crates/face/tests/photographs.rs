//! The recommended set on real photographs: the same person is recognised, another is not.

mod common;

use common::{folder, photograph, pipeline, rten};
use mibun_face::manifest::PortraitKind;
use mibun_face::model_set::{ModelSet, ModelSetError, SetDescription};
use mibun_face::pipeline::MeasureError;
use mibun_inference::model::ModelError;

#[test]
#[expect(clippy::print_stdout, reason = "the scores are what a reader of a failure wants to see")]
fn the_same_person_is_recognised_and_another_is_not() {
    let pipeline = pipeline(rten());
    let portrait = |name| pipeline.portrait(&photograph(name)).expect("a usable portrait").embedding;
    let [a1, a2, b1, b2] = ["a1", "a2", "b1", "b2"].map(portrait);
    let cosine = |one: &mibun_face::Embedding, other: &mibun_face::Embedding| one.cosine(other).expect("one model");
    let rows = pipeline.set().description.clone();
    let threshold = |fmr: f32| {
        let rows = rows.calibration(PortraitKind::Photo);
        rows.iter().find(|row| row.fmr == fmr).expect("a measured row").threshold
    };
    println!("same {} {}, others {} {}", cosine(&a1, &a2), cosine(&b1, &b2), cosine(&a1, &b1), cosine(&a2, &b2));
    assert!(cosine(&a1, &a2) >= threshold(1e-5));
    assert!(cosine(&b1, &b2) >= threshold(1e-5));
    for (one, other) in [(&a1, &b1), (&a1, &b2), (&a2, &b1), (&a2, &b2)] {
        assert!(cosine(one, other) < threshold(1e-3));
    }
}

#[test]
#[expect(clippy::print_stdout, reason = "the scores are what a reader of a failure wants to see")]
fn a_frontal_photograph_measures_as_one() {
    let pipeline = pipeline(rten());
    for name in ["a1", "a2", "b1", "b2"] {
        let measures = pipeline.portrait(&photograph(name)).expect("a usable portrait").quality;
        println!("{name}: {measures:?}");
        assert_eq!(measures.faces, 1);
        assert!(measures.yaw_deg.abs() < 20.0 && measures.pitch_deg.abs() < 20.0 && measures.roll_deg.abs() < 15.0);
        assert!((measures.eyes_open.left + measures.eyes_open.right) / 2.0 > 0.12);
        assert!(measures.sharpness > 1.0);
    }
}

#[test]
fn a_picture_without_a_face_is_refused() {
    let grey = mibun_face::portrait::jpeg(
        &mibun_face::Picture { width: 300, height: 300, data: vec![128; 300 * 300 * 3] },
        90,
    );
    assert!(matches!(pipeline(rten()).portrait(&grey), Err(MeasureError::NoFace)));
}

#[test]
fn a_changed_or_missing_model_file_is_refused_by_name() {
    let models = folder("MIBUN_MODELS_DIR", "models");
    let load = |file: &dyn Fn(&str) -> Option<Vec<u8>>| {
        let description = SetDescription::recommended().expect("the manifests of this crate");
        ModelSet::load(description, rten(), file).map(|_| ())
    };
    let changed = |name: &str| {
        let mut bytes = std::fs::read(models.join(name)).ok()?;
        bytes[100] ^= 1;
        Some(bytes)
    };
    assert!(
        matches!(load(&changed), Err(ModelSetError::Model(ModelError::Hash(file))) if file == "yunet_n_320_320.onnx")
    );
    assert!(
        matches!(load(&|_| None), Err(ModelSetError::Model(ModelError::Missing(file))) if file == "yunet_n_320_320.onnx")
    );
}

#[test]
fn every_known_set_is_described_and_says_what_it_cannot_do() {
    let known = SetDescription::known();
    let names: Vec<&str> = known.iter().map(|set| set.name.as_str()).collect();
    assert_eq!(names, ["recommended", "recommended without anti-spoof", "standard"]);
    assert!(known.iter().all(|set| !set.cannot().is_empty() && !set.can().is_empty()));
    assert_eq!(known.iter().map(SetDescription::detects_attacks).collect::<Vec<_>>(), [true, false, false]);
}
