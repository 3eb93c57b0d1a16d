//! The published examples of RFC 9901, of SD-JWT VC and of ISO mdoc, one named test for each thing that an example shows.

mod examples;
mod mdoc;
mod serialised;
mod type_metadata;

use std::process::ExitCode;

use mibun_vectors::run;

fn main() -> ExitCode {
    run([examples::tests(), type_metadata::tests(), mdoc::tests()].into_iter().flatten().collect())
}
