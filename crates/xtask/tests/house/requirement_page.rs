//! The page of requirements names tests that are there, and is what the tables make of it.

use crate::requirements::{PAGE, page};
use crate::workspace::{must_read, text};

#[test]
fn every_requirement_has_its_test_or_says_why_not() {
    let made = page(&|file| text(file).unwrap_or_default()).unwrap_or_else(|faults| panic!("{faults}"));
    assert!(made == must_read(PAGE), "{PAGE} is not what `cargo xtask requirements` writes");
}
