//! Production files stay small enough to be read in one go.

use crate::workspace::{must_read, none, tracked};

/// Lines a production file may have.
const MOST: usize = 400;

/// Files that were longer when the rule came, with their size then: they may only shrink, and leave the list.
const LONGER: [(&str, usize); 0] = [];

fn is_production(name: &str) -> bool {
    let test = name.ends_with("/tests.rs") || name.contains("/tests/") || name.contains("/testing/");
    name.starts_with("crates/") && name.contains("/src/") && name.ends_with(".rs") && !test
}

fn lines(name: &str) -> usize {
    must_read(name).lines().count()
}

#[test]
fn production_files_are_short() {
    let mut found = Vec::new();
    for name in tracked().iter().filter(|name| is_production(name)) {
        let most = LONGER.iter().find(|(listed, _)| listed == name).map_or(MOST, |(_, size)| *size);
        let size = lines(name);
        if size > most {
            found.push(format!("{name}: {size} lines, {most} allowed"));
        }
    }
    none("files too long", &found);
}

#[test]
fn the_list_of_longer_files_only_shrinks() {
    let done = LONGER.iter().filter(|(name, _)| lines(name) <= MOST).map(|(name, _)| (*name).to_owned());
    none("files that are short now: take them off the list", &done.collect::<Vec<_>>());
}
