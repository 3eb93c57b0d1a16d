//! One reader under libFuzzer: the one that `MIBUN_FUZZ_TARGET` names.

#![no_main]

use std::sync::LazyLock;

use mibun_fuzz::{Target, by_name};

static TARGET: LazyLock<Target> = LazyLock::new(|| {
    let name = std::env::var("MIBUN_FUZZ_TARGET").expect("set MIBUN_FUZZ_TARGET");
    by_name(&name).expect("MIBUN_FUZZ_TARGET names a target")
});

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| (TARGET.read)(bytes));
