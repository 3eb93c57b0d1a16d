//! Whose code is linked, and under which terms.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::spdx;
use crate::workspace::{cargo, members, must_read, none, packages};

/// A program that is built by itself, for tests alone.
const APART: &str = "crates/differential/isomdl/Cargo.toml";

fn toml_file(name: &str) -> toml::Table {
    toml::from_str(&must_read(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Names of what is built into anything of ours. `cargo tree` knows which optional parts stay out; the graph of
/// `cargo metadata` does not.
fn linked() -> BTreeSet<String> {
    let tree = ["tree", "--all-features", "--target=all", "--prefix=none", "--format={p}"];
    let trees =
        cargo(&[&tree[..], &["--workspace"]].concat()) + &cargo(&[&tree[..], &["--manifest-path", APART]].concat());
    trees.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect()
}

fn packages_apart() -> Vec<Value> {
    let told = cargo(&["metadata", "--format-version=1", "--manifest-path", APART]);
    let mut told: Value = serde_json::from_str(&told).expect("cargo metadata is JSON");
    let Value::Array(packages) = told["packages"].take() else { panic!("cargo metadata lists packages") };
    packages
}

#[test]
fn licences_are_on_the_list() {
    let deny = toml_file("deny.toml");
    let allowed = deny["licenses"]["allow"].as_array().expect("deny.toml lists licences");
    let allowed: Vec<String> = allowed.iter().filter_map(|licence| licence.as_str().map(str::to_owned)).collect();
    let mut found = Vec::new();
    for package in packages().iter().chain(&packages_apart()) {
        let licence = package["license"].as_str().unwrap_or_default();
        if !spdx::allows(licence, &allowed) {
            found.push(format!("{} {}: {licence:?}", package["name"], package["version"]));
        }
    }
    none("licences outside deny.toml's list", &found);
}

#[test]
fn denied_packages_are_not_linked() {
    let deny = toml_file("deny.toml");
    let denied = deny["bans"]["deny"].as_array().expect("deny.toml denies packages");
    let denied: Vec<&str> = denied.iter().filter_map(|entry| entry["crate"].as_str()).collect();
    assert!(denied.contains(&"openssl"), "the list is understood");
    let linked = linked();
    assert!(linked.contains("aws-lc-rs"), "cargo tree is understood");
    let found: Vec<String> = linked.into_iter().filter(|name| denied.contains(&name.as_str())).collect();
    none("denied packages", &found);
}

#[test]
fn versions_are_exact() {
    let workspace = toml_file("Cargo.toml");
    let dependencies = workspace["workspace"]["dependencies"].as_table().expect("one table of versions");
    let mut found = Vec::new();
    for (name, entry) in dependencies {
        let version = entry.as_str().or_else(|| entry.get("version")?.as_str());
        let exact = version.map_or_else(|| entry.get("path").is_some(), |version| version.starts_with('='));
        if !exact {
            found.push(format!("{name} = {entry}"));
        }
    }
    none("versions that are not exact", &found);
}

#[test]
fn crates_take_their_versions_from_the_workspace() {
    let mut found = Vec::new();
    for package in members() {
        for dependency in package["dependencies"].as_array().expect("dependencies") {
            let version = dependency["req"].as_str().unwrap_or_default();
            if dependency["path"].is_null() && !version.starts_with('=') {
                found.push(format!("{}: {} {version}", package["name"], dependency["name"]));
            }
        }
    }
    none("versions of a crate's own", &found);
}
