//! `UTCTime` and `GeneralizedTime` as RFC 5280 writes them: to the second, in UTC.

use crate::asn1::{self, Asn1Error, Element};
use crate::time::{Date, Timestamp};

/// The point in time of a `UTCTime` (years 1950 to 2049) or `GeneralizedTime`.
pub fn read_time(element: &Element<'_>) -> Result<Timestamp, Asn1Error> {
    let text = std::str::from_utf8(element.value).map_err(|_| Asn1Error)?;
    let digits = text.strip_suffix('Z').filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
    let digits = digits.ok_or(Asn1Error)?;
    let number = |at: usize, length: usize| digits.get(at..at + length).and_then(|part| part.parse::<u16>().ok());
    let (year, rest) = match (element.tag, digits.len()) {
        (asn1::UTC_TIME, 12) => (number(0, 2).map(|year| if year < 50 { 2000 + year } else { 1900 + year }), 2),
        (asn1::GENERALIZED_TIME, 14) => (number(0, 4), 4),
        _ => return Err(Asn1Error),
    };
    let parts =
        [year, number(rest, 2), number(rest + 2, 2), number(rest + 4, 2), number(rest + 6, 2), number(rest + 8, 2)];
    let [Some(year), Some(month), Some(day), Some(hour), Some(minute), Some(second)] = parts else {
        return Err(Asn1Error);
    };
    let (month, day) = (u8::try_from(month).map_err(|_| Asn1Error)?, u8::try_from(day).map_err(|_| Asn1Error)?);
    let date = Date::new(year, month, day).map_err(|_| Asn1Error)?;
    if hour > 23 || minute > 59 || second > 59 {
        return Err(Asn1Error);
    }
    Ok(date.midnight().plus_seconds(i64::from(hour) * 3600 + i64::from(minute) * 60 + i64::from(second)))
}
