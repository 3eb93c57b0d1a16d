//! Where the shared vectors lie.

use std::path::{Path, PathBuf};
use std::process::exit;

use serde_json::Value;

/// Names the folder that holds `vectors/`, `faces/` and the rest; without it the folder `shared` beside the repository.
const VARIABLE: &str = "MIBUN_SHARED";

/// The path of `relative` (such as `vectors/wycheproof`) in the shared folder.
///
/// Ends the process with one line naming what is missing, for a vector test that cannot find its vectors has failed.
pub fn shared(relative: &str) -> PathBuf {
    let path = folder().join(relative);
    if !path.exists() {
        stop(&format!("missing {}: set {VARIABLE} to the folder that holds `vectors/`", path.display()));
    }
    path
}

/// The text of a file in the shared folder; ends the process like [`shared`].
pub fn read_text(relative: &str) -> String {
    let path = shared(relative);
    std::fs::read_to_string(&path).unwrap_or_else(|error| stop(&format!("cannot read {}: {error}", path.display())))
}

/// A JSON file in the shared folder; ends the process like [`shared`].
pub fn read_json(relative: &str) -> Value {
    serde_json::from_str(&read_text(relative))
        .unwrap_or_else(|error| stop(&format!("{relative} in the shared folder is not JSON: {error}")))
}

fn folder() -> PathBuf {
    match std::env::var_os(VARIABLE) {
        Some(folder) => PathBuf::from(folder),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
    }
}

#[expect(clippy::print_stderr, reason = "a test runner talks to the terminal")]
fn stop(problem: &str) -> ! {
    eprintln!("error: {problem}");
    exit(1)
}
