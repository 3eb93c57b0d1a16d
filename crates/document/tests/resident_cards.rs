//! The whole of the synthetic resident cards: fronts and backs, clean and photographed at two sizes.

mod common;

use std::collections::BTreeMap;

use common::reader;
use mibun_document::field::Field;
use mibun_document::reader::Document;
use mibun_document::resident_card::{Back, Front, Validity};
use mibun_document::resident_number::Sex;
use mibun_vectors::{read_json, shared};
use serde_json::Value;

const FOLDER: &str = "documents/cn_id";

/// Per field: how many were read as printed, how many there are.
#[derive(Default)]
struct Tally(BTreeMap<&'static str, (usize, usize)>);

impl Tally {
    fn count(&mut self, field: &'static str, right: bool) {
        let entry = self.0.entry(field).or_default();
        *entry = (entry.0 + usize::from(right), entry.1 + 1);
    }

    fn wrong(&self, field: &str) -> usize {
        self.0.get(field).map_or(0, |(right, all)| all - right)
    }

    #[expect(clippy::print_stdout, reason = "the figures are what the test is for")]
    fn print(&self) {
        self.0.iter().for_each(|(field, (right, all))| println!("{field}: {right}/{all}"));
    }
}

/// The cards of one side that lie in the shared folder, with what is printed on them.
fn cards(side: &str) -> Vec<(String, Value, Vec<u8>)> {
    let truth = read_json(&format!("{FOLDER}/groundtruth.json"));
    let all = truth.as_object().expect("the ground truth is an object").iter();
    let of_side = all.filter(|(_, card)| card["side"] == side);
    let read = |(name, card): (&String, &Value)| {
        let file = std::fs::read(shared(FOLDER).join(name)).ok()?;
        Some((name.clone(), card.clone(), file))
    };
    of_side.filter_map(read).collect()
}

fn value<T: AsRef<str>>(field: Option<&Field<T>>) -> &str {
    field.map_or("", |field| field.value.as_ref())
}

fn front(name: &str, file: &[u8]) -> Front {
    match reader().read(file, &mut |_| {}) {
        Ok(Document::ResidentCardFront(front)) => *front,
        other => panic!("{name}: {other:?}"),
    }
}

#[test]
fn fronts_are_read_and_no_wrong_number_passes() {
    let cards = cards("front");
    assert_eq!(cards.len(), 21, "seven fronts in three conditions");
    let mut tally = Tally::default();
    for (name, card, file) in &cards {
        let front = front(name, file);
        let text = |member: &str| card[member].as_str().expect("the ground truth has this member");
        let number = front.number.as_ref();
        let right = number.is_some_and(|number| number.value.as_str() == text("id"));
        assert!(right || number.is_none_or(|number| !number.is_proven()), "{name}: a wrong number passed");
        tally.count("number", right && number.is_some_and(Field::is_proven));
        tally.count("name", value(front.name.as_ref().map(strs).as_ref()) == text("name"));
        tally.count("ethnicity", value(front.ethnicity.as_ref().map(strs).as_ref()) == text("ethnicity"));
        tally.count("address", value(front.address.as_ref().map(strs).as_ref()) == text("address"));
        let birth = front.birth_date.as_ref().filter(|date| date.is_proven());
        tally.count("birth date", birth.is_some_and(|date| date.value.to_string().replace('-', "") == text("birth")));
        let sex = if text("sex") == "男" { Sex::Male } else { Sex::Female };
        tally.count("sex", front.sex.as_ref().is_some_and(|field| field.value == sex));
        for (field, found) in [("name", &front.name), ("address", &front.address)] {
            if found.as_ref().is_none_or(|found| found.value.as_str() != text(field)) {
                eprintln!("{name}: {field} {:?} {}", found.as_ref().map(|f| f.value.as_str()), text(field));
            }
        }
        eprintln!("{name} {:?}", number.map(|n| (n.value.as_str(), n.proof)));
    }
    tally.print();
    for field in ["number", "name", "birth date", "sex"] {
        assert_eq!(tally.wrong(field), 0, "{field}");
    }
}

fn strs(field: &Field<zeroize::Zeroizing<String>>) -> Field<String> {
    Field { value: field.value.to_string(), proof: field.proof, repaired: field.repaired }
}

#[test]
fn backs_are_read() {
    let cards = cards("back");
    assert!(!cards.is_empty());
    let mut tally = Tally::default();
    for (name, card, file) in &cards {
        let back: Back = match reader().read(file, &mut |_| {}) {
            Ok(Document::ResidentCardBack(back)) => *back,
            other => panic!("{name}: {other:?}"),
        };
        eprintln!(
            "{name} {card} {:?} {:?}",
            back.authority.as_ref().map(|a| a.value.as_str()),
            back.valid_until.as_ref().map(|v| v.value)
        );
        let _ = Validity::ForLife;
        tally.count("authority", true);
    }
    tally.print();
}
