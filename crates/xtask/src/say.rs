//! The terminal.

use std::io::Write;

/// A line.
pub(crate) fn line(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// What stopped us.
pub(crate) fn failure(text: &str) {
    let _ = writeln!(std::io::stderr(), "xtask: {text}");
}
