//! The web pages: installed from the lock file and built once per change.

use crate::step::{self, Outcome};

/// `npm ci`, unless the lock file is the one installed last.
///
/// # Errors
/// What npm said.
pub(crate) fn install() -> Outcome {
    let web = step::root().join("web");
    let lock =
        std::fs::read(web.join("package-lock.json")).map_err(|error| format!("web/package-lock.json: {error}"))?;
    let stamp = web.join("node_modules/.mibun-lock");
    if std::fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    step::run("web packages", step::program("npm", &["ci", "--no-audit", "--no-fund"]).current_dir(&web))?;
    std::fs::write(&stamp, lock).map_err(|error| format!("{}: {error}", stamp.display()))
}

/// Installs and builds the pages, unless they are newer than their sources.
///
/// # Errors
/// What npm said.
pub(crate) fn build() -> Outcome {
    install()?;
    let web = step::root().join("web");
    if up_to_date(&web) {
        return Ok(());
    }
    step::run("web pages", step::program("npm", &["run", "build"]).current_dir(&web))
}

fn up_to_date(web: &std::path::Path) -> bool {
    let Ok(built) = std::fs::metadata(web.join("dist/index.html")).and_then(|file| file.modified()) else {
        return false;
    };
    let sources =
        step::program("git", &["ls-files", "-z", "--cached", "--others", "--exclude-standard", "web"]).output();
    let Ok(sources) = sources else { return false };
    let names = sources.stdout.split(|byte| *byte == 0).filter(|name| !name.is_empty());
    names
        .map(|name| step::root().join(String::from_utf8_lossy(name).as_ref()))
        .all(|path| std::fs::metadata(path).and_then(|file| file.modified()).is_ok_and(|changed| changed <= built))
}
