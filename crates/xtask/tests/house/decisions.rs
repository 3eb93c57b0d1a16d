//! A decision without its reason is a habit.

use crate::workspace::{must_read, none, tracked};

const PARTS: [&str; 4] = ["Date:", "Choice:", "Reason:", "Consequences:"];

/// Lines a note may have.
const MOST: usize = 20;

#[test]
fn notes_say_when_what_and_why() {
    let notes: Vec<&String> =
        tracked().iter().filter(|name| name.starts_with("docs/decisions/") && name.ends_with(".md")).collect();
    assert!(!notes.is_empty(), "docs/decisions holds notes");
    let mut found = Vec::new();
    for name in notes {
        let text = must_read(name);
        let missing = PARTS.iter().filter(|part| !text.lines().any(|line| line.starts_with(**part)));
        found.extend(missing.map(|part| format!("{name}: no `{part}`")));
        if text.lines().count() > MOST {
            found.push(format!("{name}: longer than {MOST} lines"));
        }
    }
    none("notes that are not whole", &found);
}
