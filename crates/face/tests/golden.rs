//! Every engine answers what ONNX Runtime answered in Python: `golden/README.md` says how the numbers were made.

mod common;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};

use common::{folder, photograph, pipeline, rten};
use mibun_crypto::digest::sha256;
use mibun_face::manifest::{Channels, Manifest};
use mibun_face::model_set::SetDescription;
use mibun_inference::engine::{Engine, EngineError, Loaded, Tensor};
use serde::{Deserialize, Serialize};

/// Largest difference, relative to the value where that is above one.
const TOLERANCE: f32 = 1e-4;
const PHOTOGRAPHS: [&str; 4] = ["a1", "a2", "b1", "b2"];

#[derive(Deserialize)]
struct Golden {
    /// By model file.
    pattern: BTreeMap<String, Outputs>,
    /// By photograph.
    photographs: BTreeMap<String, Photograph>,
}

#[derive(Deserialize)]
struct Photograph {
    sha256: String,
    runs: Vec<GoldenRun>,
}

#[derive(Deserialize)]
struct GoldenRun {
    file: String,
    outputs: Outputs,
}

/// By name: the first numbers, and the length of the whole vector.
type Outputs = BTreeMap<String, Summary>;

#[derive(Deserialize)]
struct Summary {
    head: Vec<f32>,
    norm: f32,
}

fn golden() -> Golden {
    serde_json::from_str(include_str!("golden/golden.json")).expect("the golden values")
}

fn engines() -> Vec<Arc<dyn Engine>> {
    #[cfg(feature = "ort")]
    {
        let library =
            std::env::var_os("ORT_DYLIB_PATH").expect("set ORT_DYLIB_PATH to libonnxruntime.so, 1.20 or newer");
        let ort = mibun_inference::engine::OrtEngine::new(Path::new(&library), 1).expect("ONNX Runtime");
        vec![rten(), Arc::new(ort)]
    }
    #[cfg(not(feature = "ort"))]
    vec![rten()]
}

fn close(found: f32, expected: f32) -> bool {
    (found - expected).abs() <= TOLERANCE * expected.abs().max(1.0)
}

fn compare(what: &str, found: &Tensor, expected: &Summary) {
    let norm = found.data.iter().map(|value| f64::from(*value).powi(2)).sum::<f64>().sqrt() as f32;
    assert!(close(norm, expected.norm), "{what}: length {norm}, not {}", expected.norm);
    assert!(found.data.len() >= expected.head.len(), "{what}: too short");
    for (found, expected) in found.data.iter().zip(&expected.head) {
        assert!(close(*found, *expected), "{what}: {found}, not {expected}");
    }
}

/// The same picture for every model, without a photograph: colours that rise along both sides, with a grid in them.
fn pattern(manifest: &Manifest) -> Tensor {
    let (size, feed) = (manifest.input.size, &manifest.input);
    let mut data = Vec::with_capacity(3 * size * size);
    for plane in 0..3 {
        let channel = if feed.channels == Channels::Rgb { plane } else { 2 - plane };
        for at in 0..size * size {
            let (x, y) = (at % size, at / size);
            let value = (3 * x + 5 * y + 40 * channel + x * y % 17 * 6) % 256;
            data.push((value as f32 / feed.scale - feed.mean[plane]) / feed.deviation[plane]);
        }
    }
    Tensor { shape: vec![1, 3, size, size], data }
}

#[test]
fn every_model_answers_the_pattern_as_recorded() {
    let golden = golden();
    let set = SetDescription::recommended().expect("the manifests of this crate");
    assert_eq!(golden.pattern.len(), set.manifests.len());
    for engine in engines() {
        let models = Models::load(engine);
        for manifest in &set.manifests {
            models.compare("pattern", &manifest.file, &pattern(manifest), &golden.pattern[&manifest.file]);
        }
    }
}

/// Every model of the set, loaded by one engine.
struct Models {
    engine: Arc<dyn Engine>,
    by_file: BTreeMap<String, Loaded>,
}

impl Models {
    fn load(engine: Arc<dyn Engine>) -> Self {
        let folder = folder("MIBUN_MODELS_DIR", "models");
        let set = SetDescription::recommended().expect("the manifests of this crate");
        let load = |file: String| {
            let onnx = std::fs::read(folder.join(&file)).expect("a model file");
            (file, engine.load(onnx).expect("a model"))
        };
        let by_file = set.manifests.into_iter().map(|manifest| load(manifest.file)).collect();
        Self { engine, by_file }
    }

    fn compare(&self, what: &str, file: &str, input: &Tensor, expected: &Outputs) {
        let names: Vec<&str> = expected.keys().map(String::as_str).collect();
        let found = self.engine.run(&self.by_file[file], input.clone(), &names).expect("outputs");
        for (found, (name, expected)) in found.iter().zip(expected) {
            compare(&format!("{}, {what}, {file}, {name}", self.engine.name()), found, expected);
        }
    }
}

/// What went into a model and came out, in the order of the runs.
#[derive(Clone)]
struct Run {
    model: usize,
    input: Tensor,
    outputs: BTreeMap<String, Tensor>,
}

/// An engine that keeps what another one is asked and answers.
struct Recorder {
    inner: Arc<dyn Engine>,
    loaded: Mutex<usize>,
    runs: Mutex<Vec<Run>>,
}

struct Numbered(usize, Loaded);

impl Engine for Recorder {
    fn load(&self, onnx: Vec<u8>) -> Result<Loaded, EngineError> {
        let mut loaded = self.loaded.lock().expect("no other thread failed");
        let model = Loaded::new(Numbered(*loaded, self.inner.load(onnx)?));
        *loaded += 1;
        Ok(model)
    }

    fn run(&self, model: &Loaded, input: Tensor, outputs: &[&str]) -> Result<Vec<Tensor>, EngineError> {
        let Numbered(model, inner) = model.inside()?;
        let answers = self.inner.run(inner, input.clone(), outputs)?;
        let named = outputs.iter().map(|name| (*name).to_owned()).zip(answers.clone()).collect();
        self.runs.lock().expect("no other thread failed").push(Run { model: *model, input, outputs: named });
        Ok(answers)
    }

    fn name(&self) -> &'static str {
        self.inner.name()
    }
}

/// Every run that measuring a photograph takes, with the file of its model.
fn record(engine: Arc<dyn Engine>, photo: &[u8]) -> Vec<(String, Run)> {
    let recorder = Arc::new(Recorder { inner: engine, loaded: Mutex::new(0), runs: Mutex::new(Vec::new()) });
    let pipeline = pipeline(Arc::clone(&recorder) as Arc<dyn Engine>);
    let files: Vec<&str> = pipeline.set().description.manifests.iter().map(|manifest| manifest.file.as_str()).collect();
    pipeline.portrait(photo).expect("a usable portrait");
    let runs = recorder.runs.lock().expect("no other thread failed").clone();
    runs.into_iter().map(|run| (files[run.model].to_owned(), run)).collect()
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn every_model_answers_the_photographs_as_recorded() {
    dump();
    let golden = golden();
    assert!(golden.photographs.keys().eq(PHOTOGRAPHS));
    let engines: Vec<Models> = engines().into_iter().map(Models::load).collect();
    for (name, expected) in &golden.photographs {
        let photo = photograph(name);
        let recorded = record(rten(), &photo);
        let same = hexadecimal(&sha256(&photo)) == expected.sha256;
        assert!(same, "{name}.jpg is another photograph: make golden.json anew (tests/golden/README.md)");
        assert_eq!(recorded.len(), expected.runs.len(), "{name}: another number of runs");
        for (at, ((file, run), expected)) in recorded.iter().zip(&expected.runs).enumerate() {
            assert_eq!(file, &expected.file, "{name}, run {at}");
            // Every engine gets the same input: what follows from an earlier answer would carry its last digits on.
            for engine in &engines {
                engine.compare(&format!("{name}, run {at}"), file, &run.input, &expected.outputs);
            }
        }
    }
}

#[derive(Serialize)]
struct Dumped<'a> {
    photograph: &'a str,
    sha256: &'a str,
    file: &'a str,
    input: String,
    shape: &'a [usize],
    outputs: Vec<&'a String>,
}

/// Writes what goes into the models to the folder `MIBUN_GOLDEN_DUMP`, for `golden/make.py`.
fn dump() {
    let Some(folder) = std::env::var_os("MIBUN_GOLDEN_DUMP") else { return };
    let folder = Path::new(&folder);
    for name in PHOTOGRAPHS {
        let photo = photograph(name);
        let hash = hexadecimal(&sha256(&photo));
        let recorded = record(rten(), &photo);
        let mut index = Vec::new();
        for (at, (file, run)) in recorded.iter().enumerate() {
            let input = format!("{name}_{at}.f32");
            let bytes: Vec<u8> = run.input.data.iter().flat_map(|value| value.to_le_bytes()).collect();
            std::fs::write(folder.join(&input), bytes).expect("a writable folder");
            let (shape, outputs) = (run.input.shape.as_slice(), run.outputs.keys().collect());
            index.push(Dumped { photograph: name, sha256: &hash, file, input, shape, outputs });
        }
        let index = serde_json::to_vec(&index).expect("plain values");
        std::fs::write(folder.join(format!("{name}.json")), index).expect("a writable folder");
    }
}
