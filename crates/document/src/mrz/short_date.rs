//! Dates of six digits, whose century and, for some people, day or month nobody wrote down.

use mibun_crypto::time::Date;

/// A date of a zone: YYMMDD, unknown parts being fillers.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ShortDate {
    year: Option<u8>,
    month: Option<u8>,
    day: Option<u8>,
}

impl ShortDate {
    /// Reads six characters; none for what is no date.
    pub(super) fn parse(characters: &[u8]) -> Option<Self> {
        let [a, b, c, d, e, f] = *characters else { return None };
        let (year, month, day) = (pair([a, b])?, pair([c, d])?, pair([e, f])?);
        let month_exists = month.is_none_or(|month| (1..=12).contains(&month));
        let day_exists = day.is_none_or(|day| (1..=days(month.unwrap_or(1), year)).contains(&day));
        (month_exists && day_exists).then_some(Self { year, month, day })
    }

    /// As a birth date: in the latest century that does not put it after `today`. None where a part is unknown.
    pub fn as_birth(&self, today: Date) -> Option<Date> {
        [20, 19].into_iter().filter_map(|century| self.in_century(century)).find(|date| *date <= today)
    }

    /// As a date of expiry: in this century. None where a part is unknown.
    pub fn as_expiry(&self) -> Option<Date> {
        self.in_century(20)
    }

    fn in_century(&self, century: u16) -> Option<Date> {
        Date::new(century * 100 + u16::from(self.year?), self.month?, self.day?).ok()
    }
}

/// As the zone has it.
impl std::fmt::Display for ShortDate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for part in [self.year, self.month, self.day] {
            match part {
                Some(number) => write!(f, "{number:02}")?,
                None => f.write_str("<<")?,
            }
        }
        Ok(())
    }
}

impl std::fmt::Debug for ShortDate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ShortDate([redacted])")
    }
}

/// A number of two digits, or nothing known; none for anything else.
fn pair(characters: [u8; 2]) -> Option<Option<u8>> {
    match characters {
        [b'<', b'<'] => Some(None),
        [tens @ b'0'..=b'9', ones @ b'0'..=b'9'] => Some(Some((tens - b'0') * 10 + (ones - b'0'))),
        _ => None,
    }
}

/// Days of a month; the 29th of February belongs to every fourth year, for the century is not known.
fn days(month: u8, year: Option<u8>) -> u8 {
    match month {
        2 if year.is_none_or(|year| year.is_multiple_of(4)) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}
