use mibun_crypto::time::Date;

use super::{Address, PersonalData, PersonalDataError, Place};

fn date(year: u16, month: u8, day: u8) -> Date {
    Date::new(year, month, day).expect("a day")
}

fn person() -> PersonalData {
    PersonalData {
        family_name: "Yamada".into(),
        given_name: "Hanako".into(),
        family_name_native: Some("山田".into()),
        given_name_native: Some("花子".into()),
        birthdate: date(2008, 11, 23),
        sex: Some(2),
        nationalities: vec!["JP".into()],
        place_of_birth: Some(Place { country: Some("JP".into()), ..Place::default() }),
        address: Some(Address { formatted: Some("1-2-3 Chiyoda".into()), ..Address::default() }),
        personal_administrative_number: "AB123456".into(),
        document_number: None,
        date_of_issuance: date(2026, 11, 22),
        date_of_expiry: date(2030, 1, 1),
        issuing_authority: "Registry".into(),
        issuing_country: "UT".into(),
        portrait: Some(vec![0xff, 0xd8, 0xff, 0xe0]),
    }
}

fn refusal(change: impl FnOnce(&mut PersonalData)) -> PersonalDataError {
    let mut person = person();
    change(&mut person);
    person.to_claims().expect_err("must be refused")
}

#[test]
fn claims_have_the_names_of_the_rulebook() {
    let claims = person().to_claims().expect("a good person");
    assert_eq!(claims["birthdate"], "2008-11-23");
    assert_eq!(claims["nationalities"], serde_json::json!(["JP"]));
    assert_eq!(claims["address"]["formatted"], "1-2-3 Chiyoda");
    assert_eq!(claims["picture"], "data:image/jpeg;base64,/9j/4A==");
    assert!(!claims.contains_key("document_number"));
}

#[test]
fn ages_are_those_of_the_day_of_issuance() {
    let claims = person().to_claims().expect("a good person");
    // Born on 23 November: seventeen for one more day.
    assert_eq!(claims["age_equal_or_over"]["16"], true);
    assert_eq!(claims["age_equal_or_over"]["18"], false);
}

#[test]
fn each_fault_has_its_own_error() {
    assert_eq!(refusal(|p| p.family_name.clear()), PersonalDataError::Text("family_name"));
    assert_eq!(refusal(|p| p.given_name = "x".repeat(151)), PersonalDataError::Text("given_name"));
    assert_eq!(refusal(|p| p.document_number = Some("a\nb".into())), PersonalDataError::Text("document_number"));
    assert_eq!(refusal(|p| p.issuing_country = "utopia".into()), PersonalDataError::Country("issuing_country"));
    assert_eq!(refusal(|p| p.nationalities.clear()), PersonalDataError::Country("nationalities"));
    assert_eq!(refusal(|p| p.nationalities = vec!["jp".into()]), PersonalDataError::Country("nationalities"));
    assert_eq!(refusal(|p| p.sex = Some(7)), PersonalDataError::Sex);
    assert_eq!(refusal(|p| p.date_of_expiry = date(2020, 1, 1)), PersonalDataError::Dates);
    assert_eq!(refusal(|p| p.portrait = Some(b"GIF89a".to_vec())), PersonalDataError::Portrait);
    let street =
        |p: &mut PersonalData| p.address = Some(Address { street_address: Some(String::new()), ..Address::default() });
    assert_eq!(refusal(street), PersonalDataError::Text("street_address"));
}

#[test]
fn debug_prints_nothing_personal() {
    assert_eq!(format!("{:?}", person()), "PersonalData([redacted])");
}
