//! What the tests look at: the files git tracks, and what cargo knows about packages.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use serde_json::Value;

/// The folder that holds the workspace.
pub(crate) fn root() -> &'static Path {
    static ROOT: OnceLock<PathBuf> = OnceLock::new();
    ROOT.get_or_init(|| {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        here.ancestors().nth(2).expect("crates/xtask lies two folders deep").to_owned()
    })
}

/// Paths of the tracked files that are present, relative to the root.
pub(crate) fn tracked() -> &'static [String] {
    static FILES: OnceLock<Vec<String>> = OnceLock::new();
    FILES.get_or_init(|| {
        let listed = Command::new("git").args(["ls-files", "-z"]).current_dir(root()).output().expect("git runs");
        assert!(listed.status.success(), "git ls-files: {}", String::from_utf8_lossy(&listed.stderr));
        let names = String::from_utf8(listed.stdout).expect("file names are UTF-8");
        let files: Vec<String> =
            names.split('\0').filter(|name| root().join(name).is_file()).map(str::to_owned).collect();
        assert!(files.iter().any(|name| name == "Cargo.toml"), "git lists the workspace");
        files
    })
}

/// A tracked file's text; nothing for what is not UTF-8.
pub(crate) fn text(name: &str) -> Option<String> {
    std::fs::read_to_string(root().join(name)).ok()
}

/// The text of a file that must be there.
pub(crate) fn must_read(name: &str) -> String {
    text(name).unwrap_or_else(|| panic!("{name} is missing or not text"))
}

/// `name:line: text` of every line of a tracked file that `wrong` accepts.
pub(crate) fn lines_where(files: impl Fn(&str) -> bool, wrong: impl Fn(&str) -> bool) -> Vec<String> {
    let mut found = Vec::new();
    for name in tracked().iter().filter(|name| files(name)) {
        let Some(text) = text(name) else { continue };
        let hits = text.lines().enumerate().filter(|(_, line)| wrong(line));
        found.extend(hits.map(|(at, line)| format!("{name}:{}: {}", at + 1, line.trim())));
    }
    found
}

/// Everything cargo knows about the workspace and what it depends on, with all features and on all platforms.
fn metadata() -> &'static Value {
    static METADATA: OnceLock<Value> = OnceLock::new();
    METADATA.get_or_init(|| {
        let told = cargo(&["metadata", "--format-version=1", "--all-features"]);
        serde_json::from_str(&told).expect("cargo metadata is JSON")
    })
}

/// What this cargo prints.
pub(crate) fn cargo(arguments: &[&str]) -> String {
    let told = Command::new(env!("CARGO")).args(arguments).current_dir(root()).output().expect("cargo runs");
    assert!(told.status.success(), "cargo {arguments:?}: {}", String::from_utf8_lossy(&told.stderr));
    String::from_utf8(told.stdout).expect("cargo prints UTF-8")
}

/// All packages that cargo knows of; an optional one need not be linked.
pub(crate) fn packages() -> &'static [Value] {
    metadata()["packages"].as_array().expect("cargo metadata lists packages")
}

/// The workspace's own crates.
pub(crate) fn members() -> impl Iterator<Item = &'static Value> {
    packages().iter().filter(|package| package["source"].is_null())
}

/// A package's name.
pub(crate) fn name(package: &Value) -> &str {
    package["name"].as_str().expect("packages have names")
}

/// Names of all packages that `start` links, over any number of normal dependencies.
pub(crate) fn closure(start: &str) -> BTreeSet<String> {
    let names: BTreeMap<&str, &str> =
        packages().iter().map(|package| (package["id"].as_str().expect("packages have ids"), name(package))).collect();
    let nodes = metadata()["resolve"]["nodes"].as_array().expect("the resolved graph");
    let nodes: BTreeMap<&str, &Value> =
        nodes.iter().map(|node| (node["id"].as_str().expect("nodes have ids"), node)).collect();
    let first = names.iter().find(|(_, name)| **name == start).map(|(id, _)| *id);
    let mut open = vec![first.unwrap_or_else(|| panic!("no package {start}"))];
    let mut seen = BTreeSet::new();
    while let Some(id) = open.pop() {
        if !seen.insert(id) {
            continue;
        }
        for dependency in nodes[id]["deps"].as_array().expect("nodes have dependencies") {
            let kinds = dependency["dep_kinds"].as_array().expect("dependencies have kinds");
            if kinds.iter().any(|kind| kind["kind"].is_null()) {
                open.push(dependency["pkg"].as_str().expect("dependencies have ids"));
            }
        }
    }
    seen.into_iter().map(|id| names[id].to_owned()).collect()
}

/// Fails with one line per finding.
#[track_caller]
pub(crate) fn none(rule: &str, found: &[String]) {
    assert!(found.is_empty(), "{rule}:\n  {}", found.join("\n  "));
}
