//! Model files from a public address or a mirror, with curl.

use std::path::Path;

use super::catalogue::{ModelFile, Origin};
use super::folder::Folder;
use crate::step;

/// No model is larger.
const MAX_BYTES: &str = "67108864";
const TIMEOUT_SECONDS: &str = "20";

/// Fetches one file from where its author serves it, or from `mirror`, a folder of files with our names.
///
/// # Errors
/// One sentence: no public address, no curl, no answer, or other content than the pinned one.
pub(crate) fn download(file: &ModelFile, mirror: Option<&str>, folder: &Folder) -> Result<(), String> {
    let address = match (mirror, &file.origin) {
        (Some(mirror), _) => format!("{}/{}", mirror.trim_end_matches('/'), file.name),
        (None, Origin::Address(address)) => (*address).to_owned(),
        (None, Origin::OtherForm | Origin::Converted(_) | Origin::Wheel(_)) => {
            return Err(format!("{}: has no public address", file.name));
        }
    };
    std::fs::create_dir_all(&folder.0).map_err(|error| format!("{}: {error}", folder.0.display()))?;
    let part = folder.0.join(format!("{}.download", file.name));
    let stored = curl(&address, &part).and_then(|()| {
        let bytes = std::fs::read(&part).map_err(|error| format!("{}: {error}", part.display()))?;
        folder.store(file, &bytes)
    });
    let _ = std::fs::remove_file(&part);
    stored
}

fn curl(address: &str, target: &Path) -> Result<(), String> {
    let mut command = step::program("curl", &["--silent", "--show-error", "--fail", "--location", "--globoff"]);
    command.args(["--proto", "=https,http,file", "--proto-redir", "=https", "--connect-timeout", "5"]);
    command.args(["--max-time", TIMEOUT_SECONDS, "--max-filesize", MAX_BYTES, "--output"]).arg(target);
    let output = command.arg("--").arg(address).output().map_err(|error| format!("cannot start curl: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let words = String::from_utf8_lossy(&output.stderr);
    Err(words.lines().next().unwrap_or("curl failed").trim_start_matches("curl: ").to_owned())
}

#[cfg(test)]
mod tests;
