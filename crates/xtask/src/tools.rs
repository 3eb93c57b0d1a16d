//! What the machine must have, and how it gets it.

use std::path::Path;

use crate::step::{self, Outcome};

/// A program the tests need and the Debian package that brings it.
struct Tool {
    package: &'static str,
    present: fn() -> bool,
}

const FOR_TESTS: [Tool; 15] = [
    Tool { package: "chromium", present: || step::exists("chromium") },
    // Makes certificates for those who attest wallets, with no code of ours.
    Tool { package: "openssl", present: || Path::new("/usr/bin/openssl").exists() },
    Tool { package: "postgresql", present: postgresql },
    Tool { package: "fonts-ocr-b", present: || Path::new("/usr/share/fonts/opentype/ocr-b/OCRB.otf").exists() },
    Tool { package: "fonts-noto-cjk", present: || Path::new("/usr/share/fonts/opentype/noto").exists() },
    Tool { package: "softhsm2", present: softhsm },
    // A card reader in software, a card of another maker for it, and what building against PC/SC takes.
    Tool { package: "pcscd", present: || Path::new("/usr/sbin/pcscd").exists() },
    Tool { package: "vsmartcard-vpcd", present: || Path::new(VIRTUAL_READER).exists() },
    Tool { package: "vsmartcard-vpicc", present: || Path::new("/usr/bin/vicc").exists() },
    Tool { package: "python3-pycryptodome", present: || Path::new(PYCRYPTODOME).exists() },
    // What an environment of Python packages is made with.
    Tool { package: "python3-venv", present: python_venv },
    // The reader's network, and the way of a card into it.
    Tool { package: "iproute2", present: || Path::new("/bin/ip").exists() },
    Tool { package: "socat", present: || Path::new("/usr/bin/socat").exists() },
    Tool { package: "libpcsclite-dev", present: pcsclite },
    Tool { package: "pkg-config", present: || step::exists("pkg-config") },
];

const VIRTUAL_READER: &str = "/usr/lib/pcsc/drivers/serial/libifdvpcd.so";
const PYCRYPTODOME: &str = "/usr/lib/python3/dist-packages/Cryptodome";

/// Node.js and npm, which nothing here can install well.
///
/// # Errors
/// Names what is missing.
pub(crate) fn need_node() -> Outcome {
    for name in ["node", "npm"] {
        if !step::exists(name) {
            return Err(format!("`{name}` is missing: install Node.js 20 or newer with npm, then run this again"));
        }
    }
    Ok(())
}

/// Chromium, OpenSSL, PostgreSQL, fonts, SoftHSM, a card reader in software and Python's `venv`: installed when we may
/// (root on Debian), else named.
///
/// # Errors
/// One line naming the packages to install.
pub(crate) fn need_test_tools() -> Outcome {
    let missing: Vec<&str> = FOR_TESTS.iter().filter(|tool| !(tool.present)()).map(|tool| tool.package).collect();
    if missing.is_empty() {
        return Ok(());
    }
    if !may_install() {
        return Err(format!("these packages are missing: `apt-get install {}`", missing.join(" ")));
    }
    step::run("package lists", &mut step::program("apt-get", &["update", "-qq"]))?;
    let mut install = vec!["install", "-y", "-qq", "--no-install-recommends"];
    install.extend(&missing);
    step::run(
        &format!("install {}", missing.join(", ")),
        step::program("apt-get", &install).env("DEBIAN_FRONTEND", "noninteractive"),
    )
}

fn may_install() -> bool {
    let root = step::program("id", &["-u"]).output().is_ok_and(|out| out.stdout.trim_ascii() == b"0");
    root && Path::new("/usr/bin/apt-get").exists()
}

fn postgresql() -> bool {
    let Ok(versions) = std::fs::read_dir("/usr/lib/postgresql") else { return false };
    versions.filter_map(Result::ok).any(|version| version.path().join("bin/initdb").exists())
}

/// Debian's Python has `venv`, but not what fills an environment.
fn python_venv() -> bool {
    let found =
        step::program("python3", &["-c", "import venv, ensurepip"]).stderr(std::process::Stdio::null()).status();
    found.is_ok_and(|status| status.success())
}

fn pcsclite() -> bool {
    let found = step::program("pkg-config", &["--exists", "libpcsclite"]).status();
    found.is_ok_and(|status| status.success())
}

/// The library where the tests look for it, or where they are told that it is.
fn softhsm() -> bool {
    std::env::var_os("MIBUN_SOFTHSM").is_some() || Path::new("/usr/lib/softhsm/libsofthsm2.so").exists()
}
