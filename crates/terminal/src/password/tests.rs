use mibun_chip::lds::mrz::{MrzError, MrzField};
use mibun_chip::password::PasswordError;
use serde_json::json;

use super::{ChipPassword, TypedError, ZoneFileError, lines_of_zone};

// The specimens of ICAO Doc 9303 parts 4 and 5.
const PASSPORT: &str = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10";
const CARD: &str = "I<UTOD231458907<<<<<<<<<<<<<<<\r\n7408122F1204159UTO<<<<<<<<<<<6\r\nERIKSSON<<ANNA<MARIA<<<<<<<<<<";

fn sent(password: Result<ChipPassword, TypedError>) -> serde_json::Value {
    serde_json::to_value(password.expect("a password")).expect("JSON")
}

#[test]
fn zones_of_passports_and_cards_are_read() {
    let passport = json!({ "document_number": "L898902C3", "birth_date": "740812", "expiry_date": "120415" });
    assert_eq!(sent(ChipPassword::zone(PASSPORT)), passport);
    assert_eq!(sent(ChipPassword::zone(&PASSPORT.to_lowercase().replace('\n', " \r\n"))), passport);
    let card = json!({ "document_number": "D23145890", "birth_date": "740812", "expiry_date": "120415" });
    assert_eq!(sent(ChipPassword::zone(CARD)), card);
}

#[test]
fn a_zone_with_a_wrong_digit_is_refused_by_name() {
    let wrong = |from: &str, to: &str| ChipPassword::zone(&PASSPORT.replace(from, to)).expect_err("refused");
    let digit = |field| TypedError::Zone(MrzError::CheckDigit(field));
    assert_eq!(wrong("L898902C3", "L898902C4"), digit(MrzField::DocumentNumber));
    assert_eq!(wrong("740812", "740813"), digit(MrzField::BirthDate));
    assert_eq!(wrong("120415", "120416"), digit(MrzField::ExpiryDate));
    assert_eq!(wrong("<<<10", "<<10"), TypedError::Zone(MrzError::Length { found: 87 }));
    assert_eq!(wrong("L8989", "L89/9"), TypedError::Zone(MrzError::Character { place: 48 }));
}

#[test]
fn the_first_line_says_how_many_there_are() {
    let first = |zone: &str| lines_of_zone(zone.lines().next().expect("a line"));
    assert_eq!((first(PASSPORT), first(CARD)), (Some(2), Some(3)));
    assert_eq!(lines_of_zone(&PASSPORT.replace('\n', "")), Some(1));
    assert_eq!(lines_of_zone("L898902C3"), None);
}

#[test]
fn dates_are_taken_as_printed_and_as_written() {
    let zone = json!({ "document_number": "X1234567", "birth_date": "800102", "expiry_date": "360101" });
    assert_eq!(sent(ChipPassword::fields("x1234567", "800102", "360101")), zone);
    assert_eq!(sent(ChipPassword::fields(" X 1234567<< ", "1980-01-02", "2036-01-01")), zone);
    for bad in ["", "80010", "1980-1-2", "801301", "800132", "80010a", "02.01.1980", "８００１０２"] {
        assert_eq!(ChipPassword::fields("X1", bad, "360101").expect_err(bad), TypedError::Date);
    }
    assert!(ChipPassword::fields("X1", "80<<<<", "360101").is_ok(), "partly unknown birth dates are");
}

#[test]
fn numbers_that_are_none_are_refused_by_name() {
    let number = TypedError::Field(PasswordError::DocumentNumber);
    assert_eq!(ChipPassword::fields("", "800102", "360101").expect_err("empty"), number);
    assert_eq!(ChipPassword::fields("X/1", "800102", "360101").expect_err("a slash"), number);
    let expiry = TypedError::Field(PasswordError::ExpiryDate);
    assert_eq!(ChipPassword::fields("X1", "800102", "36<<<<").expect_err("unknown"), expiry);
    let can = TypedError::Field(PasswordError::CardAccessNumber);
    for bad in ["", "12345", "12345678901", "12345a"] {
        assert_eq!(ChipPassword::can(bad).expect_err(bad), can);
    }
    assert_eq!(sent(ChipPassword::can("123 456")), json!({ "can": "123456" }));
}

#[test]
fn debug_shows_no_personal_data() {
    let shown = format!("{:?} {:?}", ChipPassword::zone(PASSPORT), ChipPassword::can("123456"));
    assert!(!shown.contains("L898902C3") && !shown.contains("740812") && !shown.contains("123456"), "{shown}");
}

#[test]
fn a_file_may_hold_a_zone() {
    assert_eq!(sent(ChipPassword::zone(CARD)), sent(Ok(ChipPassword::zone_of(CARD.as_bytes()).expect("a zone"))));
    let length = TypedError::Zone(MrzError::Length { found: 1_024 });
    let long = ChipPassword::zone_of("<".repeat(5_000).as_bytes()).expect_err("too long");
    assert!(matches!(long, ZoneFileError::Zone(error) if error == length), "{long}");
    assert!(matches!(ChipPassword::zone_of(&[0xff, 0xfe][..]), Err(ZoneFileError::File(_))));
}
