//! `mibun-wallet`: collects and shows cards from a terminal, for tests, load and kiosks.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run()
}
