//! A scheme of the authority's own: a form, and how to normalise what people type.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::halfwidth;

/// A form and its normaliser.
///
/// ```
/// # use mibun_document::resident_number::{FreeScheme, Pattern};
/// let scheme = FreeScheme { pattern: "AA######".parse::<Pattern>()?, upper_case: true, ignore: "-".to_owned() };
/// assert_eq!(&*scheme.normalise("tk-１２３ 456"), "TK123456");
/// assert!(scheme.matches("TK123456"));
/// # Ok::<(), mibun_document::resident_number::PatternError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FreeScheme {
    /// The form of the canonical number.
    pub pattern: Pattern,
    /// Whether letters are turned to upper case before they are compared.
    #[serde(default)]
    pub upper_case: bool,
    /// Characters that people may type and that mean nothing, such as hyphens.
    #[serde(default)]
    pub ignore: String,
}

impl FreeScheme {
    /// Full-width characters, spaces and ignored characters out, upper case where the scheme says so.
    pub fn normalise(&self, typed: &str) -> Zeroizing<String> {
        let mut number = halfwidth(typed);
        number.retain(|letter| !self.ignore.contains(letter));
        if self.upper_case {
            number.make_ascii_uppercase();
        }
        number
    }

    /// Whether a canonical number has the form.
    pub fn matches(&self, number: &str) -> bool {
        self.pattern.matches(number)
    }
}

/// The form of a number, place by place: `#` is a digit, `A` an upper-case letter, `*` either; everything else stands
/// for itself. `|` separates forms that are all in use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Pattern(Vec<Vec<Place>>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Digit,
    Letter,
    Either,
    Exactly(char),
}

/// Why a text is no pattern: the operator's mistake.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// A form without a place would let an empty number pass.
    #[error("a form of the number has no characters")]
    Empty,
    /// Longer than any number a person would type.
    #[error("a form of the number has more than 64 characters")]
    TooLong,
    /// A space, which the normaliser takes out, so that nothing could ever match.
    #[error("a form of the number holds a space")]
    Space,
}

impl Pattern {
    fn matches(&self, number: &str) -> bool {
        self.0.iter().any(|form| {
            number.chars().count() == form.len()
                && form.iter().zip(number.chars()).all(|(place, found)| place.fits(found))
        })
    }
}

impl Place {
    fn fits(self, found: char) -> bool {
        match self {
            Self::Digit => found.is_ascii_digit(),
            Self::Letter => found.is_ascii_uppercase(),
            Self::Either => found.is_ascii_digit() || found.is_ascii_uppercase(),
            Self::Exactly(expected) => found == expected,
        }
    }

    fn symbol(self) -> char {
        match self {
            Self::Digit => '#',
            Self::Letter => 'A',
            Self::Either => '*',
            Self::Exactly(letter) => letter,
        }
    }
}

impl From<char> for Place {
    fn from(symbol: char) -> Self {
        match symbol {
            '#' => Self::Digit,
            'A' => Self::Letter,
            '*' => Self::Either,
            letter => Self::Exactly(letter),
        }
    }
}

impl FromStr for Pattern {
    type Err = PatternError;

    fn from_str(text: &str) -> Result<Self, PatternError> {
        let forms: Vec<Vec<Place>> = text.split('|').map(|form| form.chars().map(Place::from).collect()).collect();
        match () {
            () if forms.iter().any(Vec::is_empty) => Err(PatternError::Empty),
            () if forms.iter().any(|form| form.len() > LONGEST) => Err(PatternError::TooLong),
            () if text.contains(char::is_whitespace) => Err(PatternError::Space),
            () => Ok(Self(forms)),
        }
    }
}

impl TryFrom<String> for Pattern {
    type Error = PatternError;

    fn try_from(text: String) -> Result<Self, PatternError> {
        text.parse()
    }
}

impl From<Pattern> for String {
    fn from(pattern: Pattern) -> Self {
        let forms = pattern.0.iter().map(|form| form.iter().map(|place| place.symbol()).collect::<String>());
        forms.collect::<Vec<_>>().join("|")
    }
}

const LONGEST: usize = 64;
