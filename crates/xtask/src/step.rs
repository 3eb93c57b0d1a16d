//! Running other programs, each as a named step with its time.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::say;

/// What a command ends with; the error is a sentence for the terminal.
pub(crate) type Outcome = Result<(), String>;

/// The folder that holds the workspace.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).map_or_else(|| here.to_owned(), Path::to_owned)
}

/// A program to be run in the workspace's root.
pub(crate) fn program(name: impl AsRef<OsStr>, arguments: &[&str]) -> Command {
    let mut command = Command::new(name);
    command.args(arguments).current_dir(root());
    command
}

/// This cargo, not another one of the path.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    program(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()), arguments)
}

/// Runs `command` with its output shown, and says how long it took.
///
/// # Errors
/// A sentence with the step's name when the program cannot be started or fails.
pub(crate) fn run(name: &str, command: &mut Command) -> Outcome {
    say::line(&format!("\n== {name}"));
    let started = now();
    let status =
        command.status().map_err(|error| format!("{name}: cannot start {:?}: {error}", command.get_program()))?;
    say::line(&format!("== {name}: {}", in_words(now() - started)));
    if status.success() { Ok(()) } else { Err(format!("{name} failed ({status})")) }
}

/// Runs a program unseen and returns what it prints; its own words are the error.
///
/// # Errors
/// The program's name, and why it did not start or what it said first.
pub(crate) fn quiet(command: &mut Command) -> Result<String, String> {
    let name = command.get_program().display().to_string();
    let output = command.output().map_err(|error| format!("cannot start {name}: {error}"))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let words = String::from_utf8_lossy(&output.stderr);
    Err(format!("{name}: {}", words.lines().next().unwrap_or("failed")))
}

/// Whether a program answers `--version`.
pub(crate) fn exists(name: &str) -> bool {
    let probe = Command::new(name)
        .arg("--version")
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .status();
    probe.is_ok_and(|status| status.success())
}

/// Time since the process started; only differences mean anything.
#[expect(clippy::disallowed_methods, reason = "developer commands time their steps")]
pub(crate) fn now() -> Duration {
    static START: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
    START.get_or_init(std::time::Instant::now).elapsed()
}

/// `83 s` as `1 min 23 s`.
pub(crate) fn in_words(time: Duration) -> String {
    let seconds = time.as_secs();
    if seconds < 60 {
        format!("{:.1} s", time.as_secs_f32())
    } else {
        format!("{} min {} s", seconds / 60, seconds % 60)
    }
}
