//! One reader under libFuzzer: the one that `MIBUN_FUZZ_TARGET` names. With `MIBUN_FUZZ_SEEDS`, writes what to begin with
//! into that folder and lists the targets and their longest inputs instead; a program of its own could not be linked with
//! the same instrumentation.

#![no_main]

use std::path::Path;
use std::sync::LazyLock;

use mibun_fuzz::{TARGETS, Target, by_name, seeds};

static TARGET: LazyLock<Target> = LazyLock::new(|| {
    let name = std::env::var("MIBUN_FUZZ_TARGET").expect("set MIBUN_FUZZ_TARGET");
    by_name(&name).expect("MIBUN_FUZZ_TARGET names a target")
});

fn prepare() {
    let Some(folder) = std::env::var_os("MIBUN_FUZZ_SEEDS") else { return };
    seeds::write(Path::new(&folder));
    TARGETS.iter().for_each(|target| println!("{} {}", target.name, target.longest));
    std::process::exit(0);
}

libfuzzer_sys::fuzz_target!(init: prepare(), |bytes: &[u8]| (TARGET.read)(bytes));
