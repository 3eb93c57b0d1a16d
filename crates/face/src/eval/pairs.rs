//! The list of pairs to compare.

use serde::Deserialize;

/// Two pictures, and whether they show the same person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    /// Path of one picture.
    pub a: String,
    /// Path of the other.
    pub b: String,
    /// Whether both show one person.
    pub same: bool,
}

/// Why a list of pairs cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PairsError {
    /// The list has not the columns a, b, same.
    #[error("the first line must be a,b,same")]
    Header,
    /// A line is not a row of three values, or not UTF-8.
    #[error("line {line}: not a row of a,b,same")]
    Row {
        /// The line, counted from one.
        line: u64,
    },
    /// The third column says neither yes nor no.
    #[error("line {line}: `same` must be 1 or 0, true or false, yes or no")]
    Same {
        /// The line, counted from one.
        line: u64,
    },
}

#[derive(Deserialize)]
struct Row {
    a: String,
    b: String,
    same: String,
}

/// Reads a CSV list with the header `a,b,same`.
///
/// # Errors
/// [`PairsError`], with the line.
pub fn parse_pairs(list: &[u8]) -> Result<Vec<Pair>, PairsError> {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(list);
    let header = reader.headers().map_err(|_| PairsError::Header)?.clone();
    if header.iter().ne(["a", "b", "same"]) {
        return Err(PairsError::Header);
    }
    let mut pairs = Vec::new();
    let mut record = csv::StringRecord::new();
    loop {
        let line = reader.position().line();
        if !reader.read_record(&mut record).map_err(|_| PairsError::Row { line })? {
            return Ok(pairs);
        }
        let line = record.position().map_or(line, csv::Position::line);
        let Row { a, b, same } = record.deserialize(Some(&header)).map_err(|_| PairsError::Row { line })?;
        let same = match same.to_ascii_lowercase().as_str() {
            "1" | "true" | "yes" => true,
            "0" | "false" | "no" => false,
            _ => return Err(PairsError::Same { line }),
        };
        pairs.push(Pair { a, b, same });
    }
}
