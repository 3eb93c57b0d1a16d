//! Published samples of what this crate reads, one named test each.

mod registration;

use std::process::ExitCode;

use mibun_vectors::run;

fn main() -> ExitCode {
    run(registration::tests())
}
