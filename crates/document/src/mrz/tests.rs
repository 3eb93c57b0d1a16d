use mibun_crypto::time::Date;

use super::*;

/// The examples of Doc 9303: part 5 (with a long number), part 6, part 4.
const LONG_NUMBER: [&str; 3] =
    ["I<UTOD23145890<7349<<<<<<<<<<<", "3407127M9507122UTO<<<<<<<<<<<2", "STEVENSON<<PETER<JOHN<<<<<<<<<"];
const TD2: [&str; 2] = ["I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "D231458907UTO7408122F1204159<<<<<<<6"];
const TD3: [&str; 2] = ["P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10"];
/// A Chinese passport's specimen: its numbers hold letters and digits.
const MIXED: [&str; 2] =
    ["PTCHNCESHI<<YANGBEN<<<<<<<<<<<<<<<<<<<<<<<<<", "G622925996CHN8310291F1904220LCOCMKNENBPJB984"];

fn day(text: &str) -> Date {
    text.parse().expect("a date in a test")
}

fn with(lines: &[&str], line: usize, at: usize, character: &str) -> Vec<String> {
    let mut changed: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
    changed[line].replace_range(at..=at, character);
    changed
}

fn read_lines(lines: &[String]) -> Result<Mrz, MrzError> {
    read(&lines.iter().map(String::as_str).collect::<Vec<_>>())
}

fn parse_lines(lines: &[String]) -> Result<Mrz, MrzError> {
    parse(&lines.iter().map(String::as_str).collect::<Vec<_>>())
}

#[test]
fn every_field_says_what_stands_behind_it() {
    let parsed = parse(&TD3).expect("the example of part 4");
    assert_eq!(parsed.document_number, Field::proven(Zeroizing::new("L898902C3".to_owned()), Proof::Own));
    assert_eq!(parsed.optional, Field::proven(Zeroizing::new("ZE184226B".to_owned()), Proof::Own));
    assert_eq!(parsed.birth_date.proof, Proof::Own);
    assert_eq!(parsed.birth_date.value.as_birth(day("2026-11-22")), Some(day("1974-08-12")));
    assert_eq!(parsed.expiry_date.value.as_expiry(), Some(day("2012-04-15")));
    assert_eq!(parsed.surname, Field::unproven(Zeroizing::new("ERIKSSON".to_owned())));
    assert_eq!(parsed.given_names, Field::unproven(Zeroizing::new("ANNA MARIA".to_owned())));
    assert_eq!(parsed.sex, Field::unproven(MrzSex::Female));
    assert_eq!(parsed.nationality, Field::unproven("UTO".to_owned()));
    assert!(!parsed.names_may_be_cut_off);
}

#[test]
fn a_long_number_goes_on_in_the_optional_data() {
    let parsed = parse(&LONG_NUMBER).expect("the example of part 5");
    assert_eq!(parsed.document_number.value.as_str(), "D23145890734");
    assert_eq!(parsed.optional.value.as_str(), "");
    assert_eq!(parsed.optional.proof, Proof::Composite);
    assert_eq!(parsed.information().as_deref().map(String::as_str), Some("D23145890734934071279507122"));
}

#[test]
fn access_keys_are_derived_from_what_is_proven() {
    let parsed = parse(&TD3).expect("an example");
    assert_eq!(parsed.information().as_deref().map(String::as_str), Some("L898902C3674081221204159"));
    let misread = read_lines(&with(&TD3, 1, 13, "9")).expect("still a zone");
    assert_eq!(misread.birth_date.proof, Proof::None);
    assert_eq!(misread.information(), None);
}

#[test]
fn every_single_changed_digit_is_noticed_where_a_check_digit_covers_it() {
    for at in (0..10).chain(13..20).chain(21..44) {
        for digit in "0123456789".chars().filter(|digit| !TD3[1][at..].starts_with(*digit)) {
            let changed = with(&TD3, 1, at, &digit.to_string());
            // G and 6 count the same, and so do a filler and 0.
            let own = TD3[1][at..].chars().next().and_then(|own| own.to_digit(36)).unwrap_or(0);
            let blind = Some(own % 10) == digit.to_digit(10);
            assert_eq!(parse_lines(&changed).is_ok(), blind, "{digit} in place {at}");
        }
    }
}

#[test]
fn what_is_no_zone_is_refused_with_its_reason() {
    let refused = |lines: &[&str]| parse(lines).map(|_| ()).expect_err("no zone");
    assert_eq!(refused(&[]), MrzError::Lines { found: 0 });
    assert_eq!(refused(&TD3[..1]), MrzError::Lines { found: 1 });
    assert_eq!(refused(&[TD3[0], &TD3[1][..43]]), MrzError::Length { line: 2, found: 43 });
    assert_eq!(refused(&[TD2[0], TD3[1]]), MrzError::Length { line: 2, found: 44 });
    assert_eq!(refused(&["P«", TD3[1]]), MrzError::Length { line: 1, found: 2 });
    let cases = [
        (0, 4, "é", MrzError::Length { line: 1, found: 44 }),
        (0, 4, "o", MrzError::Character { line: 1, place: 5 }),
        (0, 0, "<", MrzError::Form(Part::DocumentCode)),
        (0, 2, "0", MrzError::Form(Part::IssuingState)),
        (0, 13, "A", MrzError::Form(Part::Names)),
        (0, 7, "1", MrzError::Form(Part::Names)),
        (0, 24, "<", MrzError::CheckDigit(Part::Names)),
        (1, 0, "<", MrzError::Form(Part::DocumentNumber)),
        (1, 11, "<", MrzError::Form(Part::Nationality)),
        (1, 15, "1", MrzError::Form(Part::BirthDate)),
        (1, 20, "X", MrzError::Form(Part::Sex)),
        (1, 25, "4", MrzError::Form(Part::ExpiryDate)),
        (1, 9, "7", MrzError::CheckDigit(Part::DocumentNumber)),
        (1, 19, "3", MrzError::CheckDigit(Part::BirthDate)),
        (1, 27, "8", MrzError::CheckDigit(Part::ExpiryDate)),
        (1, 42, "2", MrzError::CheckDigit(Part::Optional)),
        (1, 43, "1", MrzError::CheckDigit(Part::Composite)),
    ];
    for (line, at, character, expected) in cases {
        // Two of the changes leave a zone that is well formed.
        let found = parse_lines(&with(&TD3, line, at, character)).map(|_| ());
        match expected {
            MrzError::CheckDigit(Part::Names) => assert!(found.is_ok(), "names have no check digit"),
            MrzError::Length { .. } => assert_eq!(found, Err(MrzError::Character { line: 1, place: 5 })),
            MrzError::Form(Part::Names) if at == 13 => assert!(found.is_ok(), "one surname less is a zone as well"),
            expected => assert_eq!(found, Err(expected), "{character} in line {line}, place {at}"),
        }
    }
}

#[test]
fn a_number_that_overflows_needs_more_than_its_digit() {
    let mut short = LONG_NUMBER;
    short[0] = "I<UTOD23145890<9<<<<<<<<<<<<<<";
    assert_eq!(parse(&short).map(|_| ()), Err(MrzError::Form(Part::DocumentNumber)));
}

#[test]
fn unknown_parts_of_a_birth_date_stay_unknown() {
    let mut lines: Vec<String> = TD2.iter().map(|line| (*line).to_owned()).collect();
    lines[1] = "D231458907UTO74<<<<1F1204159<<<<<<<".to_owned();
    let digit = check::digit(b"74<<<<").expect("a digit");
    lines[1].replace_range(19..20, &char::from(digit).to_string());
    let covered: Vec<u8> =
        [&lines[1].as_bytes()[0..10], &lines[1].as_bytes()[13..20], &lines[1].as_bytes()[21..35]].concat();
    lines[1].push(char::from(check::digit(&covered).expect("a digit")));
    let parsed = parse_lines(&lines).expect("a zone");
    assert_eq!(parsed.birth_date.value.to_string(), "74<<<<");
    assert_eq!(parsed.birth_date.value.as_birth(day("2026-11-22")), None);
}

#[test]
fn look_alikes_are_put_right_where_a_check_digit_proves_it() {
    // O for 0 in the number, I for 1 and S for 5 in the dates, Z for a check digit of 2.
    for (at, character) in [(5, "O"), (17, "I"), (19, "Z"), (26, "S"), (42, "I"), (43, "O")] {
        let read = read_lines(&with(&TD3, 1, at, character)).expect("a zone");
        assert_eq!(read.lines(), TD3, "{character} in place {at}");
        assert!(read.is_proven());
        let repaired = [&read.birth_date.repaired, &read.expiry_date.repaired, &read.document_number.repaired];
        assert_eq!(repaired.into_iter().any(|repaired| *repaired), at < 42, "{character} in place {at}");
    }
}

#[test]
fn of_two_exchanges_that_fit_none_is_made() {
    // 8 for B in place 2 and B for 8 in place 4 change the sum alike.
    let read = read_lines(&with(&TD3, 1, 1, "B")).expect("a zone");
    assert_eq!(read.document_number.proof, Proof::None);
    assert_eq!(read.document_number.value.as_str(), "LB98902C3");
}

#[test]
fn no_look_alike_makes_a_wrong_number_proven() {
    for zone in [TD3, MIXED] {
        let pairs = [('0', 'O'), ('1', 'I'), ('8', 'B'), ('5', 'S'), ('2', 'Z')];
        let other =
            |own: char| pairs.iter().find_map(|(a, b)| if own == *a { Some(*b) } else { (own == *b).then_some(*a) });
        let places: Vec<(usize, char)> =
            zone[1].char_indices().filter_map(|(at, own)| Some((at, other(own)?))).collect();
        for (at, misread) in places.iter().filter(|(at, _)| !(10..13).contains(at) && *at != 20) {
            let read = read_lines(&with(&zone, 1, *at, &misread.to_string())).expect("a zone");
            assert!(!read.is_proven() || read.lines() == zone, "{misread} in place {at}");
        }
    }
}

#[test]
fn a_misread_digit_stays_unproven() {
    let read = read_lines(&with(&TD3, 1, 2, "3")).expect("a zone");
    assert_eq!(read.document_number.proof, Proof::None);
    assert!(!read.document_number.repaired);
    assert_eq!(read.birth_date.proof, Proof::Own);
    assert!(!read.is_proven());
}

#[test]
fn fillers_that_lack_or_are_too_many_are_put_right() {
    let lines = |first: &str, second: &str| read(&[first, second]).map(|read| read.lines().concat());
    let whole = Ok(TD3.concat());
    assert_eq!(lines("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<", TD3[1]), whole);
    assert_eq!(lines("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<<<<", TD3[1]), whole);
    assert_eq!(lines(TD3[0], "L898902C36UTO7408122F1204159ZE184226B<<<10"), whole);
    assert_eq!(lines("P<UTO ERIKSSON << anna‹MARIA«<<<<<<<<<<<<<<<<<<", TD3[1]), whole);
}

#[test]
fn letters_where_only_letters_stand_are_put_right_and_not_proven() {
    let read = read_lines(&with(&with(&TD3, 0, 4, "0").iter().map(String::as_str).collect::<Vec<_>>(), 0, 7, "1"));
    let read = read.expect("a zone");
    assert_eq!(read.issuing_state, Field { value: "UTO".to_owned(), proof: Proof::None, repaired: true });
    assert_eq!(read.surname.value.as_str(), "ERIKSSON");
    assert!(read.surname.repaired && read.surname.proof == Proof::None);
}

#[test]
fn texts_that_are_no_zone_are_not_read() {
    assert_eq!(read(&["one"]).map(|_| ()), Err(MrzError::Lines { found: 1 }));
    assert_eq!(read(&["HELLO", "WORLD"]).map(|_| ()), Err(MrzError::Length { line: 1, found: 5 }));
    let noise = "?".repeat(44);
    assert_eq!(read(&[&noise, &noise]).map(|_| ()), Err(MrzError::Form(Part::BirthDate)));
    let long = "<".repeat(100_000);
    assert_eq!(read(&[&long, &long]).map(|_| ()), Err(MrzError::Length { line: 1, found: 100_000 }));
}

#[test]
fn names_are_written_as_zones_write_them() {
    let written = |name: &str| transliterate(name);
    assert_eq!(written("Müller-Lüdenscheidt").as_deref(), Some("MUELLER LUEDENSCHEIDT"));
    assert_eq!(written("O'Connor").as_deref(), Some("OCONNOR"));
    assert_eq!(written("Žižek Đorđević").as_deref(), Some("ZIZEK DORDEVIC"));
    assert_eq!(written("Ångström Weiß").as_deref(), Some("AANGSTROEM WEISS"));
    assert_eq!(written("Nguyễn Thị Hạnh").as_deref(), Some("NGUYEN THI HANH"));
    assert_eq!(written("徐欣"), None);
    assert_eq!(written("").as_deref(), Some(""));
}

#[test]
fn nothing_personal_is_in_debug_output() {
    let shown = format!("{:?}", parse(&TD3).expect("an example"));
    assert_eq!(shown, "Mrz(Td3, [redacted])");
    let shown = format!("{:?}", parse(&TD3).expect("an example").surname);
    assert!(!shown.contains("ERIKSSON"), "{shown}");
}
