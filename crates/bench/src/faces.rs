//! The face pipeline, stage by stage, on one thread.

use std::path::PathBuf;
use std::sync::Arc;

use mibun_face::model_set::{ModelSet, SetDescription};
use mibun_face::pipeline::Pipeline;
use mibun_inference::engine::RtenEngine;

use crate::Failure;
use crate::clock::{median, now};
use crate::report::{Line, Report, complain};

/// Frames measured; the first one warms caches up and does not count.
const FRAMES: usize = 15;

const STAGES: [(&str, &str, &str); 6] = [
    ("decode", "face.decode", "face: decode a frame"),
    ("detect", "face.detect", "face: detect"),
    ("quality", "face.quality", "face: quality"),
    ("mesh", "face.mesh", "face: mesh"),
    ("antispoof", "face.antispoof", "face: anti-spoof"),
    ("embed", "face.embed", "face: embed"),
];

/// Measures every stage over a photograph of `MIBUN_TEST_FACES` with the models of `MIBUN_MODELS_DIR`.
pub(crate) fn measure(report: &mut Report) -> Result<(), Failure> {
    let (Some(models), Some(faces)) = (folder("MIBUN_MODELS_DIR"), folder("MIBUN_TEST_FACES")) else {
        complain("face pipeline not measured: set MIBUN_MODELS_DIR and MIBUN_TEST_FACES");
        return Ok(());
    };
    let photograph = std::fs::read(faces.join("a1.jpg"))?;
    let begun = now();
    let pipeline = load(&models)?;
    let loading = (now() - begun).as_secs_f64() * 1000.0;
    report.add(Line::new("face.load", "face: load the models, once", loading, "ms", 1));
    let mut times = vec![Vec::new(); STAGES.len()];
    let mut whole = Vec::new();
    for frame in 0..=FRAMES {
        let begun = now();
        let mut last = begun;
        let measures = pipeline.frame(&photograph, &mut |stage| {
            let took = (now() - last).as_secs_f64() * 1000.0;
            last = now();
            if let Some(at) = STAGES.iter().position(|(name, _, _)| *name == stage && frame > 0) {
                times[at].push(took);
            }
        })?;
        if measures.embedding.is_none() {
            return Err("the photograph was not measured to the end".into());
        }
        if frame > 0 {
            whole.push((now() - begun).as_secs_f64() * 1000.0);
        }
    }
    for ((_, bench, words), mut times) in STAGES.into_iter().zip(times) {
        report.add(Line::new(bench, words, median(&mut times), "ms", FRAMES as u64));
    }
    let words = format!("face: a whole frame, `{}` set", pipeline.set().description.name);
    report.add(Line::new("face.frame", words, median(&mut whole), "ms", FRAMES as u64));
    Ok(())
}

fn folder(variable: &str) -> Option<PathBuf> {
    std::env::var_os(variable).map(PathBuf::from).filter(|folder| folder.is_dir())
}

/// The best set whose files are all there.
fn load(folder: &std::path::Path) -> Result<Pipeline, Failure> {
    let here = |set: &SetDescription| set.manifests.iter().all(|manifest| folder.join(&manifest.file).is_file());
    let set = SetDescription::known().into_iter().find(here).ok_or("no whole set of models in MIBUN_MODELS_DIR")?;
    let loaded = ModelSet::load(set, Arc::new(RtenEngine::new(1)), |name| std::fs::read(folder.join(name)).ok())?;
    Ok(Pipeline::new(loaded))
}
