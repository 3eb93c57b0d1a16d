//! Folders of model files, and the only way a file gets into one: with the right hash.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use super::catalogue::{ModelFile, ModelSet, SETS};

/// SHA-256 in lower-case hexadecimal.
pub(crate) fn fingerprint(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Reads a file and refuses it unless it is the pinned one.
///
/// # Errors
/// A sentence with the path: unreadable, or another content.
pub(crate) fn read_pinned(path: &Path, sha256: &str) -> Result<Vec<u8>, String> {
    let bytes = std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
    if fingerprint(&bytes) == sha256 {
        Ok(bytes)
    } else {
        Err(format!("{}: not the file it should be (SHA-256 differs from the pinned one)", path.display()))
    }
}

/// A folder that holds model files, or will.
#[derive(Debug)]
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    /// The best set whose files are all here and unchanged.
    pub(crate) fn whole_set(&self) -> Option<&'static ModelSet> {
        SETS.into_iter().find(|set| self.lacking(set).is_empty())
    }

    /// What a set lacks here: one sentence per file missing or changed.
    pub(crate) fn lacking(&self, set: &ModelSet) -> Vec<String> {
        set.files.iter().filter_map(|file| self.read(file).err()).collect()
    }

    /// A model file's bytes.
    ///
    /// # Errors
    /// A sentence: missing, or another content.
    pub(crate) fn read(&self, file: &ModelFile) -> Result<Vec<u8>, String> {
        read_pinned(&self.0.join(file.name), file.sha256)
    }

    /// Stores a model file, whole or not at all.
    ///
    /// # Errors
    /// A sentence: the bytes are not the pinned ones, or the disk refuses.
    pub(crate) fn store(&self, file: &ModelFile, bytes: &[u8]) -> Result<(), String> {
        let found = fingerprint(bytes);
        if found != file.sha256 {
            return Err(format!("{}: SHA-256 is {found}, not the pinned one", file.name));
        }
        let (path, part) = (self.0.join(file.name), self.0.join(format!("{}.part", file.name)));
        let written = std::fs::create_dir_all(&self.0)
            .and_then(|()| std::fs::write(&part, bytes))
            .and_then(|()| std::fs::rename(&part, &path));
        written.map_err(|error| format!("{}: {error}", path.display()))
    }

    /// Bytes of a set's files.
    pub(crate) fn size(&self, set: &ModelSet) -> u64 {
        let sizes = set.files.iter().map(|file| std::fs::metadata(self.0.join(file.name)));
        sizes.filter_map(Result::ok).map(|file| file.len()).sum()
    }
}

#[cfg(test)]
mod tests;
