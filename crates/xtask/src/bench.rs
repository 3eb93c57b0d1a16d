//! `cargo xtask bench`: release builds, then the measurement on a core of its own.

use crate::say;
use crate::step::{self, Outcome, cargo, run};
use crate::test::{shared, target_folder, with_data};

/// The server takes core 0.
const OUR_CORE: &str = "1";

/// Builds, measures, and rewrites the table of the README.
///
/// # Errors
/// The step that failed, or what the machine lacks.
pub(crate) fn run_bench() -> Outcome {
    if !step::exists("taskset") {
        return Err("`taskset` is missing: `apt-get install util-linux`".to_owned());
    }
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    if cores < 2 {
        return Err("the measurement needs two cores: one for the server, one for who asks it".to_owned());
    }
    let shared = shared()?;
    run("release build", &mut cargo(&["build", "--release", "--package", "mibun-server", "--package", "mibun-bench"]))?;
    let bench = target_folder().join("release/mibun-bench");
    let mut command = step::program("taskset", &["-c", OUR_CORE]);
    command.arg(bench).arg("--readme").arg(step::root().join("README.md"));
    match crate::models::documents() {
        Ok(models) => drop(command.env("MIBUN_DOCUMENT_MODELS_DIR", models)),
        Err(why) => say::line(&why),
    }
    run("measurement", with_data(&mut command, &shared))
}
