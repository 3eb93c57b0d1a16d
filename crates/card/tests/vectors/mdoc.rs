//! ISO mdoc: the examples of ISO/IEC 18013-5 annex D, files of isomdl, the lists of AAMVA and Austroads, the transcripts of
//! OpenID4VP 1.0 and the messages of ISO/IEC 18013-7 annex C.

mod annex_c;
mod annex_d;
mod isomdl;
mod transcripts;

use mibun_vectors::Test;

pub fn tests() -> Vec<Test> {
    [annex_d::tests(), isomdl::tests(), transcripts::tests(), annex_c::tests()].into_iter().flatten().collect()
}

type Checked = Result<(), String>;

fn test(name: &str, check: fn() -> Checked) -> Test {
    (format!("mdoc::{name}"), Box::new(check))
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}

/// What is found must be what is published.
fn same<T: PartialEq + ?Sized>(found: &T, expected: &T) -> Checked {
    if found == expected { Ok(()) } else { Err("another value than the published one".to_owned()) }
}
