use mibun_crypto::time::Date;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::{Address, MAX_PORTRAIT_BYTES, PersonalData, PersonalDataError, Place};

fn date(year: u16, month: u8, day: u8) -> Date {
    Date::new(year, month, day).expect("a day")
}

fn person() -> PersonalData {
    PersonalData {
        family_name: "Yamada".into(),
        given_name: "Hanako".into(),
        family_name_native: Some("山田".into()),
        given_name_native: Some("花子".into()),
        birth_family_name: Some("Sato".into()),
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
    assert_eq!(claims["nationalities"], json!(["JP"]));
    assert_eq!(claims["address"]["formatted"], "1-2-3 Chiyoda");
    assert_eq!(claims["birth_family_name"], "Sato");
    assert_eq!(claims["sex"], 2);
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
fn texts_are_refused_that_are_empty_too_long_or_cannot_be_seen() {
    assert_eq!(refusal(|p| p.family_name.clear()), PersonalDataError::Text("family_name"));
    assert_eq!(refusal(|p| p.given_name = "x".repeat(151)), PersonalDataError::Text("given_name"));
    assert_eq!(refusal(|p| p.document_number = Some("a\nb".into())), PersonalDataError::Text("document_number"));
    assert_eq!(refusal(|p| p.family_name = "\u{202e}adamaY".into()), PersonalDataError::Text("family_name"));
    let street =
        |p: &mut PersonalData| p.address = Some(Address { street_address: Some(String::new()), ..Address::default() });
    assert_eq!(refusal(street), PersonalDataError::Text("street_address"));
}

#[test]
fn a_hundred_and_fifty_characters_fit_whatever_their_bytes() {
    let mut person = person();
    person.family_name_native = Some("山".repeat(150));
    assert!(person.to_claims().is_ok());
    assert_eq!(
        refusal(|p| p.family_name_native = Some("山".repeat(151))),
        PersonalDataError::Text("family_name_native")
    );
}

#[test]
fn countries_are_two_capital_letters_wherever_they_stand() {
    assert_eq!(refusal(|p| p.issuing_country = "utopia".into()), PersonalDataError::Country("issuing_country"));
    assert_eq!(refusal(|p| p.nationalities = vec!["jp".into()]), PersonalDataError::Country("nationalities"));
    let place =
        |p: &mut PersonalData| p.place_of_birth = Some(Place { country: Some("JPN".into()), ..Place::default() });
    assert_eq!(refusal(place), PersonalDataError::Country("country"));
    let address =
        |p: &mut PersonalData| p.address = Some(Address { country: Some("日本".into()), ..Address::default() });
    assert_eq!(refusal(address), PersonalDataError::Country("country"));
}

#[test]
fn nationalities_are_one_to_eight_and_each_once() {
    assert_eq!(refusal(|p| p.nationalities.clear()), PersonalDataError::Nationalities);
    assert_eq!(refusal(|p| p.nationalities = vec!["JP".into(), "JP".into()]), PersonalDataError::Nationalities);
    let nine = ["AA", "AB", "AC", "AD", "AE", "AF", "AG", "AH", "AI"].map(String::from).to_vec();
    assert_eq!(refusal(|p| p.nationalities = nine), PersonalDataError::Nationalities);
}

#[test]
fn an_address_or_place_that_says_nothing_is_refused() {
    assert_eq!(refusal(|p| p.address = Some(Address::default())), PersonalDataError::Empty("address"));
    assert_eq!(refusal(|p| p.place_of_birth = Some(Place::default())), PersonalDataError::Empty("place_of_birth"));
}

#[test]
fn a_sex_that_the_rulebook_does_not_know_is_refused() {
    for sex in [7, 8, 10, 255] {
        assert_eq!(refusal(|p| p.sex = Some(sex)), PersonalDataError::Sex);
    }
    for sex in [0, 1, 2, 3, 4, 5, 6, 9] {
        assert!(PersonalData { sex: Some(sex), ..person() }.to_claims().is_ok(), "{sex}");
    }
}

#[test]
fn dates_in_the_wrong_order_are_refused() {
    assert_eq!(refusal(|p| p.date_of_expiry = date(2026, 11, 21)), PersonalDataError::Dates);
    assert_eq!(refusal(|p| p.birthdate = date(2026, 11, 23)), PersonalDataError::Birthdate);
    let newborn = PersonalData { birthdate: date(2026, 11, 22), date_of_expiry: date(2026, 11, 22), ..person() };
    assert!(newborn.to_claims().is_ok());
}

#[test]
fn a_portrait_that_is_no_jpeg_or_too_large_is_refused() {
    assert_eq!(refusal(|p| p.portrait = Some(b"GIF89a".to_vec())), PersonalDataError::Portrait);
    assert_eq!(refusal(|p| p.portrait = Some(Vec::new())), PersonalDataError::Portrait);
    let mut large = vec![0xff, 0xd8, 0xff];
    large.resize(MAX_PORTRAIT_BYTES + 1, 0);
    assert_eq!(refusal(|p| p.portrait = Some(large)), PersonalDataError::Portrait);
}

/// Why the claims of a good person are refused after `change`.
fn unread(change: impl FnOnce(&mut Map<String, Value>)) -> PersonalDataError {
    let mut claims = person().to_claims().expect("a good person");
    change(&mut claims);
    PersonalData::from_claims(&claims).expect_err("must be refused")
}

#[test]
fn a_person_comes_back_from_the_claims() {
    let claims = person().to_claims().expect("a good person");
    assert_eq!(PersonalData::from_claims(&claims), Ok(person()));
}

#[test]
fn claims_that_are_not_a_persons_are_passed_over() {
    let mut claims = person().to_claims().expect("a good person");
    claims.insert("assurance_level".into(), json!("light"));
    claims.insert("vct".into(), json!(1));
    assert_eq!(PersonalData::from_claims(&claims), Ok(person()));
}

#[test]
fn each_mandatory_claim_that_is_missing_is_named() {
    for name in [
        "family_name",
        "given_name",
        "birthdate",
        "nationalities",
        "personal_administrative_number",
        "date_of_issuance",
        "date_of_expiry",
        "issuing_authority",
        "issuing_country",
    ] {
        let refused = unread(|claims| {
            claims.remove(name);
        });
        assert_eq!(refused, PersonalDataError::Member(name));
    }
}

#[test]
fn each_claim_of_the_wrong_kind_is_named() {
    for (name, value) in [
        ("family_name", json!(1)),
        ("given_name_native", json!(["花子"])),
        ("birthdate", json!("23.11.2008")),
        ("birthdate", json!("2008-02-30")),
        ("date_of_expiry", json!(1_893_456_000)),
        ("sex", json!("2")),
        ("sex", json!(300)),
        ("nationalities", json!("JP")),
        ("nationalities", json!(["JP", 1])),
        ("place_of_birth", json!("Kyoto")),
        ("address", json!([])),
        ("picture", json!("https://issuer.example/portrait.jpg")),
        ("picture", json!("data:image/png;base64,/9j/4A==")),
        ("picture", json!("data:image/jpeg;base64,/9j/4A")),
    ] {
        let refused = unread(|claims| {
            claims.insert(name.to_owned(), value);
        });
        assert_eq!(refused, PersonalDataError::Member(name));
    }
}

#[test]
fn what_is_read_is_held_to_the_same_rules() {
    assert_eq!(unread(|claims| claims["sex"] = json!(8)), PersonalDataError::Sex);
    assert_eq!(
        unread(|claims| claims["issuing_country"] = json!("Utopia")),
        PersonalDataError::Country("issuing_country")
    );
    assert_eq!(unread(|claims| claims["address"] = json!({ "planet": "Mars" })), PersonalDataError::Empty("address"));
    assert_eq!(unread(|claims| claims["given_name"] = json!("")), PersonalDataError::Text("given_name"));
}

fn word() -> impl Strategy<Value = String> {
    "[\\p{L}\\p{N} '-]{1,150}"
}

fn any_date(years: std::ops::Range<u16>) -> impl Strategy<Value = Date> {
    (years, 1_u8..=12, 1_u8..=28).prop_map(|(year, month, day)| date(year, month, day))
}

fn country() -> impl Strategy<Value = String> {
    "[A-Z]{2}"
}

prop_compose! {
    fn any_person()(
        names in prop::array::uniform3(word()),
        optional in prop::array::uniform5(prop::option::of(word())),
        dates in (any_date(1900..2020), any_date(2020..2030), any_date(2030..2050)),
        sex in prop::option::of(prop::sample::select(vec![0_u8, 1, 2, 3, 4, 5, 6, 9])),
        nationalities in prop::collection::btree_set(country(), 1..=8),
        place in prop::option::of((country(), prop::option::of(word()))),
        address in prop::option::of((word(), prop::option::of(word()))),
        portrait in prop::option::of(prop::collection::vec(any::<u8>(), 0..200)),
    ) -> PersonalData {
        let [family_name, given_name, number] = names;
        let [family_name_native, given_name_native, birth_family_name, document_number, region] = optional;
        PersonalData {
            family_name, given_name, family_name_native, given_name_native, birth_family_name, document_number, sex,
            birthdate: dates.0, date_of_issuance: dates.1, date_of_expiry: dates.2,
            nationalities: nationalities.into_iter().collect(),
            place_of_birth: place.map(|(country, locality)| Place { country: Some(country), region, locality }),
            address: address.map(|(formatted, postal_code)| Address { formatted: Some(formatted), postal_code, ..Address::default() }),
            personal_administrative_number: number,
            issuing_authority: "Registry".into(),
            issuing_country: "UT".into(),
            portrait: portrait.map(|tail| [&[0xff, 0xd8, 0xff][..], &tail].concat()),
        }
    }
}

proptest! {
    #[test]
    fn any_person_comes_back_from_the_claims(person in any_person()) {
        let claims = person.to_claims().expect("a good person");
        prop_assert_eq!(PersonalData::from_claims(&claims), Ok(person));
    }
}

#[test]
fn debug_prints_nothing_personal() {
    let person = person();
    assert_eq!(format!("{person:?}"), "PersonalData([redacted])");
    assert_eq!(format!("{:?}", person.address), "Some(Address([redacted]))");
    assert_eq!(format!("{:?}", person.place_of_birth), "Some(Place([redacted]))");
}
