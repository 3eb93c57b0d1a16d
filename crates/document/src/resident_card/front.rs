//! The front.

use super::{Date, Field, Front, Proof, Row, Sex, Zeroizing, after, has_check_character, is_han, numbers, unproven};

/// Right of this part of an upright card there is the portrait, and of the text only the number reaches so far.
const PORTRAIT: f32 = 0.63;
/// Digits of a number; fewer in a row are something else.
const LEAST_DIGITS: usize = 15;
/// So many of them were read as digits and not as letters that look like them.
const LEAST_CERTAIN: usize = 10;
const LENGTH: usize = 18;

/// The fields of a front; none where nothing of the text belongs to one. `width` is that of the page.
pub(crate) fn front(rows: &[Row], width: usize) -> Option<Front> {
    let number_row = rows.iter().rposition(|row| number(&row.text()).is_some());
    let above = number_row.unwrap_or(rows.len());
    let border = PORTRAIT * width as f32;
    let texts: Vec<Zeroizing<String>> = rows[..above].iter().map(|row| left_of(row, border)).collect();
    let mut front = Front { number: number_row.and_then(|row| number(&rows[row].text())), ..Front::default() };
    let mut address: Option<Zeroizing<String>> = None;
    for text in texts.iter().filter(|text| !text.is_empty()) {
        if let Some(more) = &mut address {
            more.push_str(text);
        } else if let Some(rest) = after(text, "住址") {
            address = Some(Zeroizing::new(rest.to_owned()));
        } else if let Some(rest) = after(text, "性别") {
            sex_and_ethnicity(rest, &mut front);
        } else if let Some(rest) = after(text, "出生") {
            front.birth_date = birth_date(rest).map(Field::unproven);
        } else if let Some(rest) = after(text, "姓名") {
            front.name = unproven(&rest.chars().filter_map(of_name).collect::<String>());
        }
    }
    front.address = address.and_then(|text| unproven(&text));
    let labels = [front.name.is_some(), front.sex.is_some(), front.birth_date.is_some(), front.address.is_some()];
    // The number alone stands on other papers as well, and one label may be chance.
    if labels.into_iter().filter(|read| *read).count() + usize::from(front.number.is_some()) < 2 {
        return None;
    }
    proven_by_number(&mut front);
    Some(front)
}

/// What a row says left of the portrait.
fn left_of(row: &Row, border: f32) -> Zeroizing<String> {
    let lines = row.lines.iter().filter(|line| line.place.centre.0 < border);
    let letters = lines.flat_map(|line| line.text.chars());
    Zeroizing::new(letters.filter(|letter| !letter.is_whitespace()).collect())
}

/// The number at the end of a row; its digits may have been taken for the letters that look like them.
fn number(row: &str) -> Option<Field<Zeroizing<String>>> {
    let tail: Vec<char> = row.chars().rev().take_while(|letter| !is_han(*letter)).collect();
    let tail: Zeroizing<String> = Zeroizing::new(tail.into_iter().rev().filter(|letter| *letter != ':').collect());
    let places = tail.chars().enumerate();
    let read: Zeroizing<String> = Zeroizing::new(places.map(|(place, letter)| as_digit(place, letter)).collect());
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).count();
    if digits(&tail) < LEAST_CERTAIN || digits(&read) < LEAST_DIGITS || tail.chars().count() > LENGTH + 2 {
        return None;
    }
    let proof = if has_check_character(&read) { Proof::Own } else { Proof::None };
    let repaired = *read != *tail;
    Some(Field { value: read, proof, repaired })
}

fn as_digit(place: usize, letter: char) -> char {
    match letter {
        'x' | 'X' | '×' if place == LENGTH - 1 => 'X',
        'O' | 'o' | 'D' | 'Q' => '0',
        'I' | 'l' | '|' => '1',
        'Z' | 'z' => '2',
        'S' | 's' => '5',
        'B' => '8',
        other => other,
    }
}

fn of_name(letter: char) -> Option<char> {
    match letter {
        '·' | '•' | '・' | '．' => Some('·'),
        letter => is_han(letter).then_some(letter),
    }
}

fn sex_and_ethnicity(text: &str, front: &mut Front) {
    let (sex, ethnicity) = match text.split_once("民族") {
        Some((sex, ethnicity)) => (sex, ethnicity),
        // A label that was read wrongly: the ethnicity stands behind one character of sex and two of label.
        None => text.split_at(text.char_indices().nth(3).map_or(text.len(), |(at, _)| at)),
    };
    front.sex = sex.chars().find_map(|letter| match letter {
        '男' => Some(Field::unproven(Sex::Male)),
        '女' => Some(Field::unproven(Sex::Female)),
        _ => None,
    });
    front.ethnicity = unproven(&ethnicity.chars().filter(|letter| is_han(*letter)).collect::<String>());
}

fn birth_date(text: &str) -> Option<Date> {
    match numbers(text).as_slice() {
        [year, month, day, ..] => Date::new(*year, u8::try_from(*month).ok()?, u8::try_from(*day).ok()?).ok(),
        _ => None,
    }
}

/// A proven number states birth date and sex: what agrees with it is proven, what was not read is taken from it.
fn proven_by_number(front: &mut Front) {
    let Some(number) = front.number.as_ref().filter(|number| number.is_proven()) else { return };
    let part = |range: std::ops::Range<usize>| number.value.get(range).and_then(|digits| digits.parse::<u16>().ok());
    let (year, month_day, sequence) = (part(6..10), part(10..14), part(14..17));
    let month_day = month_day.map(|number| (number / 100, number % 100));
    let stated = year.zip(month_day).and_then(|(year, (month, day))| Date::new(year, month as u8, day as u8).ok());
    let sex = sequence.map(|sequence| if sequence % 2 == 1 { Sex::Male } else { Sex::Female });
    agree(&mut front.birth_date, stated);
    agree(&mut front.sex, sex);
}

fn agree<T: PartialEq>(printed: &mut Option<Field<T>>, stated: Option<T>) {
    let Some(stated) = stated else { return };
    if printed.as_ref().is_none_or(|field| field.value == stated) {
        *printed = Some(Field::proven(stated, Proof::Own));
    }
}
