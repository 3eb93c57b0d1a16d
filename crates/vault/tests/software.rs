//! The software vault keeps the contract.

use std::process::ExitCode;
use std::sync::Arc;

use mibun_crypto::entropy::SeededEntropy;
use mibun_vault::contract::{Fixture, promises};
use mibun_vault::{Operation, SoftwareVault};
use mibun_vectors::{Test, run};

fn vault(number: u8) -> Arc<SoftwareVault> {
    let entropy = Box::new(SeededEntropy::new([number]));
    Arc::new(SoftwareVault::of_key(&[number; 32], Operation::Development, entropy).expect("it opens"))
}

fn main() -> ExitCode {
    let tests = promises().into_iter().map(|(name, promise)| -> Test {
        let check = move || {
            promise(&Fixture { vault: vault(1), other: vault(2) });
            Ok(())
        };
        (format!("contract::{name}"), Box::new(check))
    });
    run(tests.collect())
}
