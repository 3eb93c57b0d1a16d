use super::Alphabet;

fn list(characters: impl Iterator<Item = char>) -> String {
    characters.map(|character| format!("{character}\n")).collect()
}

#[test]
fn outputs_are_blank_then_characters_then_space() {
    let alphabet = Alphabet::parse(&list("中<".chars().chain('0'..='9').chain('A'..='Z'))).expect("an alphabet");
    assert_eq!(alphabet.outputs(), 40);
    assert_eq!(alphabet.character(0), None);
    assert_eq!(alphabet.character(1), Some('中'));
    assert_eq!(alphabet.character(39), Some(' '));
    assert_eq!(alphabet.character(40), None);
    assert_eq!(alphabet.zone.first(), Some(&0));
}

#[test]
fn an_alphabet_without_fillers_reads_no_zone() {
    assert!(Alphabet::parse(&list(('0'..='9').chain('A'..='Z'))).is_none());
    assert!(Alphabet::parse("").is_none());
    assert!(Alphabet::of(b"no model").is_none());
}
