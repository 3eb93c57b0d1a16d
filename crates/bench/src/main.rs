//! `mibun-bench`: how fast the library and the server are on this machine, beside what the machine could do at best.
//!
//! Started by `cargo xtask bench`, which builds both programs and puts this one on a core of its own. Prints one JSON
//! line per result; with `--readme FILE`, also writes a table between the markers of that file; with `--only SECTION`, one part.

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
    let asked = Asked::read()?;
    rustls::crypto::aws_lc_rs::default_provider().install_default().map_err(|_| "a provider was chosen before")?;
    let mut report = Report::new();
    let installation = installation::Installation::make().await?;
    for section in asked.sections() {
        match section {
            Section::Library => library::measure(&installation.app, &mut report)?,
            Section::Formats => formats::measure(&installation.app, &mut report)?,
            Section::Vault => vault::measure(&installation.app, &mut report)?,
            Section::Holders => holders::measure(&installation.app, &mut report)?,
            Section::Faces => faces::measure(&mut report)?,
            Section::Documents => documents::measure(&mut report)?,
            Section::Serving => serving::measure(&installation, &mut report).await?,
        }
    }
    match asked.readme {
        Some(file) => report.write_table(&file),
        None => Ok(()),
    }
}

/// A part of the measurement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Section {
    Library,
    Formats,
    Vault,
    Holders,
    Faces,
    Documents,
    Serving,
}

const SECTIONS: [(&str, Section); 7] = [
    ("library", Section::Library),
    ("formats", Section::Formats),
    ("vault", Section::Vault),
    ("holders", Section::Holders),
    ("faces", Section::Faces),
    ("documents", Section::Documents),
    ("serving", Section::Serving),
];

/// What is to be measured, and where the table goes.
struct Asked {
    only: Option<Section>,
    readme: Option<PathBuf>,
}

impl Asked {
    fn read() -> Result<Self, Failure> {
        let arguments: Vec<String> = std::env::args().skip(1).collect();
        match arguments.as_slice() {
            [] => Ok(Self { only: None, readme: None }),
            [flag, file] if flag == "--readme" => Ok(Self { only: None, readme: Some(PathBuf::from(file)) }),
            [flag, name] if flag == "--only" => {
                let (_, section) = SECTIONS
                    .iter()
                    .find(|(known, _)| known == name)
                    .ok_or_else(|| format!("the sections are {}", SECTIONS.map(|(name, _)| name).join(", ")))?;
                Ok(Self { only: Some(*section), readme: None })
            }
            _ => Err("usage: mibun-bench [--readme FILE | --only SECTION]".into()),
        }
    }

    fn sections(&self) -> impl Iterator<Item = Section> {
        let only = self.only;
        SECTIONS.into_iter().map(|(_, section)| section).filter(move |section| only.is_none_or(|only| only == *section))
    }
}
