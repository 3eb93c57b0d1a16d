//! Which test holds which requirement: the page `docs/protocols/conformance.md`, made from three tables.
//!
//! A requirement names its tests by file and name, or says why there is none. A test that is not where the table says, or a
//! gap that a test has closed, is an error, so that the page cannot grow stale.

// Spelled out, for the house tests include this file from elsewhere.
#[path = "requirements/arf.rs"]
mod arf;
#[path = "requirements/musts.rs"]
mod musts;
#[path = "requirements/suite.rs"]
mod suite;

use std::fmt::Write as _;

/// The page, relative to the repository.
pub const PAGE: &str = "docs/protocols/conformance.md";

/// One plan of the conformance suite.
pub struct Plan {
    /// What it is about.
    pub title: &'static str,
    /// What precedes the names of its modules.
    pub prefix: &'static str,
    /// The file with a test per module.
    pub file: &'static str,
    /// Its modules.
    pub modules: &'static [&'static str],
    /// Modules without a test, and why.
    pub gaps: &'static [(&'static str, &'static str)],
}

/// One requirement in our words.
pub struct Must {
    /// What has to hold.
    pub says: &'static str,
    /// Where it is from.
    pub source: &'static str,
    /// The tests: file and name, or the beginning of several names.
    pub tests: &'static [(&'static str, &'static str)],
}

/// Makes the page; `read` gives the text of a file of the repository.
///
/// # Errors
/// Every requirement whose test is not there, and every gap that is none any more.
pub fn page(read: &dyn Fn(&str) -> String) -> Result<String, String> {
    let mut faults = Vec::new();
    let mut text = String::from(HEAD);
    for part in musts::PARTS {
        let _ = write!(text, "\n## {}\n\n| requirement | source | test |\n|---|---|---|\n", part.title);
        for must in part.musts {
            let missing = must.tests.iter().filter(|(file, name)| !has_test(&read(file), name));
            faults.extend(missing.map(|(file, name)| format!("{file} has no test {name}")));
            let tests: Vec<String> = must.tests.iter().map(|(file, name)| link(file, name)).collect();
            let _ = writeln!(text, "| {} | {} | {} |", must.says, must.source, tests.join(", "));
        }
    }
    add_framework(&mut text, &mut faults, read);
    for plan in suite::PLANS {
        let _ = write!(text, "\n## {}\n\nModules `{}…`:\n\n| module | test |\n|---|---|\n", plan.title, plan.prefix);
        let source = read(plan.file);
        for module in plan.modules {
            let name = module.replace('-', "_");
            let gap = plan.gaps.iter().find(|(known, _)| known == module).map(|(_, why)| *why);
            let cell = match (has_test(&source, &name), gap) {
                (true, None) => link(plan.file, &name),
                (false, Some(why)) => format!("none: {why}"),
                (true, Some(_)) => {
                    faults.push(format!("{module} has a test by now: take it out of the gaps"));
                    continue;
                }
                (false, None) => {
                    faults.push(format!("{} has no test {name}", plan.file));
                    continue;
                }
            };
            let _ = writeln!(text, "| {module} | {cell} |");
        }
    }
    if faults.is_empty() { Ok(text) } else { Err(faults.join("\n")) }
}

/// Adds the requirements of the Architecture and Reference Framework.
fn add_framework(text: &mut String, faults: &mut Vec<String>, read: &dyn Fn(&str) -> String) {
    text.push_str(ARF);
    for part in arf::PARTS {
        let _ = write!(text, "\n### {}\n\n| identifiers | requirement | test |\n|---|---|---|\n", part.title);
        for row in part.rows {
            let absent = row.tests.iter().filter(|(file, name)| !has_test(&read(file), name));
            faults.extend(absent.map(|(file, name)| format!("{file} has no test {name}")));
            if row.tests.is_empty() && row.lacks.is_none() {
                faults.push(format!("{} has neither a test nor a reason why not", row.ids));
            }
            let _ = writeln!(text, "| {} | {} | {} |", row.ids, row.says, cell(row));
        }
    }
}

/// The tests of a row, and what they leave open.
fn cell(row: &arf::Row) -> String {
    let tests: Vec<String> = row.tests.iter().map(|(file, name)| link(file, name)).collect();
    match row.lacks {
        None => tests.join(", "),
        Some(why) if tests.is_empty() => format!("none: {why}"),
        Some(lacks) => format!("{}; but {lacks}", tests.join(", ")),
    }
}

/// Whether a file has a test of this name, or several whose names begin so; also as a line of a macro that makes one per way
/// or per fault.
fn has_test(source: &str, name: &str) -> bool {
    source.lines().map(str::trim_start).any(|line| {
        let line = line.strip_prefix("async ").unwrap_or(line);
        match line.strip_prefix("fn ") {
            Some(rest) => rest.starts_with(name),
            None => line.strip_prefix(name).is_some_and(|rest| {
                // What follows may be too long for the line.
                rest == ":" || rest.starts_with(": ") && (rest.contains("=>") || rest.ends_with(" {"))
            }),
        }
    })
}

fn link(file: &str, name: &str) -> String {
    format!("[`{name}`](../../{file})")
}

const ARF: &str = "
## EUDI Architecture and Reference Framework

High-level requirements of annex 2 of the ARF by their identifiers, in the revision of 2026-07-23, as far as they concern an issuer, a
verifier, a wallet, a registrar, lists and status. Left out are attestations of others and their rulebooks, signing, payments,
pseudonyms, wallets of legal persons, and duties of states and of the Commission.
";

const HEAD: &str = "# Requirements and their tests

Made by `cargo xtask requirements`; a test of the repository compares it and looks every named test up.
Sources: HAIP 1.0, OpenID4VCI 1.0 (VCI), OpenID4VP 1.0 (VP), FAPI 2.0 Security Profile, RFCs by number, ISO/IEC 18013-5, Token Status List
draft -21 (TSL), attestation-based client authentication draft -07 (ABCA), ETSI TS 119 475 and 119 602; modules of the OpenID Foundation's
conformance suite 5.2.4. The suite itself was not run: it is not to be had here.
";
