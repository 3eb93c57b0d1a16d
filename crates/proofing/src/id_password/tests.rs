use proptest::prelude::*;
use serde_json::Value;

use super::*;

const CASES: &str = include_str!("../../tests/id-passwords.json");

fn name(result: &Result<IdPassword, IdPasswordError>) -> Option<&'static str> {
    match result {
        Ok(_) => None,
        Err(IdPasswordError::Form) => Some("form"),
        Err(IdPasswordError::Repetition) => Some("repetition"),
        Err(IdPasswordError::Sequence) => Some("sequence"),
        Err(IdPasswordError::Date) => Some("date"),
        Err(IdPasswordError::OwnNumber) => Some("own_number"),
    }
}

#[test]
fn every_case_of_the_shared_table() {
    let table: Value = serde_json::from_str(CASES).expect("JSON");
    let today: Date = table["today"].as_str().expect("a day").parse().expect("a day");
    let cases = table["cases"].as_array().expect("cases");
    assert!(cases.len() > 40);
    for case in cases {
        let text = |member: &str| case[member].as_str().expect("text");
        let result = IdPassword::choose(text("password"), text("number"), today);
        assert_eq!(name(&result), case["refused"].as_str(), "{case}");
    }
}

#[test]
fn what_is_entered_need_not_be_good() {
    assert!(IdPassword::enter("12345678").is_ok());
    for text in ["", "1234567", "123456789", "1234567x", "１２３４５６７８", "1234 678"] {
        assert_eq!(name(&IdPassword::enter(text)), Some("form"), "{text}");
    }
}

#[test]
fn a_password_does_not_print() {
    let password = IdPassword::enter("40718263").expect("digits");
    assert_eq!(format!("{password:?}"), "IdPassword([redacted])");
    assert_eq!(password.as_bytes(), b"40718263");
}

proptest! {
    #[test]
    fn the_rules_leave_most_passwords(digits in "[0-9]{8}", number in "[0-9]{17}[0-9X]") {
        let today = Date::new(2026, 11, 29).expect("a day");
        // Whatever is refused is refused for what it shows, and the same way every time.
        let one = name(&IdPassword::choose(&digits, &number, today));
        prop_assert_eq!(one, name(&IdPassword::choose(&digits, &number, today)));
        prop_assert_ne!(one, Some("form"));
    }

    #[test]
    fn every_part_of_the_number_is_refused(number in "[0-9]{18}", at in 0_usize..=10) {
        let today = Date::new(2026, 11, 29).expect("a day");
        prop_assert!(IdPassword::choose(&number[at..at + 8], &number, today).is_err());
    }
}

#[test]
fn fewer_than_one_password_in_fifty_is_refused() {
    let today = Date::new(2026, 11, 29).expect("a day");
    // A walk through all eight-digit numbers in steps that meet no pattern.
    let refused = |n: u64| IdPassword::choose(&format!("{:08}", n * 7_919_317 % 100_000_000), "", today).is_err();
    let share = (0..20_000).filter(|n| refused(*n)).count();
    assert!((1..400).contains(&share), "{share} of 20000");
}
