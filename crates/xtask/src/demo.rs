//! `cargo xtask demo`: from a clone to a running Mibun.

use std::path::{Path, PathBuf};

use crate::step::{self, Outcome, cargo, run};
use crate::{say, tools, web};

const CONFIG: &str = r#"# The demonstration's configuration, written once by `cargo xtask demo`; change it freely.
[server]
listen = "127.0.0.1:8480"
public_url = "http://localhost:8480"
metrics_listen = "127.0.0.1:8481"

[storage]
url = "sqlite:.mibun/demo/mibun.db"
master_key = ".mibun/demo/master.key"

[authority]
name = { en = "Utopia Civil Registry", ja = "ユートピア戸籍局", zh-Hans = "乌托邦户政局" }
country = "UT"

[face]
models_dir = ".mibun/models"
# Without an anti-spoof model (the standard set) a match is accepted after the active challenge alone.
accept_without_antispoof = true

[demo]
enabled = true
"#;

/// Builds, initialises on the first run, and serves until Ctrl-C.
///
/// # Errors
/// The step that failed, or what the machine lacks.
pub(crate) fn run_demo(arguments: &[&str]) -> Outcome {
    let folder = step::root().join(".mibun/demo");
    match arguments {
        [] => {}
        ["--fresh"] => remove(&folder)?,
        other => return Err(format!("demo takes only --fresh, not {}", other.join(" "))),
    }
    let started = step::now();
    tools::need_node()?;
    web::build()?;
    crate::models::fetch()?;
    run("binary", &mut cargo(&["build", "--release", "-p", "mibun-server"]))?;
    let mibun = crate::test::target_folder().join("release/mibun");
    let config = prepare(&folder, &mibun)?;
    say::line(&format!("\nReady in {}. Stop with Ctrl-C.", step::in_words(step::now() - started)));
    let mut serve = step::program(&mibun, &["serve"]);
    serve.env("MIBUN_CONFIG", &config);
    let status = serve.status().map_err(|error| format!("cannot start {}: {error}", mibun.display()))?;
    if status.success() { Ok(()) } else { Err(format!("mibun serve ended with {status}")) }
}

/// Keys, database, a hotel's window and an officer, on the first run only.
fn prepare(folder: &Path, mibun: &Path) -> Result<PathBuf, String> {
    let config = folder.join("mibun.toml");
    if config.exists() {
        return Ok(config);
    }
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    std::fs::create_dir_all(folder).map_err(failed)?;
    let half_made = folder.join("mibun.toml.new");
    std::fs::write(&half_made, CONFIG).map_err(failed)?;
    let mut init = step::program(mibun, &["init", "--demo"]);
    run("keys, certificates and register", init.env("MIBUN_CONFIG", &half_made))?;
    // The name says that everything before was done; a run cut off half-way starts again from nothing.
    std::fs::rename(&half_made, &config).map_err(failed)?;
    Ok(config)
}

fn remove(folder: &Path) -> Outcome {
    match std::fs::remove_dir_all(folder) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(format!("{}: {error}", folder.display())),
    }
}
