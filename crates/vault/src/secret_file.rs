//! Small secrets in files of their own, which only their owner may read.

use std::fs;
use std::io::{self, Read, Write};
use std::path::Path;

use zeroize::Zeroizing;

use crate::OpenError;

/// Bytes that such a file may have.
const LONGEST: u64 = 4096;

/// The text of the file, without white space around it.
pub(crate) fn read(path: &Path) -> Result<Zeroizing<String>, OpenError> {
    let failed = |source| OpenError::File { path: path.to_owned(), source };
    let file = fs::File::open(path).map_err(failed)?;
    if !owner_only(&file.metadata().map_err(failed)?) {
        return Err(OpenError::FileMode(path.to_owned()));
    }
    // Room for all of it at once, so that no half-grown copy stays behind in memory.
    let mut text = Zeroizing::new(String::with_capacity(LONGEST as usize + 1));
    file.take(LONGEST).read_to_string(&mut text).map_err(failed)?;
    Ok(Zeroizing::new(text.trim().to_owned()))
}

/// Writes a file that must not exist yet.
pub(crate) fn create(path: &Path, text: &str) -> Result<(), OpenError> {
    write_new(path, text.as_bytes()).map_err(|source| OpenError::File { path: path.to_owned(), source })
}

fn write_new(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(content)?;
    file.sync_all()
}

#[cfg(unix)]
fn owner_only(about: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    about.permissions().mode() & 0o077 == 0
}

#[cfg(not(unix))]
fn owner_only(_: &fs::Metadata) -> bool {
    true
}
