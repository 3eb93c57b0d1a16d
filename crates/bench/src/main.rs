//! `mibun-bench`: how fast the library and the server are on this machine, beside what the machine could do at best.
//!
//! Started by `cargo xtask bench`, which builds both programs and puts this one on a core of its own. Prints one JSON
//! line per result; with `--readme FILE`, also writes a table between the markers of that file.

use std::path::PathBuf;
use std::process::ExitCode;

mod clock;
mod documents;
mod faces;
mod formats;
mod holders;
mod installation;
mod issuing;
mod library;
mod load;
mod presenting;
mod report;
mod serving;
mod tls;
mod vault;

use report::Report;

/// Anything that stops a measurement, in words for the terminal.
type Failure = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    if let Some(outcome) = vault::as_other_process() {
        return ended(outcome);
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    ended(runtime.map_err(Failure::from).and_then(|runtime| runtime.block_on(measure())))
}

fn ended(outcome: Result<(), Failure>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            report::complain(&failure.to_string());
            ExitCode::FAILURE
        }
    }
}

async fn measure() -> Result<(), Failure> {
    let readme = readme()?;
    rustls::crypto::aws_lc_rs::default_provider().install_default().map_err(|_| "a provider was chosen before")?;
    let mut report = Report::new();
    let installation = installation::Installation::make().await?;
    library::measure(&installation.app, &mut report)?;
    formats::measure(&installation.app, &mut report)?;
    vault::measure(&installation.app, &mut report)?;
    holders::measure(&installation.app, &mut report)?;
    faces::measure(&mut report)?;
    documents::measure(&mut report)?;
    serving::measure(&installation, &mut report).await?;
    match readme {
        Some(file) => report.write_table(&file),
        None => Ok(()),
    }
}

fn readme() -> Result<Option<PathBuf>, Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.as_slice() {
        [] => Ok(None),
        [flag, file] if flag == "--readme" => Ok(Some(PathBuf::from(file))),
        _ => Err("usage: mibun-bench [--readme FILE]".into()),
    }
}
