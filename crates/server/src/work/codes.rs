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

/// A code of `length` letters as it is stored, however it was typed. One that is too long stays too long.
pub(super) fn normal(code: &str, length: usize) -> String {
    let typed = code.chars().filter(char::is_ascii_alphanumeric).take(length + 1);
    typed.map(|letter| letter.to_ascii_uppercase()).collect()
}
