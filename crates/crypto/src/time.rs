//! Points in time and calendar dates, without a clock.

mod date;

use serde::{Deserialize, Serialize};
use thiserror::Error;

pub use date::{Date, DateError};

const DAY: i64 = 86_400;

/// Seconds since 1970-01-01T00:00:00Z, leap seconds not counted: the `NumericDate` of JWT (RFC 7519) in whole seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

/// Why a text is not a point in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not a time of the form 2026-11-22T10:30:00Z")]
pub struct TimeError;

impl Timestamp {
    /// This many seconds later, or earlier when negative; stops at the ends of the scale.
    #[must_use]
    pub fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds))
    }

    /// This many days of 86,400 seconds later.
    #[must_use]
    pub fn plus_days(self, days: i64) -> Self {
        self.plus_seconds(days.saturating_mul(DAY))
    }

    /// Seconds that passed from `earlier` to this point; negative when it lies ahead.
    pub fn seconds_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// The last midnight (UTC) at or before this point.
    #[must_use]
    pub fn floor_to_day(self) -> Self {
        Self(self.0.saturating_sub(self.0.rem_euclid(DAY)))
    }

    /// The calendar day in UTC; stops at the years 1 and 9999.
    pub fn date(self) -> Date {
        Date::from_days(self.0.div_euclid(DAY))
    }

    /// The time as RFC 3339 text in UTC: `2026-11-22T10:30:00Z`.
    pub fn to_rfc3339(self) -> String {
        let second = self.0.rem_euclid(DAY);
        format!("{}T{:02}:{:02}:{:02}Z", self.date(), second / 3600, second / 60 % 60, second % 60)
    }

    /// Reads RFC 3339 text with `Z` or an offset; a fraction of a second is dropped.
    pub fn parse_rfc3339(text: &str) -> Result<Self, TimeError> {
        let (date, rest) = text.split_at_checked(10).ok_or(TimeError)?;
        let date: Date = date.parse().map_err(|_| TimeError)?;
        let rest = rest.strip_prefix(['T', 't']).ok_or(TimeError)?;
        let (clock, zone) = rest.split_at_checked(8).ok_or(TimeError)?;
        let second = clock_seconds(clock)?;
        let offset = offset_seconds(skip_fraction(zone)?)?;
        Ok(Self(date.midnight().0 + second - offset))
    }
}

/// `HH:MM:SS` as seconds of the day. A leap second (`:60`) has no number on this scale and is refused.
fn clock_seconds(text: &str) -> Result<i64, TimeError> {
    let bytes = text.as_bytes();
    if bytes.len() != 8 || bytes[2] != b':' || bytes[5] != b':' {
        return Err(TimeError);
    }
    let [hour, minute, second] = [two_digits(&bytes[..2])?, two_digits(&bytes[3..5])?, two_digits(&bytes[6..])?];
    if hour > 23 || minute > 59 || second > 59 {
        return Err(TimeError);
    }
    Ok(hour * 3600 + minute * 60 + second)
}

fn skip_fraction(text: &str) -> Result<&str, TimeError> {
    let Some(fraction) = text.strip_prefix('.') else {
        return Ok(text);
    };
    let rest = fraction.trim_start_matches(|letter: char| letter.is_ascii_digit());
    if rest.len() == fraction.len() { Err(TimeError) } else { Ok(rest) }
}

fn offset_seconds(text: &str) -> Result<i64, TimeError> {
    let bytes = text.as_bytes();
    match bytes {
        [b'Z' | b'z'] => Ok(0),
        [sign @ (b'+' | b'-'), _, _, b':', _, _] => {
            let (hours, minutes) = (two_digits(&bytes[1..3])?, two_digits(&bytes[4..])?);
            if hours > 23 || minutes > 59 {
                return Err(TimeError);
            }
            let offset = hours * 3600 + minutes * 60;
            Ok(if *sign == b'-' { -offset } else { offset })
        }
        _ => Err(TimeError),
    }
}

fn two_digits(bytes: &[u8]) -> Result<i64, TimeError> {
    match bytes {
        [tens @ b'0'..=b'9', ones @ b'0'..=b'9'] => Ok(i64::from(tens - b'0') * 10 + i64::from(ones - b'0')),
        _ => Err(TimeError),
    }
}

#[cfg(test)]
mod tests;
