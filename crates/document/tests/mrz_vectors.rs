//! The vectors of machine-readable zones, one test each: gmrtd (ICAO's examples and broken ones) and cheminfo (specimens
//! with their fields).

use std::process::ExitCode;

use mibun_document::mrz::{self, Mrz, MrzError, MrzSex, Part};
use mibun_vectors::{Check, Test, read_json, run};
use serde_json::Value;

fn main() -> ExitCode {
    let mut tests = Vec::new();
    for (file, make) in [("gmrtd", gmrtd as fn(Value) -> Test), ("cheminfo", cheminfo)] {
        let vectors = read_json(&format!("vectors/mrz/mrz_{file}.json")).as_array().cloned().unwrap_or_default();
        assert!(!vectors.is_empty(), "no vectors in {file}");
        let made = vectors.into_iter().map(make).enumerate();
        tests.extend(made.map(|(at, (name, check))| (format!("{file}::{at}::{name}"), check)));
    }
    run(tests)
}

/// A zone in one string; cases named after errors are to be refused.
fn gmrtd(vector: Value) -> Test {
    let (case, zone) = (text(&vector, "case"), text(&vector, "mrz"));
    let refused = case.contains("Errors") || case.contains("Tolerance");
    let check: Check = Box::new(move || {
        let lines = lines(&zone);
        let parsed = mrz::parse(&lines);
        if refused {
            // Whichever part was changed, it is a part with a check digit or a form.
            return match parsed {
                Err(MrzError::CheckDigit(_) | MrzError::Form(Part::DocumentNumber | Part::Names)) => Ok(()),
                other => Err(format!("{other:?}")),
            };
        }
        let parsed = parsed.map_err(|error| error.to_string())?;
        equal(parsed.lines(), lines.clone())?;
        same(&mrz::read(&lines).map_err(|error| error.to_string())?, &parsed)
    });
    (case, check)
}

/// A zone's lines with the fields in it.
fn cheminfo(vector: Value) -> Test {
    let name = format!("{}: {}", text(&vector, "file"), text(&vector, "title"));
    let check: Check = Box::new(move || {
        let all = vector["lines"].as_array().cloned().unwrap_or_default();
        let all: Vec<&str> = all.iter().filter_map(Value::as_str).collect();
        let parsed = mrz::parse(&all);
        match refusal(&text(&vector, "file"), &text(&vector, "title")) {
            Some(expected) => equal(parsed.map(|_| ()), Err(expected)),
            None => {
                let parsed = parsed.map_err(|error| error.to_string())?;
                expected_fields(&parsed, &vector["fields"])?;
                same(&mrz::read(&all).map_err(|error| error.to_string())?, &parsed)
            }
        }
    });
    (name, check)
}

/// Why we refuse a zone that is not of the three formats or is wrong; Utopia, an invalid state to cheminfo, is none here.
fn refusal(file: &str, title: &str) -> Option<MrzError> {
    let refusals = [
        ("td1", "Belgium ID BEL-BO-03003, with wrong document number", MrzError::CheckDigit(Part::DocumentNumber)),
        ("td1", "Belgium ID BEL-BO-03003, with wrong birth date", MrzError::CheckDigit(Part::BirthDate)),
        ("td3", "Utopia example - wrong personal number", MrzError::CheckDigit(Part::Optional)),
        ("frenchNationalId", "invalid MRZ", MrzError::Lines { found: 1 }),
        // The French card of 1988 has the size of TD2 and cells of its own: digits stand where TD2 has names.
        ("frenchNationalId", "valid MRZ with no administrative code", MrzError::Form(Part::Nationality)),
        ("frenchNationalId", "", MrzError::Form(Part::Nationality)),
        ("swissDrivingLicense", "", MrzError::Length { line: 1, found: 9 }),
        ("frenchDrivingLicense", "Use autocorrect", MrzError::Length { line: 1, found: 30 }),
        ("frenchDrivingLicense", "", MrzError::Lines { found: 1 }),
        ("errors", "More than 3 lines", MrzError::Lines { found: 4 }),
        ("errors", "Wrong format", MrzError::Length { line: 1, found: 50 }),
    ];
    refusals.into_iter().find(|(of, start, _)| *of == file && title.starts_with(start)).map(|(_, _, error)| error)
}

fn expected_fields(parsed: &Mrz, fields: &Value) -> Result<(), String> {
    let Some(fields) = fields.as_object() else { return Ok(()) };
    let sex = match parsed.sex.value {
        MrzSex::Male => "male",
        MrzSex::Female => "female",
        MrzSex::Unspecified => "",
    };
    let overflow = parsed.document_number.value.len() > 9;
    let known: [(&str, &str); 12] = [
        ("documentCode", &parsed.document_code.value),
        ("issuingState", &parsed.issuing_state.value),
        ("documentNumber", &parsed.document_number.value),
        ("nationality", &parsed.nationality.value),
        ("birthDate", &parsed.birth_date.value.to_string()),
        ("expirationDate", &parsed.expiry_date.value.to_string()),
        ("sex", sex),
        ("optional", &parsed.optional.value),
        ("optional1", &parsed.optional.value),
        ("optional2", &parsed.optional_second.value),
        ("personalNumber", &parsed.optional.value),
        ("lastName", &parsed.surname.value),
    ];
    // Where the number overflows, cheminfo leaves its end in the optional data as well.
    let known = known.into_iter().filter(|(member, _)| !(overflow && *member == "optional1"));
    for (member, found) in known.chain([("firstName", parsed.given_names.value.as_str())]) {
        if let Some(expected) = fields.get(member).and_then(Value::as_str) {
            equal((member, found), (member, expected))?;
        }
    }
    // Three vectors show one field only, under its label.
    match fields.get("field").and_then(Value::as_str) {
        Some("documentNumber") => equal(Some(parsed.document_number.value.as_str()), fields["value"].as_str()),
        _ => Ok(()),
    }
}

/// Reading finds what parsing finds, and proves it.
fn same(read: &Mrz, parsed: &Mrz) -> Result<(), String> {
    equal(read.is_proven(), true)?;
    equal(read.lines(), parsed.lines())?;
    if read == parsed { Ok(()) } else { Err("read and parsed fields differ".to_owned()) }
}

fn lines(zone: &str) -> Vec<&str> {
    let width = match zone.len() {
        90 => 30,
        72 => 36,
        _ => 44,
    };
    (0..zone.len() / width).map(|line| &zone[line * width..(line + 1) * width]).collect()
}

fn text(vector: &Value, member: &str) -> String {
    vector[member].as_str().expect("the vector has this member").to_owned()
}

fn equal<T: PartialEq + std::fmt::Debug>(found: T, expected: T) -> Result<(), String> {
    if found == expected { Ok(()) } else { Err(format!("found {found:?}, expected {expected:?}")) }
}
