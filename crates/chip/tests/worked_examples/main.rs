//! The worked examples of ICAO Doc 9303 parts 10 and 11 that are about access and transport, one test each.
//!
//! Left out: cases about the inside of the library they were taken from (`Equal`, `SSCDecrement`), one whose input is
//! not told (`TypeAndKey1`), and the data groups, which are not read here.

mod access;
mod primitives;
mod transport;

use std::process::ExitCode;

use mibun_crypto::entropy::Entropy;
use mibun_vectors::{Check, Test, from_hex, read_json, run};
use serde_json::Value;

fn main() -> ExitCode {
    let vectors = read_json("vectors/emrtd/icao9303_worked_examples_gmrtd.json");
    let cases = vectors["cases"].as_array().cloned().unwrap_or_default();
    let examples: Vec<Example> = cases.into_iter().map(Example::new).collect();
    let tests = examples.iter().flat_map(|example| {
        primitives::tests(example).into_iter().chain(transport::tests(example)).chain(access::tests(example))
    });
    run(tests.collect())
}

/// One case of the file: a name and values.
#[derive(Clone)]
pub struct Example {
    case: String,
    values: Vec<(String, String)>,
}

/// What a test may complain about.
pub type Outcome = Result<(), String>;

impl Example {
    fn new(case: Value) -> Self {
        let text = |value: &Value, key: &str| value[key].as_str().unwrap_or_default().to_owned();
        let values = case["values"].as_array().cloned().unwrap_or_default();
        let values = values.iter().map(|value| (text(value, "name"), text(value, "value"))).collect();
        Self { case: text(&case, "case"), values }
    }

    /// The value in a place, as text.
    pub fn text(&self, place: usize) -> String {
        self.values.get(place).unwrap_or_else(|| panic!("{} has no value {place}", self.case)).1.clone()
    }

    /// The value in a place, as bytes; its name has to be the one expected, if the source names it.
    pub fn bytes(&self, place: usize, name: &str) -> Vec<u8> {
        let found = &self.values.get(place).unwrap_or_else(|| panic!("{} has no value {place}", self.case)).0;
        assert!(found.is_empty() || found == name, "value {place} of {} is {found}, not {name}", self.case);
        from_hex(&self.text(place)).unwrap_or_else(|problem| panic!("value {place} of {}: {problem}", self.case))
    }

    /// A test of this case; `part` tells several of one case apart.
    pub fn test(&self, part: &str, check: impl Fn(&Self) -> Outcome + 'static) -> Test {
        let name = if part.is_empty() { self.case.clone() } else { format!("{}::{part}", self.case) };
        let example = self.clone();
        let check: Check = Box::new(move || check(&example));
        (name, check)
    }
}

/// Random numbers that are written in the examples.
pub struct Scripted(pub Vec<Vec<u8>>);

impl Entropy for Scripted {
    fn fill(&mut self, out: &mut [u8]) {
        out.copy_from_slice(&self.0.remove(0));
    }
}

/// Complains when both differ.
pub fn equal<T: PartialEq + std::fmt::Debug>(found: T, expected: T) -> Outcome {
    if found == expected { Ok(()) } else { Err(format!("{found:x?} instead of {expected:x?}")) }
}

/// What an error says.
pub fn said(error: impl std::fmt::Display) -> String {
    error.to_string()
}
