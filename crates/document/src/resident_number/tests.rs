use proptest::prelude::*;

use super::*;

fn day(text: &str) -> Date {
    text.parse().expect("a date in a test")
}

fn today() -> Date {
    day("2026-11-22")
}

fn gb(number: &str) -> Result<ResidentNumber, NumberFault> {
    Scheme::Gb11643.parse(number, today())
}

fn free(pattern: &str) -> Scheme {
    let pattern = pattern.parse().expect("a pattern in a test");
    Scheme::Free(FreeScheme { pattern, upper_case: true, ignore: "-.".to_owned() })
}

#[test]
fn a_number_tells_birth_date_sex_and_region() {
    let number = gb("11010519491231002X").expect("the standard's own example");
    assert_eq!(number.birth_date(), Some(day("1949-12-31")));
    assert_eq!(number.sex(), Some(Sex::Female));
    assert_eq!(number.region(), Some("110105"));
    assert_eq!(number.as_str(), "11010519491231002X");
}

#[test]
fn sex_is_told_in_the_codes_of_iso_5218() {
    assert_eq!(Sex::Male.iso_5218(), 1);
    assert_eq!(Sex::Female.iso_5218(), 2);
}

#[test]
fn what_is_typed_is_normalised() {
    for typed in [
        "11010519491231002x",
        "110105 19491231 002X",
        "１１０１０５１９４９１２３１００２ｘ",
        "\u{3000}11010519491231002X\n",
    ] {
        let number = Scheme::Gb11643.read(typed, today()).expect(typed);
        assert_eq!(number.as_str(), "11010519491231002X");
    }
}

#[test]
fn normalising_is_not_parsing() {
    assert_eq!(gb("11010519491231002x"), Err(NumberFault::Character { place: 18 }));
    assert_eq!(gb("11010519491231002X "), Err(NumberFault::Length { found: 19 }));
}

#[test]
fn letters_of_other_scripts_are_characters_at_their_place() {
    assert_eq!(gb("1101051949٠231002X"), Err(NumberFault::Character { place: 11 }));
    assert_eq!(gb("身1010519491231002X"), Err(NumberFault::Character { place: 1 }));
}

#[test]
fn a_birth_date_may_be_today_but_not_tomorrow() {
    let born = |today: &str| Scheme::Gb11643.parse("11010519491231002X", day(today)).map(|_| ());
    assert_eq!(born("1949-12-31"), Ok(()));
    assert_eq!(born("1949-12-30"), Err(NumberFault::FutureDate));
}

#[test]
fn the_old_form_is_named_and_read() {
    assert_eq!(gb("110105491231002"), Err(NumberFault::OldForm));
    let number = Scheme::Gb11643.read("110105491231002", today()).expect("the 15-digit form");
    assert_eq!(number.as_str(), "11010519491231002X");
}

#[test]
fn the_old_form_of_a_centenarian_belongs_to_the_century_before() {
    let number = Scheme::Gb11643.read("310101991231999", today()).expect("a sequence set aside for centenarians");
    assert_eq!(number.as_str(), "310101189912319994");
}

#[test]
fn faults_in_the_old_form_are_named_too() {
    let read = |typed: &str| Scheme::Gb11643.read(typed, today()).map(|_| ());
    assert_eq!(read("11010549123100X"), Err(NumberFault::Character { place: 15 }));
    assert_eq!(read("110105491331002"), Err(NumberFault::Date));
    assert_eq!(read("000105491231002"), Err(NumberFault::Region));
    assert_eq!(read("1101054912310五2"), Err(NumberFault::Character { place: 14 }));
}

#[test]
fn every_single_wrong_digit_is_found() {
    let right = b"11010519491231002X";
    for place in 0..17 {
        for digit in b'0'..=b'9' {
            let mut wrong = *right;
            wrong[place] = digit;
            if wrong != *right {
                let text = std::str::from_utf8(&wrong).expect("ASCII");
                assert!(gb(text).is_err(), "{text}");
            }
        }
    }
}

#[test]
fn a_free_scheme_takes_its_form_only() {
    let scheme = free("AA######|#A*");
    for right in ["TK123456", "1AB", "1A2"] {
        assert_eq!(scheme.parse(right, today()).expect(right).as_str(), right);
    }
    for wrong in ["", "TK12345", "TK1234567", "T1123456", "tk123456", "TK-123456", "AAB"] {
        assert_eq!(scheme.parse(wrong, today()), Err(NumberFault::Form), "{wrong}");
    }
}

#[test]
fn a_free_scheme_says_nothing_by_itself() {
    let number = free("######").read("12-34.56", today()).expect("six digits");
    assert_eq!((number.as_str(), number.birth_date(), number.sex(), number.region()), ("123456", None, None, None));
}

#[test]
fn patterns_that_match_nothing_or_all_are_refused() {
    let pattern = |text: &str| text.parse::<Pattern>().map(|_| ());
    assert_eq!(pattern(""), Err(PatternError::Empty));
    assert_eq!(pattern("###|"), Err(PatternError::Empty));
    assert_eq!(pattern("## ##"), Err(PatternError::Space));
    assert_eq!(pattern(&"#".repeat(65)), Err(PatternError::TooLong));
}

#[test]
fn a_scheme_survives_its_configuration() {
    let scheme = free("AA######|P-*");
    let text = serde_json::to_string(&scheme).expect("a scheme is data");
    assert_eq!(text, r#"{"kind":"free","pattern":"AA######|P-*","upper_case":true,"ignore":"-."}"#);
    assert_eq!(serde_json::from_str::<Scheme>(&text).expect("as written"), scheme);
    assert!(serde_json::from_str::<Scheme>(r##"{"kind":"free","pattern":"#","uper_case":true}"##).is_err());
}

#[test]
fn debug_shows_nothing_of_a_number() {
    let shown = format!("{:?}", gb("11010519491231002X").expect("the standard's own example"));
    assert_eq!(shown, "ResidentNumber([redacted])");
}

proptest! {
    #[test]
    fn no_input_panics(typed in any::<String>()) {
        let _ = Scheme::Gb11643.read(&typed, today());
        let _ = Scheme::Gb11643.parse(&typed, today());
        let _ = free("A#*").read(&typed, today());
    }

    #[test]
    fn whatever_is_accepted_is_canonical(typed in "[0-9０-９ ]{17,18}[0-9xXｘ]?") {
        if let Ok(number) = Scheme::Gb11643.read(&typed, today()) {
            prop_assert_eq!(gb(number.as_str()), Ok(number));
        }
    }
}
