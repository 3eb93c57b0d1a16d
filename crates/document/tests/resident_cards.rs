//! The whole of the synthetic resident cards: fronts and backs, clean and photographed at two sizes.

mod common;

use std::collections::BTreeMap;

use common::reader;
use mibun_crypto::time::Date;
use mibun_document::field::Field;
use mibun_document::reader::Document;
use mibun_document::resident_card::{Back, Front, Validity};
use mibun_document::resident_number::Sex;
use mibun_vectors::{read_json, shared};
use serde_json::Value;
use zeroize::Zeroizing;

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

/// A card's file name, what is printed on it, and the file.
type Card = (String, Value, Vec<u8>);

/// The cards of one side that lie in the shared folder.
fn cards(side: &str) -> Vec<Card> {
    let truth = read_json(&format!("{FOLDER}/groundtruth.json"));
    let all = truth.as_object().expect("the ground truth is an object").iter();
    let of_side = all.filter(|(_, card)| card["side"] == side);
    let read = |(name, card): (&String, &Value)| {
        let file = std::fs::read(shared(FOLDER).join(name)).ok()?;
        Some((name.clone(), card.clone(), file))
    };
    of_side.filter_map(read).collect()
}

fn value(field: &Option<Field<Zeroizing<String>>>) -> &str {
    field.as_ref().map_or("", |field| field.value.as_str())
}

fn text<'a>(card: &'a Value, member: &str) -> &'a str {
    card[member].as_str().expect("the ground truth has this member")
}

fn front(name: &str, file: &[u8]) -> Front {
    match reader().read(file, &mut |_| {}) {
        Ok(Document::ResidentCardFront(front)) => *front,
        other => panic!("{name}: {other:?}"),
    }
}

fn back(name: &str, file: &[u8]) -> Back {
    match reader().read(file, &mut |_| {}) {
        Ok(Document::ResidentCardBack(back)) => *back,
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
        let right = value(&front.number) == text(card, "id");
        let proven = front.number.as_ref().is_some_and(Field::is_proven);
        assert!(right || !proven, "{name}: a wrong number passed its check character");
        tally.count("number", right && proven);
        for (field, found) in [("name", &front.name), ("ethnicity", &front.ethnicity), ("address", &front.address)] {
            tally.count(field, value(found) == text(card, field));
        }
        let birth = front.birth_date.as_ref().filter(|date| date.is_proven());
        let birth = birth.map(|date| date.value.to_string().replace('-', ""));
        tally.count("birth date", birth.as_deref() == Some(text(card, "birth")));
        let sex = if text(card, "sex") == "男" { Sex::Male } else { Sex::Female };
        tally.count("sex", front.sex.as_ref().is_some_and(|field| field.value == sex && field.is_proven()));
    }
    tally.print();
    for field in ["number", "name", "birth date", "sex"] {
        assert_eq!(tally.wrong(field), 0, "{field}");
    }
    assert!(tally.wrong("ethnicity") + tally.wrong("address") <= 1);
}

#[test]
fn backs_are_read() {
    let cards = cards("back");
    assert_eq!(cards.len(), 9, "three backs in three conditions");
    let mut tally = Tally::default();
    for (name, card, file) in &cards {
        let back = back(name, file);
        tally.count("authority", value(&back.authority) == text(card, "authority"));
        let from = back.valid_from.as_ref().map(|field| printed(field.value));
        let until = back.valid_until.as_ref().map(|field| match field.value {
            Validity::Until(date) => printed(date),
            Validity::ForLife => "长期".to_owned(),
        });
        let validity = from.zip(until).map(|(from, until)| format!("{from}-{until}"));
        tally.count("validity", validity.as_deref() == Some(text(card, "validity")));
    }
    tally.print();
    assert_eq!((tally.wrong("authority"), tally.wrong("validity")), (0, 0));
}

fn printed(date: Date) -> String {
    date.to_string().replace('-', ".")
}
