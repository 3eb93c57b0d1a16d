//! Whether a name in letters is the one in a machine-readable zone (Doc 9303-3 sections 4.6 and 6, Doc 9303-4 section
//! 4.2.3).
//!
//! A zone knows 26 letters and a limited number of places: letters with marks are written in one of several ways, and
//! long names are cut off. Both are undone by comparing, never by guessing what stood there.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::mrz::{Mrz, MrzFormat};

/// Ways in which states write a letter that is not one of the 26 (Doc 9303-3 section 6 A, and what older documents do).
const SPELLINGS: [(char, &[&str]); 16] = [
    ('Ä', &["AE", "A"]),
    ('Å', &["AA", "A"]),
    ('Æ', &["AE"]),
    ('Ð', &["D"]),
    ('Đ', &["D"]),
    ('Ħ', &["H"]),
    ('Ĳ', &["IJ"]),
    ('ĸ', &["Q"]),
    ('Ł', &["L"]),
    ('Ñ', &["N", "NXX"]),
    ('Ŋ', &["N"]),
    ('Ö', &["OE", "O"]),
    ('Ø', &["OE", "O"]),
    ('Œ', &["OE"]),
    ('Þ', &["TH"]),
    ('Ü', &["UE", "UXX", "U"]),
];
/// The last of these letters' ways, which has no capital of its own in every program.
const STROKED_T: char = 'Ŧ';

/// A letter in every way in which it may be written.
type Letter = Vec<String>;
type Word = Vec<Letter>;

/// Whether the zone states this surname and these given names, both in Latin script. A name that fills its field to the
/// last place may be cut off: then what is there must be the beginning of each word.
pub fn is_named(mrz: &Mrz, family: &str, given: &str) -> bool {
    let (family, given) = (words(family), words(given));
    if family.is_empty() && given.is_empty() {
        return false;
    }
    let (primary, secondary) = (mrz.primary.as_str(), mrz.secondary.as_str());
    if is_whole(&family, primary) && is_whole(&given, secondary) {
        return true;
    }
    // Some states write everything as one name.
    if secondary.is_empty() {
        let both = [family.clone(), given.clone()].concat();
        let turned = [given.clone(), family.clone()].concat();
        if is_whole(&both, primary) || is_whole(&turned, primary) {
            return true;
        }
    }
    may_be_cut(mrz) && begins(&family, primary, true) && begins(&given, secondary, false)
}

/// Whether the name reaches the last place of its field.
fn may_be_cut(mrz: &Mrz) -> bool {
    let last = match mrz.format {
        MrzFormat::Td1 => 89,
        MrzFormat::Td2 => 35,
        MrzFormat::Td3 => 43,
    };
    mrz.text.as_bytes().get(last).is_some_and(u8::is_ascii_uppercase)
}

/// The words of a name: hyphens and commas part them, apostrophes and full stops are left out.
fn words(name: &str) -> Vec<Word> {
    let separates = |character: char| character.is_whitespace() || matches!(character, '-' | '‐' | ',' | '<' | '/');
    let composed: String = name.nfc().flat_map(char::to_uppercase).collect();
    let word = |text: &str| -> Word { text.chars().filter_map(letter).collect() };
    composed.split(separates).map(word).filter(|word| !word.is_empty()).collect()
}

/// Nothing for a character that no zone has, such as an apostrophe.
fn letter(character: char) -> Option<Letter> {
    if character.is_ascii_uppercase() {
        return Some(vec![character.to_string()]);
    }
    if let Some((_, ways)) = SPELLINGS.iter().find(|(known, _)| *known == character) {
        return Some(ways.iter().map(|way| (*way).to_owned()).collect());
    }
    if character == STROKED_T {
        return Some(vec!["T".to_owned()]);
    }
    let base: String = character.nfd().filter(|part| !is_combining_mark(*part)).collect();
    // Any other letter can stand in no zone; it matches nothing, so that it is not simply left out.
    let plain = !base.is_empty() && base.bytes().all(|byte| byte.is_ascii_uppercase());
    if plain { Some(vec![base]) } else { character.is_alphabetic().then(Vec::new) }
}

/// Whether the words are exactly these, however they are parted.
fn is_whole(words: &[Word], stated: &str) -> bool {
    let letters: Vec<&Letter> = words.iter().flatten().collect();
    follow(&letters, &joined(stated)) == Follow::Whole
}

/// Whether the stated words begin the words one by one, or all of them together. Words may be missing at the end.
fn begins(words: &[Word], stated: &str, needed: bool) -> bool {
    let parts: Vec<&str> = stated.split(' ').filter(|part| !part.is_empty()).collect();
    if parts.is_empty() {
        return !needed;
    }
    let letters: Vec<&Letter> = words.iter().flatten().collect();
    if follow(&letters, &joined(stated)) != Follow::No {
        return true;
    }
    let each = words.iter().zip(&parts).all(|(word, part)| {
        let letters: Vec<&Letter> = word.iter().collect();
        follow(&letters, part) != Follow::No
    });
    parts.len() <= words.len() && each
}

fn joined(stated: &str) -> String {
    stated.replace(' ', "")
}

#[derive(Debug, PartialEq, Eq)]
enum Follow {
    /// The text is the letters, from first to last.
    Whole,
    /// The text is how the letters begin.
    Beginning,
    No,
}

/// Follows a text along the letters, every way of writing them at once.
fn follow(letters: &[&Letter], text: &str) -> Follow {
    let mut places = vec![0_usize];
    let mut beginning = false;
    for letter in letters {
        let mut next = Vec::new();
        for place in places {
            let rest = &text[place..];
            beginning |= rest.is_empty();
            for way in letter.iter() {
                if rest.starts_with(way.as_str()) {
                    next.push(place + way.len());
                } else if !rest.is_empty() && way.starts_with(rest) {
                    beginning = true;
                }
            }
        }
        next.sort_unstable();
        next.dedup();
        places = next;
    }
    match (places.contains(&text.len()), beginning) {
        (true, _) => Follow::Whole,
        (false, true) => Follow::Beginning,
        (false, false) => Follow::No,
    }
}

#[cfg(test)]
mod tests;
