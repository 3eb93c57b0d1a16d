//! Signatures with keys that lie wrapped outside of their vault.

use std::process::Command;

use mibun_crypto::seal::Context;
use mibun_server::app::App;
use mibun_vault::softhsm::{PIN, SoftHsm, SoftHsmError, library};
use mibun_vault::{KeyVault, Operation, Pin, Pkcs11Config, Pkcs11Vault, SoftwareVault};

use crate::Failure;
use crate::clock::{Rate, beside};
use crate::library::Floor;
use crate::report::{Report, complain, say};

/// Set for the process that measures SoftHSM, which finds its tokens by a variable of the environment.
const OTHER_PROCESS: &str = "MIBUN_BENCH_SOFTHSM";

const TOKEN: &str = "bench";

/// Measures both kinds of vault, each in turns with bare signatures. Where SoftHSM is missing, says so and goes on.
pub(crate) fn measure(app: &App, report: &mut Report) -> Result<(), Failure> {
    let vault = SoftwareVault::of_key(&[7; 32], Operation::Development, app.entropy())?;
    let words = "signatures with a wrapped key, software vault";
    report.add_rate("vault.sign.software", words, &rate(&vault)?, 1.0);
    match softhsm() {
        Ok(rate) => {
            let words = "signatures with a wrapped key, SoftHSM (unwrapped inside for each)";
            report.add_rate("vault.sign.softhsm", words, &rate, 1.0);
        }
        Err(missing) if missing.is::<SoftHsmError>() => {
            complain(&format!("vault.sign.softhsm not measured: {missing}"))
        }
        Err(failure) => return Err(failure),
    }
    Ok(())
}

fn rate(vault: &dyn KeyVault) -> Result<Rate, Failure> {
    let place = Context { table: "bench", row: b"1", column: "key", version: 1 };
    let made = vault.generate(&place)?;
    let floor = Floor::new()?;
    beside(|| floor.sign(), || Ok(vault.sign(&made.wrapped, &place, &[7; 1024]).map(drop)?))
}

fn softhsm() -> Result<Rate, Failure> {
    library()?;
    let tokens = SoftHsm::new()?;
    tokens.make_token(TOKEN)?;
    let (variable, value) = tokens.environment();
    let mut other = Command::new(std::env::current_exe()?);
    let output = other.env(variable, value).env(OTHER_PROCESS, "1").output()?;
    if !output.status.success() {
        return Err(format!("SoftHSM: {}", String::from_utf8_lossy(&output.stderr).trim()).into());
    }
    read(&String::from_utf8(output.stdout)?)
}

/// What the process does that was started for SoftHSM; nothing in any other.
pub(crate) fn as_other_process() -> Option<Result<(), Failure>> {
    std::env::var_os(OTHER_PROCESS).map(|_| in_softhsm())
}

fn in_softhsm() -> Result<(), Failure> {
    let config = Pkcs11Config::new(library()?, TOKEN, Pin::new(PIN)?);
    Pkcs11Vault::init(&config)?;
    let rate = rate(&Pkcs11Vault::open(&config)?)?;
    say(&format!("{} {} {} {} {}", rate.value, rate.n, rate.share, rate.floor, rate.floor_n));
    Ok(())
}

fn read(told: &str) -> Result<Rate, Failure> {
    let mut words = told.split_whitespace();
    let mut next = || words.next().ok_or("SoftHSM: the figures are not whole");
    Ok(Rate {
        value: next()?.parse()?,
        n: next()?.parse()?,
        share: next()?.parse()?,
        floor: next()?.parse()?,
        floor_n: next()?.parse()?,
    })
}
