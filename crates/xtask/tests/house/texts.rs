//! What no tracked file may hold.

use crate::workspace::{lines_where, must_read, none};

/// These tests name what they look for.
const THESE: &str = "crates/xtask/tests/house/";

fn looked_at(name: &str) -> bool {
    !name.starts_with(THESE) && name != "Cargo.lock"
}

#[test]
fn no_path_of_one_machine() {
    let starts = ["/work/", "/root/", "/home/", "/Users/", "C:\\Users"];
    let found = lines_where(looked_at, |line| starts.iter().any(|start| names_path(line, start)));
    none("absolute paths of a machine", &found);
}

/// Whether `start` occurs where a path begins, not inside one (`src/work/journeys.rs` is no machine's path).
fn names_path(line: &str, start: &str) -> bool {
    line.match_indices(start).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        !before.is_some_and(|c| c.is_alphanumeric() || "._-~}*)".contains(c))
    })
}

#[test]
fn paths_of_a_machine_are_recognised() {
    for path in ["/home/someone/x", "see `/root/x`", "file:///work/x"] {
        assert!(["/home/", "/root/", "/work/"].iter().any(|start| names_path(path, start)), "{path}");
    }
    assert!(!names_path("crates/server/src/work/checks.rs", "/work/"));
}

#[test]
fn no_package_registry() {
    let hosts =
        ["registry.npmjs", "registry.yarnpkg", "static.crates.io", "index.crates.io", "pypi.org", "pythonhosted"];
    let found = lines_where(looked_at, |line| hosts.iter().any(|host| line.contains(host)));
    none("hosts of package registries", &found);
}

#[test]
fn the_lock_of_the_pages_names_no_host() {
    let lock: serde_json::Value = serde_json::from_str(&must_read("web/package-lock.json")).expect("the lock is JSON");
    let packages = lock["packages"].as_object().expect("the lock lists packages");
    let named = packages.iter().filter_map(|(name, package)| Some((name, package["resolved"].as_str()?)));
    let found = named.filter(|(_, place)| place.contains("://")).map(|(name, place)| format!("{name}: {place}"));
    none("hosts in web/package-lock.json", &found.collect::<Vec<_>>());
}

#[test]
fn nothing_is_left_for_later() {
    let signs = ["todo!", "unimplemented!", "#[ignore", "test.fixme", "test.only(", "describe.only(", "it.only("];
    let code =
        |name: &str| looked_at(name) && [".rs", ".ts", ".svelte", ".mjs", ".js"].iter().any(|end| name.ends_with(end));
    let found = lines_where(code, |line| signs.iter().any(|sign| line.contains(sign)));
    none("unfinished work or tests that do not run", &found);
}

#[test]
fn no_test_of_the_pages_is_skipped() {
    let code = |name: &str| name.starts_with("web/") && (name.ends_with(".ts") || name.ends_with(".mjs"));
    let found = lines_where(code, |line| line.contains(".skip("));
    none("skipped tests", &found);
}
