//! `cargo xtask test`: everything, in the order in which failures are cheapest.

use std::path::PathBuf;
use std::process::Command;

use crate::parties::Parties;
use crate::step::{self, Outcome, cargo, run};
use crate::{say, tools, web};

/// What only tests need, or what is built in only where it is asked for: photographs that move, for camera tests; documents
/// of a made-up state; the second engine; card readers.
const FEATURES: &str = "mibun-face/test-actor,mibun-face/ort,mibun-server/ort,mibun-wallet/virtual-chip,\
    mibun-terminal/pcsc,mibun-server/pcsc";

/// Runs every test; stops at the first step that fails.
///
/// # Errors
/// The step that failed, or what the machine lacks.
pub(crate) fn run_all() -> Outcome {
    let started = step::now();
    tools::need_node()?;
    tools::need_test_tools()?;
    let shared = shared()?;
    let documents = crate::models::documents()?;
    let library = crate::models::onnx_runtime()?;
    let parties = Parties::prepare()?;
    run("format", &mut cargo(&["fmt", "--all", "--check"]))?;
    web::build()?;
    npm("web: types and lint", "check")?;
    npm("web: unit tests", "test")?;
    run(
        "lint",
        &mut cargo(&["clippy", "--workspace", "--all-targets", "--features", FEATURES, "--", "-D", "warnings"]),
    )?;
    // The tests of the programs build the programs, which the two steps after this one run.
    let mut tests = cargo(&["test", "--workspace", "--no-fail-fast", "--features", FEATURES]);
    tests.env("MIBUN_DOCUMENT_MODELS_DIR", &documents).env("ORT_DYLIB_PATH", &library);
    run("rust tests", with_data(parties.tell(&mut tests), &shared))?;
    let binaries = target_folder().join("debug");
    for (name, script) in [("interoperability", "interop"), ("browser", "e2e")] {
        let mut command = step::program("npm", &["run", "--silent", script]);
        command.current_dir(step::root().join("web")).env("MIBUN_BIN_DIR", &binaries);
        run(name, with_data(&mut command, &shared))?;
    }
    say::line(&format!("\nEverything passed in {}.", step::in_words(step::now() - started)));
    Ok(())
}

fn npm(name: &str, script: &str) -> Outcome {
    run(name, step::program("npm", &["run", "--silent", script]).current_dir(step::root().join("web")))
}

/// Test data that lies beside the repository: vectors, photographs, models.
pub(crate) fn shared() -> Result<PathBuf, String> {
    let folder = std::env::var_os("MIBUN_SHARED").map_or_else(|| step::root().join("../shared"), PathBuf::from);
    let vectors = folder.join("vectors");
    if vectors.is_dir() {
        return folder.canonicalize().map_err(|error| format!("{}: {error}", folder.display()));
    }
    Err(format!("test data is missing: {} (set MIBUN_SHARED to the folder that holds vectors/)", vectors.display()))
}

/// The command, told where that data lies.
pub(crate) fn with_data<'a>(command: &'a mut Command, shared: &std::path::Path) -> &'a mut Command {
    command.env("MIBUN_SHARED", shared);
    for (variable, folder) in [("MIBUN_MODELS_DIR", "models"), ("MIBUN_TEST_FACES", "faces")] {
        if std::env::var_os(variable).is_none() {
            command.env(variable, shared.join(folder));
        }
    }
    command
}

/// Where cargo puts what it builds.
pub(crate) fn target_folder() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| step::root().join("target"), PathBuf::from)
}
