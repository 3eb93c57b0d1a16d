//! Names in Latin script, as machines read them on documents (ICAO 9303 part 3 section 6).

/// Whether a text is a name in Latin script: letters with or without diacritics, spaces, hyphens and apostrophes.
///
/// ICAO 9303 can transliterate every such letter to A to Z, or leave its diacritic out; of other scripts it asks for a
/// transliteration, which only whoever keeps the register can make.
pub(super) fn is_name(text: &str) -> bool {
    let mut after_letter = false;
    let mut letters = 0;
    for character in text.chars() {
        let fits = match character {
            _ if is_letter(character) => true,
            // A diacritic of its own (Unicode's decomposed form) needs the letter it stands on.
            '\u{0300}'..='\u{036f}' => after_letter,
            ' ' | '-' | '\u{2010}' | '\'' | '\u{2019}' | '\u{02bb}' | '\u{02bc}' => true,
            _ => false,
        };
        if !fits {
            return false;
        }
        letters += u32::from(is_letter(character));
        after_letter = is_letter(character) || matches!(character, '\u{0300}'..='\u{036f}');
    }
    letters > 0
}

/// A letter of Unicode's blocks of Latin script; full-width forms are for Japanese text and not among them.
fn is_letter(character: char) -> bool {
    match character {
        'A'..='Z' | 'a'..='z' => true,
        '\u{00d7}' | '\u{00f7}' => false,
        '\u{00c0}'..='\u{024f}' | '\u{1e00}'..='\u{1eff}' => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::is_name;

    #[test]
    fn names_with_diacritics_hyphens_and_apostrophes_are_latin() {
        for name in
            ["Aoki", "O'Neill", "d\u{2019}Arc", "Anne-Marie", "Nguyễn Thị", "Łukasz", "Ærø", "Şahin", "e\u{301}va"]
        {
            assert!(is_name(name), "{name}");
        }
    }

    #[test]
    fn other_scripts_digits_and_signs_are_not() {
        for name in
            ["漢字", "カナ", "Ａｏｋｉ", "Иван", "Ωmega", "Aoki2", "A×B", "\u{301}a", "-", "' '", "<script>", "A.B"]
        {
            assert!(!is_name(name), "{name}");
        }
    }
}
