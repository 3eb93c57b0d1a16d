//! The table of an import: its header is refused as a whole, its rows one by one.

use std::fs::File;
use std::path::Path;

use csv::{Reader, ReaderBuilder, StringRecord, Trim};
use serde::Deserialize;

const NEEDED: [&str; 7] =
    ["number", "family_name", "given_name", "birthdate", "nationality", "document_valid_until", "portrait"];
const OPTIONAL: [&str; 6] =
    ["family_name_native", "given_name_native", "sex", "place_of_birth", "address", "document_number"];

/// One row, every value as it was written; an empty optional one is none.
#[derive(Deserialize)]
pub(super) struct Row {
    pub(super) number: String,
    pub(super) family_name: String,
    pub(super) given_name: String,
    pub(super) family_name_native: Option<String>,
    pub(super) given_name_native: Option<String>,
    pub(super) birthdate: String,
    pub(super) sex: Option<String>,
    pub(super) nationality: String,
    pub(super) place_of_birth: Option<String>,
    pub(super) address: Option<String>,
    pub(super) document_number: Option<String>,
    pub(super) document_valid_until: String,
    pub(super) portrait: String,
}

/// Why a table is not read at all.
#[derive(Debug, thiserror::Error)]
pub(super) enum HeaderError {
    /// The file cannot be read.
    #[error(transparent)]
    File(#[from] csv::Error),
    /// A column that is not documented; nothing would come of it.
    #[error("unknown column `{0}`")]
    Unknown(String),
    /// A column that every row needs.
    #[error("the column `{0}` is missing")]
    Missing(&'static str),
    /// Two columns of one name.
    #[error("the column `{0}` appears twice")]
    Twice(String),
}

/// Why one row is refused; never the row's own words, which are somebody's data.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum RowError {
    /// Too few or too many values.
    #[error("the row has {0} values, the header {1} columns")]
    Length(u64, u64),
    /// Not UTF-8, or quotes that do not close.
    #[error("the row cannot be read: write UTF-8")]
    Unreadable,
}

/// An import whose header is good.
pub(super) struct Table {
    reader: Reader<File>,
    header: StringRecord,
}

impl Table {
    /// Opens a file and checks its header.
    pub(super) fn open(path: &Path) -> Result<Self, HeaderError> {
        let mut reader = ReaderBuilder::new().trim(Trim::All).from_path(path)?;
        let header = reader.headers()?.clone();
        check(&header)?;
        Ok(Self { reader, header })
    }

    /// The rows with the number of the line they begin on.
    pub(super) fn rows(self) -> impl Iterator<Item = (u64, Result<Row, RowError>)> {
        let Self { reader, header } = self;
        let mut last = 1;
        reader.into_records().map(move |raw| {
            let position = match &raw {
                Ok(raw) => raw.position().cloned(),
                Err(error) => error.position().cloned(),
            };
            last = position.map_or(last + 1, |position| position.line());
            (last, row(raw, &header))
        })
    }
}

fn check(header: &StringRecord) -> Result<(), HeaderError> {
    for (place, name) in header.iter().enumerate() {
        if !NEEDED.contains(&name) && !OPTIONAL.contains(&name) {
            return Err(HeaderError::Unknown(name.to_owned()));
        }
        if header.iter().take(place).any(|before| before == name) {
            return Err(HeaderError::Twice(name.to_owned()));
        }
    }
    match NEEDED.iter().find(|needed| !header.iter().any(|name| name == **needed)) {
        Some(missing) => Err(HeaderError::Missing(missing)),
        None => Ok(()),
    }
}

fn row(raw: Result<StringRecord, csv::Error>, header: &StringRecord) -> Result<Row, RowError> {
    let raw = raw.map_err(|error| match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => RowError::Length(*len, *expected_len),
        _ => RowError::Unreadable,
    })?;
    raw.deserialize(Some(header)).map_err(|_| RowError::Unreadable)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "number,family_name,given_name,birthdate,nationality,document_valid_until,portrait";

    fn header(text: &str) -> Result<(), HeaderError> {
        check(&StringRecord::from(text.split(',').collect::<Vec<_>>()))
    }

    #[test]
    fn a_header_without_optional_columns_is_good() {
        header(GOOD).expect("all that is needed");
    }

    #[test]
    fn an_unknown_column_is_named() {
        let refused = header(&format!("{GOOD},gender")).expect_err("no such column");
        assert!(matches!(refused, HeaderError::Unknown(name) if name == "gender"));
    }

    #[test]
    fn a_missing_column_is_named() {
        let refused = header(&GOOD.replace(",birthdate", "")).expect_err("a column is missing");
        assert!(matches!(refused, HeaderError::Missing("birthdate")));
    }

    #[test]
    fn a_column_that_appears_twice_is_named() {
        let refused = header(&format!("{GOOD},number")).expect_err("which of the two?");
        assert!(matches!(refused, HeaderError::Twice(name) if name == "number"));
    }

    #[test]
    fn empty_optional_values_are_none() {
        let columns = StringRecord::from(format!("{GOOD},sex,address").split(',').collect::<Vec<_>>());
        let values = StringRecord::from(vec!["A", "B", "C", "D", "E", "F", "G", "", "H"]);
        let row = row(Ok(values), &columns).expect("a row");
        assert_eq!((row.sex, row.address.as_deref(), row.place_of_birth), (None, Some("H"), None));
    }
}
