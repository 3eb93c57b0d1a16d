//! The npm package with TensorFlow.js models: fetched once, checked file by file, converted.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::catalogue::{BLAZEFACE, FACEMESH, FACERES, ModelFile, Origin, PACKAGE, Source};
use super::convert;
use super::folder::read_pinned;
use crate::{say, step};

/// The package's model files on this machine, every one of them checked.
#[derive(Debug)]
pub(crate) struct Package(PathBuf);

impl Package {
    /// Uses what the web pages installed or an earlier run fetched, else asks npm.
    ///
    /// # Errors
    /// One sentence: npm cannot get it, or it is not the pinned content.
    pub(crate) fn get() -> Result<Self, String> {
        static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
        let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
        let installed = step::root().join("web/node_modules/@vladmandic/human/models");
        let kept = crate::test::target_folder().join("face-model-sources");
        for folder in [installed, kept.clone()] {
            if check(&folder).is_ok() {
                return Ok(Self(folder));
            }
        }
        download(&kept)?;
        check(&kept)?;
        Ok(Self(kept))
    }

    /// Converts one of its models to ONNX.
    ///
    /// # Errors
    /// One sentence: the file changed on disk or cannot be converted.
    pub(crate) fn convert(&self, source: &Source) -> Result<Vec<u8>, String> {
        let [description, weights] = files(source).map(|(name, sha256)| read_pinned(&self.0.join(name), sha256));
        convert::to_onnx(&description?, &weights?, source.outputs).map_err(|error| format!("{}: {error}", source.stem))
    }
}

/// The models that come out of the package.
fn sources() -> impl Iterator<Item = &'static Source> {
    const CONVERTED: [&ModelFile; 3] = [&BLAZEFACE, &FACEMESH, &FACERES];
    CONVERTED
        .into_iter()
        .filter_map(|file| if let Origin::Converted(source) = &file.origin { Some(source) } else { None })
}

fn files(source: &Source) -> [(String, &'static str); 2] {
    [(format!("{}.json", source.stem), source.description), (format!("{}.bin", source.stem), source.weights)]
}

fn check(folder: &Path) -> Result<(), String> {
    sources().flat_map(files).try_for_each(|(name, sha256)| read_pinned(&folder.join(name), sha256).map(drop))
}

/// Fetches into a folder of this process's own and moves the files when they are complete, so that runs side by side
/// do not disturb each other.
fn download(folder: &Path) -> Result<(), String> {
    say::line(&format!("   fetching {PACKAGE} (29 MB) with npm"));
    let work = folder.with_extension(std::process::id().to_string());
    let failed = |error: std::io::Error| format!("{}: {error}", work.display());
    std::fs::create_dir_all(&work).and_then(|()| std::fs::create_dir_all(folder)).map_err(failed)?;
    let moved = unpacked(&work).and_then(|()| {
        let mut names = sources().flat_map(files).map(|(name, _)| name);
        names.try_for_each(|name| std::fs::rename(work.join(&name), folder.join(&name))).map_err(failed)
    });
    moved.and(std::fs::remove_dir_all(&work).map_err(failed))
}

fn unpacked(work: &Path) -> Result<(), String> {
    let place = work.display().to_string();
    let arguments = ["pack", PACKAGE, "--silent", "--fetch-retries=1", "--fetch-timeout=120000", "--pack-destination"];
    let archive = quiet(step::program("npm", &arguments).arg(&place))?;
    let archive = work.join(archive.lines().last().unwrap_or_default().trim());
    let members = sources().flat_map(files).map(|(name, _)| format!("package/models/{name}"));
    let mut unpack = step::program("tar", &["-x", "-z", "--strip-components=2", "-C", &place, "-f"]);
    quiet(unpack.arg(&archive).args(members)).map(drop)
}

fn quiet(command: &mut std::process::Command) -> Result<String, String> {
    step::quiet(command).map_err(|why| format!("{PACKAGE} is not to be had: {why}"))
}
