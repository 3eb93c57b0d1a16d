//! The forgiving way: what a text recogniser made of a zone, put right as far as position and check digits prove it.

use zeroize::Zeroizing;

use super::check::{self, FILLER};
use super::layout::{Cell, Format, Layout};
use super::parse::fields;
use super::{Mrz, MrzError, Part};
use crate::field::{Field, Proof};

/// A digit and the letter that looks like it. A check digit cannot tell G from 6, whose values differ by ten, so that
/// this pair is put right only where one of the two cannot stand.
const LOOK_ALIKES: [(u8, u8); 6] = [(b'0', b'O'), (b'1', b'I'), (b'8', b'B'), (b'5', b'S'), (b'2', b'Z'), (b'6', b'G')];
/// More letters that stand for a digit where no letter can stand.
const ONLY_AS_DIGITS: [(u8, u8); 4] = [(b'0', b'D'), (b'0', b'Q'), (b'1', b'L'), (b'4', b'A')];
/// What recognisers make of fillers.
const FILLERS: [char; 7] = ['‹', '＜', '〈', '〱', 'く', '«', '《'];
/// Of these, what stands for two fillers.
const DOUBLE_FILLERS: [char; 2] = ['«', '《'];
/// A line that lacks more fillers than this, or has as many too many, is not put right.
const MOST_FILLERS_OFF: usize = 12;
/// In a cell that could not be read.
const UNREADABLE: u8 = b'?';

/// Reads the lines of a zone as a recogniser gave them.
///
/// Spaces go, fillers that are lacking or too many are put right in the longest run of fillers, a letter where only a
/// digit can stand becomes the digit that looks like it, and the other way round. In document number and optional data,
/// where both can stand, one look-alike is exchanged if that makes every check digit of the zone fit and no other exchange
/// does. A number put right like that is marked as repaired: a digit misread as another digit can look the same, so that
/// what depends on it should be shown to the person. Fields that no check digit covers (names, states, nationality, sex) are never
/// proven.
///
/// # Errors
/// [`MrzError::Lines`], [`MrzError::Length`] for lines that are none of a zone, [`MrzError::Form`] for a date that is none.
pub fn read(lines: &[&str]) -> Result<Mrz, MrzError> {
    if !(2..=3).contains(&lines.len()) {
        return Err(MrzError::Lines { found: lines.len() });
    }
    let tidied: Vec<Zeroizing<Vec<u8>>> = lines.iter().map(|line| tidy(line)).collect();
    let mut best: Option<((usize, usize), Mrz)> = None;
    let mut problem = None;
    for format in Format::ALL.into_iter().filter(|format| format.lines() == lines.len()) {
        match read_as(format, &tidied) {
            Ok(read) => {
                // TD2 and TD3 differ by fillers, which no check digit counts: of two proven readings the one that added
                // and took fewer.
                let off: usize = tidied.iter().map(|line| line.len().abs_diff(format.width())).sum();
                let merit = (proofs(&read), usize::MAX - off);
                if best.as_ref().is_none_or(|(most, _)| merit > *most) {
                    best = Some((merit, read));
                }
            }
            Err(error) => problem = Some(error),
        }
    }
    let nothing = MrzError::Length { line: 1, found: tidied[0].len() };
    best.map(|(_, read)| read).ok_or(problem.unwrap_or(nothing))
}

/// How many parts are proven: what tells formats apart.
fn proofs(read: &Mrz) -> usize {
    let proofs = [read.document_number.proof, read.birth_date.proof, read.expiry_date.proof, read.optional.proof];
    proofs.into_iter().filter(|proof| *proof != Proof::None).count() + usize::from(read.is_proven())
}

fn read_as(format: Format, lines: &[Zeroizing<Vec<u8>>]) -> Result<Mrz, MrzError> {
    let layout = format.layout();
    let mut zone = Zeroizing::new(Vec::with_capacity(90));
    let mut padded = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let fitted = fit(line, format.width()).ok_or(MrzError::Length { line: at + 1, found: line.len() })?;
        padded.push(fitted.len() != line.len());
        zone.extend_from_slice(&fitted);
    }
    let as_fitted = zone.clone();
    by_position(&mut zone, layout);
    by_check_digits(&mut zone, layout);
    let changed: Vec<bool> = zone.iter().zip(as_fitted.iter()).map(|(now, before)| now != before).collect();
    let text = String::from_utf8(zone.to_vec()).map_err(|_| MrzError::Form(Part::Composite))?;
    let mut read = fields(format, Zeroizing::new(text)).ok_or(MrzError::Form(bad_date(&zone, layout)))?;
    mark_repaired(&mut read, layout, &changed);
    read.names_may_be_cut_off &= !padded[layout.names.start / format.width()];
    Ok(read)
}

fn bad_date(zone: &[u8], layout: &Layout) -> Part {
    let birth = super::ShortDate::parse(&zone[layout.birth_date.clone()]);
    if birth.is_none() { Part::BirthDate } else { Part::ExpiryDate }
}

/// Upper case, no spaces, fillers as such; what cannot stand in a zone is unreadable.
fn tidy(line: &str) -> Zeroizing<Vec<u8>> {
    let mut tidied = Zeroizing::new(Vec::with_capacity(line.len()));
    for letter in line.chars().filter(|letter| !letter.is_whitespace()) {
        match letter {
            '<' | '0'..='9' | 'A'..='Z' => tidied.push(letter as u8),
            'a'..='z' => tidied.push(letter.to_ascii_uppercase() as u8),
            letter if DOUBLE_FILLERS.contains(&letter) => tidied.extend([FILLER; 2]),
            letter if FILLERS.contains(&letter) => tidied.push(FILLER),
            _ => tidied.push(UNREADABLE),
        }
    }
    tidied
}

/// The line with as many characters as the format wants, by adding or taking fillers in the longest run of them.
fn fit(line: &[u8], width: usize) -> Option<Zeroizing<Vec<u8>>> {
    let mut fitted = Zeroizing::new(line.to_vec());
    if line.len() == width {
        return Some(fitted);
    }
    let (start, length) = longest_run(line)?;
    if line.len() < width && width - line.len() <= MOST_FILLERS_OFF {
        fitted.splice(start..start, std::iter::repeat_n(FILLER, width - line.len()));
        return Some(fitted);
    }
    let surplus = line.len().checked_sub(width)?;
    // One filler has to stay where there was a run.
    if surplus == 0 || surplus >= length || surplus > MOST_FILLERS_OFF {
        return None;
    }
    fitted.drain(start..start + surplus);
    Some(fitted)
}

/// Start and length of the longest run of fillers, the last of several.
fn longest_run(line: &[u8]) -> Option<(usize, usize)> {
    let mut best = None;
    let mut start = 0;
    for end in 1..=line.len() {
        if end < line.len() && line[end] == line[start] {
            continue;
        }
        if line[start] == FILLER && best.is_none_or(|(_, length)| end - start >= length) {
            best = Some((start, end - start));
        }
        start = end;
    }
    best
}

/// Digits where only digits can stand, letters where only letters can.
fn by_position(zone: &mut [u8], layout: &Layout) {
    for (at, cell) in zone.iter_mut().enumerate() {
        let pairs = LOOK_ALIKES.iter().chain(&ONLY_AS_DIGITS);
        let alike = match layout.cell(at) {
            Cell::Digit => pairs.clone().find(|(_, letter)| letter == cell).map(|(digit, _)| *digit),
            Cell::Letter => LOOK_ALIKES.iter().find(|(digit, _)| digit == cell).map(|(_, letter)| *letter),
            Cell::Any => None,
        };
        *cell = alike.unwrap_or(*cell);
    }
}

/// Exchanges one look-alike if that makes every check digit fit and only one exchange does. A second exchange would
/// prove nothing: the composite digit weighs a number's characters as the number's own digit does, so that of ten pairs
/// of exchanges one fits by chance.
fn by_check_digits(zone: &mut [u8], layout: &Layout) {
    if check::first_fault(zone, layout).is_none() {
        return;
    }
    let exchanges = (0..zone.len()).filter(|at| layout.is_free(*at)).filter_map(|at| Some((at, other(zone[at])?)));
    let exchanges: Vec<(usize, u8)> = exchanges.collect();
    let fits = |(at, to): &(usize, u8)| {
        let mut tried = Zeroizing::new(zone.to_vec());
        tried[*at] = *to;
        check::first_fault(&tried, layout).is_none()
    };
    let mut fitting = exchanges.into_iter().filter(fits);
    if let (Some((at, to)), None) = (fitting.next(), fitting.next()) {
        zone[at] = to;
    }
}

/// The look-alike that a check digit tells apart.
fn other(cell: u8) -> Option<u8> {
    let pairs = LOOK_ALIKES.iter().filter(|(digit, _)| *digit != b'6');
    pairs.copied().find_map(|(digit, letter)| match cell {
        cell if cell == digit => Some(letter),
        cell if cell == letter => Some(digit),
        _ => None,
    })
}

fn mark_repaired(read: &mut Mrz, layout: &Layout, changed: &[bool]) {
    let any = |part: &std::ops::Range<usize>| changed[part.clone()].contains(&true);
    mark(&mut read.document_code, any(&layout.document_code));
    mark(&mut read.issuing_state, any(&layout.issuing_state));
    mark(&mut read.document_number, any(&layout.document_number) || changed[layout.number_digit]);
    mark(&mut read.nationality, any(&layout.nationality));
    mark(&mut read.birth_date, any(&layout.birth_date) || changed[layout.birth_digit]);
    mark(&mut read.sex, changed[layout.sex]);
    mark(&mut read.expiry_date, any(&layout.expiry_date) || changed[layout.expiry_digit]);
    mark(&mut read.optional, any(&layout.optional));
    mark(&mut read.optional_second, any(&layout.optional_second));
    mark(&mut read.surname, any(&layout.names));
    mark(&mut read.given_names, any(&layout.names));
}

fn mark<T>(field: &mut Field<T>, repaired: bool) {
    field.repaired = repaired;
}
