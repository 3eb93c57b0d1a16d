//! What Python packages carry, models and a library: the wheel is fetched with pip, which knows where packages come from,
//! and unpacked with Python itself.

use std::path::{Path, PathBuf};

use super::catalogue::{ModelSet, ONNX_RUNTIME, Origin, WHEEL};
use super::folder::Folder;
use crate::{say, step};

/// Fetches the wheel and stores the files of a set that come out of it.
///
/// # Errors
/// One sentence: Python or pip cannot get it, or a file in it is not the pinned one.
pub(crate) fn fetch(set: &ModelSet, folder: &Folder) -> Result<(), String> {
    say::line(&format!("   fetching {WHEEL} (27 MB) with pip"));
    let work = crate::test::target_folder().join(format!("document-models-{}", std::process::id()));
    let stored = unpacked(WHEEL, &work).and_then(|()| store(set, &work, folder));
    let _ = std::fs::remove_dir_all(&work);
    stored
}

/// The shared library of ONNX Runtime, fetched into `place` unless it is there.
///
/// # Errors
/// One sentence: Python or pip cannot get it.
pub(crate) fn onnx_runtime(place: &Path) -> Result<PathBuf, String> {
    let library = place.join(format!("libonnxruntime-{}.so", ONNX_RUNTIME.rsplit('=').next().unwrap_or_default()));
    if library.is_file() {
        return Ok(library);
    }
    say::line(&format!("   fetching {ONNX_RUNTIME} (18 MB) with pip"));
    let work = place.join(format!("onnx-runtime-{}", std::process::id()));
    let moved = unpacked(ONNX_RUNTIME, &work).and_then(|()| {
        let inside = std::fs::read_dir(work.join("onnxruntime/capi")).map_err(|error| error.to_string())?;
        let mut paths = inside.filter_map(Result::ok).map(|entry| entry.path());
        let is_it = |path: &PathBuf| path.to_string_lossy().contains("libonnxruntime.so");
        let found = paths.find(is_it).ok_or_else(|| format!("{ONNX_RUNTIME} carries no library"))?;
        std::fs::rename(found, &library).map_err(|error| error.to_string())
    });
    let _ = std::fs::remove_dir_all(&work);
    moved.map(|()| library)
}

fn unpacked(wheel: &str, work: &Path) -> Result<(), String> {
    std::fs::create_dir_all(work).map_err(|error| format!("{}: {error}", work.display()))?;
    let place = work.display().to_string();
    let quietly = ["-m", "pip", "--quiet", "--disable-pip-version-check", "--retries", "1", "--timeout", "30"];
    let mut download = step::program("python3", &quietly);
    download.args(["download", "--no-deps", "--only-binary", ":all:", "--dest", &place, wheel]);
    let failed = |why: String| format!("{wheel} is not to be had: {why}");
    step::quiet(&mut download).map_err(failed)?;
    let file = std::fs::read_dir(work).ok().and_then(|mut entries| entries.find_map(Result::ok));
    let file = file.ok_or_else(|| failed("pip left nothing".to_owned()))?.path();
    let mut unpack = step::program("python3", &["-m", "zipfile", "-e"]);
    step::quiet(unpack.arg(file).arg(work)).map(drop).map_err(failed)
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
