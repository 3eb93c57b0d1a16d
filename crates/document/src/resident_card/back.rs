//! The back.

use super::{Back, Date, Field, Row, Validity, Zeroizing, after, numbers, unproven};

const FOR_LIFE: [&str; 2] = ["长期", "长斯"];

/// The fields of a back; none where the text is that of something else.
pub(crate) fn back(rows: &[Row]) -> Option<Back> {
    let mut back = Back::default();
    for row in rows {
        let text = row.text();
        if let Some(rest) = after(&text, "签发机关") {
            back.authority = unproven(rest);
        } else if let Some(rest) = after(&text, "有效期限") {
            validity(rest, &mut back);
        }
    }
    (back.authority.is_some() || back.valid_from.is_some()).then_some(back)
}

/// `2011.07.26-2031.07.26` or `2011.07.26-长期`.
fn validity(text: &str, back: &mut Back) {
    let dates: Zeroizing<Vec<u16>> = Zeroizing::new(numbers(text));
    let mut days = dates.chunks(3).filter_map(day);
    back.valid_from = days.next().map(Field::unproven);
    let until = if FOR_LIFE.iter().any(|words| text.ends_with(words)) {
        Some(Validity::ForLife)
    } else {
        days.next().map(Validity::Until)
    };
    back.valid_until = until.map(Field::unproven);
}

fn day(numbers: &[u16]) -> Option<Date> {
    let [year, month, day] = *numbers else { return None };
    Date::new(year, u8::try_from(month).ok()?, u8::try_from(day).ok()?).ok()
}
