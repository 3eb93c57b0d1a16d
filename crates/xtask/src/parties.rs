//! Other makers' libraries that tests speak to as programs: Python packages in an environment of their own, and isomdl,
//! which must not be built together with ours (`crates/differential`).

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::step::{self, Outcome, cargo};

const REQUIREMENTS: &str = "crates/differential/tests/parties/python/requirements.txt";
const ISOMDL: &str = "crates/differential/isomdl/Cargo.toml";

/// The programs, made.
pub(crate) struct Parties {
    python: PathBuf,
    isomdl: PathBuf,
}

impl Parties {
    /// Makes the programs, unless they are there and as pinned.
    ///
    /// # Errors
    /// The step that failed.
    pub(crate) fn prepare() -> Result<Self, String> {
        let python = step::root().join(".mibun/python");
        let isomdl = crate::test::target_folder().join("isomdl");
        install(&python)?;
        let mut build = cargo(&["build", "--locked", "--quiet", "--manifest-path", ISOMDL, "--target-dir"]);
        step::run("isomdl", build.arg(&isomdl))?;
        Ok(Self { python: interpreter(&python), isomdl: isomdl.join("debug/isomdl-party") })
    }

    /// The command, told where they are.
    pub(crate) fn tell<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command.env("MIBUN_PYTHON", &self.python).env("MIBUN_ISOMDL", &self.isomdl)
    }
}

/// The packages that the requirements name, every file checked against its hash; nothing is built.
fn install(place: &Path) -> Outcome {
    let wanted = std::fs::read(step::root().join(REQUIREMENTS)).map_err(|error| format!("{REQUIREMENTS}: {error}"))?;
    let stamp = place.join("requirements.txt");
    if std::fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    step::run("python", step::program("python3", &["-m", "venv", "--clear"]).arg(place))?;
    let quietly = ["-m", "pip", "--quiet", "--disable-pip-version-check", "install", "--no-deps"];
    let mut packages = step::program(interpreter(place), &quietly);
    packages.args(["--only-binary", ":all:", "--require-hashes", "--requirement", REQUIREMENTS]);
    step::run("python packages", &mut packages)?;
    std::fs::write(&stamp, wanted).map_err(|error| format!("{}: {error}", stamp.display()))
}

fn interpreter(place: &Path) -> PathBuf {
    place.join("bin/python")
}
