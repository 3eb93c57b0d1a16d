//! Check digits: weights 7, 3, 1 repeated, modulo 10 (Doc 9303-3 section 4.9).

use super::Part;
use super::layout::Layout;

pub(super) const FILLER: u8 = b'<';
const WEIGHTS: [u32; 3] = [7, 3, 1];

/// The digit over characters; none where one of them may not stand in a zone.
pub(super) fn digit<'a>(characters: impl IntoIterator<Item = &'a u8>) -> Option<u8> {
    let mut sum = 0;
    for (character, weight) in characters.into_iter().zip(WEIGHTS.into_iter().cycle()) {
        sum += value(*character)? * weight;
    }
    Some(b"0123456789"[(sum % 10) as usize])
}

fn value(character: u8) -> Option<u32> {
    match character {
        b'0'..=b'9' => Some(u32::from(character - b'0')),
        b'A'..=b'Z' => Some(u32::from(character - b'A') + 10),
        FILLER => Some(0),
        _ => None,
    }
}

/// The document number with its check digit. A number of more than nine characters has a filler for its check digit and
/// goes on in the optional data, followed there by the digit (Doc 9303-5 section 4.2.2, note j).
pub(super) fn number_with_digit(zone: &[u8], layout: &Layout) -> Option<Vec<u8>> {
    let mut number = zone[layout.document_number.clone()].to_vec();
    if !overflows(zone, layout) {
        number.push(zone[layout.number_digit]);
        return Some(number);
    }
    let rest = overflow(zone, layout);
    number.extend_from_slice(rest);
    (rest.len() >= 2).then_some(number)
}

/// Whether the number goes on in the optional data.
pub(super) fn overflows(zone: &[u8], layout: &Layout) -> bool {
    let full = zone[layout.document_number.end - 1] != FILLER;
    full && zone[layout.number_digit] == FILLER && layout.optional_digit.is_none()
}

/// What of the optional data belongs to the number: all before the first filler, its check digit last.
pub(super) fn overflow<'a>(zone: &'a [u8], layout: &Layout) -> &'a [u8] {
    let optional = &zone[layout.optional.clone()];
    optional.split(|character| *character == FILLER).next().unwrap_or_default()
}

/// Whether the document number's digit fits.
pub(super) fn number_fits(zone: &[u8], layout: &Layout) -> bool {
    let Some(number) = number_with_digit(zone, layout) else { return false };
    let Some((last, number)) = number.split_last() else { return false };
    let fits = digit(number) == Some(*last) || (overflows(zone, layout) && belgian_digit(zone, layout) == Some(*last));
    // Nine fillers would fit a check digit of 0.
    number.first().is_some_and(|first| *first != FILLER) && fits
}

/// Belgium's cards of the years before 2020 count the filler in the middle of an overflowing number as a character.
fn belgian_digit(zone: &[u8], layout: &Layout) -> Option<u8> {
    let (rest, number) = (overflow(zone, layout), &zone[layout.document_number.clone()]);
    let of_belgium = zone[layout.issuing_state.clone()] == *b"BEL";
    let (_, rest) = rest.split_last().filter(|_| of_belgium)?;
    digit(number.iter().chain([&FILLER]).chain(rest))
}

/// Whether the birth date's digit fits.
pub(super) fn birth_fits(zone: &[u8], layout: &Layout) -> bool {
    digit(&zone[layout.birth_date.clone()]) == Some(zone[layout.birth_digit])
}

/// Whether the expiry date's digit fits.
pub(super) fn expiry_fits(zone: &[u8], layout: &Layout) -> bool {
    digit(&zone[layout.expiry_date.clone()]) == Some(zone[layout.expiry_digit])
}

/// Whether the digit of the personal number fits, which may be a filler where there is no number; always where the format
/// has none.
pub(super) fn optional_fits(zone: &[u8], layout: &Layout) -> bool {
    let Some(at) = layout.optional_digit else { return true };
    let optional = &zone[layout.optional.clone()];
    let empty = optional.iter().all(|character| *character == FILLER);
    digit(optional) == Some(zone[at]) || (empty && zone[at] == FILLER)
}

/// Whether the composite digit fits.
pub(super) fn composite_fits(zone: &[u8], layout: &Layout) -> bool {
    digit(layout.composite.iter().flat_map(|part| &zone[part.clone()])) == Some(zone[layout.composite_digit])
}

/// The first part whose digit does not fit.
pub(super) fn first_fault(zone: &[u8], layout: &Layout) -> Option<Part> {
    let faults = [
        (number_fits(zone, layout), Part::DocumentNumber),
        (birth_fits(zone, layout), Part::BirthDate),
        (expiry_fits(zone, layout), Part::ExpiryDate),
        (optional_fits(zone, layout), Part::Optional),
        (composite_fits(zone, layout), Part::Composite),
    ];
    faults.into_iter().find(|(fits, _)| !fits).map(|(_, part)| part)
}
