//! Names in the letters of the zone, to compare a name in national letters with what a zone says.

use unicode_normalization::UnicodeNormalization;

/// Letters that are not their base letter with a mark left off (Doc 9303-3 section 6 A; where the table allows two ways,
/// the first).
const LATIN: [(char, &str); 20] = [
    ('Ä', "AE"),
    ('Å', "AA"),
    ('Æ', "AE"),
    ('Ö', "OE"),
    ('Ø', "OE"),
    ('Œ', "OE"),
    ('Ü', "UE"),
    ('ß', "SS"),
    ('ẞ', "SS"),
    ('Þ', "TH"),
    ('Ð', "D"),
    ('Đ', "D"),
    ('Ħ', "H"),
    ('ı', "I"),
    ('Ĳ', "IJ"),
    ('ĸ', "K"),
    ('Ł', "L"),
    ('Ŋ', "N"),
    ('Ŧ', "T"),
    ('Ñ', "N"),
];

/// A name in Latin letters as a zone writes it: A to Z, words separated by one space, hyphens as spaces, apostrophes left
/// out. None for a name with letters of another script, for which states have rules of their own.
pub fn transliterate(name: &str) -> Option<String> {
    let mut written = String::with_capacity(name.len());
    for letter in name.nfc().flat_map(upper) {
        match letter {
            'A'..='Z' => written.push(letter),
            '\'' | '’' | 'ʼ' | '.' => {}
            letter if letter.is_whitespace() || matches!(letter, '-' | '‐' | '–' | ',') => written.push(' '),
            letter => written.push_str(&latin(letter)?),
        }
    }
    let words: Vec<&str> = written.split_whitespace().collect();
    Some(words.join(" "))
}

/// Upper case, except where that would lose what the table tells apart.
fn upper(letter: char) -> Vec<char> {
    if matches!(letter, 'ß' | 'ı' | 'ĸ') { vec![letter] } else { letter.to_uppercase().collect() }
}

fn latin(letter: char) -> Option<String> {
    if let Some((_, written)) = LATIN.iter().find(|(own, _)| *own == letter) {
        return Some((*written).to_owned());
    }
    let base: String = letter.nfd().filter(char::is_ascii_uppercase).collect();
    (!base.is_empty()).then_some(base)
}
