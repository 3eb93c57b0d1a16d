//! Published files and zones, one test each: worked examples of Doc 9303-10, zones of two other readers, face records.

use std::process::ExitCode;

use mibun_chip::lds::com::Com;
use mibun_chip::lds::face::{Picture, PictureKind};
use mibun_chip::lds::mrz::{Mrz, Sex};
use mibun_chip::lds::optional::PersonalDetails;
use mibun_chip::lds::{LdsError, read_dg1};
use mibun_vectors::{Check, Test, from_hex, read_json, run, shared};
use serde_json::Value;

fn main() -> ExitCode {
    run([files(), faces(), gmrtd_zones(), cheminfo_zones()].into_iter().flatten().collect())
}

fn test(name: impl Into<String>, check: impl Fn() -> Result<(), String> + 'static) -> Test {
    (name.into(), Box::new(check) as Check)
}

fn equal<T: PartialEq + std::fmt::Debug>(found: T, expected: T) -> Result<(), String> {
    if found == expected { Ok(()) } else { Err(format!("found {found:?}, expected {expected:?}")) }
}

/// The values of a case of the worked examples, as bytes.
fn case(name: &str) -> Vec<(String, String)> {
    let examples = read_json("vectors/emrtd/icao9303_worked_examples_gmrtd.json");
    let cases = examples["cases"].as_array().expect("cases");
    let case = cases.iter().find(|case| case["case"] == name).expect("a case of this name");
    let values = case["values"].as_array().expect("values");
    let text = |value: &Value, member: &str| value[member].as_str().unwrap_or_default().to_owned();
    values.iter().map(|value| (text(value, "name"), text(value, "value"))).collect()
}

fn first(name: &str) -> Vec<u8> {
    from_hex(&case(name)[0].1).expect("hex")
}

fn files() -> Vec<Test> {
    let mut tests = vec![
        test("NewCOM", || {
            let com = Com::parse(&first("NewCOM")).map_err(|error| error.to_string())?;
            equal((com.lds_version.as_str(), com.unicode_version.as_str()), ("0106", "040000"))?;
            equal(com.groups, vec![1, 2])
        }),
        test("NewDG11Happy", || {
            let details = PersonalDetails::from_dg11(&first("NewDG11Happy")).map_err(|error| error.to_string())?;
            let name = details.name.ok_or("no name")?;
            equal((name.primary.as_str(), name.secondary.as_str()), ("SMITH", "JOHN J"))?;
            equal(details.place_of_birth, vec!["ANYTOWN".to_owned(), "MN".to_owned()])?;
            equal(details.address, ["123 MAPLE RD", "ANYTOWN", "MN"].map(str::to_owned).to_vec())
        }),
    ];
    for (at, name) in [(0, "NewDG1::td2"), (3, "NewDG1::td3_unset_check_digit")] {
        tests.push(test(name, move || {
            let values = case("NewDG1");
            let mrz = read_dg1(&from_hex(&values[at].1)?).map_err(|error| error.to_string())?;
            equal(mrz.text.as_str(), values[at + 2].1.as_str())
        }));
    }
    for name in ["NewDG1BadTlv", "NewDG1UnhappyRootTag", "NewDG1UnhappyTag5F1F", "NewDG1UnhappyBadMRZ"] {
        tests.push(test(name, move || refused(read_dg1(&first(name)))));
    }
    for name in ["NewDG11BadTlv", "NewDG11UnhappyRootTag"] {
        tests.push(test(name, move || refused(PersonalDetails::from_dg11(&first(name)))));
    }
    tests
}

fn refused<T>(result: Result<T, LdsError>) -> Result<(), String> {
    if result.is_err() { Ok(()) } else { Err("accepted".to_owned()) }
}

fn faces() -> Vec<Test> {
    let file = |name: &str| {
        let folder = shared("vectors/emrtd/gmrtd/document/iso19794/test_data");
        std::fs::read(folder.join(name)).map_err(|error| error.to_string())
    };
    vec![
        test("ISO19794_Test1", move || {
            let picture = Picture::from_record(&file("ISO19794_Test1_Data.bin")?).map_err(|error| error.to_string())?;
            equal(picture.kind, PictureKind::Jpeg)?;
            equal(picture.bytes == file("ISO19794_Test1_Face.jpg")?, true)
        }),
        test("ISO19794_Test2_InvalidImage", move || {
            let picture = Picture::from_record(&file("ISO19794_Test2_Data_InvalidImage.bin")?);
            equal(picture.err(), Some(LdsError::PictureKind))
        }),
    ]
}

/// Cases whose zones are right; those with "Errors" and with a composite check digit read wrongly are not.
fn gmrtd_zones() -> Vec<Test> {
    let zones = read_json("vectors/mrz/mrz_gmrtd.json");
    let zones = zones.as_array().expect("a list").clone();
    let numbered = zones.into_iter().enumerate();
    numbered
        .map(|(at, zone)| {
            let text = |member: &str| zone[member].as_str().expect("a text").to_owned();
            let (case, mrz) = (text("case"), text("mrz"));
            let right = !case.contains("Errors") && !case.contains("OcrTolerance");
            test(format!("gmrtd::{at}::{case}"), move || {
                let read = Mrz::parse(mrz.as_bytes());
                if read.is_ok() == right { Ok(()) } else { Err(format!("{:?}", read.err())) }
            })
        })
        .collect()
}

fn cheminfo_zones() -> Vec<Test> {
    let zones = read_json("vectors/mrz/mrz_cheminfo.json");
    let zones = zones.as_array().expect("a list").clone();
    let numbered = zones.into_iter().enumerate();
    numbered.map(|(at, zone)| test(format!("cheminfo::{at}::{}", zone["title"]), move || cheminfo(&zone))).collect()
}

/// That reader also reads driving licences and refuses the state of the specimens; the chip's zone is neither's business.
fn cheminfo(zone: &Value) -> Result<(), String> {
    let text: String = zone["lines"].as_array().ok_or("no lines")?.iter().filter_map(Value::as_str).collect();
    let title = zone["title"].as_str().unwrap_or_default();
    let travel_document = matches!(zone["format"].as_str(), Some("TD1" | "TD2" | "TD3"));
    let shaped = matches!(text.len(), 72 | 88 | 90);
    let specimen = travel_document && text.get(2..5) == Some("UTO") && !title.contains("wrong");
    let corrected = zone["format"].is_null() && title.contains("autocorrect") && shaped && !text.starts_with("IDFRA");
    let right = (travel_document && zone["valid"] == true) || specimen || corrected;
    let read = Mrz::parse(text.as_bytes());
    if read.is_ok() != right {
        return Err(format!("expected {right}, found {:?}", read.err()));
    }
    let (Ok(mrz), Some(fields)) = (read, zone["fields"].as_object().filter(|_| zone["valid"] == true)) else {
        return Ok(());
    };
    let sex = match mrz.sex {
        Sex::Male => Value::from("male"),
        Sex::Female => Value::from("female"),
        Sex::Unspecified => Value::Null,
    };
    let found = [
        ("documentCode", Value::from(mrz.document_code.as_str())),
        ("issuingState", Value::from(mrz.issuing_state.as_str())),
        ("documentNumber", Value::from(mrz.document_number.as_str())),
        ("nationality", Value::from(mrz.nationality.as_str())),
        ("birthDate", Value::from(mrz.birth.as_str())),
        ("lastName", Value::from(mrz.primary.as_str())),
        ("firstName", Value::from(mrz.secondary.as_str())),
        ("sex", sex),
    ];
    for (name, value) in found {
        if let Some(expected) = fields.get(name) {
            equal((name, &value), (name, expected))?;
        }
    }
    Ok(())
}
