use mibun_crypto::time::Date;

use super::{PersonRecord, RecordError, normal_name};

fn date(year: u16, month: u8, day: u8) -> Date {
    Date::new(year, month, day).expect("a day of the calendar")
}

fn person() -> PersonRecord {
    PersonRecord {
        number: "AB123456".into(),
        family_name: "Yamada".into(),
        given_name: "Hanako".into(),
        family_name_native: Some("山田".into()),
        given_name_native: Some("花子".into()),
        birthdate: date(1990, 2, 28),
        sex: 2,
        nationalities: vec!["JP".into()],
        place_of_birth: None,
        address: Some("1-2-3 Chiyoda".into()),
        document_number: None,
        document_valid_until: date(2030, 1, 1),
    }
}

#[test]
fn a_name_is_found_in_either_order_script_case_and_width() {
    for typed in ["Yamada Hanako", "hanako YAMADA", "山田花子", "山田　花子", "Ｙａｍａｄａ Hanako"] {
        assert!(person().is_named(typed), "{typed}");
    }
}

#[test]
fn another_name_or_none_is_not_found() {
    for typed in ["", " ", "Yamada", "Hanako", "Yamada Taro"] {
        assert!(!person().is_named(typed), "{typed}");
    }
}

#[test]
fn debug_prints_nothing_personal() {
    assert_eq!(format!("{:?}", person()), "PersonRecord([redacted])");
}

#[test]
fn each_fault_has_its_own_error() {
    let today = date(2026, 11, 22);
    let changed = |change: fn(&mut PersonRecord)| {
        let mut record = person();
        change(&mut record);
        record.check(today)
    };
    assert_eq!(person().check(today), Ok(()));
    assert_eq!(changed(|p| p.family_name.clear()), Err(RecordError::Text("family_name")));
    assert_eq!(changed(|p| p.address = Some("x".repeat(151))), Err(RecordError::Text("address")));
    assert_eq!(changed(|p| p.given_name = "a\u{7}".into()), Err(RecordError::Text("given_name")));
    assert_eq!(changed(|p| p.birthdate = date(2030, 1, 1)), Err(RecordError::Birthdate));
    assert_eq!(changed(|p| p.birthdate = date(1870, 1, 1)), Err(RecordError::Birthdate));
    assert_eq!(changed(|p| p.sex = 3), Err(RecordError::Sex));
    assert_eq!(changed(|p| p.nationalities = vec!["Japan".into()]), Err(RecordError::Nationality));
    assert_eq!(changed(|p| p.nationalities.clear()), Err(RecordError::Nationality));
}

#[test]
fn normal_name_drops_what_people_type_differently() {
    assert_eq!(normal_name("O’Brien-Smith, Ann"), "obriensmithann");
}

#[test]
fn a_name_in_another_script_belongs_in_the_native_columns() {
    let native = PersonRecord { family_name: "山田".into(), ..person() };
    assert_eq!(native.check(date(2026, 1, 1)), Err(RecordError::Script("family_name")));
    let native = PersonRecord { given_name: "花子".into(), ..person() };
    assert_eq!(native.check(date(2026, 1, 1)), Err(RecordError::Script("given_name")));
    let accents = PersonRecord { family_name: "Nuñez-O'Brien".into(), given_name: "Zoë".into(), ..person() };
    assert_eq!(accents.check(date(2026, 1, 1)), Ok(()));
}
