use mibun_chip::csca::Revocation;
use mibun_chip::lds::face::{Picture, PictureKind};
use mibun_chip::lds::optional::PersonalDetails;
use mibun_chip::testing::country::{Person, ZoneFormat, mrz_text};
use mibun_chip::verdict::CloneProtection;

use super::*;

fn date(text: &str) -> Date {
    text.parse().expect("a date")
}

fn anna() -> Person {
    Person {
        format: ZoneFormat::Td3,
        issuing_state: "D".to_owned(),
        document_number: "L898902C3".to_owned(),
        nationality: "D".to_owned(),
        birth: date("1974-08-12"),
        sex: 'F',
        expiry: date("2033-04-15"),
        surname: "MUELLER".to_owned(),
        given_names: "ANNA".to_owned(),
        full_name: None,
    }
}

fn genuine(person: &Person) -> Genuine {
    Genuine {
        mrz: Mrz::parse(mrz_text(person).as_bytes()).expect("a good zone"),
        details: None,
        portrait: Picture { kind: PictureKind::Jpeg, bytes: Vec::new() },
        clone_protection: CloneProtection::None,
        revocation: Revocation::NoList,
    }
}

fn record() -> PersonRecord {
    PersonRecord {
        number: "AB123456".into(),
        family_name: "Müller".into(),
        given_name: "Anna".into(),
        family_name_native: None,
        given_name_native: None,
        birthdate: date("1974-08-12"),
        sex: 2,
        nationalities: vec!["FR".into(), "DE".into()],
        place_of_birth: None,
        address: None,
        document_number: Some("L898902C3".into()),
        document_valid_until: date("2033-04-15"),
    }
}

#[test]
fn a_record_knows_its_own_document() {
    assert!(is_of(&genuine(&anna()), &record()));
    let printed = PersonRecord { document_number: Some("l898 902-c3".into()), ..record() };
    assert!(is_of(&genuine(&anna()), &printed), "spaces and case are a matter of print");
    let unknown = PersonRecord { document_number: None, ..record() };
    assert!(is_of(&genuine(&Person { document_number: "OTHER1".into(), ..anna() }), &unknown));
}

#[test]
fn each_difference_is_another_person() {
    let others = [
        Person { document_number: "L898902C4".into(), ..anna() },
        Person { surname: "MEIER".into(), ..anna() },
        Person { given_names: "HANNA".into(), ..anna() },
        Person { birth: date("1974-08-13"), ..anna() },
        Person { nationality: "UTO".into(), ..anna() },
        Person { nationality: "XXX".into(), ..anna() },
    ];
    for (place, other) in others.iter().enumerate() {
        assert!(!is_of(&genuine(other), &record()), "difference {place}");
    }
}

#[test]
fn the_whole_birth_date_of_dg11_counts_where_there_is_one() {
    let with = |birth_date: Option<Date>| Genuine {
        details: Some(PersonalDetails { birth_date, ..PersonalDetails::default() }),
        ..genuine(&anna())
    };
    assert!(is_of(&with(Some(date("1974-08-12"))), &record()));
    assert!(!is_of(&with(Some(date("1874-08-12"))), &record()), "the same two digits a century ago");
}

#[test]
fn parts_of_a_birth_date_may_be_unknown_but_not_all_of_it() {
    let born = |birth: &str| {
        let mut genuine = genuine(&anna());
        genuine.mrz.birth = birth.to_owned();
        is_of(&genuine, &record())
    };
    assert!(born("7408<<"));
    assert!(born("74<<<<"));
    assert!(!born("7409<<"));
    assert!(!born("<<<<<<"));
}

#[test]
fn kinds_and_countries_are_read_from_the_zone() {
    let of = |code: &str| {
        let mut mrz = genuine(&anna()).mrz;
        mrz.document_code = code.to_owned();
        kind(&mrz)
    };
    assert_eq!(of("P"), Some(DocumentType::Passport));
    assert_eq!(of("PN"), Some(DocumentType::Passport));
    assert_eq!(of("ID"), Some(DocumentType::IdCard));
    assert_eq!(of("C"), Some(DocumentType::IdCard));
    assert_eq!(of("IR"), Some(DocumentType::ResidencePermit));
    assert_eq!(of("V"), None);
    assert_eq!(country(&genuine(&anna()).mrz).map(String::from), Some("DEU".to_owned()));
}
