//! The strict way: a zone as it must be.

use zeroize::Zeroizing;

use super::check::{self, FILLER};
use super::layout::{Format, Layout};
use super::names;
use super::{Mrz, MrzError, MrzSex, Part, ShortDate};
use crate::field::{Field, Proof};

/// Parses the lines of a zone, without spaces or line ends. Nothing is put right.
///
/// # Errors
/// [`MrzError`]: shape first, then characters, then forms from the first line on, then check digits.
pub fn parse(lines: &[&str]) -> Result<Mrz, MrzError> {
    let format = format(lines)?;
    for (line, text) in lines.iter().enumerate() {
        if let Some(place) = text.bytes().position(|byte| !is_of_zone(byte)) {
            return Err(MrzError::Character { line: line + 1, place: place + 1 });
        }
    }
    let zone = Zeroizing::new(lines.concat());
    let layout = format.layout();
    if let Some(part) = misshapen(&zone, layout) {
        return Err(MrzError::Form(part));
    }
    match check::first_fault(zone.as_bytes(), layout) {
        Some(part) => Err(MrzError::CheckDigit(part)),
        None => fields(format, zone).ok_or(MrzError::Form(Part::Composite)),
    }
}

fn is_of_zone(byte: u8) -> bool {
    byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == FILLER
}

/// The format with as many lines of this length.
fn format(lines: &[&str]) -> Result<Format, MrzError> {
    if !(2..=3).contains(&lines.len()) {
        return Err(MrzError::Lines { found: lines.len() });
    }
    let counts: Vec<usize> = lines.iter().map(|line| line.chars().count()).collect();
    let first = counts.first().copied().unwrap_or(0);
    let format = Format::ALL.into_iter().find(|format| format.lines() == lines.len() && format.width() == first);
    let Some(format) = format else { return Err(MrzError::Length { line: 1, found: first }) };
    match counts.iter().position(|count| *count != format.width()) {
        Some(line) => Err(MrzError::Length { line: line + 1, found: counts[line] }),
        None => Ok(format),
    }
}

/// The first part that does not have its form.
fn misshapen(zone: &str, layout: &Layout) -> Option<Part> {
    let bytes = zone.as_bytes();
    let letters = |part: &[u8]| {
        let end = part.iter().rposition(|byte| *byte != FILLER).map_or(0, |last| last + 1);
        end > 0 && part[..end].iter().all(u8::is_ascii_uppercase)
    };
    let overflow = check::overflows(bytes, layout);
    let forms = [
        (letters(&bytes[layout.document_code.clone()]), Part::DocumentCode),
        (letters(&bytes[layout.issuing_state.clone()]), Part::IssuingState),
        (bytes[layout.document_number.start] != FILLER, Part::DocumentNumber),
        (!overflow || check::overflow(bytes, layout).len() >= 2, Part::DocumentNumber),
        (letters(&bytes[layout.nationality.clone()]), Part::Nationality),
        (ShortDate::parse(&bytes[layout.birth_date.clone()]).is_some(), Part::BirthDate),
        (matches!(bytes[layout.sex], b'M' | b'F' | FILLER), Part::Sex),
        (ShortDate::parse(&bytes[layout.expiry_date.clone()]).is_some(), Part::ExpiryDate),
        (names::are_well_formed(&zone[layout.names.clone()]), Part::Names),
    ];
    forms.into_iter().find(|(well, _)| !well).map(|(_, part)| part)
}

/// The fields of a zone of ASCII characters; none where a date is none.
pub(super) fn fields(format: Format, zone: Zeroizing<String>) -> Option<Mrz> {
    let layout = format.layout();
    let bytes = zone.as_bytes();
    let text = |part: &std::ops::Range<usize>| &zone[part.clone()];
    let plain = |part| Field::unproven(text(part).trim_end_matches('<').to_owned());
    let composite = check::composite_fits(bytes, layout);
    let proof = |fits: bool| if fits { Proof::Own } else { Proof::None };
    let whole = if composite { Proof::Composite } else { Proof::None };
    let optional_proof =
        if layout.optional_digit.is_some() { proof(check::optional_fits(bytes, layout)) } else { whole };
    let names = names::split(text(&layout.names));
    Some(Mrz {
        format,
        document_code: plain(&layout.document_code),
        issuing_state: plain(&layout.issuing_state),
        document_number: Field::proven(number(&zone, layout), proof(check::number_fits(bytes, layout))),
        nationality: plain(&layout.nationality),
        birth_date: Field::proven(date(bytes, &layout.birth_date)?, proof(check::birth_fits(bytes, layout))),
        sex: Field::unproven(sex(bytes[layout.sex])),
        expiry_date: Field::proven(date(bytes, &layout.expiry_date)?, proof(check::expiry_fits(bytes, layout))),
        optional: Field::proven(optional(&zone, layout), optional_proof),
        optional_second: Field::proven(names::spaced(text(&layout.optional_second)), whole),
        surname: Field::unproven(names.surname),
        given_names: Field::unproven(names.given_names),
        names_may_be_cut_off: bytes[layout.names.end - 1] != FILLER,
        zone,
    })
}

fn date(zone: &[u8], part: &std::ops::Range<usize>) -> Option<ShortDate> {
    ShortDate::parse(&zone[part.clone()])
}

fn sex(cell: u8) -> MrzSex {
    match cell {
        b'M' => MrzSex::Male,
        b'F' => MrzSex::Female,
        _ => MrzSex::Unspecified,
    }
}

/// The number without its check digit, inner fillers (printed as spaces or hyphens) as spaces.
fn number(zone: &str, layout: &Layout) -> Zeroizing<String> {
    let mut number = names::spaced(&zone[layout.document_number.clone()]);
    if check::overflows(zone.as_bytes(), layout) {
        let rest = check::overflow(zone.as_bytes(), layout);
        let end = layout.optional.start + rest.len().saturating_sub(1);
        number.push_str(&zone[layout.optional.start..end]);
    }
    number
}

fn optional(zone: &str, layout: &Layout) -> Zeroizing<String> {
    let taken =
        if check::overflows(zone.as_bytes(), layout) { check::overflow(zone.as_bytes(), layout).len() } else { 0 };
    names::spaced(&zone[layout.optional.start + taken..layout.optional.end])
}
