//! `cargo xtask fuzz`: every reader of bytes from outside under libFuzzer, for so many seconds each.
//!
//! The stable compiler instruments well enough; what needs another one, the address sanitizer, would look for faults of
//! memory, and there is no unsafe code of ours.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::say;
use crate::step::{self, Outcome, cargo};

/// Counters at every edge, and comparisons told to the fuzzer.
const FLAGS: &str = "--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares";
/// Seconds for each reader, unless told otherwise.
const SECONDS: u32 = 60;

/// Fuzzes the named targets, or all of them: `[--seconds N] [TARGET ...]`. Stops at the first find, whose input stays.
///
/// # Errors
/// A find, or what kept a program from being built.
pub(crate) fn run_fuzz(arguments: &[&str]) -> Outcome {
    let (seconds, wanted) = match arguments {
        ["--seconds", seconds, wanted @ ..] => {
            (seconds.parse().map_err(|_| "--seconds takes a number".to_owned())?, wanted)
        }
        wanted => (SECONDS, wanted),
    };
    let programs = build()?;
    let place = crate::test::target_folder().join("fuzz");
    let seeds = place.join("corpus");
    let listed = step::quiet(Command::new(programs.join("mibun-fuzz")).env("MIBUN_FUZZ_SEEDS", &seeds))?;
    let targets: Vec<(&str, &str)> = listed.lines().filter_map(|line| line.split_once(' ')).collect();
    if let Some(unknown) = wanted.iter().find(|name| !targets.iter().any(|(known, _)| known == *name)) {
        return Err(format!("no such target: {unknown}"));
    }
    for (name, longest) in targets.into_iter().filter(|(name, _)| wanted.is_empty() || wanted.contains(name)) {
        one(&programs, &place, (name, longest), seconds)?;
    }
    Ok(())
}

/// Builds the programs for this machine's target, named so that build scripts are not instrumented.
fn build() -> Result<PathBuf, String> {
    let version = step::quiet(&mut step::program("rustc", &["-vV"]))?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).ok_or("rustc names no host")?;
    let folder = crate::test::target_folder().join("fuzz/build");
    let mut command = cargo(&["build", "--release", "--manifest-path", "fuzz/Cargo.toml", "--target", host]);
    step::run("fuzz build", command.env("RUSTFLAGS", FLAGS).env("CARGO_TARGET_DIR", &folder))?;
    Ok(folder.join(host).join("release"))
}

fn one(programs: &Path, place: &Path, (name, longest): (&str, &str), seconds: u32) -> Outcome {
    let finds = place.join("finds");
    std::fs::create_dir_all(&finds).map_err(|error| format!("{}: {error}", finds.display()))?;
    let mut fuzz = Command::new(programs.join("mibun-fuzz"));
    fuzz.arg(place.join("corpus").join(name)).env("MIBUN_FUZZ_TARGET", name);
    fuzz.args([format!("-max_total_time={seconds}"), format!("-max_len={longest}"), "-timeout=10".to_owned()]);
    fuzz.args(["-rss_limit_mb=1024", "-print_final_stats=1", "-verbosity=1"]);
    fuzz.arg(format!("-artifact_prefix={}/{name}-", finds.display()));
    let output = fuzz.output().map_err(|error| format!("{name}: {error}"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    let runs = said.lines().find_map(|line| line.strip_prefix("stat::number_of_executed_units: ")).unwrap_or("?");
    let edges = said
        .lines()
        .rev()
        .find_map(|line| line.split_once(" cov: "))
        .map_or("?", |(_, rest)| rest.split_whitespace().next().unwrap_or("?"));
    if output.status.success() {
        say::line(&format!("{name:12} {:>12} inputs, {edges:>6} edges, no find", runs.trim()));
        return Ok(());
    }
    let last: Vec<&str> = said.lines().rev().take(12).collect();
    let last: Vec<&str> = last.into_iter().rev().collect();
    Err(format!("{name}: a find; its input is in {}\n{}", finds.display(), last.join("\n")))
}
