//! Reading documents from photographs, stage by stage, on one thread.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use mibun_document::reader::{DETECTOR, RECOGNISER, Reader};
use mibun_inference::engine::{Engine, RtenEngine};

use crate::Failure;
use crate::clock::{median, now};
use crate::report::{Line, Report, complain};

const STAGES: [(&str, &str, &str); 4] = [
    ("decode", "document.decode", "document: decode a photograph"),
    ("rectify", "document.rectify", "document: find the card and set it upright"),
    ("detect", "document.detect", "document: find lines of text"),
    ("recognise", "document.recognise", "document: read them"),
];

/// Measures every stage over the photographs of cards of `MIBUN_SHARED` with the models of `MIBUN_DOCUMENT_MODELS_DIR`.
pub(crate) fn measure(report: &mut Report) -> Result<(), Failure> {
    let variables = ["MIBUN_DOCUMENT_MODELS_DIR", "MIBUN_SHARED"];
    let [Some(models), Some(shared)] = variables.map(|name| std::env::var_os(name).map(PathBuf::from)) else {
        complain("reading of documents not measured: set MIBUN_DOCUMENT_MODELS_DIR and MIBUN_SHARED");
        return Ok(());
    };
    if ![DETECTOR, RECOGNISER].iter().all(|file| models.join(file.name).is_file()) {
        complain("reading of documents not measured: `cargo xtask models` gets the models");
        return Ok(());
    }
    let engine: Arc<dyn Engine> = Arc::new(RtenEngine::new(1));
    let reader = Reader::load(&engine, |name| std::fs::read(models.join(name)).ok())?;
    let photographs = photographs(&shared.join("documents/cn_id"))?;
    let mut times = vec![Vec::new(); STAGES.len()];
    let mut whole = Vec::new();
    for (at, photograph) in std::iter::once(&photographs[0]).chain(&photographs).enumerate() {
        let begun = now();
        let mut last = begun;
        let mut stages = [0.0; STAGES.len()];
        reader.read(photograph, &mut |stage| {
            let took = (now() - last).as_secs_f64() * 1000.0;
            last = now();
            if let Some(at) = STAGES.iter().position(|(name, _, _)| *name == stage) {
                stages[at] += took;
            }
        })?;
        // The first one warms caches up and does not count.
        if at > 0 {
            whole.push((now() - begun).as_secs_f64() * 1000.0);
            times.iter_mut().zip(stages).for_each(|(times, took)| times.push(took));
        }
    }
    let samples = photographs.len() as u64;
    for ((_, bench, words), mut times) in STAGES.into_iter().zip(times) {
        report.add(Line::new(bench, words, median(&mut times), "ms", samples));
    }
    let slowest = whole.iter().copied().fold(0.0, f64::max);
    report.add(Line::new("document.photograph", "document: a whole photograph", median(&mut whole), "ms", samples));
    report.add(Line::new("document.slowest", "document: the slowest photograph", slowest, "ms", samples));
    Ok(())
}

/// The photographed cards, not the clean ones.
fn photographs(folder: &Path) -> Result<Vec<Vec<u8>>, Failure> {
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<Result<_, Failure>>()?;
    paths.retain(|path| path.file_name().is_some_and(|name| name.to_string_lossy().contains("_photo")));
    paths.sort();
    if paths.is_empty() {
        return Err("no photographs of cards in MIBUN_SHARED".into());
    }
    paths.iter().map(|path| Ok(std::fs::read(path)?)).collect()
}
