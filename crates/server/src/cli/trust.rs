//! `mibun trust`: the states whose documents are believed, and lists of trusted entities.

mod lists;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Subcommand;

use super::{Outcome, out};
use crate::app::App;
use crate::work::trust::{self, Imported};

/// Subcommands of `mibun trust`.
#[derive(Debug, Subcommand)]
pub(super) enum Trust {
    /// Import the authorities of a master list (CMS, as ICAO and states publish them).
    ImportMasterList {
        /// The list.
        file: PathBuf,
        /// What to call it.
        #[arg(long)]
        source: String,
        /// The authority (DER or PEM) of the list's signer; needed for the first list.
        #[arg(long)]
        signer_anchor: Option<PathBuf>,
    },
    /// Import authorities on your own word: one in DER, or several in PEM.
    ImportCsca {
        /// The file.
        file: PathBuf,
    },
    /// Import a revocation list of an authority that is believed.
    ImportCrl {
        /// The list, DER or PEM.
        file: PathBuf,
    },
    /// List what was imported: sources, countries, counts.
    List {
        /// The certificates of this country instead, by fingerprint.
        #[arg(long)]
        country: Option<String>,
    },
    /// Believe a certificate no more.
    Remove {
        /// Its SHA-256 fingerprint in hexadecimal, as `list --country` prints it.
        fingerprint: String,
    },
    /// Write a signed list of trusted entities that names this authority.
    WriteList(lists::WriteList),
    /// Verify a list of trusted entities and say what is in it; an older one than the last is refused.
    ReadList(lists::ReadList),
}

impl Trust {
    pub(super) fn run(self, config: &Path) -> Outcome {
        super::with_app(config, async move |app| match self {
            Self::ImportMasterList { file, source, signer_anchor } => {
                let anchor = signer_anchor.map(std::fs::read).transpose()?;
                let list = std::fs::read(file)?;
                Ok(report(&trust::import_master_list(&app, &list, &source, anchor.as_deref()).await?))
            }
            Self::ImportCsca { file } => {
                let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
                Ok(report(&trust::import_certificates(&app, &std::fs::read(file)?, &name).await?))
            }
            Self::ImportCrl { file } => {
                let newer = trust::import_revocations(&app, &std::fs::read(file)?).await?;
                out::line(if newer { "revocation list kept" } else { "a list as new as this one is there already" });
                Ok(ExitCode::SUCCESS)
            }
            Self::List { country: None } => list(&app).await,
            Self::List { country: Some(country) } => certificates(&app, &country).await,
            Self::Remove { fingerprint } => {
                let known = trust::from_digits(&fingerprint).ok_or("fingerprint: 64 hexadecimal digits are needed")?;
                if !trust::remove(&app, &known).await? {
                    return Err("no such certificate is believed".into());
                }
                out::line("removed: its documents are believed no more");
                Ok(ExitCode::SUCCESS)
            }
            Self::WriteList(command) => command.run(&app).await,
            Self::ReadList(command) => command.run(&app).await,
        })
    }
}

/// Counts, and every certificate that was refused; exits with 3 if there was one, like `register import`.
fn report(imported: &Imported) -> ExitCode {
    for refused in &imported.refused {
        out::line(&format!("certificate {}: {}", refused.place, refused.reason));
    }
    let Imported { found, new, known, refused } = imported;
    out::line(&format!("{found} certificates: {new} new, {known} known, {} refused", refused.len()));
    if refused.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(3) }
}

async fn certificates(app: &App, country: &str) -> Outcome {
    for row in app.registry.read().await?.cscas_of(&country.to_ascii_uppercase()).await? {
        let fingerprint = trust::in_digits(&row.fingerprint);
        out::line(&format!("{fingerprint} until {} from {}", row.not_after.date(), row.source));
    }
    Ok(ExitCode::SUCCESS)
}

async fn list(app: &App) -> Outcome {
    let overview = trust::overview(app).await?;
    for source in &overview.sources {
        let imported = source.imported_at.to_rfc3339();
        let countries = source.countries.join(" ");
        out::line(&format!("{}: {} certificates, imported {imported}: {countries}", source.name, source.certificates));
    }
    let (countries, lists) = (overview.countries.len(), overview.revocation_lists);
    let certificates = overview.certificates;
    out::line(&format!("{certificates} certificates of {countries} countries, {lists} revocation lists"));
    Ok(ExitCode::SUCCESS)
}
