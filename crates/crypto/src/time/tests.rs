use proptest::prelude::*;

use super::*;

fn date(text: &str) -> Date {
    text.parse().expect("a day of the calendar")
}

#[test]
fn rfc_3339_is_read_and_written() {
    assert_eq!(Timestamp(1_795_343_400).to_rfc3339(), "2026-11-22T10:30:00Z");
    assert_eq!(Timestamp(0).to_rfc3339(), "1970-01-01T00:00:00Z");
    assert_eq!(Timestamp(-1).to_rfc3339(), "1969-12-31T23:59:59Z");
    assert_eq!(Timestamp(951_782_400).to_rfc3339(), "2000-02-29T00:00:00Z");
    assert_eq!(Timestamp::parse_rfc3339("1996-12-19T16:39:57-08:00"), Ok(Timestamp(851_042_397)));
    assert_eq!(Timestamp::parse_rfc3339("1985-04-12T23:20:50.52Z"), Ok(Timestamp(482_196_050)));
}

#[test]
fn other_spellings_of_time_are_refused() {
    for text in [
        "",
        "2026-11-22",
        "2026-11-22 10:00:00Z",
        "2026-11-22T10:00:00",
        "2026-11-22T24:00:00Z",
        "2026-02-30T10:00:00Z",
        "2026-11-22T10:00:60Z",
        "2026-11-22T10:00:00.Z",
        "2026-11-22T10:00:00+0100",
        "2026-11-22T10:00:00+24:00",
        "2026-11-22T10:0:000Z",
        "2026-11-22T10:00:00Zx",
        "２026-11-22T10:00:00Z",
    ] {
        assert_eq!(Timestamp::parse_rfc3339(text), Err(TimeError), "{text}");
    }
}

#[test]
fn days_are_those_of_the_calendar() {
    assert_eq!(date("2024-02-29").plus_years(1), date("2025-03-01"));
    assert_eq!(date("2024-02-29").plus_years(4), date("2028-02-29"));
    assert_eq!(date("2023-12-31").plus_days(60), date("2024-02-29"));
    for (text, error) in [
        ("2023-02-29", DateError::NoSuchDay),
        ("1900-02-29", DateError::NoSuchDay),
        ("2023-13-01", DateError::NoSuchDay),
        ("2023-00-01", DateError::NoSuchDay),
        ("0000-01-01", DateError::NoSuchDay),
        ("2023-1-01", DateError::Form),
        ("2023-01-01 ", DateError::Form),
        ("+023-01-01", DateError::Form),
        ("2023/01/01", DateError::Form),
    ] {
        assert_eq!(text.parse::<Date>(), Err(error), "{text}");
    }
}

#[test]
fn age_counts_full_years() {
    let born = date("2008-02-29");
    assert_eq!(born.age_on(date("2026-02-28")), 17);
    assert_eq!(born.age_on(date("2026-03-01")), 18);
    assert_eq!(born.age_on(date("2028-02-28")), 19);
    assert_eq!(born.age_on(date("2028-02-29")), 20);
    assert_eq!(born.age_on(date("2000-01-01")), 0);
}

#[test]
fn dates_travel_as_text() {
    assert_eq!(serde_json::to_string(&date("2026-11-22")).expect("serialises"), "\"2026-11-22\"");
    assert!(serde_json::from_str::<Date>("\"2026-11-31\"").is_err());
}

#[test]
fn the_ends_of_the_scale_do_not_overflow() {
    assert_eq!(Timestamp(i64::MAX).plus_seconds(1), Timestamp(i64::MAX));
    assert_eq!(Timestamp(i64::MAX).date(), date("9999-12-31"));
    assert_eq!(Timestamp(i64::MIN).date(), date("0001-01-01"));
    assert_eq!(Timestamp(i64::MIN).floor_to_day(), Timestamp(i64::MIN));
    assert_eq!(Timestamp(-1).floor_to_day(), Timestamp(-86_400));
}

proptest! {
    #[test]
    fn every_second_survives_its_own_text(seconds in -62_135_596_800_i64..253_402_300_800) {
        let time = Timestamp(seconds);
        prop_assert_eq!(Timestamp::parse_rfc3339(&time.to_rfc3339()), Ok(time));
        prop_assert_eq!(time.date().midnight(), time.floor_to_day());
    }
}
