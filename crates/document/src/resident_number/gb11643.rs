//! GB 11643-1999: six digits of region, eight of birth date, three of sequence, one check character.

use mibun_crypto::time::Date;
use zeroize::Zeroizing;

use super::{Facts, NumberFault, ResidentNumber, Sex, halfwidth};

/// Full-width characters and spaces out, lower-case check character up.
pub(super) fn normalise(typed: &str) -> Zeroizing<String> {
    let mut number = halfwidth(typed);
    number.make_ascii_uppercase();
    number
}

/// Faults are looked for in the order in which a person reads the number; the check character comes last, for it is
/// wrong whenever anything else is.
pub(super) fn parse(number: &str, today: Date) -> Result<ResidentNumber, NumberFault> {
    let digits = digits(number)?;
    region(number)?;
    let birth_date = birth_date(number, today)?;
    let sequence = &digits[14..17];
    if sequence == [0, 0, 0] {
        return Err(NumberFault::Sequence);
    }
    if number.as_bytes()[17] != check_character(&digits) {
        return Err(NumberFault::CheckCharacter);
    }
    let sex = if sequence[2] % 2 == 1 { Sex::Male } else { Sex::Female };
    Ok(ResidentNumber { text: Zeroizing::new(number.to_owned()), facts: Some(Facts { birth_date, sex }) })
}

/// The form of 1989: two digits of year and no check character.
pub(super) fn parse_old_form(number: &str, today: Date) -> Result<ResidentNumber, NumberFault> {
    if let Some(at) = number.bytes().position(|byte| !byte.is_ascii_digit()) {
        return Err(NumberFault::Character { place: at + 1 });
    }
    let (Some(region), Some(rest), Some(sequence)) = (number.get(..6), number.get(6..15), number.get(12..15)) else {
        return Err(NumberFault::Length { found: number.chars().count() });
    };
    // Four sequences were set aside for people who were over a hundred, hence born in the century before.
    let century = if CENTENARIANS.contains(&sequence) { "18" } else { "19" };
    let mut long = Zeroizing::new(format!("{region}{century}{rest}0"));
    let check = check_character(&digits(&long)?);
    long.pop();
    long.push(char::from(check));
    parse(&long, today)
}

/// Whether the form and the check character fit.
pub(super) fn has_check_character(number: &str) -> bool {
    digits(number).is_ok_and(|digits| number.as_bytes()[17] == check_character(&digits))
}

/// The first 17 places as numbers.
fn digits(number: &str) -> Result<[u8; 17], NumberFault> {
    match number.chars().count() {
        18 => {}
        15 => return Err(NumberFault::OldForm),
        found => return Err(NumberFault::Length { found }),
    }
    let last_may_be_x = |(place, letter): &(usize, char)| *place == 17 && *letter == 'X';
    let wrong = number.chars().enumerate().find(|one| !one.1.is_ascii_digit() && !last_may_be_x(one));
    if let Some((place, _)) = wrong {
        return Err(NumberFault::Character { place: place + 1 });
    }
    let mut digits = [0; 17];
    digits.iter_mut().zip(number.bytes()).for_each(|(digit, byte)| *digit = byte - b'0');
    Ok(digits)
}

/// Only the province is looked up: counties come and go, and a number keeps the code of its time.
fn region(number: &str) -> Result<(), NumberFault> {
    let known = number.get(..2).is_some_and(|province| PROVINCES.contains(&province));
    if known { Ok(()) } else { Err(NumberFault::Region) }
}

fn birth_date(number: &str, today: Date) -> Result<Date, NumberFault> {
    let (year, month, day) = (&number[6..10], &number[10..12], &number[12..14]);
    let date: Date = format!("{year}-{month}-{day}").parse().map_err(|_| NumberFault::Date)?;
    if date > today { Err(NumberFault::FutureDate) } else { Ok(date) }
}

/// ISO 7064 MOD 11-2 over the first 17 digits: the weighted sum and the check value together leave 1 on division
/// by 11, a value of ten being written X.
fn check_character(digits: &[u8; 17]) -> u8 {
    let sum = digits.iter().fold(0u32, |sum, digit| (sum + u32::from(*digit)) * 2 % 11);
    match (12 - sum) % 11 {
        10 => b'X',
        value => b"0123456789"[value as usize],
    }
}

/// Codes of GB/T 2260, and 83 of the residence permit for people from Taiwan.
const PROVINCES: [&str; 35] = [
    "11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34", "35", "36", "37", "41", "42", "43", "44",
    "45", "46", "50", "51", "52", "53", "54", "61", "62", "63", "64", "65", "71", "81", "82", "83",
];
const CENTENARIANS: [&str; 4] = ["996", "997", "998", "999"];
