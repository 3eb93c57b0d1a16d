//! What the tests look at: the files git tracks, and what cargo knows about packages.

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
pub(crate) fn metadata() -> &'static Value {
    static METADATA: OnceLock<Value> = OnceLock::new();
    METADATA.get_or_init(|| {
        let told = Command::new(env!("CARGO"))
            .args(["metadata", "--format-version", "1", "--all-features"])
            .current_dir(root())
            .output()
            .expect("cargo runs");
        assert!(told.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&told.stderr));
        serde_json::from_slice(&told.stdout).expect("cargo metadata is JSON")
    })
}

/// Fails with one line per finding.
#[track_caller]
pub(crate) fn none(rule: &str, found: &[String]) {
    assert!(found.is_empty(), "{rule}:\n  {}", found.join("\n  "));
}
