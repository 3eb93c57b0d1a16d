//! The examples of OpenID4VP 1.0, one named test per file: what is ours is read and written, the rest is refused.
//!
//! A file without a check here fails the run, so that no example is passed over.

mod asker;
mod queries;
mod requests;
mod responses;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use mibun_vectors::{Test, run, shared};

const FOLDER: &str = "vectors/openid4vp";

fn main() -> ExitCode {
    let mut files = Vec::new();
    walk(&shared(FOLDER), &mut files);
    files.sort();
    run(files.iter().map(|path| test(path)).collect())
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            walk(&path, files);
        } else if !path.ends_with("README.md") {
            files.push(path);
        }
    }
}

fn test(path: &Path) -> Test {
    let name = path.strip_prefix(shared(FOLDER)).unwrap_or(path).to_string_lossy().into_owned();
    let file = name.trim_start_matches("1.0/examples/").to_owned();
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let label = file.replace('/', "::");
    (label, Box::new(move || check(&file, &text)))
}

fn check(file: &str, text: &str) -> Result<(), String> {
    let (folder, name) = file.split_once('/').unwrap_or(("", file));
    match folder {
        "query_lang" => queries::check(name, text),
        "request" => requests::check(name, text),
        "client_metadata" => requests::client_metadata(name, text),
        "digital_credentials_api" => requests::digital_credentials_api(name, text),
        "credentials" => queries::credential(name, text),
        "response" => responses::check(name, text),
        "sd_jwt_vcld" => responses::sd_jwt_vcld(name, text),
        _ if file == "mdoc_session_transcript.json" => requests::encryption_key(text),
        _ => Err("no check for this file".to_owned()),
    }
}

/// `Ok` if both are the same, else what was found.
fn same<T: PartialEq + std::fmt::Debug>(found: T, expected: T) -> Result<(), String> {
    if found == expected { Ok(()) } else { Err(format!("{found:?} instead of {expected:?}")) }
}

/// A JSON example, read as strictly as a message.
fn json(text: &str) -> Result<serde_json::Value, String> {
    let limits = mibun_crypto::json::Limits::default();
    mibun_crypto::json::parse(text.trim().as_bytes(), &limits).map_err(|error| error.to_string())
}
