//! `mibun`: one binary, one subcommand per role.

use std::process::ExitCode;

fn main() -> ExitCode {
    mibun_server::cli::run()
}
