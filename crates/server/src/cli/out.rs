//! The terminal: the one place of the server that prints.

use std::io::Write;

/// One line for the person at the terminal.
pub(super) fn line(text: &str) {
    // A closed pipe is the reader's decision, not an error of ours.
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// One line about what went wrong.
pub(super) fn error(text: &str) {
    let _ = writeln!(std::io::stderr(), "mibun: {text}");
}
