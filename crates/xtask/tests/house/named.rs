//! Every path, crate and developer command that README.md and ARCHITECTURE.md name exists.

use crate::workspace::{must_read, none, root, tracked};

const PAGES: [&str; 2] = ["README.md", "ARCHITECTURE.md"];

/// Folders that paths in the text start from.
const BASES: [&str; 2] = ["", "crates/server/src/"];

/// Endings that make a word without a slash the name of a file.
const ENDINGS: [&str; 4] = [".md", ".toml", ".json", ".rs"];

/// What the code spans outside fenced blocks hold.
fn spans(page: &str) -> Vec<String> {
    let mut fenced = false;
    let mut found = Vec::new();
    for line in page.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        } else if !fenced {
            found.extend(line.split('`').skip(1).step_by(2).map(str::to_owned));
        }
    }
    found
}

fn is_path(span: &str) -> bool {
    let outside = span.starts_with(['/', '@', '.']) || span.contains("://") || span.contains([' ', '…', '{']);
    let media_type = ["application/", "image/", "text/"].iter().any(|start| span.starts_with(start));
    !outside && !media_type && (span.contains('/') || ENDINGS.iter().any(|ending| span.ends_with(ending)))
}

/// Present below one of the bases; `*` stands for any part of a file's name.
fn exists(path: &str) -> bool {
    if let Some((start, end)) = path.split_once('*') {
        return tracked().iter().any(|name| name.starts_with(start) && name.ends_with(end));
    }
    BASES.iter().any(|base| root().join(base).join(path).exists())
}

/// The words after `cargo xtask` that `main.rs` answers to.
fn commands() -> Vec<String> {
    let source = must_read("crates/xtask/src/main.rs");
    let arms = source.lines().filter_map(|line| line.trim_start().strip_prefix("[\""));
    let arms = arms.filter(|arm| arm.contains("=>")).map(|arm| arm.split('"').next().unwrap_or_default().to_owned());
    arms.collect()
}

fn asked_commands(page: &str) -> Vec<String> {
    let calls = page.split("cargo xtask ").skip(1);
    calls
        .filter_map(|rest| rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').next())
        .map(str::to_owned)
        .collect()
}

fn links(page: &str) -> Vec<String> {
    let markdown = page.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let images = page.split("src=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let local = markdown.chain(images).filter(|link| !link.contains("://") && !link.starts_with('#'));
    local.map(|link| link.split('#').next().unwrap_or_default().to_owned()).collect()
}

#[test]
fn paths_exist() {
    let mut found = Vec::new();
    let mut looked_at = 0;
    for page in PAGES {
        let text = must_read(page);
        let paths: Vec<String> = spans(&text).into_iter().filter(|span| is_path(span)).collect();
        looked_at += paths.len();
        found.extend(paths.into_iter().filter(|path| !exists(path)).map(|path| format!("{page}: {path}")));
    }
    assert!(looked_at > 20, "the pages name files");
    none("paths that do not exist", &found);
}

#[test]
fn crates_exist() {
    let mut found = Vec::new();
    for page in PAGES {
        let named = spans(&must_read(page)).into_iter().filter(|span| span.starts_with("mibun-"));
        let missing = named.filter(|name| !root().join("crates").join(name.trim_start_matches("mibun-")).is_dir());
        found.extend(missing.map(|name| format!("{page}: {name}")));
    }
    none("crates that do not exist", &found);
}

#[test]
fn commands_exist() {
    let known = commands();
    assert!(known.iter().any(|command| command == "test"), "main.rs is understood: {known:?}");
    let mut found = Vec::new();
    for page in PAGES {
        let asked = asked_commands(&must_read(page));
        found.extend(
            asked.into_iter().filter(|command| !known.contains(command)).map(|command| format!("{page}: {command}")),
        );
    }
    none("`cargo xtask` commands that do not exist", &found);
}

#[test]
fn links_lead_somewhere() {
    let mut found = Vec::new();
    for page in tracked().iter().filter(|name| name.ends_with(".md")) {
        let folder = root().join(page);
        let folder = folder.parent().expect("files lie in folders");
        let broken = links(&must_read(page)).into_iter().filter(|link| !folder.join(link).exists());
        found.extend(broken.map(|link| format!("{page}: {link}")));
    }
    none("links to nothing", &found);
}
