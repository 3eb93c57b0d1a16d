//! Codes that people read, write down and type: no letter in them is taken for another, nor for a digit.

use crate::app::App;

/// Digits and letters that are not taken for one another: neither 0 and O nor 1, I and L.
const ALPHABET: &[u8; 31] = b"23456789ABCDEFGHJKMNPQRSTUVWXYZ";

/// A fresh code of `length` letters, each worth almost five bits.
pub(super) fn draw(app: &App, length: usize) -> String {
    let mut entropy = app.entropy();
    let most = ALPHABET.len() as u32;
    (0..length).map(|_| char::from(ALPHABET[entropy.below(most) as usize])).collect()
}

/// What was typed, full-width letters and digits as the plain ones that they stand for.
pub(super) fn half_width(typed: &str) -> impl Iterator<Item = char> {
    const OFFSET: u32 = 0xfee0;
    let plain = |letter: char| char::from_u32(u32::from(letter) - OFFSET).unwrap_or(letter);
    typed.chars().map(move |letter| if ('\u{ff01}'..='\u{ff5e}').contains(&letter) { plain(letter) } else { letter })
}

/// A code of `length` letters as it is stored, however it was typed. One that is too long stays too long.
pub(super) fn normal(code: &str, length: usize) -> String {
    let typed = half_width(code).filter(char::is_ascii_alphanumeric).take(length + 1);
    typed.map(|letter| letter.to_ascii_uppercase()).collect()
}
