//! `cargo xtask demo`: from a clone to a running Mibun.

use std::path::{Path, PathBuf};

use crate::step::{self, Outcome, cargo, run};
use crate::{say, tools, web};

/// Tested by the server's tests, which read it as `mibun` does.
const CONFIG: &str = include_str!("demo.toml");

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
    // Before the long steps: nobody likes to hear of it after them.
    free_addresses(&folder.join("mibun.toml"))?;
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
    // What an earlier run left that was cut off half-way: keys and a register that nobody has used.
    remove(folder)?;
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    std::fs::create_dir_all(folder).map_err(failed)?;
    let half_made = folder.join("mibun.toml.new");
    std::fs::write(&half_made, CONFIG).map_err(failed)?;
    let mut init = step::program(mibun, &["init", "--demo"]);
    run("keys, certificates and register", init.env("MIBUN_CONFIG", &half_made))?;
    // The name says that everything before was done.
    std::fs::rename(&half_made, &config).map_err(failed)?;
    Ok(config)
}

/// Whether the addresses that the demonstration will listen on are free.
fn free_addresses(config: &Path) -> Outcome {
    let text = std::fs::read_to_string(config).unwrap_or_else(|_| CONFIG.to_owned());
    let settings: toml::Table = text.parse().map_err(|error| format!("{}: {error}", config.display()))?;
    for key in ["listen", "metrics_listen"] {
        let Some(address) = settings.get("server").and_then(|server| server.get(key)?.as_str()) else { continue };
        if let Err(error) = std::net::TcpListener::bind(address) {
            return Err(format!(
                "{address} cannot be used ({error}): stop what listens there, or set server.{key} in {}",
                config.display()
            ));
        }
    }
    Ok(())
}

fn remove(folder: &Path) -> Outcome {
    match std::fs::remove_dir_all(folder) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(format!("{}: {error}", folder.display())),
    }
}
