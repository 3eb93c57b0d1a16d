//! Project Wycheproof's vectors for everything this crate speaks, one named test per vector.

// A module under test that is private to the crate is compiled into this target once more, as it is.
#[path = "../../src/aead.rs"]
mod aead;

mod agreement;
mod derivation;
mod encryption;
mod jose;
mod signatures;

use std::process::ExitCode;

use mibun_vectors::{Check, Test, from_hex, read_json, run};
use serde_json::Value;

fn main() -> ExitCode {
    let tests = [signatures::tests(), agreement::tests(), derivation::tests(), encryption::tests(), jose::tests()];
    run(tests.into_iter().flatten().collect())
}

/// What a vector says about its input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Valid,
    Invalid,
    /// Libraries may differ: either is right.
    Acceptable,
}

/// One vector with the group it belongs to.
struct Vector {
    group: Value,
    test: Value,
}

impl Vector {
    fn verdict(&self) -> Verdict {
        match self.test["result"].as_str() {
            Some("valid") => Verdict::Valid,
            Some("acceptable") => Verdict::Acceptable,
            _ => Verdict::Invalid,
        }
    }

    fn flag(&self, name: &str) -> bool {
        self.test["flags"].as_array().is_some_and(|flags| flags.iter().any(|flag| flag == name))
    }

    fn bytes(&self, name: &str) -> Result<Vec<u8>, String> {
        from_hex(self.test[name].as_str().ok_or_else(|| format!("the vector has no {name}"))?)
    }

    fn size(&self, name: &str) -> Option<u64> {
        self.group[name].as_u64()
    }

    /// Whether `accepted` is what the vector demands.
    fn expect(&self, accepted: bool) -> Result<(), String> {
        let comment = &self.test["comment"];
        match (self.verdict(), accepted) {
            (Verdict::Valid, false) => Err(format!("refused, but valid: {comment}")),
            (Verdict::Invalid, true) => Err(format!("accepted, but invalid: {comment}")),
            _ => Ok(()),
        }
    }
}

/// One test per vector of a file, named `FILE::tcID`.
fn each(file: &str, check: fn(&Vector) -> Result<(), String>) -> Vec<Test> {
    let document = read_json(&format!("vectors/wycheproof/{file}.json"));
    let groups = document["testGroups"].as_array().cloned().unwrap_or_default();
    let vectors = groups.into_iter().flat_map(|mut group| {
        let tests = group["tests"].take();
        let tests = tests.as_array().cloned().unwrap_or_default();
        tests.into_iter().map(move |test| Vector { group: group.clone(), test })
    });
    let name = file.trim_end_matches("_test");
    vectors
        .map(|vector| {
            let name = format!("{name}::tc{}", vector.test["tcId"]);
            let test: Check = Box::new(move || check(&vector));
            (name, test)
        })
        .collect()
}
