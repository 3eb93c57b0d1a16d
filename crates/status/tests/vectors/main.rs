//! The published vectors of the Token Status List, one named test each: the lists, and every example of the draft.

mod examples;
mod lists;

use std::process::ExitCode;

use mibun_vectors::run;

fn main() -> ExitCode {
    run(lists::tests().into_iter().chain(examples::tests()).collect())
}
