//! The resident card of the People's Republic of China (GA 448): fields of its front and its back from rows of text.
//!
//! Only the number has a check character. Birth date and sex are proven where they are what a proven number states;
//! name, ethnicity, address, authority and validity are for the person to confirm.

use mibun_crypto::time::Date;
use zeroize::Zeroizing;

use crate::field::{Field, Proof};
use crate::resident_number::{Sex, has_check_character};
use crate::text::Row;

mod back;
mod front;

pub(crate) use back::back;
pub(crate) use front::front;

/// The front: who the person is. What could not be read is none. Personal data: `Debug` shows no values.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Front {
    /// Name, in Chinese characters, with a middle dot where there is one.
    pub name: Option<Field<Zeroizing<String>>>,
    /// Sex.
    pub sex: Option<Field<Sex>>,
    /// Ethnicity, without the word for it.
    pub ethnicity: Option<Field<Zeroizing<String>>>,
    /// Birth date.
    pub birth_date: Option<Field<Date>>,
    /// Address, its lines joined.
    pub address: Option<Field<Zeroizing<String>>>,
    /// The number of 18 characters; proven where its check character (GB 11643) fits.
    pub number: Option<Field<Zeroizing<String>>>,
}

/// The back: who issued the card and how long it is valid.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Back {
    /// The issuing authority.
    pub authority: Option<Field<Zeroizing<String>>>,
    /// First day of validity.
    pub valid_from: Option<Field<Date>>,
    /// Last day of validity, or for life.
    pub valid_until: Option<Field<Validity>>,
}

/// How long a card is valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Validity {
    /// Until this day.
    Until(Date),
    /// For life.
    ForLife,
}

/// The text after a label, where the row has the label; one of its characters may be misread or missing.
fn after<'a>(row: &'a str, label: &str) -> Option<&'a str> {
    if let Some((_, rest)) = row.split_once(label) {
        return Some(rest);
    }
    let wanted: Vec<char> = label.chars().collect();
    let start: Vec<(usize, char)> = row.char_indices().take(wanted.len() + 1).collect();
    let fitting = wanted.iter().zip(&start).filter(|(wanted, (_, found))| *wanted == found).count();
    if fitting + 1 < wanted.len() || fitting == 0 {
        return None;
    }
    let end = start.get(wanted.len()).map_or(row.len(), |(at, _)| *at);
    row.get(end..)
}

/// Whether a character stands in Chinese names and addresses.
fn is_han(letter: char) -> bool {
    matches!(letter, '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{323af}' | '〇')
}

/// A value with nothing behind it, if there is one.
fn unproven(text: &str) -> Option<Field<Zeroizing<String>>> {
    (!text.is_empty()).then(|| Field::unproven(Zeroizing::new(text.to_owned())))
}

/// The numbers of a text.
fn numbers(text: &str) -> Vec<u16> {
    let groups = text.split(|letter: char| !letter.is_ascii_digit());
    groups.filter(|group| !group.is_empty()).filter_map(|group| group.parse().ok()).collect()
}

#[cfg(test)]
mod tests;
