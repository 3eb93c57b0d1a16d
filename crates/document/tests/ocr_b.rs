//! Machine-readable zones drawn in OCR-B at test time, photographed by arithmetic, and read by the whole reader.

mod common;
#[path = "ocr_b/draw.rs"]
mod draw;
#[path = "ocr_b/zones.rs"]
mod zones;

use common::reader;
use draw::{Camera, photograph};
use mibun_document::field::Field;
use mibun_document::mrz::{self, Mrz};
use mibun_document::reader::Document;
use zones::{Random, identity_card, passport};

/// Documents of each format.
const DOCUMENTS: u64 = 4;

/// What came of the zones of one format under one camera.
#[derive(Default)]
struct Outcome {
    zones: usize,
    proven: usize,
    lines: usize,
    exact: usize,
    names: usize,
}

impl Outcome {
    fn count(&mut self, printed: &[String], read: Option<&Mrz>) {
        self.zones += 1;
        self.lines += printed.len();
        let Some(read) = read else { return };
        let expected = mrz::parse(&printed.iter().map(String::as_str).collect::<Vec<_>>()).expect("a zone as printed");
        for (found, expected) in
            [(&read.document_number, &expected.document_number), (&read.optional, &expected.optional)]
        {
            assert!(!found.is_proven() || found.value == expected.value, "a wrong value is proven");
        }
        for (found, expected) in [(&read.birth_date, &expected.birth_date), (&read.expiry_date, &expected.expiry_date)]
        {
            assert!(!found.is_proven() || found.value == expected.value, "a wrong date is proven");
        }
        self.proven += usize::from(read.is_proven());
        self.exact += read.lines().into_iter().zip(printed).filter(|(found, printed)| found == printed).count();
        let names = |mrz: &Mrz| (mrz.surname.value.clone(), mrz.given_names.value.clone());
        self.names += usize::from(names(read) == names(&expected));
        assert!(![&read.surname, &read.given_names].into_iter().any(Field::is_proven), "names have no check digit");
    }
}

#[expect(clippy::print_stdout, reason = "the figures are what the test is for")]
fn measure(name: &str, make: fn(&mut Random) -> Vec<String>, camera: &Camera) -> Outcome {
    let mut outcome = Outcome::default();
    for seed in 1..=DOCUMENTS {
        let mut random = Random(seed * 7919);
        let printed = make(&mut random);
        let picture = photograph(&printed, camera, &mut random);
        match reader().read_picture(&picture, &mut |_| {}) {
            Ok(Document::MachineReadable(read)) => {
                differences(&printed, &read);
                outcome.count(&printed, Some(&read));
            }
            other => {
                println!("nothing was read: {other:?}");
                outcome.count(&printed, None);
            }
        }
    }
    println!(
        "{name}: all check digits {}/{}, lines exact {}/{}, names {}/{}",
        outcome.proven, outcome.zones, outcome.exact, outcome.lines, outcome.names, outcome.zones
    );
    outcome
}

/// Prints the lines that were read otherwise than printed; the people are invented.
#[expect(clippy::print_stdout, reason = "a figure below its aim is looked into by what was misread")]
fn differences(printed: &[String], read: &Mrz) {
    for (printed, read) in printed.iter().zip(read.lines()).filter(|(printed, read)| printed != read) {
        println!("printed {printed}\nread    {read}");
    }
}

#[test]
fn passports_are_read() {
    let outcome = measure("TD3, photographed", passport, &Camera::STEADY);
    assert!(outcome.proven * 4 >= outcome.zones * 3, "{}/{}", outcome.proven, outcome.zones);
}

#[test]
fn identity_cards_are_read() {
    let outcome = measure("TD1, photographed", identity_card, &Camera::STEADY);
    assert!(outcome.proven * 4 >= outcome.zones * 3, "{}/{}", outcome.proven, outcome.zones);
}

#[test]
fn nothing_wrong_is_proven_in_bad_photographs() {
    measure("TD3, small and noisy", passport, &Camera::POOR);
}
