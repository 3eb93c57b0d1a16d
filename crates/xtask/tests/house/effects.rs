//! The real clock and real randomness are called in one file each per binary; HTTP statuses live under `http`.

use crate::workspace::{lines_where, must_read, none, text, tracked};

/// The files that may call the real clock.
const CLOCKS: [&str; 4] = [
    "crates/server/src/clock.rs",
    "crates/wallet/src/clock.rs",
    "crates/bench/src/clock.rs",
    "crates/xtask/src/step.rs",
];

/// The files that may call real randomness.
const RANDOMNESS: [&str; 2] = ["crates/server/src/entropy.rs", "crates/wallet/src/entropy.rs"];

/// Hand the library's own source to the library's ECDSA, which asks for one by type and does not read it.
const SIGNING: [&str; 2] = ["crates/crypto/src/key/software.rs", "crates/bench/src/library.rs"];

/// This test names what it looks for.
const THIS: &str = "crates/xtask/tests/house/effects.rs";

fn rust(name: &str) -> bool {
    name.ends_with(".rs") && name != THIS
}

/// Tokio's clock is for time-outs and group commit; it never becomes a time that is recorded.
fn reads_tokio(name: &str) -> bool {
    text(name)
        .is_some_and(|text| text.lines().any(|line| line.starts_with("use tokio::time::") && line.contains("Instant")))
}

#[test]
fn one_file_per_binary_reads_the_clock() {
    let calls = ["SystemTime::now", "Instant::now", "::now_utc"];
    let found = lines_where(
        |name| rust(name) && !CLOCKS.contains(&name) && !reads_tokio(name),
        |line| calls.iter().any(|call| line.contains(call)),
    );
    none("calls of the real clock outside its file", &found);
}

#[test]
fn tokios_clock_stays_in_the_record() {
    let found: Vec<String> = tracked()
        .iter()
        .filter(|name| rust(name) && reads_tokio(name) && !name.starts_with("crates/registry-sql/"))
        .filter(|name| !name.contains("/tests"))
        .cloned()
        .collect();
    none("tokio's clock outside the record", &found);
}

#[test]
fn one_file_per_binary_draws_randomness() {
    let calls = ["SystemRandom", "SecureRandom", "getrandom", "thread_rng", "OsRng", "rand::rng("];
    let found = lines_where(
        |name| rust(name) && !RANDOMNESS.contains(&name) && !SIGNING.contains(&name),
        |line| calls.iter().any(|call| line.contains(call)),
    );
    none("real randomness outside its file", &found);
}

#[test]
fn exceptions_are_where_they_are_listed() {
    let found = lines_where(
        |name| rust(name) && !CLOCKS.contains(&name) && !RANDOMNESS.contains(&name),
        |line| line.contains("clippy::disallowed_methods"),
    );
    none("exceptions from clippy.toml's list", &found);
}

#[test]
fn the_listed_files_are_there() {
    for name in CLOCKS.iter().chain(&RANDOMNESS).chain(&SIGNING) {
        assert!(!must_read(name).is_empty(), "{name}");
    }
}

#[test]
fn statuses_are_rendered_in_one_place() {
    let found = lines_where(
        |name| {
            let inside = name == "crates/server/src/http.rs" || name.starts_with("crates/server/src/http/");
            rust(name) && name.contains("/src/") && !inside
        },
        |line| line.contains("StatusCode"),
    );
    none("HTTP statuses outside crates/server/src/http", &found);
}
