//! The machine-readable zone among the rows of a page.

use zeroize::Zeroizing;

use crate::mrz::{self, Format, Mrz};
use crate::text::Row;

/// A row of a zone has at least so many characters, and this share of what was read are characters of a zone.
const SHORTEST: usize = 22;
const SHARE: f32 = 0.8;

/// Reads the zone: its lines are the lowest rows that look like it. At least one check digit has to fit.
pub(super) fn zone(rows: &[Row]) -> Option<Mrz> {
    let lines: Vec<Zeroizing<String>> = rows.iter().filter(|row| is_of_zone(row)).map(Row::zone).collect();
    let read = |count: usize| {
        let start = lines.len().checked_sub(count)?;
        let last: Vec<&str> = lines[start..].iter().map(|line| line.as_str()).collect();
        let read = mrz::read(&last).ok()?;
        [read.document_number.proof, read.birth_date.proof, read.expiry_date.proof]
            .into_iter()
            .any(|proof| proof != crate::field::Proof::None)
            .then_some(read)
    };
    read(Format::Td1.lines())
        .filter(Mrz::is_proven)
        .or_else(|| read(Format::Td3.lines()))
        .or_else(|| read(Format::Td1.lines()))
}

fn is_of_zone(row: &Row) -> bool {
    let text = row.text();
    let count = text.chars().count();
    let fitting =
        text.chars().filter(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '<' | '«' | '‹' | '＜'));
    let fillers = text.contains('<') || text.contains('«');
    count >= SHORTEST && fillers && fitting.count() as f32 >= SHARE * count as f32
}
