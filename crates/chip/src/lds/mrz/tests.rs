use super::*;

const TD3: &str = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<L898902C36UTO7408122F1204159ZE184226B<<<<<10";

fn parse(zone: &str) -> Result<Mrz, MrzError> {
    Mrz::parse(zone.as_bytes())
}

#[test]
fn the_specimen_of_doc_9303_part_4() {
    let mrz = parse(TD3).expect("the specimen");
    assert_eq!(mrz.format, MrzFormat::Td3);
    assert_eq!((mrz.document_code.as_str(), mrz.issuing_state.as_str(), mrz.nationality.as_str()), ("P", "UTO", "UTO"));
    assert_eq!((mrz.primary.as_str(), mrz.secondary.as_str()), ("ERIKSSON", "ANNA MARIA"));
    assert_eq!((mrz.document_number.as_str(), mrz.birth.as_str(), mrz.sex), ("L898902C3", "740812", Sex::Female));
    assert_eq!(mrz.expiry.to_string(), "2012-04-15");
    assert_eq!(mrz.optional, ["ZE184226B".to_owned(), String::new()]);
}

#[test]
fn each_check_digit_is_verified() {
    let with = |place: usize, letter: &str| {
        let mut zone = TD3.to_owned();
        zone.replace_range(place..=place, letter);
        parse(&zone).err()
    };
    assert_eq!(with(53, "7"), Some(MrzError::CheckDigit(MrzField::DocumentNumber)));
    assert_eq!(with(63, "7"), Some(MrzError::CheckDigit(MrzField::BirthDate)));
    assert_eq!(with(71, "7"), Some(MrzError::CheckDigit(MrzField::ExpiryDate)));
    assert_eq!(with(86, "7"), Some(MrzError::CheckDigit(MrzField::OptionalData)));
    assert_eq!(with(87, "7"), Some(MrzError::CheckDigit(MrzField::Composite)));
    assert_eq!(with(64, "Q"), Some(MrzError::Sex));
    assert_eq!(with(10, "a"), Some(MrzError::Character { place: 11 }));
    assert_eq!(with(10, "é"), Some(MrzError::Length { found: 89 }));
    assert_eq!(parse(&TD3[1..]).err(), Some(MrzError::Length { found: 87 }));
}

#[test]
fn the_century_of_birth_is_the_last_that_is_over() {
    let mrz = parse(TD3).expect("the specimen");
    let on = |today: &str| mrz.birth_date(today.parse().expect("a date")).map(|date| date.to_string());
    assert_eq!(on("2026-11-22").as_deref(), Some("1974-08-12"));
    assert_eq!(on("2074-08-11").as_deref(), Some("1974-08-12"));
    assert_eq!(on("2074-08-12").as_deref(), Some("2074-08-12"));
}

#[test]
fn unknown_parts_of_a_birth_date_stay_unknown() {
    for (birth, known) in [("74<<<<", true), ("<<<<<<", true), ("7413<<", false), ("740832", false), ("74AA12", false)]
    {
        let date = format!("{birth}{}", char::from(check_digit(birth).expect("digits")));
        let (number, expiry, optional) = ("L898902C36", "1204159", "<<<<<<<<<<<<<<<");
        let composite = char::from(check_digit(&format!("{number}{date}{expiry}{optional}")).expect("digits"));
        let zone = format!("{}{number}UTO{date}F{expiry}{optional}{composite}", &TD3[..44]);
        match parse(&zone) {
            Ok(mrz) => assert!(known && mrz.birth_date("2026-11-22".parse().expect("a date")).is_none(), "{birth}"),
            Err(error) => assert!(!known && error == MrzError::Date(MrzField::BirthDate), "{birth}: {error}"),
        }
    }
}
