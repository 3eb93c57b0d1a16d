//! The vault on SoftHSM keeps the contract, and lives through what happens to security modules.
//!
//! Started without `MIBUN_TEST_TOKENS` this program makes a folder for tokens and starts itself again with the two
//! variables that name it: SoftHSM reads one of them when it is loaded.

mod administrator;
mod opening;
mod outages;
mod restarts;

use std::process::{Command, ExitCode};
use std::sync::Arc;

use administrator::Administrator;
use mibun_crypto::seal::Context;
use mibun_vault::contract::{Fixture, promises};
use mibun_vault::softhsm::{SoftHsm, library};
use mibun_vectors::{Test, run};

const TOKENS: &str = "MIBUN_TEST_TOKENS";

const PLACE: Context<'static> = Context { table: "full card", row: b"42", column: "key", version: 1 };

const MESSAGE: &[u8] = b"what the holder agreed to";

fn main() -> ExitCode {
    // Here, so that a machine without SoftHSM fails with one line and does not skip anything.
    library().expect("SoftHSM is installed");
    if restarts::other_process() {
        return ExitCode::SUCCESS;
    }
    if std::env::var_os(TOKENS).is_some() { run(tests()) } else { start_again() }
}

fn start_again() -> ExitCode {
    let folder = SoftHsm::new().expect("a folder is made");
    let (variable, value) = folder.environment();
    let program = std::env::current_exe().expect("a program knows itself");
    let mut again = Command::new(program);
    again.args(std::env::args_os().skip(1)).env(variable, value).env(TOKENS, folder.tokens());
    let status = again.status().expect("it starts");
    if status.success() { ExitCode::SUCCESS } else { ExitCode::from(101) }
}

fn tests() -> Vec<Test> {
    let contract = promises().into_iter().map(|(name, promise)| {
        named("contract", name, move || {
            let (vault, other) = (Administrator::new_token().vault(), Administrator::new_token().vault());
            promise(&Fixture { vault: Arc::new(vault), other: Arc::new(other) });
        })
    });
    let own = [("opening", opening::TESTS), ("outages", outages::TESTS), ("restarts", restarts::TESTS)];
    let own =
        own.into_iter().flat_map(|(group, tests)| tests.iter().map(move |(name, test)| named(group, name, *test)));
    contract.chain(own).collect()
}

fn named(group: &str, name: &str, test: impl Fn() + 'static) -> Test {
    let check = move || {
        test();
        Ok(())
    };
    (format!("{group}::{name}"), Box::new(check))
}
