//! The crate graph equals the rows of ARCHITECTURE.md, and pure crates reach nothing that talks to the world.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::workspace::{closure, members, must_read, name, none};

/// What a pure crate may not reach, however indirectly.
const WORLDLY: [&str; 5] = ["tokio", "reqwest", "sqlx", "axum", "hyper"];

/// Crates beside the rows: tools that nothing of the product may depend on.
const BESIDE: [&str; 4] = ["mibun-vectors", "mibun-differential", "mibun-bench", "xtask"];

/// The drawing under "Crates": each crate's row, which rows are pure, and the arrows inside a row.
struct Drawing {
    row: BTreeMap<String, u32>,
    pure: BTreeSet<String>,
    sideways: BTreeSet<(String, String)>,
}

fn drawing() -> Drawing {
    let page = must_read("ARCHITECTURE.md");
    let mut drawn = Drawing { row: BTreeMap::new(), pure: BTreeSet::new(), sideways: BTreeSet::new() };
    for line in page.lines().filter_map(|line| line.strip_prefix("row ")) {
        let (number, rest) = line.split_once(' ').expect("a row has a number");
        let number = number.parse().expect("rows are numbered");
        let words: Vec<&str> = rest.split_whitespace().collect();
        for (at, word) in words.iter().enumerate() {
            match word.trim_end_matches(':') {
                "->" => {
                    drawn.sideways.insert((package(words[at - 1]), package(words[at + 1])));
                }
                "pure" => {
                    let row = drawn.row.iter().filter(|(_, own)| **own == number);
                    drawn.pure.extend(row.map(|(name, _)| name.clone()));
                    break;
                }
                name => {
                    drawn.row.insert(package(name), number);
                }
            }
        }
    }
    drawn
}

fn package(name: &str) -> String {
    format!("mibun-{name}")
}

/// Names of the workspace's crates that `package` depends on other than for its tests.
fn normal_dependencies(package: &Value) -> Vec<String> {
    let all = package["dependencies"].as_array().expect("dependencies");
    let own = all.iter().filter(|dependency| dependency["kind"] != "dev" && !dependency["path"].is_null());
    own.map(|dependency| name(dependency).to_owned()).collect()
}

#[test]
fn the_rows_name_every_crate() {
    let drawn: BTreeSet<String> = drawing().row.into_keys().chain(BESIDE.map(str::to_owned)).collect();
    let present: BTreeSet<String> = members().map(|package| name(package).to_owned()).collect();
    assert_eq!(drawn, present);
}

#[test]
fn the_table_names_every_crate() {
    let page = must_read("ARCHITECTURE.md");
    let rows = page.lines().filter_map(|line| line.strip_prefix("| `crates/")?.split_once('`'));
    let told: BTreeSet<String> = rows.map(|(folder, _)| folder.to_owned()).collect();
    let present: BTreeSet<String> =
        members().map(|package| name(package).trim_start_matches("mibun-").to_owned()).collect();
    assert_eq!(told, present);
}

#[test]
fn arrows_point_down() {
    let drawn = drawing();
    let mut found = Vec::new();
    for package in members() {
        let from = name(package);
        let Some(row) = drawn.row.get(from) else { continue };
        for to in normal_dependencies(package) {
            let down = drawn.row.get(&to).is_some_and(|below| below < row);
            if !down && !drawn.sideways.contains(&(from.to_owned(), to.clone())) {
                found.push(format!("{from} -> {to}"));
            }
        }
    }
    none("dependencies that ARCHITECTURE.md does not draw", &found);
}

#[test]
fn the_wallet_never_links_the_record_or_the_server() {
    let reached = closure("mibun-wallet");
    for stranger in ["mibun-server", "mibun-registry", "mibun-registry-sql"] {
        assert!(!reached.contains(stranger), "mibun-wallet reaches {stranger}");
    }
}

#[test]
fn pure_crates_reach_nothing_worldly() {
    let drawn = drawing();
    assert!(drawn.pure.len() >= 10, "the drawing marks the pure rows");
    let mut found = Vec::new();
    for pure in &drawn.pure {
        let reached = closure(pure);
        found.extend(WORLDLY.iter().filter(|name| reached.contains(**name)).map(|name| format!("{pure} -> {name}")));
    }
    none("pure crates that reach the world", &found);
}

#[test]
fn the_closure_sees_what_is_there() {
    let reached = closure("mibun-server");
    for name in ["tokio", "sqlx", "axum", "hyper", "mibun-crypto"] {
        assert!(reached.contains(name), "mibun-server reaches {name}");
    }
}

#[test]
fn test_support_is_for_tests_only() {
    let mut found = Vec::new();
    for package in members() {
        if normal_dependencies(package).iter().any(|to| to == "mibun-vectors") {
            found.push(name(package).to_owned());
        }
    }
    none("mibun-vectors outside dev-dependencies", &found);
}
