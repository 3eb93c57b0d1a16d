//! The runner: names, filters and the lines that tools which read test output expect.

use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

/// What one vector demands: `Ok`, or what came out instead.
pub type Check = Box<dyn Fn() -> Result<(), String>>;

/// A vector with its name, such as `wycheproof::aes_gcm::12`.
pub type Test = (String, Check);

/// Runs the tests that the command line asks for and reports them the way Rust's own runner does.
///
/// Understands `NAME` filters (any of them, as part of the name), `--exact`, `--skip NAME` and `--list`; other options
/// of the usual runner are accepted and have no effect. A panic counts as a failure of that vector alone.
pub fn run(tests: Vec<Test>) -> ExitCode {
    let selection = Selection::from_arguments(std::env::args().skip(1));
    let mut out = io::stdout().lock();
    match report(tests, &selection, &mut out) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) | Err(_) => ExitCode::from(101),
    }
}

fn report(tests: Vec<Test>, selection: &Selection, out: &mut dyn Write) -> io::Result<bool> {
    let found = tests.len();
    let chosen: Vec<Test> = tests.into_iter().filter(|(name, _)| selection.takes(name)).collect();
    if selection.list {
        chosen.iter().try_for_each(|(name, _)| writeln!(out, "{name}: test"))?;
        writeln!(out, "\n{} tests, 0 benchmarks", chosen.len())?;
        return Ok(true);
    }
    writeln!(out, "\nrunning {} tests", chosen.len())?;
    let mut failures = Vec::new();
    for (name, check) in &chosen {
        match outcome(check) {
            Ok(()) => writeln!(out, "test {name} ... ok")?,
            Err(problem) => {
                writeln!(out, "test {name} ... FAILED")?;
                failures.push((name, problem));
            }
        }
    }
    summary(&failures, chosen.len(), found, out)?;
    // A file without vectors proves nothing: it must not look like success.
    Ok(failures.is_empty() && found > 0)
}

fn summary(failures: &[(&String, String)], ran: usize, found: usize, out: &mut dyn Write) -> io::Result<()> {
    if !failures.is_empty() {
        writeln!(out, "\nfailures:\n")?;
        for (name, problem) in failures {
            writeln!(out, "---- {name} ----\n{problem}\n")?;
        }
    }
    let word = if failures.is_empty() && found > 0 { "ok" } else { "FAILED" };
    let (passed, failed, filtered) = (ran - failures.len(), failures.len(), found - ran);
    writeln!(
        out,
        "\ntest result: {word}. {passed} passed; {failed} failed; 0 ignored; 0 measured; {filtered} filtered out\n"
    )
}

fn outcome(check: &Check) -> Result<(), String> {
    catch_unwind(AssertUnwindSafe(check)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        let text = text.or_else(|| panic.downcast_ref::<&str>().map(ToString::to_string));
        Err(format!("panicked: {}", text.unwrap_or_else(|| "no message".to_owned())))
    })
}

/// Which tests the command line asks for.
#[derive(Debug, Default)]
struct Selection {
    filters: Vec<String>,
    skips: Vec<String>,
    exact: bool,
    list: bool,
}

/// Options of the usual runner that carry a value; it must not be taken for a filter.
const OPTIONS_WITH_VALUE: [&str; 6] = ["--test-threads", "--color", "--format", "--logfile", "--shuffle-seed", "-Z"];

impl Selection {
    fn from_arguments(arguments: impl Iterator<Item = String>) -> Self {
        let mut selection = Self::default();
        let mut arguments = arguments;
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--exact" => selection.exact = true,
                "--list" => selection.list = true,
                "--skip" => selection.skips.extend(arguments.next()),
                option if OPTIONS_WITH_VALUE.contains(&option) => {
                    arguments.next();
                }
                option if option.starts_with('-') => {}
                filter => selection.filters.push(filter.to_owned()),
            }
        }
        selection
    }

    fn takes(&self, name: &str) -> bool {
        let wanted = self.filters.is_empty() || self.filters.iter().any(|filter| self.matches(name, filter));
        wanted && !self.skips.iter().any(|skip| self.matches(name, skip))
    }

    fn matches(&self, name: &str, pattern: &str) -> bool {
        if self.exact { name == pattern } else { name.contains(pattern) }
    }
}

#[cfg(test)]
mod tests;
