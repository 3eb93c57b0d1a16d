//! The published examples of RFC 9901 and of SD-JWT VC, one named test for each thing that an example shows.

mod examples;
mod serialised;
mod type_metadata;

use std::process::ExitCode;

use mibun_vectors::run;

fn main() -> ExitCode {
    run(examples::tests().into_iter().chain(type_metadata::tests()).collect())
}
