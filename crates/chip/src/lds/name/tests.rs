use super::*;
use crate::lds::mrz::check_digit;

/// A passport's zone with exactly this field of 39 places for the name.
fn zone(name: &str) -> Mrz {
    let name = format!("{name:<<39}");
    assert_eq!(name.len(), 39, "the field of a passport");
    let digit = |text: &str| char::from(check_digit(text).expect("characters of a zone"));
    let (number, birth, expiry) = ("L898902C3", "740812", "330415");
    let (number, birth, expiry) = (
        format!("{number}{}", digit(number)),
        format!("{birth}{}", digit(birth)),
        format!("{expiry}{}", digit(expiry)),
    );
    let optional = "<".repeat(14);
    let composite = digit(&format!("{number}{birth}{expiry}{optional}<"));
    let text = format!("P<UTO{name}{number}UTO{birth}F{expiry}{optional}<{composite}");
    Mrz::parse(text.as_bytes()).expect("a good zone")
}

#[test]
fn plain_letters_are_themselves() {
    let mrz = zone("ERIKSSON<<ANNA<MARIA");
    assert!(is_named(&mrz, "Eriksson", "Anna Maria"));
    assert!(is_named(&mrz, "ERIKSSON", "Anna-Maria"));
    assert!(!is_named(&mrz, "Eriksson", "Anna"), "a given name is missing");
    assert!(!is_named(&mrz, "Erikson", "Anna Maria"));
    assert!(!is_named(&mrz, "Anna Maria", "Eriksson"), "the other way round");
    assert!(!is_named(&mrz, "", ""));
}

#[test]
fn letters_with_marks_are_written_in_several_ways() {
    for field in ["MUELLER<<JOERG", "MUXXLLER<<JORG", "MULLER<<JOERG"] {
        assert!(is_named(&zone(field), "Müller", "Jörg"), "{field}");
        assert!(is_named(&zone(field), "Mu\u{308}ller", "Jo\u{308}rg"), "{field}, marks apart");
    }
    assert!(is_named(&zone("GROSS<<AASE"), "Groß", "Åse"));
    assert!(is_named(&zone("THORSDOTTIR<<AESA"), "Þórsdóttir", "Æsa"));
    assert!(is_named(&zone("MUNOZ<<BEGONXXA"), "Muñoz", "Begoña"));
    assert!(is_named(&zone("WALESA<<LUKASZ"), "Wałęsa", "Łukasz"));
    assert!(!is_named(&zone("MOLLER<<JOERG"), "Müller", "Jörg"));
}

#[test]
fn apostrophes_vanish_and_spaces_may() {
    assert!(is_named(&zone("OCONNOR<<SEAN"), "O’Connor", "Seán"));
    assert!(is_named(&zone("VAN<DER<BERG<<JAN"), "van der Berg", "Jan"));
    assert!(is_named(&zone("VANDERBERG<<JAN"), "van der Berg", "Jan"));
}

#[test]
fn one_name_for_everything_is_taken_in_either_order() {
    assert!(is_named(&zone("ARKFREITH<ANN"), "Arkfreith", "Ann"));
    assert!(is_named(&zone("ANN<ARKFREITH"), "Arkfreith", "Ann"));
    assert!(!is_named(&zone("ARKFREITH"), "Arkfreith", "Ann"));
}

#[test]
fn a_full_field_may_be_cut_off() {
    let whole = ("Nilavadhanananda", "Chayapa Dejthamrong Krasuang");
    for field in ["NILAVADHANANANDA<<CHAYAPA<DEJTHAMRONG<K", "NILAVADHANANANDA<<CHAYAP<DEJTHAMRONG<KR"] {
        assert!(is_named(&zone(field), whole.0, whole.1), "{field}");
    }
    assert!(!is_named(&zone("NILAVADHANANANDA<<CHAYAPA<DEJTHAMRONG<X"), whole.0, whole.1));
    assert!(!is_named(&zone("NILAVADHANANANDA<<CHAYAPA<DEJTHAMRONG"), whole.0, whole.1), "room was left");
}

#[test]
fn a_letter_that_no_zone_has_matches_nothing() {
    assert!(!is_named(&zone("ERIKSSON<<ANNA"), "Eriksson青", "Anna"));
}
