//! Whether a genuine document is that of a person in the register.

use mibun_card::assurance::{Country, DocumentType};
use mibun_chip::judgement::Genuine;
use mibun_chip::lds::mrz::Mrz;
use mibun_chip::lds::name;
use mibun_chip::state;
use mibun_crypto::time::Date;

use crate::record::PersonRecord;

/// Whether number, name, birth date and nationality are those of the record. The number only where the register knows
/// one, for a person may have several documents.
pub(super) fn is_of(genuine: &Genuine, record: &PersonRecord) -> bool {
    let mrz = &genuine.mrz;
    let number =
        record.document_number.as_deref().is_none_or(|number| compact(number) == compact(&mrz.document_number));
    number
        && name::is_named(mrz, &record.family_name, &record.given_name)
        && is_born(genuine, record.birthdate)
        && is_national(mrz, &record.nationalities)
}

/// Letters and digits of a document number; spaces and hyphens are a matter of print.
fn compact(number: &str) -> String {
    number.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_uppercase()).collect()
}

/// The zone has two digits of the year and may leave parts open; DG11 has the whole date where the state wrote one.
fn is_born(genuine: &Genuine, birthdate: Date) -> bool {
    let known = genuine.details.as_ref().and_then(|details| details.birth_date);
    let whole = birthdate.to_string().replace('-', "");
    let parts = genuine.mrz.birth.as_bytes().chunks(2).zip(whole.as_bytes()[2..].chunks(2));
    let year_known = !genuine.mrz.birth.starts_with('<');
    let fits = parts.into_iter().all(|(stated, recorded)| stated == b"<<" || stated == recorded);
    fits && (year_known || known.is_some()) && known.is_none_or(|date| date == birthdate)
}

fn is_national(mrz: &Mrz, nationalities: &[String]) -> bool {
    let stated = state::country_of(&mrz.nationality);
    nationalities.is_empty() || stated.is_some_and(|stated| nationalities.iter().any(|country| country == stated))
}

/// The kind of document by the code in its zone (Doc 9303-4 section 4.2.2, 9303-5 section 4.2.2): passports begin with
/// `P`, cards with `A`, `C` or `I`, and states mark residence permits with a second letter `R`.
pub(super) fn kind(mrz: &Mrz) -> Option<DocumentType> {
    let mut letters = mrz.document_code.chars();
    match (letters.next(), letters.next()) {
        (Some('P'), _) => Some(DocumentType::Passport),
        (Some('A' | 'C' | 'I'), Some('R')) => Some(DocumentType::ResidencePermit),
        (Some('A' | 'C' | 'I'), _) => Some(DocumentType::IdCard),
        _ => None,
    }
}

/// The state in three letters; Germany writes one.
pub(super) fn country(mrz: &Mrz) -> Option<Country> {
    let letters = if mrz.issuing_state == "D" { "DEU" } else { &mrz.issuing_state };
    Country::parse(letters).ok()
}

#[cfg(test)]
mod tests;
