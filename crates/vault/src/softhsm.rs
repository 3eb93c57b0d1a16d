//! SoftHSM for tests and measurements: a security module in software, with its tokens in a folder of their own.
//!
//! It finds that folder by a variable of the environment, which a process cannot set for itself: hand
//! [`SoftHsm::environment`] to a process that is started with it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::{fs, io};

use thiserror::Error;

/// PIN of the users of all tokens here.
pub const PIN: &str = "1234";

/// PIN of the security officers of all tokens here.
pub const OFFICER_PIN: &str = "12345678";

/// Where distributions put the module.
const PLACES: [&str; 4] = [
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
    "/opt/homebrew/lib/softhsm/libsofthsm2.so",
];

/// Why there is no SoftHSM to test with.
#[derive(Debug, Error)]
pub enum SoftHsmError {
    /// It is not installed.
    #[error("SoftHSM is missing: install the package softhsm2, or set MIBUN_SOFTHSM to its library")]
    Missing,
    /// The folder or the configuration could not be made, or the tool not be started.
    #[error("SoftHSM cannot be set up: {0}")]
    Setup(#[from] io::Error),
    /// The tool refused to make a token.
    #[error("softhsm2-util makes no token")]
    Token,
}

/// The module's library: `MIBUN_SOFTHSM`, or where distributions put it.
///
/// # Errors
/// [`SoftHsmError::Missing`].
pub fn library() -> Result<PathBuf, SoftHsmError> {
    let named = std::env::var_os("MIBUN_SOFTHSM").map(PathBuf::from);
    let mut places = named.into_iter().chain(PLACES.map(PathBuf::from));
    places.find(|place| place.exists()).ok_or(SoftHsmError::Missing)
}

/// A folder with tokens, removed when dropped.
pub struct SoftHsm(PathBuf);

impl SoftHsm {
    /// A new folder without tokens.
    ///
    /// # Errors
    /// [`SoftHsmError::Setup`].
    pub fn new() -> Result<Self, SoftHsmError> {
        static MADE: AtomicU32 = AtomicU32::new(0);
        let name = format!("mibun-softhsm-{}-{}", std::process::id(), MADE.fetch_add(1, Ordering::Relaxed));
        let folder = Self(std::env::temp_dir().join(name));
        fs::create_dir_all(folder.tokens())?;
        let configuration = format!(
            "directories.tokendir = {}\nobjectstore.backend = file\nlog.level = ERROR\n",
            folder.tokens().display()
        );
        fs::write(folder.configuration(), configuration)?;
        Ok(folder)
    }

    /// The variable that shows SoftHSM this folder.
    pub fn environment(&self) -> (&'static str, PathBuf) {
        ("SOFTHSM2_CONF", self.configuration())
    }

    /// The folder of the tokens' folders.
    pub fn tokens(&self) -> PathBuf {
        self.0.join("tokens")
    }

    /// Makes a token with [`PIN`], by SoftHSM's own tool. A process that has the module loaded already does not see it.
    ///
    /// # Errors
    /// [`SoftHsmError::Setup`] when the tool cannot be started, [`SoftHsmError::Token`] when it fails.
    pub fn make_token(&self, label: &str) -> Result<(), SoftHsmError> {
        let (variable, value) = self.environment();
        let mut tool = Command::new("softhsm2-util");
        tool.args(["--init-token", "--free", "--label", label, "--so-pin", OFFICER_PIN, "--pin", PIN]);
        let status = tool.env(variable, value).stdout(Stdio::null()).stderr(Stdio::null()).status()?;
        if status.success() { Ok(()) } else { Err(SoftHsmError::Token) }
    }

    fn configuration(&self) -> PathBuf {
        self.0.join("softhsm2.conf")
    }
}

impl AsRef<Path> for SoftHsm {
    fn as_ref(&self) -> &Path {
        &self.0
    }
}

impl Drop for SoftHsm {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
