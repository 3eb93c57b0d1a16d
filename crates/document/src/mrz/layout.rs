//! Which cell of a zone is what, per format. Cells are counted over the joined lines.

use std::ops::Range;

/// The three formats of travel documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// Cards of ID-1 size: three lines of 30 (Doc 9303-5).
    Td1,
    /// Documents of ID-2 size: two lines of 36 (Doc 9303-6).
    Td2,
    /// Passports, ID-3: two lines of 44 (Doc 9303-4).
    Td3,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Td1, Self::Td2, Self::Td3];

    /// How many lines it has.
    pub const fn lines(self) -> usize {
        match self {
            Self::Td1 => 3,
            Self::Td2 | Self::Td3 => 2,
        }
    }

    /// Characters of a line.
    pub const fn width(self) -> usize {
        match self {
            Self::Td1 => 30,
            Self::Td2 => 36,
            Self::Td3 => 44,
        }
    }

    pub(super) const fn layout(self) -> &'static Layout {
        match self {
            Self::Td1 => &TD1,
            Self::Td2 => &TD2,
            Self::Td3 => &TD3,
        }
    }
}

/// The cells of a format.
#[derive(Debug)]
pub(super) struct Layout {
    pub(super) document_code: Range<usize>,
    pub(super) issuing_state: Range<usize>,
    pub(super) document_number: Range<usize>,
    pub(super) number_digit: usize,
    pub(super) nationality: Range<usize>,
    pub(super) birth_date: Range<usize>,
    pub(super) birth_digit: usize,
    pub(super) sex: usize,
    pub(super) expiry_date: Range<usize>,
    pub(super) expiry_digit: usize,
    pub(super) optional: Range<usize>,
    /// Only a passport's personal number has a check digit of its own.
    pub(super) optional_digit: Option<usize>,
    /// Empty where there is none.
    pub(super) optional_second: Range<usize>,
    pub(super) names: Range<usize>,
    pub(super) composite_digit: usize,
    /// What the composite check digit covers, in this order.
    pub(super) composite: &'static [Range<usize>],
}

/// What may stand in a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cell {
    /// A digit or a filler.
    Digit,
    /// A letter or a filler.
    Letter,
    /// Either.
    Any,
}

impl Layout {
    pub(super) fn cell(&self, at: usize) -> Cell {
        let digits = [self.number_digit, self.birth_digit, self.expiry_digit, self.composite_digit];
        if digits.contains(&at) || self.optional_digit == Some(at) {
            return Cell::Digit;
        }
        match at {
            at if self.birth_date.contains(&at) || self.expiry_date.contains(&at) => Cell::Digit,
            at if self.is_free(at) => Cell::Any,
            _ => Cell::Letter,
        }
    }

    /// Cells that hold letters as well as digits.
    pub(super) fn is_free(&self, at: usize) -> bool {
        [&self.document_number, &self.optional, &self.optional_second].into_iter().any(|part| part.contains(&at))
    }
}

const TD1: Layout = Layout {
    document_code: 0..2,
    issuing_state: 2..5,
    document_number: 5..14,
    number_digit: 14,
    optional: 15..30,
    birth_date: 30..36,
    birth_digit: 36,
    sex: 37,
    expiry_date: 38..44,
    expiry_digit: 44,
    nationality: 45..48,
    optional_second: 48..59,
    composite_digit: 59,
    names: 60..90,
    optional_digit: None,
    composite: &[5..30, 30..37, 38..45, 48..59],
};

const TD2: Layout = Layout {
    document_code: 0..2,
    issuing_state: 2..5,
    names: 5..36,
    document_number: 36..45,
    number_digit: 45,
    nationality: 46..49,
    birth_date: 49..55,
    birth_digit: 55,
    sex: 56,
    expiry_date: 57..63,
    expiry_digit: 63,
    optional: 64..71,
    composite_digit: 71,
    optional_second: 0..0,
    optional_digit: None,
    composite: &[36..46, 49..56, 57..71],
};

const TD3: Layout = Layout {
    document_code: 0..2,
    issuing_state: 2..5,
    names: 5..44,
    document_number: 44..53,
    number_digit: 53,
    nationality: 54..57,
    birth_date: 57..63,
    birth_digit: 63,
    sex: 64,
    expiry_date: 65..71,
    expiry_digit: 71,
    optional: 72..86,
    optional_digit: Some(86),
    composite_digit: 87,
    optional_second: 0..0,
    composite: &[44..54, 57..64, 65..87],
};
