//! The GB 11643 vectors, one test each.

use std::process::ExitCode;

use mibun_crypto::time::Date;
use mibun_document::resident_number::{NumberFault, ResidentNumber, Scheme, Sex};
use mibun_vectors::{Check, Test, read_json, run};
use serde_json::Value;

/// Makes the test of one vector.
type Make = fn(Value) -> Test;

fn main() -> ExitCode {
    let vectors = read_json("vectors/gb11643/gb11643_vectors.json");
    let groups: [(&str, Make); 3] =
        [("valid", valid), ("invalid", invalid), ("fifteen_to_eighteen", fifteen_to_eighteen)];
    let mut tests = vec![("weights_and_check_map".to_owned(), every_remainder(vectors.clone()))];
    for (group, make) in groups {
        let of_group = vectors[group].as_array().cloned().unwrap_or_default();
        assert!(!of_group.is_empty(), "no vectors in group {group}");
        tests.extend(of_group.into_iter().map(make).map(|(name, check)| (format!("{group}::{name}"), check)));
    }
    run(tests)
}

fn valid(vector: Value) -> Test {
    let check: Check = Box::new({
        let vector = vector.clone();
        move || {
            let number = parse(&text(&vector, "id")).map_err(|fault| fault.to_string())?;
            let sex = if text(&vector, "sex") == "M" { Sex::Male } else { Sex::Female };
            equal(number.birth_date().map(|date| date.to_string()), Some(text(&vector, "birth")))?;
            equal(number.sex(), Some(sex))?;
            equal(number.region().map(str::to_owned), Some(text(&vector, "region")))
        }
    });
    (text(&vector, "id"), check)
}

fn invalid(vector: Value) -> Test {
    let (id, reason) = (text(&vector, "id"), text(&vector, "reason"));
    let name = format!("{id} ({reason})");
    let check: Check = Box::new(move || {
        let expected = fault(&reason).ok_or_else(|| format!("a reason this test does not know: {reason}"))?;
        equal(parse(&id).map(|_| ()), Err(expected))?;
        // Two of them are only badly written: read as typed by a person they name the standard's own example.
        let read = Scheme::Gb11643.read(&id, today()).map(|number| number.as_str().to_owned());
        let readable = reason.contains("normalising") || reason.contains("full-width") || reason.contains("15-digit");
        equal(read, if readable { Ok("11010519491231002X".to_owned()) } else { Err(expected) })
    });
    (name, check)
}

fn fifteen_to_eighteen(vector: Value) -> Test {
    let check: Check = Box::new({
        let vector = vector.clone();
        move || {
            let read = Scheme::Gb11643.read(&text(&vector, "in"), today());
            equal(read.map(|number| number.as_str().to_owned()), Ok(text(&vector, "out")))
        }
    });
    (text(&vector, "in"), check)
}

/// The file's weights and map of remainders against our check character, over sequences that reach every remainder.
fn every_remainder(vectors: Value) -> Check {
    Box::new(move || {
        let weights: Vec<u64> = vectors["weights"].as_array().into_iter().flatten().filter_map(Value::as_u64).collect();
        equal(weights.len(), 17)?;
        let mut seen = std::collections::BTreeSet::new();
        for sequence in 1..=99 {
            let head = format!("110101180001010{sequence:02}");
            let sum: u64 = head.bytes().zip(&weights).map(|(digit, weight)| u64::from(digit - b'0') * weight).sum();
            let remainder = (sum % 11).to_string();
            let number = format!("{head}{}", text(&vectors["check_map"], &remainder));
            parse(&number).map_err(|fault| format!("{number}: {fault}"))?;
            seen.insert(remainder);
        }
        equal(seen.len(), 11)
    })
}

fn fault(reason: &str) -> Option<NumberFault> {
    let faults = [
        ("impossible date", NumberFault::Date),
        ("wrong check digit", NumberFault::CheckCharacter),
        ("lower-case x (accept only after normalising)", NumberFault::Character { place: 18 }),
        ("month 13", NumberFault::Date),
        ("29 Feb in a non-leap year", NumberFault::Date),
        ("unknown province code 00", NumberFault::Region),
        ("X not in last place", NumberFault::Character { place: 17 }),
        ("sequence 000", NumberFault::Sequence),
        ("birth date in the future", NumberFault::FutureDate),
        ("too short", NumberFault::Length { found: 16 }),
        ("too long", NumberFault::Length { found: 19 }),
        ("full-width digit", NumberFault::Character { place: 6 }),
        ("15-digit GB 11643-1989 form: convert to 11010519491231002X before comparing", NumberFault::OldForm),
    ];
    faults.iter().find(|(known, _)| *known == reason).map(|(_, fault)| *fault)
}

fn parse(number: &str) -> Result<ResidentNumber, NumberFault> {
    Scheme::Gb11643.parse(number, today())
}

fn today() -> Date {
    "2026-11-22".parse().expect("a date")
}

fn text(vector: &Value, member: &str) -> String {
    vector[member].as_str().expect("the vector has this member").to_owned()
}

fn equal<T: PartialEq + std::fmt::Debug>(found: T, expected: T) -> Result<(), String> {
    if found == expected { Ok(()) } else { Err(format!("found {found:?}, expected {expected:?}")) }
}
